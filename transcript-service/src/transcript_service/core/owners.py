"""Changes of owner outside an offer: taking over and putting back in line."""

from datetime import timedelta

from services.contracts import Joined, Refusal, Requeue, Requeued, TakenOver, TakeOver

from transcript_service.core.change import Change
from transcript_service.core.consults import end_consults
from transcript_service.core.handovers import end_handover
from transcript_service.core.offers import rescind_offer, unowned
from transcript_service.core.rights import agent_may_read, may_take_over


def take_over(change: Change, command: TakeOver) -> Refusal | None:
    """Give the conversation to who asks: from the line, or as its leader from a colleague."""
    taker = change.profile(change.agent_id)
    if taker is None:
        return Refusal.UNKNOWN_AGENT
    summary, former = change.summary, change.summary.owner
    if not may_take_over(summary, taker, change.directory) or former == taker.id:
        reads = agent_may_read(change.conversation, taker, change.directory, change.now)
        return Refusal.NOT_ALLOWED if reads else Refusal.NOT_FOUND
    if command.epoch != summary.epoch:
        return Refusal.STALE_EPOCH
    rescind_offer(change)
    end_handover(change, "taken_over", name="returned")
    end_consults(change)
    change.load(taker.id, +1)
    if former:
        change.load(former, -1)
    if not change.fits(taker.id):
        return Refusal.CAPACITY
    change.own(taker.id)
    change.set(state="active", missed=())
    owner = change.author(taker.id)
    change.say(TakenOver(owner=owner) if former else Joined(owner=owner))
    return None


def requeue(change: Change, command: Requeue) -> Refusal | None:
    """Put it back at its old place; the epoch grows, so the former owner is fenced.

    A written question goes back to the written ones. An owner who does not answer (the router's
    word) loses it only by the ledger's own clock, and not while colleagues are asked to go on.
    """
    former = change.summary.owner
    if former is None:
        return Refusal.NOT_ACTIVE
    by_agent = command.reason == "returned_by_agent"
    if by_agent != bool(change.agent_id) or (by_agent and former != change.agent_id):
        return Refusal.NOT_ALLOWED
    if command.reason == "no_reply":
        if change.summary.handover:
            return Refusal.HANDOVER_PENDING
        if not _silent_too_long(change):
            return Refusal.NOT_ALLOWED
    missed = change.summary.missed
    let_go(change, former, "cancelled" if by_agent else "owner_lost")
    match command.reason:
        case "returned_by_agent":
            missed = (former,)
        case "owner_lost":
            missed = ()
        case "no_reply":
            missed = (*missed, former)
    change.set(state=unowned(change), missed=missed)
    change.say(Requeued(reason=command.reason))
    return None


def let_go(change: Change, former: str, reason: str) -> None:
    """Take it from its owner: slot, hand-over and consults end, and the epoch grows."""
    rescind_offer(change)
    end_handover(change, reason, name="returned")
    end_consults(change)
    change.load(former, -1)
    change.own(None)


def _silent_too_long(change: Change) -> bool:
    since = change.summary.unanswered_since
    patience = timedelta(seconds=change.directory.timing.first_reply_requeue_s)
    return since is not None and change.now - since >= patience
