"""What follows when an owner or a citizen is gone. Believed only when presence is settled."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.contracts import (
    Leave,
    MakeWritten,
    Requeue,
    SetReachable,
    Summary,
    derived_id,
)
from services.contracts.leases import LEASE_S, RENEW_S

from router.core.decision import Decision
from router.core.line import reachable
from router.core.view import Attendance, View

_UNSEEN_S = LEASE_S - RENEW_S
"""A lease that ran out was not renewed for at least so long: that much of the grace is used."""


def absences(view: View, attendance: Attendance, now: datetime) -> Iterator[Decision]:
    """Yield what absences and returns lead to."""
    for summary in view.line.conversations:
        if summary.state in ("waiting", "offered", "active"):
            # Nobody sits and waits for a written answer.
            if summary.due_at is None:
                yield from _citizen(view, attendance, summary, now)
            yield from _owner(view, attendance, summary)


def _citizen(
    view: View, attendance: Attendance, summary: Summary, now: datetime
) -> Iterator[Decision]:
    conversation, version = summary.conversation, summary.version
    there = reachable(view, summary, now)
    if not there and not attendance.settled:
        return
    if there != (summary.away_since is None):
        yield Decision(
            derived_id(conversation, f"reachable:{version}:{there}"),
            SetReachable(conversation=conversation, reachable=there),
            version,
        )
        return
    gone = timedelta(seconds=view.directory.timing.citizen_gone_s)
    # While an agent has it, only the agent or the citizen ends it.
    if summary.state == "waiting" and summary.away_since and now - summary.away_since >= gone:
        yield _gone(summary)


def _gone(summary: Summary) -> Decision:
    """Answer in writing whoever has said how; without a way to answer it is over."""
    conversation, version = summary.conversation, summary.version
    if summary.answer_by:
        written = MakeWritten(conversation=conversation, reason="citizen_gone")
        return Decision(derived_id(conversation, "citizen-gone-written"), written, version)
    leave = Leave(conversation=conversation, reason="citizen_gone")
    return Decision(derived_id(conversation, "citizen-gone"), leave, version)


def _owner(view: View, attendance: Attendance, summary: Summary) -> Iterator[Decision]:
    owner = summary.owner
    if summary.state != "active" or owner is None or not attendance.settled:
        return
    absent_s = attendance.absent_s.get(owner)
    if owner in attendance.agents or absent_s is None:
        return
    if absent_s + _UNSEEN_S >= view.directory.timing.owner_grace_s:
        name = f"owner-lost:{summary.epoch}"
        requeue = Requeue(
            conversation=summary.conversation, epoch=summary.epoch, reason="owner_lost"
        )
        yield Decision(derived_id(summary.conversation, name), requeue, summary.version)
