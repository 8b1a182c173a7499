"""What is asked of the ledger. Imperative. The envelope's `id` is the sender's own of the action.

Every command names its conversation; `PublishDirectory` alone concerns a whole tenant.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.directory import TenantDirectory
from services.contracts.events import Stream
from services.contracts.model import Contract, Id, Text


class _About(Contract):
    conversation: UUID


class OpenConversation(_About):
    """gateway, for a citizen: begin. Repeated by the same citizen it changes nothing."""

    type: Literal["conversation.open.v1"] = "conversation.open.v1"
    topic: Id | None = None
    language: str = "nb"
    preferred_agent: Id | None = None


class PostMessage(_About):
    """gateway for the citizen, agent-service for the owner (who states the epoch)."""

    type: Literal["message.post.v1"] = "message.post.v1"
    text: Text
    seen: int = 0
    """Highest dialogue seq the sender had rendered; makes causality checkable."""
    epoch: int | None = None
    masked: int = 0


class PostNote(_About):
    """agent-service: an internal note, on the desk stream."""

    type: Literal["note.post.v1"] = "note.post.v1"
    text: Text
    masked: int = 0


class MakeOffer(_About):
    """router: offer to an agent. The envelope's id becomes the offer's id."""

    type: Literal["offer.make.v1"] = "offer.make.v1"
    agent: Id
    epoch: int
    """The epoch the decision was made on."""
    handover: UUID | None = None
    reason: str = ""


class AcceptOffer(_About):
    """agent-service: the agent takes it. Owner and epoch move in one compare-and-set."""

    type: Literal["offer.accept.v1"] = "offer.accept.v1"
    offer: UUID


class DeclineOffer(_About):
    """agent-service: the agent says no."""

    type: Literal["offer.decline.v1"] = "offer.decline.v1"
    offer: UUID


class ExpireOffer(_About):
    """router: the deadline passed. Refused by the ledger before its own clock says so."""

    type: Literal["offer.expire.v1"] = "offer.expire.v1"
    offer: UUID


class RequestHandover(_About):
    """agent-service, for the owner: let a department or a colleague go on."""

    type: Literal["handover.request.v1"] = "handover.request.v1"
    epoch: int
    department: Id
    agent: Id | None = None
    note: Text | None = None
    masked: int = 0


class ReturnHandover(_About):
    """router (nobody accepted in time) or agent-service (the owner takes it back)."""

    type: Literal["handover.return.v1"] = "handover.return.v1"
    handover: UUID
    reason: Literal["timeout", "cancelled"]


class TakeOver(_About):
    """agent-service: take an active conversation (leaders) or a waiting one (its line) over."""

    type: Literal["conversation.take_over.v1"] = "conversation.take_over.v1"
    epoch: int


class Requeue(_About):
    """router (the owner was lost) or agent-service (the owner puts it back in line)."""

    type: Literal["conversation.requeue.v1"] = "conversation.requeue.v1"
    epoch: int
    reason: Literal["owner_lost", "returned_by_agent"]


class Leave(_About):
    """gateway (the citizen ends it) or router (the citizen was gone too long)."""

    type: Literal["conversation.leave.v1"] = "conversation.leave.v1"
    reason: Literal["citizen_left", "citizen_gone"] = "citizen_left"


class Close(_About):
    """agent-service, for the owner: done."""

    type: Literal["conversation.close.v1"] = "conversation.close.v1"
    epoch: int


class EndWrapUp(_About):
    """agent-service (the agent is done) or router (the time is up): free the slot."""

    type: Literal["wrapup.end.v1"] = "wrapup.end.v1"


class SetReachable(_About):
    """router: whether the citizen's socket is there, as seen from the leases."""

    type: Literal["citizen.reachable.v1"] = "citizen.reachable.v1"
    reachable: bool


class PublishDirectory(Contract):
    """agent-service: the tenant's set-up at a version; older versions change nothing."""

    type: Literal["directory.publish.v1"] = "directory.publish.v1"
    directory: TenantDirectory


Command = Annotated[
    OpenConversation
    | PostMessage
    | PostNote
    | MakeOffer
    | AcceptOffer
    | DeclineOffer
    | ExpireOffer
    | RequestHandover
    | ReturnHandover
    | TakeOver
    | Requeue
    | Leave
    | Close
    | EndWrapUp
    | SetReachable
    | PublishDirectory,
    Field(discriminator="type"),
]

DIALOGUE: Stream = "dialogue"
DESK: Stream = "desk"
