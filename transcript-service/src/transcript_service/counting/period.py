"""The days that are asked for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_DAYS: Final = 400
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS: Final = range(2000, 9999)
"""A last day has a day after it."""


class PeriodError(ValueError):
    """No such days, the wrong way round, or too many."""


def day(text: str) -> date:
    """Return the day that is written `YYYY-MM-DD`.

    Raises:
        PeriodError: it is not a day of that form, or not of these centuries.
    """
    if not _DAY.fullmatch(text):
        raise PeriodError
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise PeriodError from None
    if found.year not in _YEARS:
        raise PeriodError
    return found


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Norway, the first and the last included."""

    first: date
    last: date

    @classmethod
    def read(cls, first: str, last: str) -> "Period":
        """Return the period from one day to another.

        Raises:
            PeriodError: no days, the wrong way round, or more than `MOST_DAYS`.
        """
        period = cls(day(first), day(last))
        if not 0 <= (period.last - period.first).days < MOST_DAYS:
            raise PeriodError
        return period

    def days(self) -> list[date]:
        """Return all of them."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
