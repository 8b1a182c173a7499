"""Changes of owner outside an offer: taking over and putting back in line."""

from services.contracts import Joined, Refusal, Requeue, Requeued, TakenOver, TakeOver

from transcript_service.core.change import Change
from transcript_service.core.handovers import end_handover
from transcript_service.core.offers import rescind_offer
from transcript_service.core.rights import agent_may_read, may_take_over


def take_over(change: Change, command: TakeOver) -> Refusal | None:
    """Give the conversation to who asks: from the line, or as a leader from a colleague."""
    taker = change.profile(change.agent_id)
    if taker is None:
        return Refusal.UNKNOWN_AGENT
    summary, former = change.summary, change.summary.owner
    if not may_take_over(summary, taker, change.directory) or former == taker.id:
        reads = agent_may_read(change.conversation, taker, change.directory)
        return Refusal.NOT_ALLOWED if reads else Refusal.NOT_FOUND
    if command.epoch != summary.epoch:
        return Refusal.STALE_EPOCH
    rescind_offer(change)
    end_handover(change, "taken_over", name="returned")
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
    """Put it back in line at its old place; the epoch grows, so the former owner is fenced."""
    former = change.summary.owner
    if former is None:
        return Refusal.NOT_ACTIVE
    by_agent = command.reason == "returned_by_agent"
    if by_agent != bool(change.agent_id) or (by_agent and former != change.agent_id):
        return Refusal.NOT_ALLOWED
    rescind_offer(change)
    end_handover(change, "cancelled" if by_agent else "owner_lost", name="returned")
    change.load(former, -1)
    change.own(None)
    change.set(state="waiting", missed=(former,) if by_agent else ())
    change.say(Requeued(reason=command.reason))
    return None
