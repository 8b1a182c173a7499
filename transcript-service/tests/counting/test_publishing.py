"""Open data: of quarters that are over, and of nobody in particular."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.counting.hiding import LEAST
from transcript_service.counting.months import after
from transcript_service.counting.publishing import Part, document, quarter_of, ripe

TODAY = date(2026, 11, 27)
TABLES = (
    *("month", "hour", "course", "rating", "first_line", "follows"),
    *("topic", "department", "language"),
)


@st.composite
def enquiries(draw):
    return {
        "month": draw(st.sampled_from([date(2026, n, 1) for n in (4, 5, 6, 7, 8, 9)])),
        "hour": draw(st.sampled_from(["9", "10", "14"])),
        "course": draw(st.sampled_from(["within_target", "after_target", "left", "written_late"])),
        "rated": draw(st.sampled_from(["", "yes", "no"])),
        "first_line": draw(st.sampled_from(["", None])),
        "topic": draw(st.sampled_from(["", "skatt", "garasje"])),
        "department": draw(st.sampled_from(["torget", "bygg"])),
        "language": draw(st.sampled_from(["nb", "nn", "en"])),
        "wait": draw(st.sampled_from([None, "3", "20"])),
    }


def parts_of(found):
    """Return the counts of enquiries, as they are read from the table."""
    for one in found:
        yield Part(one["month"], "opened", "", 1)
        for measure in ("hour", "course", "topic", "department", "language"):
            yield Part(one["month"], measure, one[measure], 1)
        for measure in ("rated", "first_line", "wait"):
            if one[measure] is not None and (measure, one[measure]) != ("rated", ""):
                yield Part(one["month"], measure, one[measure], 1)


def numbers(value):
    """Return every number of a document."""
    if isinstance(value, dict):
        for below in value.values():
            yield from numbers(below)
    elif isinstance(value, list):
        for below in value:
            yield from numbers(below)
    elif isinstance(value, int):
        yield value


@given(found=st.lists(enquiries(), max_size=120))
def test_every_table_adds_up_to_the_quarter_and_no_cell_is_small(make, found):
    told = document(parts_of(found), make.directory(), [], TODAY)
    wanted = {quarter_of(one["month"]) for one in found}

    assert len(told["quarters"]) == len(wanted)
    for quarter in told["quarters"]:
        if quarter["opened"] is None:
            assert quarter.keys() == {"quarter", "opened"}
            continue
        for name in TABLES:
            table = quarter[name]
            if table is None:
                continue
            cells = table["cells"].values()
            assert sum(cells) + (table["rest"] or 0) == quarter["opened"], name
            assert all(n == 0 or n >= LEAST for n in (*cells, table["rest"] or 0)), name


@given(found=st.lists(enquiries(), max_size=LEAST - 1))
def test_a_quarter_of_fewer_than_five_tells_nothing(make, found):
    told = document(parts_of(found), make.directory(), [], TODAY)

    assert list(numbers(told["quarters"])) == []


def waits(count):
    month = date(2026, 4, 1)
    return [Part(month, "opened", "", count), Part(month, "wait", "20", count)]


@pytest.mark.parametrize(
    ("count", "median", "p90"), [(9, False, False), (10, True, False), (50, True, True)]
)
def test_a_time_is_told_where_as_many_are_beyond_it(make, count, median, p90):
    (quarter,) = document(waits(count), make.directory(), [], TODAY)["quarters"]

    assert (quarter["wait"]["median_s"] is not None, quarter["wait"]["p90_s"] is not None) == (
        median,
        p90,
    )


@given(day=st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_a_quarter_is_told_a_month_after_it_is_over_and_not_before(day):
    quarter = quarter_of(day.replace(day=1))
    over = after(quarter, 3)

    assert quarter <= day < over
    assert not ripe(quarter, day)
    assert not ripe(quarter, over.replace(day=28))
    assert ripe(quarter, after(over).replace(day=2))


def test_what_came_by_other_ways_is_told_unless_it_was_few(make):
    rows = [{"month": "2013-01", "phone": 6667, "email": 4, "desk": 0, "site": None}]
    told = document([], make.directory(), rows, TODAY)

    assert told["channels"] == [
        {"month": "2013-01", "phone": 6667, "email": None, "desk": 0, "site": None}
    ]


def test_it_names_departments_and_topics_and_no_person(make):
    told = str(document(waits(60), make.directory(), [], TODAY))

    assert "Servicetorget" in told
    assert not [agent.name for agent in make.directory().agents if agent.name in told]
