"""Transient messages towards sockets: each may be lost and is healed by reading again."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import TenantDirectory
from services.contracts.events import Event
from services.contracts.model import Contract
from services.contracts.queries import (
    BoardRead,
    DeskRead,
    DirectoryRead,
    LineRead,
    RangeRead,
    ReceiptRead,
    Refused,
    WaitsRead,
)
from services.contracts.summary import AnswerBy, ArchiveClass, Summary

Milestone = Literal["opened", "closed", "classified"]


class EventCommitted(Contract):
    """ledger: a row is in the archive and may be shown."""

    type: Literal["event.committed.v1"] = "event.committed.v1"
    event: Event


class SummaryChanged(Contract):
    """ledger: the state of a conversation; a lower version than the one known is dropped."""

    type: Literal["summary.changed.v1"] = "summary.changed.v1"
    summary: Summary


class CommandDone(Contract):
    """ledger: a command that made no event was carried out (or had been before)."""

    type: Literal["command.done.v1"] = "command.done.v1"
    about: UUID
    conversation: UUID | None = None


class PositionChanged(Contract):
    """router: the place in line, from 1. A hint, never stored."""

    type: Literal["position.changed.v1"] = "position.changed.v1"
    conversation: UUID
    position: int
    wait_from_s: float | None = None
    wait_to_s: float | None = None
    """Between these half and four fifths of late began to be answered. None: not known."""
    offer_written: bool = False
    """Whether the plan offers a written answer by now."""


class AgentNudged(Contract):
    """router: an owner has not answered yet. `nudge`: to the owner; `leader`: to the leaders."""

    type: Literal["agent.nudged.v1"] = "agent.nudged.v1"
    conversation: UUID
    agent: str
    stage: Literal["nudge", "leader"]
    waited_s: float


class DepartmentAlerted(Contract):
    """router, durable, to agent-service: somebody waits for a department that is not at the desk.

    ledger, as `unclassified`: what the archive is to make of an enquiry has been open for too long.
    Holds no content. The envelope's id is derived from what it is about: said twice, sent once.
    """

    type: Literal["department.alerted.v1"] = "department.alerted.v1"
    conversation: UUID
    department: str
    about: Literal["handover", "written", "waiting", "danger", "unclassified"]
    stage: Literal["department", "leader"]
    due_at: AwareDatetime | None = None


class AnswerReady(Contract):
    """ledger, durable, to agent-service: tell the citizen that the written answer is there."""

    type: Literal["answer.ready.v1"] = "answer.ready.v1"
    conversation: UUID
    receipt: str
    answer_by: AnswerBy
    contact: str | None = None
    citizen: str
    """The sender who opened it: whom the link's token speaks for."""
    language: str = "nb"
    department: str | None = None
    """Who calls, when it is answered by telephone."""


class CopyReady(Contract):
    """ledger, durable, to agent-service: send the citizen a link to the conversation's copy."""

    type: Literal["copy.ready.v1"] = "copy.ready.v1"
    conversation: UUID
    contact: str
    """An e-mail address."""
    citizen: str
    language: str = "nb"


class MilestoneReached(Contract):
    """ledger, durable, to agent-service: what the municipality's other systems may be told.

    Holds no word of the conversation, and nothing of who the citizen is.
    """

    type: Literal["milestone.reached.v1"] = "milestone.reached.v1"
    conversation: UUID
    milestone: Milestone
    at: AwareDatetime
    """By the database's clock."""
    department: str
    topic: str | None = None
    language: str = "nb"
    written: bool = False
    archive: ArchiveClass | None = None
    """What the archive makes of it, where somebody has said."""


class Typing(Contract):
    """gateway or agent-service: somebody is writing. A hint, never stored."""

    type: Literal["typing.v1"] = "typing.v1"
    conversation: UUID
    author: str
    """`citizen` or the agent's shown name."""


class DialogueSeen(Contract):
    """agent-service: the owner has had the dialogue on screen. A hint, never stored."""

    type: Literal["dialogue.seen.v1"] = "dialogue.seen.v1"
    conversation: UUID
    agent: str
    """Whose screen it was: only the owner's counts, and the receiver knows who that is."""
    seq: int


class PresenceChanged(Contract):
    """agent-service: an agent's presence, so that every device and replica agrees.

    The highest `changed_at` wins; the same is in the agent's Redis lease.
    """

    type: Literal["presence.changed.v1"] = "presence.changed.v1"
    agent: str
    presence: str
    reason: str = ""
    misses: int = 0
    changed_at: AwareDatetime


class DirectoryChanged(Contract):
    """ledger: a new version of a tenant's set-up (without staff towards gateways)."""

    type: Literal["directory.changed.v1"] = "directory.changed.v1"
    directory: TenantDirectory


class LineChanged(Contract):
    """ledger or agent-service, durable, to the router: decide again. A hint: never folded."""

    type: Literal["line.changed.v1"] = "line.changed.v1"
    why: str = ""


Push = Annotated[
    EventCommitted
    | SummaryChanged
    | CommandDone
    | PositionChanged
    | AgentNudged
    | DepartmentAlerted
    | AnswerReady
    | CopyReady
    | MilestoneReached
    | Typing
    | DialogueSeen
    | PresenceChanged
    | DirectoryChanged
    | LineChanged
    | RangeRead
    | DeskRead
    | BoardRead
    | LineRead
    | WaitsRead
    | ReceiptRead
    | DirectoryRead
    | Refused,
    Field(discriminator="type"),
]
