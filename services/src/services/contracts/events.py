"""What happened in a conversation: the rows of the ledger. Past tense; `kind` tells them apart.

Stream `dialogue` is what citizen and agents saw; `desk` never leaves towards a gateway.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.files import FileName, Scan
from services.contracts.model import Contract, Text
from services.contracts.summary import Alarm, AnswerBy, ArchiveClass, Outcome, Rating
from services.contracts.why import Why

Stream = Annotated[str, Field(pattern=r"^(dialogue|desk)(-[0-9]+)?$")]


class Author(Contract):
    """Who did it, as it was shown: the name and department of that day, not of today."""

    kind: Literal["citizen", "agent", "system"]
    id: str = ""
    """The agent's id; empty for a citizen, who is anonymous, and for the system."""
    name: str = ""
    department: str = ""


class Opened(Contract):
    """dialogue: the citizen opened the conversation."""

    kind: Literal["opened"] = "opened"
    topic: str | None = None
    department: str
    language: str


class Messaged(Contract):
    """dialogue: words of the citizen or the owner. `masked`: national id numbers removed."""

    kind: Literal["message"] = "message"
    text: Text
    masked: int = 0


class Attached(Contract):
    """dialogue: a file of the citizen or the owner. It lies in the store under `file`."""

    kind: Literal["attached"] = "attached"
    file: UUID
    name: FileName
    media_type: str
    size: int
    """In bytes."""
    sha256: str
    scan: Scan = "unscanned"
    width: int | None = None
    height: int | None = None
    masked: int = 0


class Noted(Contract):
    """desk: an internal note. A whisper is from who leads it, for the owner to see at once."""

    kind: Literal["note"] = "note"
    text: Text
    masked: int = 0
    handover: UUID | None = None
    whisper: bool = False


class Offered(Contract):
    """desk: offered to an agent, who has until `deadline`."""

    kind: Literal["offered"] = "offered"
    offer: UUID
    agent: str
    deadline: AwareDatetime
    handover: UUID | None = None
    reason: str = ""
    why: Why | None = None


class OfferEnded(Contract):
    """desk: an offer ended without an acceptance."""

    kind: Literal["offer_ended"] = "offer_ended"
    offer: UUID
    agent: str
    outcome: Literal["declined", "expired", "rescinded"]


class Joined(Contract):
    """dialogue: an agent accepted; this is who answers from now on."""

    kind: Literal["joined"] = "joined"
    owner: Author


class HandoverRequested(Contract):
    """dialogue: the owner asks others to go on, and keeps it meanwhile."""

    kind: Literal["handover_requested"] = "handover_requested"
    handover: UUID
    department: str
    agent: str | None = None


class HandedOver(Contract):
    """dialogue: the hand-over was accepted; owner and epoch moved together."""

    kind: Literal["handed_over"] = "handed_over"
    handover: UUID
    owner: Author


class HandoverReturned(Contract):
    """dialogue: nobody accepted, or the owner took it back. The owner goes on."""

    kind: Literal["handover_returned"] = "handover_returned"
    handover: UUID
    reason: Literal["timeout", "cancelled", "owner_lost", "closed", "taken_over"]


class TakenOver(Contract):
    """dialogue: a leader or colleague took the conversation over."""

    kind: Literal["taken_over"] = "taken_over"
    owner: Author


class Requeued(Contract):
    """dialogue: back in line at the old place."""

    kind: Literal["requeued"] = "requeued"
    reason: Literal["owner_lost", "returned_by_agent", "no_reply"]


class Nudged(Contract):
    """dialogue: the owner asks whether the citizen is still there."""

    kind: Literal["nudged"] = "nudged"


class NudgeAnswered(Contract):
    """dialogue: the citizen is."""

    kind: Literal["nudge_answered"] = "nudge_answered"


