"""Opening hours against a clock that is read every five minutes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from services.contracts.hours import DatedHours, OpeningHours, Span
from services.hours import LOOK_AHEAD_DAYS, YEAR, after_open_s, state

OSLO = ZoneInfo("Europe/Oslo")
STEP = timedelta(minutes=5)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = {
    *("2026-01-01", "2026-04-02", "2026-04-03", "2026-04-05", "2026-04-06", "2026-05-01"),
    *("2026-05-14", "2026-05-17", "2026-05-24", "2026-05-25", "2026-12-25", "2026-12-26"),
    *("2027-01-01", "2027-03-25", "2027-03-26", "2027-03-28", "2027-03-29", "2027-05-01"),
    *("2027-05-06", "2027-05-16", "2027-05-17", "2027-12-25", "2027-12-26"),
    *("2028-01-01", "2028-04-13", "2028-04-14", "2028-04-16", "2028-04-17", "2028-05-01"),
    *("2028-05-17", "2028-05-25", "2028-06-04", "2028-06-05", "2028-12-25", "2028-12-26"),
}
HALF_DAYS = {
    "04-01": "easter_wednesday",  # 2026
    "03-24": "easter_wednesday",  # 2027
    "04-12": "easter_wednesday",  # 2028
    "12-24": "christmas_eve",
    "12-27": "christmas_week",
    "12-28": "christmas_week",
    "12-29": "christmas_week",
    "12-30": "christmas_week",
    "12-31": "new_years_eve",
}
EASTER_WEDNESDAYS = {"2026-04-01", "2027-03-24", "2028-04-12"}


def span(opens, closes):
    return Span(opens=opens, closes=closes)


def oslo(text):
    """An instant by the clock on the wall in Norway."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


# The oracle: slow, and of its own mind about the calendar


def spans_by_hand(hours, day):
    written = day.isoformat()
    week = hours.week.get(WEEKDAYS[day.weekday()], ())
    said = [dated.spans for dated in hours.dated if dated.date == day]
    if said:
        return said[-1]
    half = HALF_DAYS.get(written[5:])
    if half == "easter_wednesday" and written not in EASTER_WEDNESDAYS:
        half = None
    if half in hours.half_days and week:
        return hours.half_days[half]
    return () if hours.holidays and written in HOLIDAYS else week


def is_open(hours, instant):
    wall = instant.astimezone(OSLO)
    shows = f"{wall:%H:%M}"
    return any(s.opens <= shows < s.closes for s in spans_by_hand(hours, wall.date()))


def looks(since, until):
    """Every instant between the two at which something may change."""
    at = since.replace(minute=since.minute // 5 * 5, second=0, microsecond=0)
    while at < until:
        yield at
        at += STEP


def open_s(hours, since, until):
    return sum(
        (min(at + STEP, until) - max(at, since)).total_seconds()
        for at in looks(since, until)
        if is_open(hours, at)
    )


# What may be asked

CLOCKS = [f"{n // 12:02}:{n % 12 * 5:02}" for n in range(24 * 12)] + ["24:00"]
spans = st.lists(
    st.lists(
        st.one_of(st.sampled_from(CLOCKS), st.sampled_from(CLOCKS[: 4 * 12])),
        min_size=2,
        max_size=2,
        unique=True,
    ).map(lambda pair: span(*sorted(pair))),
    max_size=3,
).map(tuple)
days = st.one_of(
    st.dates(date(2026, 1, 2), date(2027, 9, 30)),
    # Both ways the clock is set, Easter, two holidays in one, Christmas.
    st.sampled_from(["2026-03-29", "2026-10-25", "2027-03-28"]).map(date.fromisoformat),
    st.sampled_from(["2026-04-01", "2027-05-16", "2026-12-23"]).map(date.fromisoformat),
)


@st.composite
def questions(draw):
    """Hours, and an instant near what breaks their week."""
    day = draw(days)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
    now = midnight + timedelta(seconds=draw(st.integers(0, 28 * 3600)))
    near = st.integers(-1, 9).map(lambda n: day + timedelta(days=n))
    hours = OpeningHours(
        week=draw(st.dictionaries(st.sampled_from(WEEKDAYS), spans)),
        dated=tuple(DatedHours(date=d, spans=s) for d, s in draw(st.lists(st.tuples(near, spans)))),
        holidays=draw(st.booleans()),
        half_days=draw(st.dictionaries(st.sampled_from(sorted(set(HALF_DAYS.values()))), spans)),
    )
    return hours, now


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(questions())
def test_open_is_when_the_clock_on_the_wall_shows_a_time_within_a_span(question):
    hours, now = question

    assert state(hours, now).open == is_open(hours, now)


@patient
@given(questions())
def test_it_stays_as_it_is_until_the_time_told_and_changes_then(question):
    hours, now = question
    found = state(hours, now)
    changes = found.closes_at or found.opens_at

    assert (found.closes_at is None) or found.open
    assert (found.opens_at is None) or not found.open
    assert changes is None or is_open(hours, changes) is not found.open
    for at in looks(now, changes or now + timedelta(days=LOOK_AHEAD_DAYS - 1)):
        assert is_open(hours, at) == found.open, at


@settings(patient, max_examples=40)
@given(questions(), st.floats(1, 20 * 3600))
def test_between_now_and_a_deadline_there_is_as_much_open_time_as_was_given(question, seconds):
    hours, now = question
    due = after_open_s(hours, now, seconds)

    assert now < due <= now + YEAR
    if any(is_open(hours, at) for at in looks(now, now + YEAR)):
        measured = open_s(hours, now, due)
        assert measured == pytest.approx(seconds, abs=1e-3) or (
            due == now + YEAR and measured < seconds
        )
    else:
        assert due == now + timedelta(seconds=seconds)


@patient
@given(questions(), st.integers(1, 20_000), st.integers(1, 20_000))
def test_a_deadline_in_two_steps_is_the_same_as_in_one(question, first, then):
    hours, now = question
    whole = after_open_s(hours, now, first + then)
    assume(whole < now + YEAR)
    stop = after_open_s(hours, now, first)

    assert stop <= whole
    if any(is_open(hours, at) for at in looks(now, whole)):
        assert after_open_s(hours, stop, then) == whole


@given(questions(), st.floats())
@example((OpeningHours(week={}), oslo("2026-11-24T12:00")), float("nan"))
@patient
def test_no_number_of_seconds_is_too_much(question, seconds):
    hours, now = question

    assert now <= after_open_s(hours, now, seconds) <= now + YEAR


@pytest.mark.parametrize("written", sorted(HOLIDAYS))
def test_a_public_holiday_is_closed_and_says_its_name(written):
    every_day = OpeningHours(week=dict.fromkeys(WEEKDAYS, (span("08:00", "15:30"),)))
    found = state(every_day, oslo(f"{written}T10:00"))

    assert not found.open
    assert set(found.reason) == {"nb", "nn", "en"}
    assert state(every_day.evolve(holidays=False), oslo(f"{written}T10:00")).open
