"""What counts of an enquiry; and when a department was open."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services.contracts import OpeningHours, Span
from services.hours import OSLO, state
from transcript_service.counting.enquiry import Found, Promise, counted
from transcript_service.counting.opening import Opening

AT = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
PROMISE = Promise(target_s=60, met_s=180, in_hours=True)
OFFICE = OpeningHours(
    week={
        "mon": (Span(opens="08:00", closes="15:30"),),
        "tue": (Span(opens="09:00", closes="12:00"), Span(opens="13:00", closes="24:00")),
        "wed": (Span(opens="00:00", closes="02:30"),),
        "sun": (Span(opens="01:30", closes="03:30"),),
    },
    half_days={"christmas_eve": ()},
)


def after(seconds):
    return AT + timedelta(seconds=seconds)


def found(**fields):
    given = {
        "tenant": "testvik",
        "conversation": UUID(int=1),
        "topic": None,
        "department": "torget",
        "language": "nb",
        "state": "waiting",
        "opened_at": AT,
        "entered_at": AT,
        "closed_at": None,
        "answered_at": None,
        "answered_in": None,
        "due_at": None,
        "rating": None,
        "follows": False,
        "agents": 0,
        "first_words_at": None,
        "answer_closed": False,
        "handed_to": (),
    }
    return Found(**{**given, **fields})


def marks(found, promise=PROMISE):
    """Return what is true of it."""
    enquiry = counted(found, promise, "torget")
    names = [field.name for field in fields(enquiry) if field.type == "bool" or field.type is bool]
    return {name for name in names if getattr(enquiry, name)} - {"in_hours"}


ANSWERED = found(
    state="closed",
    agents=1,
    answered_at=after(59),
    answered_in="torget",
    closed_at=after(600),
    first_words_at=after(80),
    answer_closed=True,
)
WRITTEN = found(
    state="closed", agents=1, due_at=after(9_000), closed_at=after(8_999), answer_closed=True
)


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (found(), set()),
        (found(state="closed", closed_at=after(170)), {"left"}),
        (found(state="closed", closed_at=after(181)), {"left", "open"}),
        (ANSWERED, {"answered", "within_target", "ended", "first_line", "open", "open_met"}),
        (
            replace(ANSWERED, answered_at=after(61)),
            {"answered", "ended", "first_line", "open", "open_met"},
        ),
        (
            replace(ANSWERED, answered_at=after(181)),
            {"answered", "ended", "first_line", "open"},
        ),
        (
            replace(ANSWERED, handed_to=("bygg",), department="bygg", state="active"),
            {"answered", "within_target", "handed_over", "open", "open_met"},
        ),
        (
            replace(ANSWERED, handed_to=("bygg",), department="bygg"),
            {"answered", "within_target", "handed_over", "open", "open_met", "ended"},
        ),
        (
            replace(ANSWERED, handed_to=("torget",)),
            {
                *[
                    "answered",
                    "within_target",
                    "handed_over",
                    "open",
                    "open_met",
                    "ended",
                    "first_line",
                ]
            },
        ),
        (
            replace(ANSWERED, follows=True, state="active", closed_at=None),
            {"answered", "within_target", "open", "open_met", "follows"},
        ),
        (
            WRITTEN,
            {"written", "written_answered", "written_in_time", "ended", "first_line", "open"},
        ),
        (
            replace(WRITTEN, closed_at=after(9_001)),
            {"written", "written_answered", "ended", "first_line", "open"},
        ),
        (replace(WRITTEN, answer_closed=False, agents=0), {"written", "open"}),
        (replace(WRITTEN, state="written", agents=0, closed_at=None), {"written", "open"}),
    ],
)
def test_an_enquiry_counts_in(one, wanted):
    assert marks(one) == wanted


def test_outside_opening_hours_nobody_has_to_be_there():
    closed = replace(PROMISE, in_hours=False)

    assert not {"open", "open_met"} & marks(ANSWERED, closed)
    assert not {"open", "open_met"} & marks(WRITTEN, closed)


def test_times_of_a_written_question_say_nothing_of_the_chat():
    put_off = replace(ANSWERED, due_at=after(9_000))
    enquiry = counted(put_off, PROMISE, "torget")

    assert (enquiry.first_answer, enquiry.handle) == (None, None)
    assert enquiry.wait is not None


def test_it_counts_by_the_clock_in_norway_and_where_it_was_answered():
    late = found(
        opened_at=datetime(2026, 6, 30, 22, 5, tzinfo=UTC),
        department="bygg",
        answered_in="torget",
        answered_at=after(0),
    )
    enquiry = counted(late, PROMISE, "torget")

    assert (enquiry.day.isoformat(), enquiry.hour, enquiry.department) == (
        "2026-07-01",
        0,
        "torget",
    )


@settings(deadline=None)  # the first day of a year takes its holidays
@given(
    at=st.datetimes(
        datetime(2026, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2027, 12, 31),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, OSLO]),
    )
)
def test_it_was_open_when_the_hours_say_so(at):
    opening = Opening(OFFICE)
    opening.within(at + timedelta(hours=3))

    assert opening.within(at) == state(OFFICE, at).open
    assert Opening(None).within(at)
