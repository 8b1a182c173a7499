"""What two states of a conversation, one after the other, say of the people at the desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.contracts import Summary


@dataclass(frozen=True, slots=True)
class Missed:
    """An offer ran out while the agent did not look."""

    agent: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Worked:
    """The agent took a conversation, or ended one."""

    agent: str


Sign = Missed | Worked


def signs(before: Summary, after: Summary, *, sender: str, now: datetime) -> Iterator[Sign]:
    """Tell what happened in between.

    Args:
        before: an older state; without one nothing can be told.
        after: a newer state of the same conversation.
        sender: whose command led to it, as in an envelope; empty when it was read later on.
        now: the time, for when no sender is known.
    """
    if (missed := _missed(before, after, sender, now)) is not None:
        yield missed
    if after.owner is not None and after.epoch != before.epoch:
        yield Worked(after.owner)
    if before.state == "active" and before.owner not in (None, after.owner):
        yield Worked(str(before.owner))


def _missed(before: Summary, after: Summary, sender: str, now: datetime) -> Missed | None:
    offer = before.offer
    # A written question has hours or days: an agent who is busy with live ones misses nothing.
    if before.due_at is not None:
        return None
    if offer is None or (after.offer is not None and after.offer.id == offer.id):
        return None
    # The ledger notes who missed or declined; an offer that is taken back is neither.
    if offer.agent not in after.missed or sender == f"agent:{offer.agent}":
        return None
    expired = sender.startswith("router:") and after.offer is None
    # Otherwise the word of how it ended was lost, and it may have been a refusal in time.
    return Missed(offer.agent, offer.deadline) if expired or now >= offer.deadline else None
