"""How a tenant's widget looks, and what it tells of privacy."""

from typing import Annotated

from pydantic import Field

from services.contracts.model import Contract, Id
from services.contracts.summary import ArchiveClass

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
LONGEST_DAYS = 36_500
"""A hundred years: no rule keeps anything longer, so that every day that is due is a date."""


class Look(Contract):
    """Colour and coat of the window. Nothing is fetched from elsewhere: the logo is in it."""

    colour: Colour | None = None
    """Of the header and of what is to be pressed; white is read on it. None: the product's."""
    logo: str | None = Field(
        default=None,
        max_length=24_000,
        pattern=r"^data:image/(png|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$",
    )


class Retention(Contract):
    """How long enquiries of one class and topic are kept, and by which law they are kept at all."""

    topic: Id | None = None
    """None: every topic without a rule of its own."""
    archive: ArchiveClass = "none"
    """`none`: the days count from the end. `archive`, `journal`: from the archive's receipt; until
    there is one, nothing of it is erased."""
    kept_days: int = Field(ge=1, le=LONGEST_DAYS)
    legal_basis: str = Field(default="", max_length=500)


class Privacy(Contract):
    """What is told of privacy before the first word."""

    kept_days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)
    """How long what need not be archived is kept. None: not told."""
    policy_url: str | None = Field(default=None, pattern=r"^https://", max_length=500)
    """The municipality's own page on privacy."""
    retention: tuple[Retention, ...] = ()
    """One rule a topic and class."""
