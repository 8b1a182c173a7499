"""How a conversation ends, the wrap-up that holds the slot, and a citizen who is away."""

from datetime import timedelta
from typing import Literal

from services.contracts import (
    Close,
    Closed,
    EndWrapUp,
    Leave,
    Refusal,
    SetReachable,
    WrapUp,
)

from transcript_service.core.change import Change
from transcript_service.core.consults import end_consults
from transcript_service.core.handovers import end_handover
from transcript_service.core.life import sender_of
from transcript_service.core.offers import rescind_offer


def leave(change: Change, command: Leave) -> Refusal | None:
    """End it for the citizen: they said so, or (the router's word) were gone too long.

    No timer drops a citizen who has come back, whom an agent has, or who is owed a written answer.
    """
    kind, _ = sender_of(change.envelope)
    if (command.reason == "citizen_left") != (kind == "citizen"):
        return Refusal.NOT_ALLOWED
    if command.reason == "citizen_gone":
        if change.summary.state != "waiting":
            return Refusal.NOT_WAITING
        if not gone_too_long(change):
            return Refusal.NOT_ALLOWED
    end(change, command.reason)
    return None


def gone_too_long(change: Change) -> bool:
    """Return whether the citizen could not be reached for as long as the set-up allows."""
    since = change.summary.away_since
    patience = timedelta(seconds=change.directory.timing.citizen_gone_s)
    return since is not None and change.now - since >= patience


def close(change: Change, _command: Close) -> Refusal | None:
    """End it for the owner. The epoch was checked before."""
    if change.summary.owner != change.agent_id:
        return Refusal.NOT_ALLOWED
    end(change, "agent")
    return None


def end(
    change: Change,
    reason: Literal["agent", "citizen_left", "citizen_gone", "blocked"],
    *,
    name: str = "",
) -> None:
    """Close it; whoever has it keeps the slot for the wrap-up."""
    rescind_offer(change)
    end_handover(change, "closed", name="returned")
    end_consults(change)
    owner = change.summary.owner
    wrapup = None
    if owner:
        # The slot stays taken: active turns into wrap-up without a change of load.
        until = change.now + timedelta(seconds=change.directory.timing.wrapup_s)
        wrapup = WrapUp(agent=owner, until=until)
    change.set(
        state="closed",
        owner=None,
        wrapup=wrapup,
        closed_at=change.now,
        missed=(),
        away_since=None,
        unanswered_since=None,
        nudged_at=None,
    )
    change.say(Closed(reason=reason), name=name)


def end_wrap_up(change: Change, _command: EndWrapUp) -> Refusal | None:
    """Free the slot: the agent is done, or the time is up. Ended already: nothing to do."""
    wrapup = change.summary.wrapup
    if wrapup is None:
        return None
    by_agent = change.agent_id == wrapup.agent
    by_time = not change.agent_id and change.now >= wrapup.until
    if not (by_agent or by_time):
        return Refusal.NOT_ALLOWED
    change.set(wrapup=None)
    change.load(wrapup.agent, -1)
    return None


def set_reachable(change: Change, command: SetReachable) -> Refusal | None:
    """Note whether the citizen can be reached; the first moment of absence stands.

    Nobody waits at a screen for a written answer: there it is of no matter.
    """
    away_since = change.summary.away_since
    if change.summary.due_at is not None:
        return None
    if command.reachable and away_since is not None:
        change.set(away_since=None)
    elif not command.reachable and away_since is None:
        change.set(away_since=change.now)
    return None