class Rated(Contract):
    """dialogue: whether the citizen got an answer. A later one stands for an earlier."""

    kind: Literal["rated"] = "rated"
    rating: Rating
    comment: Text | None = None
    masked: int = 0


class CopyMailed(Contract):
    """dialogue: the citizen asked for a link to the copy by e-mail. Where to is not kept."""

    kind: Literal["copy_mailed"] = "copy_mailed"


class ForgetAsked(Contract):
    """dialogue: the citizen asks that the words be erased, unless the law says keep them."""

    kind: Literal["forget_asked"] = "forget_asked"


class Closed(Contract):
    """dialogue: ended. `citizen_left`: the citizen ended it or could not be reached."""

    kind: Literal["closed"] = "closed"
    reason: Literal["agent", "citizen_left", "citizen_gone", "blocked"]


class MadeWritten(Contract):
    """dialogue: will be answered in writing before `due_at`."""

    kind: Literal["made_written"] = "made_written"
    due_at: AwareDatetime
    receipt: str
    answer_by: AnswerBy
    reason: Literal["citizen_asked", "citizen_gone", "answer_later"]


class ContactGiven(Contract):
    """desk: where the citizen wants the answer: an e-mail address or a telephone number."""

    kind: Literal["contact_given"] = "contact_given"
    answer_by: AnswerBy
    contact: Text | None = None
    masked: int = 0


class TopicSet(Contract):
    """desk: what it is about, as an agent or the plan found."""

    kind: Literal["topic_set"] = "topic_set"
    topic: str
    department: str


class Consulted(Contract):
    """desk: a colleague is asked for advice. The citizen does not see it."""

    kind: Literal["consulted"] = "consulted"
    agent: str


class ConsultEnded(Contract):
    """desk: the colleague no longer reads along."""

    kind: Literal["consult_ended"] = "consult_ended"
    agent: str


class Alarmed(Contract):
    """desk: danger to life, a threat or abuse. By the citizen's words, or by an agent."""

    kind: Literal["alarmed"] = "alarmed"
    alarm: Alarm


class AlarmCleared(Contract):
    """desk: somebody has dealt with it."""

    kind: Literal["alarm_cleared"] = "alarm_cleared"
    alarm: Alarm


class Blocked(Contract):
    """desk: this citizen may open no more conversations until then, and why."""

    kind: Literal["blocked"] = "blocked"
    reason: Text
    until: AwareDatetime


class Moved(Contract):
    """desk: a leader put it in another department's line, at its old place."""

    kind: Literal["moved"] = "moved"
    department: str
    from_department: str


class Classified(Contract):
    """desk: what became of it, and what the archive makes of it, as they stand from now on."""

    kind: Literal["classified"] = "classified"
    outcome: Outcome | None = None
    archive: ArchiveClass | None = None


class GlassBroken(Contract):
    """desk: somebody outside the wall reads it until then, and says why."""

    kind: Literal["glass_broken"] = "glass_broken"
    reason: Text
    until: AwareDatetime
    masked: int = 0


EventBody = Annotated[
    Opened
    | Messaged
    | Attached
    | Noted
    | Offered
    | OfferEnded
    | Joined
    | HandoverRequested
    | HandedOver
    | HandoverReturned
    | TakenOver
    | Requeued
    | Nudged
    | NudgeAnswered
    | Closed
    | Rated
    | CopyMailed
    | ForgetAsked
    | MadeWritten
    | ContactGiven
    | TopicSet
    | Consulted
    | ConsultEnded
    | Alarmed
    | AlarmCleared
    | Blocked
    | Moved
    | Classified
    | GlassBroken,
    Field(discriminator="kind"),
]


class Event(Contract):
    """One committed row of a stream. `seq` counts from 1 within (conversation, stream)."""

    conversation: UUID
    stream: Stream
    seq: int
    id: UUID
    """The client-made id of the action, or one derived from it."""
    sender: str
    author: Author
    epoch: int
    time: AwareDatetime
    body: EventBody
