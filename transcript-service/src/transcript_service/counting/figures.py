"""The figures of a period, from the tables in one statement."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from services.database import Database

from transcript_service.counting.period import Period

_FIGURES: Final = (Path(__file__).parent / "statement.sql").read_text("utf-8")
_SETS: Final = {
    0b11111: "totals",
    0b01111: "hour",
    0b10111: "day",
    0b11011: "weekday",
    0b11101: "topic",
    0b11110: "department",
}
"""`grouping()` sets the bit of every key that rows are not grouped by."""
_NOTHING: Final[Mapping[str, Any]] = {
    "opened": 0,
    "answered": 0,
    "within_target": 0,
    "left": 0,
    "written": 0,
    "handed_over": 0,
    "wait_median_s": None,
    "wait_p90_s": None,
    "handle_median_s": None,
    "rated_yes": 0,
    "rated_partly": 0,
    "rated_no": 0,
}

Figures = dict[str, Any]
"""Counts of conversations, and seconds: null where there are none to take them of."""


class Statistics:
    """Counts.

    Raises:
        Transient: while the database is away, or the count would take longer than a question may.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def of(
        self, tenant: str, period: Period, departments: Iterable[str] | None, target_s: float
    ) -> dict[str, Any]:
        """Return the figures of a period, altogether and by what they are grouped by.

        Args:
            tenant: whose conversations.
            period: in which they were opened.
            departments: which of them count; None: all there ever were.
            target_s: the wait that most are to stay below, in seconds.
        """
        wanted = None if departments is None else list(departments)
        async with self._database.connection() as connection:
            found = await connection.fetch(
                _FIGURES, tenant, period.first, period.last, wanted, target_s
            )
        groups: dict[str, dict[Any, Figures]] = {name: {} for name in _SETS.values()}
        for row in found:
            by = _SETS[row["grouped"]]
            groups[by][None if by == "totals" else row[by]] = {name: row[name] for name in _NOTHING}
        return {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "totals": groups["totals"][None],
            "by_hour": _each("hour", range(24), groups["hour"]),
            "by_day": [
                {**row, "day": row["day"].isoformat()}
                for row in _each("day", period.days(), groups["day"])
            ],
            "by_weekday": _each("weekday", range(1, 8), groups["weekday"]),
            "by_topic": _each("topic", groups["topic"], groups["topic"]),
            "by_department": _each("department", groups["department"], groups["department"]),
        }


def _each(name: str, keys: Iterable[Any], group: Mapping[Any, Figures]) -> list[Figures]:
    """Return a row a key, zeros where nothing was: a chart has no holes."""
    return [{name: key, **group.get(key, _NOTHING)} for key in keys]
