"""The catalogue of the copy: one file a language, and how times, days and sizes are written."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

OSLO: Final = ZoneInfo("Europe/Oslo")
_TEXTS: Final = Path(__file__).parent.parent / "texts"
_KB, _MB = 1_000, 1_000_000


@cache
def texts(language: str) -> dict[str, str]:
    """Return a language's catalogue, bokmål when there is none."""
    path = _TEXTS / f"{language}.json"
    found: dict[str, str] = json.loads(
        (path if path.exists() else _TEXTS / "nb.json").read_text("utf-8")
    )
    return found


def moment(time: datetime) -> str:
    """Return day and time of day in Norway."""
    return time.astimezone(OSLO).strftime("%d.%m.%Y %H:%M")


def clock(time: datetime) -> str:
    """Return the time of day in Norway."""
    return time.astimezone(OSLO).strftime("%H:%M")


def day(time: datetime, language: str) -> str:
    """Return the day in Norway, with its month by name."""
    words, there = texts(language), time.astimezone(OSLO)
    month = words["months"].split(" ")[there.month - 1]
    return words["day"].format(day=there.day, month=month, year=there.year)


def size(count: int, language: str) -> str:
    """Return a size in bytes as people say it: `340 kB`, `2,3 MB`."""
    if count < _KB:
        return f"{count} B"
    if count < _MB:
        return f"{count // _KB} kB"
    return f"{count / _MB:.1f} MB".replace(".", texts(language)["decimal"])
