"""Which days may be asked for."""

import contextlib
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.counting.period import MOST_DAYS, Period, PeriodError, day

DAYS = st.dates(date(2000, 1, 1), date(9998, 12, 31))


@given(first=DAYS, more=st.integers(0, MOST_DAYS - 1))
def test_a_period_has_its_first_and_its_last_day_and_all_between(first, more):
    last = min(first + timedelta(days=more), date(9998, 12, 31))
    days = Period.read(first.isoformat(), last.isoformat()).days()

    assert (days[0], days[-1]) == (first, last)
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-02", "2026-01-01"),
        ("2026-01-01", "2027-02-05"),
        ("2026-02-30", "2026-03-01"),
        ("", "2026-01-01"),
        ("2026-01-01", ""),
        ("20260101", "20260101"),
        ("2026-W01-1", "2026-W01-1"),
        ("2026-01-01T00:00", "2026-01-01"),
        (" 2026-01-01", "2026-01-01"),
        ("2026-1-1", "2026-01-01"),
        ("٢٠٢٦-01-01", "2026-01-01"),
        ("1999-12-31", "2000-01-01"),
        ("9999-12-30", "9999-12-31"),
    ],
)
def test_what_is_no_period_is_refused(first, last):
    with pytest.raises(PeriodError):
        Period.read(first, last)


def test_the_longest_period_is_allowed():
    last = date(2026, 1, 1) + timedelta(days=MOST_DAYS - 1)

    assert len(Period.read("2026-01-01", last.isoformat()).days()) == MOST_DAYS


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_refused(text):
    with contextlib.suppress(PeriodError):
        assert day(text).isoformat() == text
