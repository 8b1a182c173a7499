"""What time alone brings about: offers, hand-overs and wrap-ups that ran out."""

from collections.abc import Iterator
from datetime import datetime

from services.contracts import (
    EndWrapUp,
    ExpireOffer,
    LineRead,
    ReturnHandover,
    Summary,
    derived_id,
)

from router.core.decision import Decision


def overdue(line: LineRead, now: datetime) -> Iterator[Decision]:
    """Yield what ends now. The ledger checks each against its own clock."""
    for summary in line.conversations:
        yield from _overdue(summary, now)


def _overdue(summary: Summary, now: datetime) -> Iterator[Decision]:
    conversation, version = summary.conversation, summary.version
    handover, offer, wrapup = summary.handover, summary.offer, summary.wrapup
    if handover and handover.deadline <= now:
        # It rescinds its own offer, so there is nothing left to expire.
        back = ReturnHandover(conversation=conversation, handover=handover.id, reason="timeout")
        yield Decision(derived_id(handover.id, "returned"), back, version)
    elif offer and offer.deadline <= now:
        expire = ExpireOffer(conversation=conversation, offer=offer.id)
        yield Decision(derived_id(offer.id, "expired"), expire, version)
    if wrapup and wrapup.until <= now:
        name = f"wrapup:{summary.epoch}"
        yield Decision(
            derived_id(conversation, name), EndWrapUp(conversation=conversation), version
        )


def next_deadline(line: LineRead, now: datetime) -> datetime | None:
    """Return the next moment at which something runs out."""
    moments = [
        moment
        for summary in line.conversations
        for moment in (
            summary.offer and summary.offer.deadline,
            summary.handover and summary.handover.deadline,
            summary.wrapup and summary.wrapup.until,
        )
        if moment and moment > now
    ]
    return min(moments, default=None)
