"""Questions answered in writing: with a deadline in open hours, a receipt, and a way to answer.

`due_at` is what makes one, in whatever state. It is in no line: it waits as `written`.
"""

from typing import Literal

from services.contracts import AskWritten, ContactGiven, MadeWritten, MakeWritten, Refusal
from services.hours import after_open_s, hours_of

from transcript_service.core.change import Change
from transcript_service.core.contacts import contact_for
from transcript_service.core.endings import gone_too_long
from transcript_service.core.offers import rescind_offer
from transcript_service.core.owners import let_go
from transcript_service.core.receipts import receipt


def ask_written(change: Change, command: AskWritten) -> Refusal | None:
    """Note how the citizen wants the answer; unless somebody has it, it is a written one now.

    With an owner it goes on as it is, and the owner may make it a written one. One that is
    written already only changes how it is answered.
    """
    try:
        contact = contact_for(command.answer_by, command.contact)
    except ValueError:
        return Refusal.CONTACT_INVALID
    change.set(answer_by=command.answer_by)
    change.contact(contact)
    becomes = change.summary.owner is None and change.summary.due_at is None
    if becomes:
        rescind_offer(change)
        _make(change, "citizen_asked")
    change.note(
        ContactGiven(answer_by=command.answer_by, contact=contact, masked=command.masked),
        name="contact" if becomes else "",
    )
    return None


def make_written(change: Change, command: MakeWritten) -> Refusal | None:
    """Answer later: the owner says so, or (the router's word) the citizen was gone too long."""
    if change.summary.due_at is not None:
        return Refusal.ALREADY_WRITTEN
    refusal = _not_theirs(change) if command.reason == "answer_later" else _not_gone(change)
    if refusal:
        return refusal
    if change.summary.answer_by is None:
        return Refusal.NO_WAY_TO_ANSWER
    if change.summary.owner is not None:
        let_go(change, change.summary.owner, "cancelled")
    _make(change, command.reason)
    return None


def _not_theirs(change: Change) -> Refusal | None:
    if not change.agent_id:
        return Refusal.NOT_ALLOWED
    if change.summary.owner is None:
        return Refusal.NOT_ACTIVE
    return None if change.summary.owner == change.agent_id else Refusal.NOT_ALLOWED


def _not_gone(change: Change) -> Refusal | None:
    if change.agent_id:
        return Refusal.NOT_ALLOWED
    if change.summary.state != "waiting":
        return Refusal.NOT_WAITING
    return None if gone_too_long(change) else Refusal.NOT_ALLOWED


def _make(change: Change, reason: Literal["citizen_asked", "citizen_gone", "answer_later"]) -> None:
    summary, directory = change.summary, change.directory
    hours = hours_of(directory, summary.department)
    due_at = after_open_s(hours, change.now, directory.timing.written_due_s)
    number = receipt(change.conversation.tenant, summary.conversation, change.receipts)
    change.set(state="written", due_at=due_at, receipt=number, missed=(), away_since=None)
    change.say(
        MadeWritten.model_validate(
            {
                "due_at": due_at,
                "receipt": number,
                "answer_by": summary.answer_by,
                "reason": reason,
            }
        )
    )
