"""What the desk says to an agent's socket. See `wire_agent` for order and other direction."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import TenantDirectory
from services.contracts.model import Contract, Id
from services.contracts.summary import Summary
from services.contracts.wire_citizen import MaskedKind, WireEvent

Presence = Literal["available", "busy", "away", "forced_away", "draining", "offline"]


class DWelcome(Contract):
    """Answer to `hello`: who you are, the set-up, and the snapshot."""

    type: Literal["welcome"] = "welcome"
    agent: Id
    name: str
    directory: TenantDirectory
    presence: Presence
    reason: str = ""
    snapshot: "DSnapshot"
    heartbeat_s: float = 10


class DSnapshot(Contract):
    """Own conversations and the line in view; sent at welcome and every 10 s (the watermark).

    A conversation that is missing here and was known before this snapshot was asked for is gone
    from view.
    """

    type: Literal["snapshot"] = "snapshot"
    conversations: tuple[Summary, ...]
    line: tuple[Summary, ...]
    now: AwareDatetime


class DSummary(Contract):
    """A conversation's state changed."""

    type: Literal["summary"] = "summary"
    summary: Summary


class DEvents(Contract):
    """Answer to `follow`: events after the asked seq."""

    type: Literal["events"] = "events"
    conversation: UUID
    stream: str
    events: tuple[WireEvent, ...]
    last_seq: int
    more: bool = False


class DEvent(Contract):
    """A committed event of a followed stream."""

    type: Literal["event"] = "event"
    conversation: UUID
    event: WireEvent


class DAccepted(Contract):
    """One tick: safely in the broker's queue."""

    type: Literal["accepted"] = "accepted"
    id: UUID
    masked: int = 0
    kinds: tuple[MaskedKind, ...] = ()


class DDone(Contract):
    """The action was carried out."""

    type: Literal["done"] = "done"
    id: UUID
    conversation: UUID | None = None


class DRefused(Contract):
    """The action did not happen. `busy` and `rate_limited`: try again after `retry_after_s`."""

    type: Literal["refused"] = "refused"
    id: UUID | None = None
    conversation: UUID | None = None
    code: str
    retry_after_s: float | None = None


class DTyping(Contract):
    """The citizen (or a colleague) is writing."""

    type: Literal["typing"] = "typing"
    conversation: UUID
    author: str


class DPresence(Contract):
    """An agent's presence: your own (every device agrees) or a colleague's."""

    type: Literal["presence"] = "presence"
    agent: str
    presence: Presence
    reason: str = ""
    misses: int = 0


class DNudge(Contract):
    """Accepted and not yet answered. To the owner, and when that does not help to the leaders."""

    type: Literal["nudge"] = "nudge"
    conversation: UUID
    agent: str
    stage: Literal["nudge", "leader"]
    waited_s: float


class DDirectory(Contract):
    """The set-up changed, such as by the emergency switch; it replaces the one before."""

    type: Literal["directory"] = "directory"
    directory: TenantDirectory


class DHeartbeat(Contract):
    """Answer to `heartbeat`."""

    type: Literal["heartbeat"] = "heartbeat"


DeskFrame = Annotated[
    DWelcome
    | DSnapshot
    | DSummary
    | DEvents
    | DEvent
    | DAccepted
    | DDone
    | DRefused
    | DTyping
    | DPresence
    | DNudge
    | DDirectory
    | DHeartbeat,
    Field(discriminator="type"),
]

DWelcome.model_rebuild()
