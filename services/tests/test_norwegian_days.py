"""The names of Norway's days off, and which days are half ones."""

from datetime import date, timedelta

import pytest
from services.norwegian_days import half_day, is_holiday, name_of

YEARS = range(2026, 2060)


def days_of(year):
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366)]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_off_has_a_name_in_each_language(year):
    for day in days_of(year):
        names = name_of(day)
        if is_holiday(day) or half_day(day):
            assert set(names) == {"nb", "nn", "en"}
            assert all(name[0].isupper() for name in names.values())
            assert names["en"] != names["nb"], "a holiday our table does not know"
        else:
            assert names == {}


@pytest.mark.parametrize("year", YEARS)
def test_a_half_day_is_no_holiday_and_there_are_seven(year):
    halves = [day for day in days_of(year) if day.year == year and half_day(day)]

    assert len(halves) == 7
    assert not any(map(is_holiday, halves))
    assert [day.weekday() for day in halves if half_day(day) == "easter_wednesday"] == [2]


def test_a_sunday_is_no_holiday():
    assert not is_holiday(date(2026, 11, 29))
