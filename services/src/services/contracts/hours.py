"""When a desk is open, as a tenant says it, on the clock of Europe/Oslo (see `services.hours`)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.contracts.model import Contract

ClockTime = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
"""`HH:MM` on the wall; `24:00` is the end of the day."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
HalfDay = Literal["easter_wednesday", "christmas_eve", "christmas_week", "new_years_eve"]
"""Days that are no public holidays, but hardly ever worked in full."""


class Span(Contract):
    """Open from `opens` until just before `closes`, within one day."""

    opens: ClockTime
    closes: ClockTime

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.opens >= self.closes:
            raise ValueError("opens_after_it_closes")
        return self


class DatedHours(Contract):
    """What holds on one date instead of the week. No spans: closed."""

    date: date
    spans: tuple[Span, ...] = ()
    reason: dict[str, str] = Field(default_factory=dict)
    """Shown to citizens, per language."""


class OpeningHours(Contract):
    """A week, and what breaks it. A date overrides a half day, which overrides a holiday."""

    week: dict[Weekday, tuple[Span, ...]]
    """A weekday that is not here is closed."""
    dated: tuple[DatedHours, ...] = ()
    holidays: bool = True
    """Closed on Norway's public holidays."""
    half_days: dict[HalfDay, tuple[Span, ...]] = Field(default_factory=dict)
    """What holds on them if they fall on a day the week is open. Not here: as the week says."""
