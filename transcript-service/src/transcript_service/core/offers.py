"""Offers: made by the router, accepted or declined by the agent, expired by the ledger's clock."""

from datetime import timedelta

from services.contracts import (
    AcceptOffer,
    ConversationState,
    DeclineOffer,
    ExpireOffer,
    HandedOver,
    Joined,
    MakeOffer,
    Offered,
    OfferEnded,
    PendingOffer,
    Refusal,
)

from transcript_service.core.change import Change
from transcript_service.core.consults import end_consults
from transcript_service.core.rights import walled_off
from transcript_service.core.state import HandoverRow, OfferOutcome, OfferRow


def make_offer(change: Change, command: MakeOffer) -> Refusal | None:
    """Hold a slot of an agent for this conversation until the deadline."""
    summary = change.summary
    if refusal := _not_open_for(change, command):
        return refusal
    profile = change.profile(command.agent)
    if profile is None:
        return Refusal.UNKNOWN_AGENT
    department = summary.handover.department if summary.handover else summary.department
    if command.agent == summary.owner or walled_off(department, profile, change.directory):
        return Refusal.NOT_ALLOWED
    change.load(command.agent, +1)
    if not change.fits(command.agent):
        return Refusal.CAPACITY
    deadline = change.now + timedelta(seconds=change.directory.timing.offer_s)
    offer = PendingOffer(
        id=change.envelope.id, agent=command.agent, deadline=deadline, handover=command.handover
    )
    change.set(offer=offer, state="active" if summary.handover else "offered")
    change.row(_row(offer, "pending"))
    change.note(
        Offered(
            offer=offer.id,
            agent=offer.agent,
            deadline=deadline,
            handover=offer.handover,
            reason=command.reason,
            why=command.why,
        )
    )
    return None


def _not_open_for(change: Change, command: MakeOffer) -> Refusal | None:
    summary = change.summary
    if command.epoch != summary.epoch:
        return Refusal.STALE_EPOCH
    if summary.offer:
        return Refusal.NOT_WAITING
    pending = summary.handover.id if summary.handover else None
    if command.handover != pending:
        return Refusal.NO_HANDOVER
    return Refusal.NOT_WAITING if summary.state == "active" and pending is None else None


def accept_offer(change: Change, command: AcceptOffer) -> Refusal | None:
    """Move owner and epoch to the one it was offered to; the slot is held already."""
    offer = _own_offer(change, command)
    if offer is None:
        return Refusal.OFFER_GONE
    handover, former = change.summary.handover, change.summary.owner
    end_consults(change)
    change.own(offer.agent)
    change.set(state="active", offer=None, handover=None, missed=())
    change.row(_row(offer, "accepted"))
    owner = change.author(offer.agent)
    if handover is None:
        change.say(Joined(owner=owner))
        return None
    if former:
        change.load(former, -1)
    change.set(department=handover.department)
    change.row(
        HandoverRow(
            handover.id,
            handover.from_agent,
            handover.department,
            handover.agent,
            handover.requested_at,
            handover.deadline,
            "accepted",
        )
    )
    change.say(HandedOver(handover=handover.id, owner=owner))
    return None


def decline_offer(change: Change, command: DeclineOffer) -> Refusal | None:
    """Say no: back to where it was, at its old place, and not to this agent while others can."""
    offer = _own_offer(change, command)
    if offer is None:
        return Refusal.OFFER_GONE
    _miss(change, offer, "declined")
    return None


def expire_offer(change: Change, command: ExpireOffer) -> Refusal | None:
    """End an offer whose deadline passed by the ledger's own clock."""
    offer = change.summary.offer
    if offer is None or offer.id != command.offer:
        return Refusal.OFFER_GONE
    if change.now < offer.deadline:
        return Refusal.NOT_ALLOWED
    _miss(change, offer, "expired")
    return None


def rescind_offer(change: Change) -> None:
    """End the pending offer, if any, because what it was for is over."""
    if offer := change.summary.offer:
        _end(change, offer, "rescinded", name="rescinded")


def unowned(change: Change) -> ConversationState:
    """Return the state to go back to without an owner: a written question is never in line."""
    return "waiting" if change.summary.due_at is None else "written"


def _miss(change: Change, offer: PendingOffer, outcome: OfferOutcome) -> None:
    missed = change.summary.missed
    if offer.agent not in missed:
        missed = (*missed, offer.agent)
    change.set(missed=missed)
    _end(change, offer, outcome)


def _end(change: Change, offer: PendingOffer, outcome: OfferOutcome, name: str = "") -> None:
    offered = change.summary.state == "offered"
    change.set(offer=None, state=unowned(change) if offered else change.summary.state)
    change.load(offer.agent, -1)
    change.row(_row(offer, outcome))
    change.note(
        OfferEnded.model_validate({"offer": offer.id, "agent": offer.agent, "outcome": outcome}),
        name=name,
    )


def _own_offer(change: Change, command: AcceptOffer | DeclineOffer) -> PendingOffer | None:
    offer = change.summary.offer
    mine = offer is not None and offer.id == command.offer and offer.agent == change.agent_id
    return offer if mine else None


def _row(offer: PendingOffer, state: OfferOutcome) -> OfferRow:
    return OfferRow(offer.id, offer.agent, offer.deadline, offer.handover, state)
