"""Norway's public holidays, and the days around them that are hardly ever worked in full.

The dates are the library's. The names are ours, because it knows no nynorsk.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import holidays

from services.contracts.hours import HalfDay

Names = dict[str, str]
"""One name in several languages, as it stands within a sentence."""


def _names(nb: str, nn: str, en: str) -> Names:
    return {"nb": nb, "nn": nn, "en": en}


_HOLIDAYS: Final[Mapping[str, Names]] = {
    "Første nyttårsdag": _names("første nyttårsdag", "første nyttårsdag", "New Year's Day"),
    "Skjærtorsdag": _names("skjærtorsdag", "skjærtorsdag", "Maundy Thursday"),
    "Langfredag": _names("langfredag", "langfredag", "Good Friday"),
    "Første påskedag": _names("første påskedag", "første påskedag", "Easter Sunday"),
    "Andre påskedag": _names("andre påskedag", "andre påskedag", "Easter Monday"),
    "Arbeidernes dag": _names("første mai", "første mai", "Labour Day"),
    "Grunnlovsdag": _names("grunnlovsdagen", "grunnlovsdagen", "Constitution Day"),
    "Kristi himmelfartsdag": _names(
        "Kristi himmelfartsdag", "Kristi himmelfartsdag", "Ascension Day"
    ),
    "Første pinsedag": _names("første pinsedag", "første pinsedag", "Whit Sunday"),
    "Andre pinsedag": _names("andre pinsedag", "andre pinsedag", "Whit Monday"),
    "Første juledag": _names("første juledag", "første juledag", "Christmas Day"),
    "Andre juledag": _names("andre juledag", "andre juledag", "Boxing Day"),
}
"""By the library's name in bokmål."""

_HALF_DAYS: Final[Mapping[HalfDay, Names]] = {
    "easter_wednesday": _names(
        "onsdag før skjærtorsdag", "onsdag før skjærtorsdag", "the Wednesday before Easter"
    ),
    "christmas_eve": _names("julaften", "julaftan", "Christmas Eve"),
    "christmas_week": _names("romjulen", "romjula", "the days between Christmas and New Year"),
    "new_years_eve": _names("nyttårsaften", "nyttårsaftan", "New Year's Eve"),
}
_AND: Final = {"nb": "og", "nn": "og", "en": "and"}


@lru_cache(maxsize=16)
def _of_year(year: int) -> Mapping[date, tuple[str, ...]]:
    """Return the holidays' names in bokmål. One date may be two of them, as 17 May 2027 is."""
    found = holidays.country_holidays("NO", years=year, language="no")
    return {day: tuple(str(name).split("; ")) for day, name in found.items()}


def is_holiday(day: date) -> bool:
    """Tell whether it is a public holiday. That it is a Sunday alone makes it none."""
    return day in _of_year(day.year)


def half_day(day: date) -> HalfDay | None:
    """Return which half day it is by the calendar, whatever its weekday."""
    match (day.month, day.day):
        case (12, 24):
            return "christmas_eve"
        case (12, 27 | 28 | 29 | 30):
            return "christmas_week"
        case (12, 31):
            return "new_years_eve"
    next_day = day + timedelta(days=1)
    return (
        "easter_wednesday" if "Skjærtorsdag" in _of_year(next_day.year).get(next_day, ()) else None
    )


def name_of(day: date) -> Names:
    """Return what the day is called, ready to stand alone; empty for a day like any other.

    A holiday made by a law that is younger than our table has its name in bokmål everywhere.
    """
    names = [
        _HOLIDAYS.get(name) or dict.fromkeys(_AND, name)
        for name in sorted(_of_year(day.year).get(day, ()))
    ]
    if not names and (half := half_day(day)) is not None:
        names = [_HALF_DAYS[half]]
    if not names:
        return {}
    whole = {
        language: f" {word} ".join(n[language] for n in names) for language, word in _AND.items()
    }
    return {language: name[:1].upper() + name[1:] for language, name in whole.items()}
