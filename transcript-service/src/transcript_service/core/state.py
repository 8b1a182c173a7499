"""What a decision is made on and what it leads to: frozen snapshots and the rows that follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.contracts import Event, StoredFile, Summary

Key = tuple[str, UUID]
"""(tenant, conversation): nothing in the ledger is found without its tenant."""

OfferOutcome = Literal["pending", "accepted", "declined", "expired", "rescinded"]
HandoverOutcome = Literal["pending", "accepted", "returned"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as the ledger knows it: its summary and what no desk is shown."""

    tenant: str
    citizen: str
    """The sender who opened it, `citizen:<digest>`; nobody else may speak as its citizen."""
    summary: Summary
    agents: tuple[str, ...] = ()
    """Everyone who has owned it; the last one owned it last."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """Per stream, the hex hash of its last event (see `chain`)."""
    answered: tuple[datetime, str] | None = None
    """When the first agent had it, and in which department's line it had waited until then."""
    contact: str | None = field(default=None, repr=False)
    """Where a written answer goes. Its home is the body of an event, which may be erased: it is
    brought along when it may be needed, and never kept."""

    @property
    def key(self) -> Key:
        """Tenant and id."""
        return (self.tenant, self.summary.conversation)


@dataclass(frozen=True, slots=True)
class Load:
    """An agent's slots: pending offers + active + wrap-up, out of `capacity`."""

    load: int
    capacity: int

    @property
    def free(self) -> bool:
        """Whether one more fits."""
        return self.load < self.capacity


@dataclass(frozen=True, slots=True)
class Entry:
    """An event to append, with the command that caused it."""

    event: Event
    cause: UUID
    seen: int = 0
    """Highest dialogue seq the sender had rendered."""


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer as it is now."""

    id: UUID
    agent: str
    deadline: datetime
    handover: UUID | None
    state: OfferOutcome


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A hand-over as it is now."""

    id: UUID
    from_agent: str
    department: str
    agent: str | None
    requested_at: datetime
    deadline: datetime
    state: HandoverOutcome


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file in the store, as its row says."""

    file: StoredFile
    sender: str
    """Who put it there; nobody else may show it."""
    shown: bool = False
    """Whether it stands in the dialogue."""


def involved(conversation: Conversation | None) -> frozenset[str]:
    """Return the agents a conversation concerns now: those whose desk shows it as theirs."""
    if conversation is None:
        return frozenset()
    summary = conversation.summary
    agents = {summary.owner}
    if summary.offer:
        agents.add(summary.offer.agent)
    if summary.handover:
        agents |= {summary.handover.from_agent, summary.handover.agent}
    if summary.wrapup:
        agents.add(summary.wrapup.agent)
    agents.update(summary.consulted)
    return frozenset(agent for agent in agents if agent)
