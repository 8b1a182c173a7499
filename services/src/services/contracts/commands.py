"""What is asked of the ledger. Imperative. The envelope's `id` is the sender's own of the action.

Every command names its conversation; `PublishDirectory` alone concerns a whole tenant.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.directory import TenantDirectory
from services.contracts.events import Stream
from services.contracts.model import Contract, Id, Text
from services.contracts.summary import (
    Alarm,
    AnswerBy,
    ArchiveClass,
    Outcome,
    Rating,
    TopicSuggestion,
)
from services.contracts.why import Why


class _About(Contract):
    conversation: UUID


class OpenConversation(_About):
    """gateway, for a citizen: begin. Repeated by the same citizen it changes nothing."""

    type: Literal["conversation.open.v1"] = "conversation.open.v1"
    topic: Id | None = None
    language: str = "nb"
    preferred_agent: Id | None = None
    suggested: TopicSuggestion | None = None
    follows: UUID | None = None
    """An enquiry before this one. The ledger believes it if the same citizen opened that too."""


class PostMessage(_About):
    """gateway for the citizen, agent-service for the owner (who states the epoch)."""

    type: Literal["message.post.v1"] = "message.post.v1"
    text: Text
    seen: int = 0
    """Highest dialogue seq the sender had rendered; makes causality checkable."""
    epoch: int | None = None
    masked: int = 0
    alarm: Alarm | None = None
    """The gateway found words of danger in a citizen's text."""


class PostFile(_About):
    """gateway for the citizen, agent-service for the owner: show a file that lies in the store.

    Refused with `file_unknown` unless the same sender put it there for this conversation.
    """

    type: Literal["file.post.v1"] = "file.post.v1"
    file: UUID
    seen: int = 0
    epoch: int | None = None


class PostNote(_About):
    """agent-service: an internal note, on the desk stream."""

    type: Literal["note.post.v1"] = "note.post.v1"
    text: Text
    masked: int = 0
    whisper: bool = False
    """From who leads it to its owner, who is to see it at once."""


class MakeOffer(_About):
    """router: offer to an agent. The envelope's id becomes the offer's id."""

    type: Literal["offer.make.v1"] = "offer.make.v1"
    agent: Id
    epoch: int
    """The epoch the decision was made on."""
    handover: UUID | None = None
    reason: str = ""
    why: Why | None = None


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
    away: bool = False
    """Nobody who is asked is at a desk: they are given the time it takes to call somebody."""


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
    """router (the owner was lost or is silent) or agent-service (the owner puts it back)."""

    type: Literal["conversation.requeue.v1"] = "conversation.requeue.v1"
    epoch: int
    reason: Literal["owner_lost", "returned_by_agent", "no_reply"]


class Leave(_About):
    """gateway (the citizen ends it) or router (the citizen was gone too long)."""

    type: Literal["conversation.leave.v1"] = "conversation.leave.v1"
    reason: Literal["citizen_left", "citizen_gone"] = "citizen_left"


class Close(_About):
    """agent-service, for the owner: done."""

    type: Literal["conversation.close.v1"] = "conversation.close.v1"
    epoch: int


class Nudge(_About):
    """agent-service, for the owner: ask whether the citizen is still there."""

    type: Literal["citizen.nudge.v1"] = "citizen.nudge.v1"
    epoch: int


class AnswerNudge(_About):
    """gateway, for the citizen: I am here."""

    type: Literal["nudge.answer.v1"] = "nudge.answer.v1"


class Rate(_About):
    """gateway, for the citizen, after the end: did you get an answer? The last one said counts."""

    type: Literal["rating.give.v1"] = "rating.give.v1"
    rating: Rating
    comment: Text | None = None
    masked: int = 0


class MailCopy(_About):
    """gateway, for the citizen, after the end: send me a link to the copy."""

    type: Literal["copy.mail.v1"] = "copy.mail.v1"
    contact: Text
    """An e-mail address."""


