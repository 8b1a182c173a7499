"""Opening hours by the Norwegian calendar: holidays, half days, exceptions, both odd nights."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from services.contracts import Department
from services.contracts.hours import DatedHours, OpeningHours, Span
from services.hours import YEAR, HoursState, after_open_s, hours_of, state

OSLO = ZoneInfo("Europe/Oslo")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def span(opens, closes):
    return Span(opens=opens, closes=closes)


WORKDAY = (span("08:00", "15:30"),)
OFFICE = OpeningHours(
    week=dict.fromkeys(WEEKDAYS[:5], WORKDAY),
    half_days={
        "easter_wednesday": (span("08:00", "12:00"),),
        "christmas_eve": (),
        "christmas_week": (span("10:00", "14:00"),),
        "new_years_eve": (),
    },
)


def oslo(text):
    """An instant by the clock on the wall in Norway."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


# The calendar


@pytest.mark.parametrize(
    ("written", "open_at", "closed_at"),
    [
        ("2026-04-01", "11:59", "12:00"),
        ("2027-03-24", "11:59", "12:00"),
        ("2026-12-23", "15:29", "15:30"),
        ("2026-12-28", "10:00", "09:59"),
        ("2026-12-30", "13:59", "14:00"),
        ("2027-12-27", "10:00", "08:00"),
    ],
)
def test_a_half_day_has_hours_of_its_own(written, open_at, closed_at):
    assert state(OFFICE, oslo(f"{written}T{open_at}")).open
    assert not state(OFFICE, oslo(f"{written}T{closed_at}")).open


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("2026-12-24", {"nb": "Julaften", "nn": "Julaftan", "en": "Christmas Eve"}),
        (
            "2027-05-17",
            {
                "nb": "Andre pinsedag og grunnlovsdagen",
                "nn": "Andre pinsedag og grunnlovsdagen",
                "en": "Whit Monday and Constitution Day",
            },
        ),
        (
            "2026-05-14",
            {
                "nb": "Kristi himmelfartsdag",
                "nn": "Kristi himmelfartsdag",
                "en": "Ascension Day",
            },
        ),
    ],
)
def test_who_is_turned_away_is_told_why_in_each_language(written, name):
    assert state(OFFICE, oslo(f"{written}T10:00")).reason == name


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        ("2026-04-01T12:00", "2026-04-07T08:00"),  # Easter
        ("2027-03-24T12:00", "2027-03-30T08:00"),
        ("2026-12-23T15:30", "2026-12-28T10:00"),  # Christmas
        ("2026-12-30T14:00", "2027-01-04T08:00"),  # the new year
        ("2026-05-13T16:00", "2026-05-15T08:00"),  # the Friday after Ascension Day
        ("2027-05-14T15:30", "2027-05-18T08:00"),  # Whitsun and 17 May in one
        ("2026-03-27T15:30", "2026-03-30T08:00"),  # the clock is set forward
        ("2026-10-23T15:30", "2026-10-26T08:00"),  # and back
        ("2026-11-24T07:59", "2026-11-24T08:00"),
    ],
)
def test_who_comes_when_it_is_closed_is_told_when_it_opens(asked, opens):
    assert state(OFFICE, oslo(asked)).opens_at == oslo(opens)


def test_a_half_day_on_a_day_off_opens_nothing():
    """Christmas Eve of 2027 is a Friday, the 27th of December 2026 a Sunday."""
    hours = OFFICE.evolve(half_days={"christmas_week": WORKDAY, "christmas_eve": WORKDAY})

    assert state(hours, oslo("2027-12-24T10:00")).open
    assert not state(hours, oslo("2026-12-27T10:00")).open


def test_a_date_overrides_a_half_day_a_holiday_and_the_week():
    open_then = (span("18:00", "20:00"),)
    for written in ("2026-12-24", "2026-05-17", "2026-11-28", "2027-03-01"):
        dated = DatedHours(date=date.fromisoformat(written), spans=open_then)
        hours = OFFICE.evolve(dated=(dated,))

        assert state(hours, oslo(f"{written}T19:00")).open, written
        assert not state(hours, oslo(f"{written}T10:00")).open, written


def test_of_two_exceptions_on_one_date_the_later_holds():
    day = date(2026, 11, 24)
    closed, late = DatedHours(date=day), DatedHours(date=day, spans=(span("18:00", "20:00"),))

    assert state(OFFICE.evolve(dated=(closed, late)), oslo("2026-11-24T19:00")).open
    assert not state(OFFICE.evolve(dated=(late, closed)), oslo("2026-11-24T19:00")).open


def test_a_dated_reason_is_told_and_without_one_the_name_of_the_day():
    because = {"nb": "Personalmøte", "en": "Staff meeting"}
    meeting = OFFICE.evolve(dated=(DatedHours(date=date(2026, 11, 24), reason=because),))
    christmas = OFFICE.evolve(dated=(DatedHours(date=date(2026, 12, 24)),))

    assert state(meeting, oslo("2026-11-24T10:00")).reason == because
    assert state(christmas, oslo("2026-12-24T10:00")).reason["nb"] == "Julaften"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("2026-04-01T07:00", {}),  # opens later today
        ("2026-04-01T10:00", {}),  # open
        ("2026-04-01T13:00", "Onsdag før skjærtorsdag"),
        ("2026-04-01T16:00", {}),  # any other Wednesday it would be closed by now, too
        ("2026-04-02T16:00", "Skjærtorsdag"),
        ("2026-11-28T10:00", {}),  # a Saturday
    ],
)
def test_a_reason_is_told_only_when_it_is_the_reason(asked, why):
    reason = state(OFFICE, oslo(asked)).reason

    assert reason.get("nb", {}) == why


