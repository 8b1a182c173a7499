"""When a desk is open, by the clock on the wall in Norway. Pure: the time now is an argument.

A span is open whenever that clock shows a time within it. So on the night the clock is set back,
02:00-03:00 is open twice, and on the night it is set forward never.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services import norwegian_days
from services.contracts.directory import TenantDirectory
from services.contracts.hours import ClockTime, OpeningHours, Span, Weekday

OSLO: Final = ZoneInfo("Europe/Oslo")
LOOK_AHEAD_DAYS: Final = 60
"""Further ahead nobody is told when it opens or closes."""
YEAR: Final = timedelta(days=366)
"""No deadline is further off."""

_WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)

Stretch = tuple[datetime, datetime]
"""From the first until just before the second instant, in UTC."""


@dataclass(frozen=True, slots=True)
class HoursState:
    """A desk's hours as they are at one instant. Times are in UTC."""

    open: bool
    closes_at: datetime | None = None
    """None: closed, or not within the days looked ahead."""
    opens_at: datetime | None = None
    """None: open, or not within the days looked ahead."""
    reason: Mapping[str, str] = field(default_factory=dict)
    """Per language, why it is closed for what is left of today. Empty: the week says so."""


def hours_of(directory: TenantDirectory, department: str) -> OpeningHours | None:
    """Return a department's hours, else the tenant's; None where neither says any."""
    found = directory.department(department)
    return (found and found.hours) or directory.hours


def state(hours: OpeningHours | None, now: datetime) -> HoursState:
    """Return whether a desk is open, until or from when, and why it is closed today.

    Args:
        hours: None is open always.
        now: The time, with its zone.

    Raises:
        ValueError: `now` has no zone.
    """
    instant = _utc(now)
    if hours is None:
        return HoursState(open=True)
    today = instant.astimezone(OSLO).date()
    horizon = _midnight(today + LOOK_AHEAD_DAYS * _DAY)
    for since, until in _stretches(hours, today, LOOK_AHEAD_DAYS):
        if since <= instant < until:
            return HoursState(open=True, closes_at=until if until < horizon else None)
        if since > instant:
            reason = {} if since < _midnight(today + _DAY) else _reason(hours, instant)
            return HoursState(open=False, opens_at=since, reason=reason)
    return HoursState(open=False, reason=_reason(hours, instant))


def after_open_s(hours: OpeningHours | None, now: datetime, seconds: float) -> datetime:
    """Return the first instant before which so many seconds of open time have passed.

    It is never more than 366 days ahead. Hours that are not open in all that time count for
    nothing: the seconds then run by day and night. Hours that are open for too little of it end
    with it.

    Args:
        hours: None is open always.
        now: From when, with its zone.
        seconds: Open time to pass. Not above 0: none.

    Raises:
        ValueError: `now` has no zone.
    """
    instant = _utc(now)
    # In this order what is not a number is a year, too.
    left = timedelta(seconds=max(0.0, min(YEAR.total_seconds(), seconds)))
    if hours is None or not left:
        return instant + left
    last = instant + YEAR
    was_open = False
    for opens, closes in _stretches(hours, instant.astimezone(OSLO).date(), YEAR // _DAY + 1):
        since, until = max(opens, instant), min(closes, last)
        if until <= since:
            continue
        was_open = True
        if until - since >= left:
            return since + left
        left -= until - since
    return last if was_open else instant + left


# Days


def _week(hours: OpeningHours, day: date) -> tuple[Span, ...]:
    return hours.week.get(_WEEKDAYS[day.weekday()], ())


def _spans(hours: OpeningHours, day: date) -> tuple[Span, ...]:
    """Return what holds on a date: the date itself, else a half day, a holiday, or the week."""
    for dated in reversed(hours.dated):  # said twice, the later holds
        if dated.date == day:
            return dated.spans
    week = _week(hours, day)
    if hours.holidays and norwegian_days.is_holiday(day):
        return ()  # no half day is one
    half = norwegian_days.half_day(day)
    return hours.half_days.get(half, week) if half and week else week


def _reason(hours: OpeningHours, instant: datetime) -> Mapping[str, str]:
    """Return why a desk stays closed for what is left of the day, if the week does not say so."""
    wall = instant.astimezone(OSLO)
    day = wall.date()
    spans = _spans(hours, day)
    if spans and all(
        _wall(day, span.closes) <= wall.replace(tzinfo=None) for span in _week(hours, day)
    ):
        return {}  # the week would have closed by now, too
    for dated in reversed(hours.dated):
        if dated.date == day:
            return dated.reason or norwegian_days.name_of(day)
    by_week = spans == _week(hours, day) and not (hours.holidays and norwegian_days.is_holiday(day))
    return {} if by_week else norwegian_days.name_of(day)


# Instants


def _stretches(hours: OpeningHours, first: date, days: int) -> Iterator[Stretch]:
    """Yield when it is open on so many days, in order. What touches is one, also at midnight."""
    pending: Stretch | None = None
    for n in range(days):
        for stretch in _of_day(hours, first + n * _DAY):
            if pending is not None and stretch[0] <= pending[1]:
                pending = (pending[0], max(pending[1], stretch[1]))
                continue
            if pending is not None:
                yield pending
            pending = stretch
    if pending is not None:
        yield pending


def _of_day(hours: OpeningHours, day: date) -> list[Stretch]:
    """Return the stretches of a date by their beginnings; they may overlap."""
    spans = _spans(hours, day)
    found = []
    for begins, ends, offset in _clocks(day) if spans else ():
        for span in spans:
            since = max(begins, _wall(day, span.opens).replace(tzinfo=UTC) - offset)
            until = min(ends, _wall(day, span.closes).replace(tzinfo=UTC) - offset)
            if since < until:
                found.append((since, until))
    return sorted(found)


def _clocks(day: date) -> list[tuple[datetime, datetime, timedelta]]:
    """Return the parts of a date under one offset from UTC: one, or two when the clock is set."""
    begins, ends = _midnight(day), _midnight(day + _DAY)
    before, after = _offset(begins), _offset(ends)
    if before == after:
        return [(begins, ends, before)]
    low, high = begins, ends
    while high - low > _MINUTE:  # the clock is set on a whole minute
        middle = low + (high - low) // _MINUTE // 2 * _MINUTE
        low, high = (middle, high) if _offset(middle) == before else (low, middle)
    return [(begins, high, before), (high, ends, after)]


def _offset(instant: datetime) -> timedelta:
    return instant.astimezone(OSLO).utcoffset() or timedelta()


def _midnight(day: date) -> datetime:
    """Return the instant a date begins. The clock is never set at midnight."""
    return datetime.combine(day, time(), OSLO).astimezone(UTC)


def _wall(day: date, clock: ClockTime) -> datetime:
    """Return a time on the wall, without a zone; `24:00` is the next midnight."""
    hour, minute = clock.split(":")
    return datetime.combine(day, time()) + timedelta(hours=int(hour), minutes=int(minute))


def _utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("time_without_zone")
    return now.astimezone(UTC)
