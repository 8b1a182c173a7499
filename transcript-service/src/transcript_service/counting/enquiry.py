"""What counts of one enquiry, by what the ledger has of it. Pure."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.contracts import Timing
from services.hours import OSLO

from transcript_service.counting.buckets import bucket


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation as the ledger has it, without who and without words."""

    tenant: str
    conversation: UUID
    topic: str | None
    department: str
    language: str
    state: str
    opened_at: datetime
    entered_at: datetime
    closed_at: datetime | None
    answered_at: datetime | None
    answered_in: str | None
    due_at: datetime | None
    rating: str | None
    follows: bool
    agents: int
    """How many ever had it."""
    first_words_at: datetime | None
    """The first the desk said to the citizen."""
    answer_closed: bool
    """Somebody at the desk ended it, and not the citizen."""
    handed_to: tuple[str, ...]
    """Departments that accepted it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What held when it was opened."""

    target_s: float
    met_s: float
    """So long after coming, a citizen is offered a written answer instead: nobody was there."""
    in_hours: bool


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A row of `ledger.counted_enquiry`; the measures are described in the subsystem's page."""

    tenant: str
    conversation: UUID
    day: date
    hour: int
    department: str
    topic: str
    language: str
    rating: str
    target_s: float
    met_s: float
    in_hours: bool
    answered: bool
    within_target: bool
    left: bool
    written: bool
    written_answered: bool
    written_in_time: bool
    handed_over: bool
    ended: bool
    first_line: bool
    follows: bool
    open: bool
    open_met: bool
    wait: int | None
    first_answer: int | None
    handle: int | None
    handed_to: str
    """Ids of departments, a comma between two: an id has none."""


COLUMNS: Final = tuple(field.name for field in fields(Enquiry))


def promise(timing: Timing, *, in_hours: bool) -> Promise:
    """Return what holds under a set-up."""
    return Promise(timing.target_s, timing.offer_written_after_s, in_hours)


def counted(found: Found, promised: Promise, first_line: str) -> Enquiry:
    """Return what counts of a conversation as it is now.

    Args:
        found: the conversation.
        promised: what held when it was opened.
        first_line: the department that answers first.
    """
    opened = found.opened_at.astimezone(OSLO)
    department = found.answered_in or found.department
    wait_s = _between(found.entered_at, found.answered_at)
    written, live = found.due_at is not None, found.due_at is None
    ended = found.state == "closed" and (found.agents > 0 or wait_s is not None)
    met = _met(found, promised, wait_s)
    return Enquiry(
        tenant=found.tenant,
        conversation=found.conversation,
        day=opened.date(),
        hour=opened.hour,
        department=department,
        topic=found.topic or "",
        language=found.language,
        rating=found.rating or "",
        target_s=promised.target_s,
        met_s=promised.met_s,
        in_hours=promised.in_hours,
        answered=wait_s is not None,
        within_target=wait_s is not None and wait_s <= promised.target_s,
        left=found.state == "closed" and live and not ended,
        written=written,
        written_answered=written and ended and found.answer_closed,
        written_in_time=written and ended and found.answer_closed and _in_time(found),
        handed_over=bool(found.handed_to),
        ended=ended,
        first_line=ended and {first_line} == {department, found.department, *found.handed_to},
        follows=found.follows,
        open=met is not None,
        open_met=met is True,
        wait=_bucket(wait_s),
        first_answer=_bucket(_between(found.entered_at, found.first_words_at) if live else None),
        handle=_bucket(_between(found.answered_at, found.closed_at) if live else None),
        handed_to=",".join(sorted(set(found.handed_to))),
    )


def _met(found: Found, promised: Promise, wait_s: float | None) -> bool | None:
    """Return whether somebody was there for a citizen who came in opening hours.

    None: it was closed; or one cannot say, for the citizen still waits or left before that time.
    """
    if not promised.in_hours:
        return None
    if wait_s is not None:
        return wait_s <= promised.met_s
    if found.due_at is not None:
        return False
    stayed_s = _between(found.entered_at, found.closed_at)
    return False if stayed_s is not None and stayed_s > promised.met_s else None


def _in_time(found: Found) -> bool:
    return (
        found.closed_at is not None
        and found.due_at is not None
        and (found.closed_at <= found.due_at)
    )


def _between(first: datetime | None, last: datetime | None) -> float | None:
    return None if first is None or last is None else (last - first).total_seconds()


def _bucket(seconds: float | None) -> int | None:
    return None if seconds is None else bucket(seconds)
