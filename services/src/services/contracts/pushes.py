"""Transient messages towards sockets: each may be lost and is healed by reading again."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import TenantDirectory
from services.contracts.events import Event
from services.contracts.model import Contract
from services.contracts.queries import DeskRead, DirectoryRead, LineRead, RangeRead, Refused
from services.contracts.summary import Summary


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


class Typing(Contract):
    """gateway or agent-service: somebody is writing. A hint, never stored."""

    type: Literal["typing.v1"] = "typing.v1"
    conversation: UUID
    author: str
    """`citizen` or the agent's shown name."""


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
    | Typing
    | PresenceChanged
    | DirectoryChanged
    | LineChanged
    | RangeRead
    | DeskRead
    | LineRead
    | DirectoryRead
    | Refused,
    Field(discriminator="type"),
]
