"""What a round leads to: commands to the ledger, and what is told to people."""

from dataclasses import dataclass
from uuid import UUID

from services.contracts import (
    AgentNudged,
    DepartmentAlerted,
    EndWrapUp,
    ExpireOffer,
    Leave,
    MakeOffer,
    MakeWritten,
    Requeue,
    ReturnHandover,
    SetReachable,
    SetTopic,
)

from router.core.explain import Reasons

RouterCommand = (
    MakeOffer
    | ExpireOffer
    | ReturnHandover
    | EndWrapUp
    | Requeue
    | Leave
    | MakeWritten
    | SetReachable
    | SetTopic
)


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
class Notice:
    """Something told to people. Its id is derived from its occasion: said twice, it is the same."""

    id: UUID
    body: AgentNudged | DepartmentAlerted

    @property
    def conversation(self) -> UUID:
        """The conversation it concerns."""
        return self.body.conversation


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of one round."""

    decisions: tuple[Decision, ...]
    reasons: Reasons
    notices: tuple[Notice, ...] = ()