class AskForget(_About):
    """gateway, for the citizen, after the end: erase my words, unless the law says keep them."""

    type: Literal["forget.ask.v1"] = "forget.ask.v1"


class EndWrapUp(_About):
    """agent-service (the agent is done) or router (the time is up): free the slot."""

    type: Literal["wrapup.end.v1"] = "wrapup.end.v1"


class SetReachable(_About):
    """router: whether the citizen's socket is there, as seen from the leases."""

    type: Literal["citizen.reachable.v1"] = "citizen.reachable.v1"
    reachable: bool


class AskWritten(_About):
    """gateway, for the citizen: answer me in writing. Also changes how, once it is written."""

    type: Literal["written.ask.v1"] = "written.ask.v1"
    answer_by: AnswerBy
    contact: Text | None = None
    """E-mail address or telephone number; none with `receipt`."""
    masked: int = 0


class MakeWritten(_About):
    """router (the citizen is gone) or agent-service (the owner answers later).

    Refused with `no_way_to_answer` where the citizen has said none.
    """

    type: Literal["written.make.v1"] = "written.make.v1"
    reason: Literal["citizen_gone", "answer_later"]
    epoch: int | None = None


class SetTopic(_About):
    """agent-service (whoever may read it) or router (by the plan): what it is about."""

    type: Literal["topic.set.v1"] = "topic.set.v1"
    topic: Id


class Consult(_About):
    """agent-service, for the owner: ask a colleague for advice, unseen by the citizen."""

    type: Literal["consult.begin.v1"] = "consult.begin.v1"
    epoch: int
    agent: Id
    note: Text | None = None
    masked: int = 0


class EndConsult(_About):
    """agent-service: the owner or the colleague ends it."""

    type: Literal["consult.end.v1"] = "consult.end.v1"
    agent: Id


class RaiseAlarm(_About):
    """agent-service: call the leaders."""

    type: Literal["alarm.raise.v1"] = "alarm.raise.v1"
    alarm: Alarm


class ClearAlarm(_About):
    """agent-service: a leader or the owner has dealt with it."""

    type: Literal["alarm.clear.v1"] = "alarm.clear.v1"


class Block(_About):
    """agent-service, for the owner or a leader: close it, and let this citizen open no more."""

    type: Literal["citizen.block.v1"] = "citizen.block.v1"
    reason: Text
    hours: float = Field(default=24, gt=0, le=720)
    masked: int = 0


class Move(_About):
    """agent-service, for who leads it: to another department's line, before anybody has it."""

    type: Literal["conversation.move.v1"] = "conversation.move.v1"
    department: Id
    epoch: int


class Classify(_About):
    """agent-service, for who may read it: what became of it, and what the archive makes of it.

    A field that is None stays as it is.
    """

    type: Literal["conversation.classify.v1"] = "conversation.classify.v1"
    outcome: Outcome | None = None
    archive: ArchiveClass | None = None


class BreakGlass(_About):
    """agent-service, for leaders and archivists: read what is behind a wall, for a while."""

    type: Literal["glass.break.v1"] = "glass.break.v1"
    reason: Text
    masked: int = 0


class PublishDirectory(Contract):
    """agent-service: the tenant's set-up at a version; older versions change nothing."""

    type: Literal["directory.publish.v1"] = "directory.publish.v1"
    directory: TenantDirectory


Command = Annotated[
    OpenConversation
    | PostMessage
    | PostFile
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
    | Nudge
    | AnswerNudge
    | Rate
    | MailCopy
    | AskForget
    | EndWrapUp
    | SetReachable
    | AskWritten
    | MakeWritten
    | SetTopic
    | Consult
    | EndConsult
    | RaiseAlarm
    | ClearAlarm
    | Block
    | Move
    | Classify
    | BreakGlass
    | PublishDirectory,
    Field(discriminator="type"),
]

DIALOGUE: Stream = "dialogue"
DESK: Stream = "desk"
