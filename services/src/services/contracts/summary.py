"""The state of a conversation as desks see it: replaced by a higher `version`, never folded."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from services.contracts.model import Contract

ConversationState = Literal["waiting", "offered", "active", "closed", "written"]


class PendingOffer(Contract):
    """An offer that is neither accepted nor ended."""

    id: UUID
    agent: str
    deadline: AwareDatetime
    handover: UUID | None = None


class PendingHandover(Contract):
    """A hand-over nobody has accepted yet. The conversation stays with its owner."""

    id: UUID
    from_agent: str
    department: str
    agent: str | None = None
    requested_at: AwareDatetime
    deadline: AwareDatetime


class WrapUp(Contract):
    """After closing: the agent's slot is held until then, or until the agent is done."""

    agent: str
    until: AwareDatetime


class Summary(Contract):
    """A conversation without its words."""

    conversation: UUID
    version: int
    state: ConversationState
    topic: str | None
    department: str
    language: str
    priority: int = 5
    """Band: 1 first, 9 last."""
    owner: str | None = None
    epoch: int = 0
    opened_at: AwareDatetime
    entered_at: AwareDatetime
    """The place in line; survives misses, transfers, reconnects and restarts."""
    last_seq: dict[str, int]
    """Highest seq per stream."""
    offer: PendingOffer | None = None
    handover: PendingHandover | None = None
    wrapup: WrapUp | None = None
    missed: tuple[str, ...] = ()
    """Agents who missed or declined it, in order."""
    preferred_agent: str | None = None
    away_since: AwareDatetime | None = None
    """Since when the citizen could not be reached; None while reachable."""
    closed_at: AwareDatetime | None = None
