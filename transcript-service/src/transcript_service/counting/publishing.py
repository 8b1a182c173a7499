"""Open data: figures of quarters that are over, of nobody in particular. Pure.

The periods do not overlap and do not change any more, so nothing comes of taking one from another.
Every table of a quarter is of the same total and of nothing else that is told, for a difference of
two figures is a figure too.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from services.contracts import TenantDirectory

from transcript_service.counting.buckets import percentile
from transcript_service.counting.hiding import LEAST, table
from transcript_service.counting.months import after, written

RIPE: Final = timedelta(days=31)
"""So long after its end nobody rates an enquiry of a quarter any more, and hardly one is open."""
_MEDIAN_OF: Final = 2 * LEAST
"""Times of which a median is told: as many are on either side as a figure is about at the least."""
_P90_OF: Final = 10 * LEAST

_COURSES: Final = (
    "within_target",
    "after_target",
    "left",
    "written_in_time",
    "written_late",
    "written_unanswered",
    "going_on",
)
_RATINGS: Final = ("yes", "partly", "no", "none")


class Part(NamedTuple):
    """So many have a key in a measure, of a month or (`department`) of a quarter."""

    month: date
    measure: str
    key: str
    n: int


def quarter_of(month: date) -> date:
    """Return the first day of a month's quarter."""
    return date(month.year, (month.month - 1) // 3 * 3 + 1, 1)


def ripe(quarter: date, today: date) -> bool:
    """Return whether a quarter is over for so long that it is told."""
    return after(quarter, 3) + RIPE <= today


def document(
    parts: Iterable[Part], directory: TenantDirectory, channels: list[dict[str, Any]], today: date
) -> dict[str, Any]:
    """Return the open data of a municipality.

    Args:
        parts: all counts there are.
        directory: names its departments and topics.
        channels: what was said of other ways, by month; sums of the municipality's own.
        today: in Norway.
    """
    by_quarter: dict[date, list[Part]] = defaultdict(list)
    for part in parts:
        by_quarter[quarter_of(part.month)].append(part)
    return {
        "format": "prek.numbers.v1",
        "municipality": directory.name,
        "kommunenummer": directory.kommunenummer,
        "least": LEAST,
        "names": _names(directory),
        "quarters": [
            _quarter(quarter, by_quarter[quarter])
            for quarter in sorted(by_quarter)
            if ripe(quarter, today)
        ],
        "channels": [{**row, **_told_channels(row)} for row in channels],
    }


def _names(directory: TenantDirectory) -> dict[str, dict[str, str]]:
    return {
        "departments": {each.id: each.name["nb"] for each in directory.departments},
        "topics": {each.id: each.name["nb"] for each in directory.topics},
    }


def _told_channels(row: Mapping[str, Any]) -> dict[str, int | None]:
    """Return a month's other ways; each is told by itself, there is no total."""
    counts = {name: n for name, n in row.items() if name != "month"}
    return {name: n if n is None or n == 0 or n >= LEAST else None for name, n in counts.items()}


def _quarter(quarter: date, parts: list[Part]) -> dict[str, Any]:
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    months = {written(after(quarter, n)): 0 for n in range(3)}
    for month, measure, key, n in parts:
        sums[measure][key] += n
        if measure == "opened":
            months[written(month)] += n
    opened = sums["opened"][""]
    named = f"{quarter.year}-K{(quarter.month + 2) // 3}"
    if 0 < opened < LEAST:
        return {"quarter": named, "opened": None}
    tables = {
        "month": months,
        "hour": {str(hour): sums["hour"][str(hour)] for hour in range(24)},
        "course": {name: sums["course"][name] for name in _COURSES},
        "rating": _with_rest(sums["rated"], opened, _RATINGS),
        "first_line": _or_not(sums["first_line"][""], opened),
        "follows": _or_not(sums["follows"][""], opened),
        "topic": {key or "none": n for key, n in sums["topic"].items()},
        "department": sums["department"],
        "language": sums["language"],
    }
    return {
        "quarter": named,
        "opened": opened,
        **{name: _told(counts) for name, counts in tables.items()},
        "wait": _times(sums["wait"]),
        "first_answer": _times(sums["first_answer"]),
        "handle": _times(sums["handle"]),
    }


def _with_rest(counts: Mapping[str, int], total: int, names: tuple[str, ...]) -> dict[str, int]:
    *named, rest = names
    found = {name: counts[name] for name in named}
    return {**found, rest: total - sum(found.values())}


def _or_not(count: int, total: int) -> dict[str, int]:
    return {"yes": count, "no": total - count}


def _told(counts: Mapping[str, int]) -> dict[str, Any] | None:
    told = table(counts)
    return None if told is None else {"cells": dict(sorted(told.cells.items())), "rest": told.rest}


def _times(counts: Mapping[str, int]) -> dict[str, int | None]:
    buckets = {int(key): n for key, n in counts.items()}
    of = sum(buckets.values())

    def told(part: float, least: int) -> int | None:
        found = percentile(buckets, part) if of >= least else None
        return None if found is None else round(found)

    return {"median_s": told(0.5, _MEDIAN_OF), "p90_s": told(0.9, _P90_OF)}
