"""What people write of other channels: read, or refused with where and why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.counting.channels import CHANNELS, MOST_LINES, Entry, Fault, checked, read
from transcript_service.counting.months import written

NOW = date(2026, 11, 1)
HEAD = "Måned;Telefon;E-post;Skranke;Nettbesøk"


def codes(text):
    _, faults = read(text, NOW)
    return [(fault.line, fault.column, fault.code) for fault in faults]


def test_a_table_as_a_spreadsheet_writes_it_is_read():
    text = f"\ufeff{HEAD}\r\n2013-01;6 667;1200;;84\u00a0000\r\n\r\n02.2013; 7001 ;;310;\r\n"

    assert read(text, NOW) == (
        [
            Entry(date(2013, 1, 1), "phone", 6667),
            Entry(date(2013, 1, 1), "email", 1200),
            Entry(date(2013, 1, 1), "site", 84_000),
            Entry(date(2013, 2, 1), "phone", 7001),
            Entry(date(2013, 2, 1), "desk", 310),
        ],
        [],
    )


@pytest.mark.parametrize("between", [";", ",", "\t"])
@pytest.mark.parametrize("head", ["måned{0}telefon", "MÅNAD{0}Phone", "month{0}calls"])
def test_the_head_may_be_in_any_of_the_languages_and_the_cells_apart_by(between, head):
    text = f"{head.format(between)}\n2013-1{between}12\n"

    assert read(text, NOW) == ([Entry(date(2013, 1, 1), "phone", 12)], [])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", [(1, "", "empty")]),
        (" \n\n", [(1, "", "empty")]),
        (HEAD, [(1, "", "empty")]),
        ("Telefon\n12", [(1, "", "month_column_missing")]),
        ("Måned\n2013-01", [(1, "", "channel_column_missing")]),
        ("Måned;Brevdue\n2013-01;1", [(1, "Brevdue", "column_unknown")]),
        ("Måned;Telefon;Phone\n2013-01;1;2", [(1, "Phone", "column_twice")]),
        (f"{HEAD}\n2013-13;1", [(2, "Måned", "month_invalid")]),
        (f"{HEAD}\njanuar;1", [(2, "Måned", "month_invalid")]),
        (f"{HEAD}\n;1", [(2, "Måned", "month_invalid")]),
        (f"{HEAD}\n2026-12;1", [(2, "Måned", "month_future")]),
        (f"{HEAD}\n2013-01;1\n01.2013;2", [(3, "Måned", "month_twice")]),
        (
            f"{HEAD}\n2013-01;1.5;-2;x",
            [
                (2, "Telefon", "number_invalid"),
                (2, "E-post", "number_invalid"),
                (2, "Skranke", "number_invalid"),
            ],
        ),
        (f"{HEAD}\n2013-01;999999999999", [(2, "Telefon", "number_invalid")]),
        (f"{HEAD}\n" + "\n" * MOST_LINES, [(MOST_LINES + 1, "", "too_many_lines")]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, wanted):
    assert codes(text) == wanted


def test_one_bad_line_does_not_hide_the_next():
    text = f"{HEAD}\n2013-01;x\n2013-02;12\n2013-14;3"
    entries, faults = read(text, NOW)

    assert [fault.line for fault in faults] == [2, 4]
    assert entries == [Entry(date(2013, 2, 1), "phone", 12)]


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text):
    entries, faults = read(text, NOW)

    assert entries or faults
    assert all(fault.line >= 1 and len(fault.column) <= 300 for fault in faults)


@given(
    st.dictionaries(
        st.dates(date(2000, 1, 1), date(2026, 11, 1)).map(lambda day: day.replace(day=1)),
        st.fixed_dictionaries({name: st.integers(0, 10**8) for name in CHANNELS}),
        min_size=1,
        max_size=24,
    )
)
def test_what_was_written_is_what_is_read(months):
    lines = [
        f"{written(of)};" + ";".join(str(numbers[name]) for name in CHANNELS)
        for of, numbers in months.items()
    ]
    entries, faults = read("\n".join([HEAD, *lines]), NOW)

    assert faults == []
    assert entries == [
        Entry(of, name, numbers[name]) for of, numbers in months.items() for name in CHANNELS
    ]


def test_a_form_says_each_month_once_and_none_to_come():
    entries = [
        Entry(date(2026, 12, 1), "phone", 1),
        Entry(date(2026, 1, 1), "phone", 1),
        Entry(date(2026, 1, 1), "email", 1),
        Entry(date(2026, 1, 1), "phone", None),
    ]

    assert checked(entries, NOW) == [Fault(1, "month_future"), Fault(4, "month_twice")]
