"""What a round leads to, and why: enough to explain it afterwards, not ten thousand rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from services.contracts import (
    EndWrapUp,
    ExpireOffer,
    Leave,
    MakeOffer,
    Requeue,
    ReturnHandover,
    SetReachable,
)

RouterCommand = (
    MakeOffer | ExpireOffer | ReturnHandover | EndWrapUp | Requeue | Leave | SetReachable
)

MAX_CANDIDATES = 5
"""Candidates named in an explanation; the rest are counted by reason."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent as seen by a decision. `verdict` is `eligible` or why not."""

    agent: str
    verdict: str
    load: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a conversation was offered to this agent, or why it still waits."""

    conversation: UUID
    outcome: Literal["offered", "waiting"]
    reason: str
    agent: str | None = None
    step: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Agents of the department by verdict."""
    candidates: tuple[Candidate, ...] = ()
    """The first in order of choice."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A command to the ledger. Its id is derived: replicas that agree say the same thing once."""

    id: UUID
    command: RouterCommand
    version: int
    """Version of the conversation it was decided on."""

    @property
    def conversation(self) -> UUID:
        """The conversation it concerns."""
        return self.command.conversation


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of one round."""

    decisions: tuple[Decision, ...]
    explanations: tuple[Explanation, ...]
