"""Whether a department was open at some instants: many of them, of few days."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from services.contracts import OpeningHours

from services import hours


class Opening:
    """When it is open by some hours; remembers the days that were asked for."""

    def __init__(self, of: OpeningHours | None) -> None:
        """Take the hours; None is open always."""
        self._of = of
        self._days: dict[date, list[datetime]] = {}

    def within(self, at: datetime) -> bool:
        """Return whether an instant is in opening hours."""
        if self._of is None:
            return True
        day = at.astimezone(hours.OSLO).date()
        if day not in self._days:
            self._days[day] = _changes(self._of, day)
        return bisect_right(self._days[day], at) % 2 == 1


def _changes(of: OpeningHours, day: date) -> list[datetime]:
    """Return the instants of a day at which it opens, closes, opens …, in order."""
    at = _midnight(day)
    ends = _midnight(day + timedelta(days=1))
    found: list[datetime] = []
    while at < ends:
        state = hours.state(of, at)
        if state.open:
            found += [at, state.closes_at or ends]
            at = found[-1]
        elif state.opens_at is None:
            break
        else:
            at = state.opens_at
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), hours.OSLO).astimezone(UTC)
