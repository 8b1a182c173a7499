"""When a department hears that something of theirs is not classified: once, then weekly."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from transcript_service.archive.reminders import Left, stage

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def left(last, newest_due=NOW):
    return Left("testvik", "torget", UUID(int=1), newest_due, last)


def test_a_department_hears_of_it_the_first_time():
    assert stage(left(None), NOW) == "department"


def test_it_does_not_hear_of_the_same_ones_twice_within_a_week():
    assert stage(left(NOW - 6 * DAY, NOW - 7 * DAY), NOW) is None


@pytest.mark.parametrize(("since", "to"), [(23 * HOUR, None), (DAY, "department")])
def test_it_hears_of_new_ones_once_a_day_at_most(since, to):
    assert stage(left(NOW - since, NOW - HOUR), NOW) == to


def test_after_a_week_the_leaders_hear_of_what_is_still_left():
    assert stage(left(NOW - 7 * DAY, NOW - 9 * DAY), NOW) == "leader"