def test_a_late_evening_is_no_reason_to_be_closed_after_it():
    evening = DatedHours(
        date=date(2027, 3, 1), spans=(span("08:00", "20:00"),), reason={"nb": "Barnehagefrist"}
    )
    hours = OFFICE.evolve(dated=(evening,))

    assert state(hours, oslo("2027-03-01T19:00")).closes_at == oslo("2027-03-01T20:00")
    assert state(hours, oslo("2027-03-01T21:00")).reason == {}


# The clock


def test_the_night_the_clock_is_set_back_has_an_hour_twice():
    night = OpeningHours(week={"sun": (span("02:00", "03:00"),)})
    begins = datetime(2026, 10, 25, 0, tzinfo=UTC)  # 02:00, for the first time

    assert not state(night, begins - timedelta(seconds=1)).open
    assert state(night, begins).closes_at == begins + timedelta(hours=2)
    assert after_open_s(night, begins - timedelta(days=1), 7200) == begins + timedelta(hours=2)


def test_hours_that_end_within_it_are_open_twice():
    night = OpeningHours(week={"sun": (span("01:00", "02:30"),)})
    begins = datetime(2026, 10, 24, 23, tzinfo=UTC)
    first, again = begins + timedelta(minutes=90), begins + timedelta(minutes=120)

    assert state(night, begins).closes_at == first
    assert state(night, first) == HoursState(open=False, opens_at=again)
    assert state(night, again).closes_at == again + timedelta(minutes=30)


def test_the_night_the_clock_is_set_forward_lacks_an_hour():
    gone = OpeningHours(week={"sun": (span("02:00", "03:00"),)}, holidays=False)
    around = OpeningHours(week={"sun": (span("01:00", "04:00"),)})
    begins = datetime(2026, 3, 29, 0, tzinfo=UTC)

    assert state(gone, begins).opens_at == oslo("2026-04-05T02:00")
    assert state(around, begins).closes_at == begins + timedelta(hours=2)
    assert after_open_s(around, begins, 7200) == begins + timedelta(hours=2)


def test_over_midnight_it_does_not_close():
    night = OpeningHours(
        week={"mon": (span("20:00", "24:00"),), "tue": (span("00:00", "06:00"),)}, holidays=False
    )

    assert state(night, oslo("2026-11-23T21:00")).closes_at == oslo("2026-11-24T06:00")
    assert state(night, oslo("2026-11-24T00:00")).open
    assert not state(night, oslo("2026-11-24T06:00")).open
    assert after_open_s(night, oslo("2026-11-23T23:00"), 7200) == oslo("2026-11-24T01:00")


def test_a_day_until_24_is_open_to_its_last_minute():
    hours = OpeningHours(week={"tue": (span("00:00", "24:00"),)})

    assert state(hours, oslo("2026-11-24T23:59")).closes_at == oslo("2026-11-25T00:00")
    assert not state(hours, oslo("2026-11-25T00:00")).open


def test_spans_that_touch_or_overlap_are_one():
    hours = OpeningHours(
        week={"tue": (span("10:00", "14:00"), span("08:00", "12:00"), span("14:00", "15:00"))}
    )

    assert state(hours, oslo("2026-11-24T08:00")).closes_at == oslo("2026-11-24T15:00")


def test_what_never_closes_and_what_never_opens_tell_no_time():
    always = OpeningHours(week=dict.fromkeys(WEEKDAYS, (span("00:00", "24:00"),)), holidays=False)
    now = oslo("2026-11-24T12:00")

    assert state(always, now) == HoursState(open=True)
    assert state(OpeningHours(week={}), now) == HoursState(open=False)
    assert state(None, now) == HoursState(open=True)


# Deadlines


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-24T08:00", "2026-11-25T08:30"),  # 7.5 h, then half an hour
        ("2026-11-27T15:00", "2026-11-30T15:30"),  # over a week-end
        ("2026-03-31T14:00", "2026-04-07T10:30"),  # 1.5 h, 4 h before Easter, 2.5 h after it
        ("2026-12-23T15:30", "2026-12-29T14:00"),  # two half days of romjul
    ],
)
def test_eight_open_hours(asked, due):
    assert after_open_s(OFFICE, oslo(asked), 8 * 3600) == oslo(due)


def test_without_hours_time_runs_by_day_and_night():
    now = oslo("2026-11-24T12:00")

    assert after_open_s(None, now, 3600) == now + timedelta(hours=1)
    assert after_open_s(OpeningHours(week={}), now, 3600) == now + timedelta(hours=1)
    assert after_open_s(OFFICE, now, 0) == after_open_s(OFFICE, now, -1) == now


def test_hours_that_are_too_few_end_with_the_year():
    rare = OpeningHours(week={"mon": (span("08:00", "08:01"),)})
    now = oslo("2026-11-24T12:00")

    assert after_open_s(rare, now, 8 * 3600) == now + YEAR


def test_a_time_without_a_zone_is_none():
    with pytest.raises(ValueError, match="time_without_zone"):
        state(OFFICE, datetime(2026, 11, 24, 12))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="time_without_zone"):
        after_open_s(None, datetime(2026, 11, 24, 12), 1)  # noqa: DTZ001


def test_a_department_has_its_own_hours_or_the_tenants(make):
    of_their_own = Department(id="byggesak", name={"nb": "Byggesak"}, hours=OFFICE)
    as_all = Department(id="torget", name={"nb": "Torget"})
    whole = OpeningHours(week={"mon": WORKDAY})
    directory = make.directory(departments=(of_their_own, as_all), hours=whole)

    assert hours_of(directory, "byggesak") == OFFICE
    assert hours_of(directory, "torget") == hours_of(directory, "unknown") == whole
    assert hours_of(directory.evolve(hours=None), "torget") is None
