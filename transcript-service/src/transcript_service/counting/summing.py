"""Counts by measure and key, made into the figures that people read. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from transcript_service.counting.buckets import percentile
from transcript_service.counting.months import written

COUNTS: Final = (
    "opened",
    "answered",
    "within_target",
    "left",
    "written",
    "written_answered",
    "written_in_time",
    "handed_over",
    "ended",
    "first_line",
    "follows",
    "open",
    "open_met",
)
"""Measures that are one number."""
RATINGS: Final = ("yes", "partly", "no")
TIMES: Final = ("wait", "first_answer", "handle")
"""Measures whose keys are buckets."""
_PARTS: Final = (("median", 0.5), ("p90", 0.9))

Figures = dict[str, Any]
"""Counts, and seconds: null where there are none to take them of."""


class Count(NamedTuple):
    """So many have a key in a measure, of a month or of a department."""

    month: date | None
    department: str | None
    measure: str
    key: str
    n: int


class _Sums:
    """Counts of one group, by measure and key."""

    def __init__(self) -> None:
        self._sums: dict[str, Counter[str]] = {}

    def add(self, count: Count) -> None:
        self._sums.setdefault(count.measure, Counter())[count.key] += count.n

    def of(self, measure: str) -> Mapping[str, int]:
        return self._sums.get(measure, Counter())

    def figures(self) -> Figures:
        made: Figures = {name: self.of(name).get("", 0) for name in COUNTS}
        made |= {f"rated_{rating}": self.of("rated").get(rating, 0) for rating in RATINGS}
        for name in TIMES:
            counts = {int(key): n for key, n in self.of(name).items()}
            made |= {f"{name}_{part}_s": percentile(counts, share) for part, share in _PARTS}
        return made


def figures(counts: Iterable[Count], months: Iterable[date]) -> dict[str, Any]:
    """Return the figures altogether, by month and by department, and what else there are counts of.

    Args:
        counts: each of a month, or of a department: every enquiry is in both.
        months: all that are asked for; those without counts have zeros.
    """
    whole = _Sums()
    by_month: dict[date, _Sums] = {month: _Sums() for month in months}
    by_department: dict[str, _Sums] = {}
    for count in counts:
        if count.month is not None:
            whole.add(count)
            by_month[count.month].add(count)
        elif count.department is not None:
            by_department.setdefault(count.department, _Sums()).add(count)
    hours, topics = whole.of("hour"), whole.of("topic")
    return {
        "totals": whole.figures(),
        "by_month": [{"month": written(m), **sums.figures()} for m, sums in by_month.items()],
        "by_department": [
            {"department": name, **by_department[name].figures()} for name in sorted(by_department)
        ],
        "by_hour": [{"hour": hour, "opened": hours.get(str(hour), 0)} for hour in range(24)],
        "by_topic": [{"topic": name or None, "opened": topics[name]} for name in sorted(topics)],
        "by_language": _named("language", "opened", whole.of("language")),
        "handed_to": _named("department", "handed", whole.of("handed_to")),
    }


def _named(name: str, counted: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{name: key, counted: counts[key]} for key in sorted(counts)]
