"""The baton: while a hand-over is pending, the owner keeps conversation, slot and epoch."""

from datetime import timedelta

from services.contracts import (
    HandoverRequested,
    HandoverReturned,
    Noted,
    PendingHandover,
    Refusal,
    RequestHandover,
    ReturnHandover,
)

from transcript_service.core.change import Change
from transcript_service.core.offers import rescind_offer
from transcript_service.core.state import HandoverOutcome, HandoverRow


def request_handover(change: Change, command: RequestHandover) -> Refusal | None:
    """Ask a department, or a colleague in it, to go on."""
    if change.summary.owner != change.agent_id:
        return Refusal.NOT_ALLOWED
    if change.summary.handover:
        return Refusal.HANDOVER_PENDING
    if not _knows_target(change, command):
        return Refusal.HANDOVER_TARGET_UNKNOWN
    timing = change.directory.timing
    handover = PendingHandover(
        id=change.envelope.id,
        from_agent=change.agent_id,
        department=command.department,
        agent=command.agent,
        requested_at=change.now,
        deadline=change.now
        + timedelta(seconds=timing.handover_away_s if command.away else timing.handover_s),
    )
    change.set(handover=handover)
    change.row(_row(handover, "pending"))
    change.say(
        HandoverRequested(
            handover=handover.id, department=handover.department, agent=handover.agent
        )
    )
    if command.note is not None:
        change.note(
            Noted(text=command.note, masked=command.masked, handover=handover.id), name="note"
        )
    return None


def _knows_target(change: Change, command: RequestHandover) -> bool:
    if change.directory.department(command.department) is None:
        return False
    if command.agent is None:
        # To one's own department as a whole would be a requeue under another name.
        me = change.profile(change.agent_id)
        return not (me and me.departments[:1] == (command.department,))
    colleague = change.profile(command.agent)
    return (
        colleague is not None
        and colleague.id != change.agent_id
        and command.department in colleague.departments
    )


def return_handover(change: Change, command: ReturnHandover) -> Refusal | None:
    """Give up a pending hand-over: the owner changed their mind, or nobody came in time."""
    handover = change.summary.handover
    if handover is None or handover.id != command.handover:
        return Refusal.NO_HANDOVER
    if change.agent_id:
        allowed = command.reason == "cancelled" and change.agent_id == change.summary.owner
    else:
        allowed = command.reason == "timeout" and change.now >= handover.deadline
    if not allowed:
        return Refusal.NOT_ALLOWED
    rescind_offer(change)
    end_handover(change, command.reason)
    return None


def end_handover(change: Change, reason: str, *, name: str = "") -> None:
    """Return the pending hand-over, if any. The next one starts without the misses of this one."""
    handover = change.summary.handover
    if handover is None:
        return
    change.set(handover=None, missed=())
    change.row(_row(handover, "returned"))
    change.say(
        HandoverReturned.model_validate({"handover": handover.id, "reason": reason}), name=name
    )


def _row(handover: PendingHandover, state: HandoverOutcome) -> HandoverRow:
    return HandoverRow(
        handover.id,
        handover.from_agent,
        handover.department,
        handover.agent,
        handover.requested_at,
        handover.deadline,
        state,
    )
