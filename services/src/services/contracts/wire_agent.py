"""The agents' socket (`/ws/agent`, subprotocol `prek.v1`). Direction: `A…` client, `D…` the desk.

Sign in over HTTP (`POST /api/session`), fetch a one-time ticket (`POST /api/ticket`), then `hello`.
Actions carry a client-made id and are sent again until an `event`, `done` or final `refused`
answers them. Summaries replace older ones by `version`; events apply by `seq == last + 1`.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import TenantDirectory
from services.contracts.model import Contract, Id
from services.contracts.summary import Summary
from services.contracts.wire_citizen import RawText, WireEvent

Presence = Literal["available", "busy", "away", "forced_away", "draining", "offline"]


class AHello(Contract):
    """First frame, within 5 s."""

    type: Literal["hello"] = "hello"
    ticket: str = Field(max_length=2048)
    language: str = "nb"


class AFollow(Contract):
    """Read a stream after `after` and get its events from now on. Also used for sync."""

    type: Literal["follow"] = "follow"
    conversation: UUID
    stream: Literal["dialogue", "desk"]
    after: int = Field(default=0, ge=0)


class AUnfollow(Contract):
    """Stop getting a conversation's events."""

    type: Literal["unfollow"] = "unfollow"
    conversation: UUID


class _Action(Contract):
    id: UUID
    conversation: UUID


class ASend(_Action):
    """Say something to the citizen; refused under an old epoch."""

    type: Literal["send"] = "send"
    text: RawText
    epoch: int
    seen: int = Field(default=0, ge=0)


class ANote(_Action):
    """An internal note."""

    type: Literal["note"] = "note"
    text: RawText


class AAccept(_Action):
    """Take an offer."""

    type: Literal["accept"] = "accept"
    offer: UUID


class ADecline(_Action):
    """Say no to an offer."""

    type: Literal["decline"] = "decline"
    offer: UUID


class AHandover(_Action):
    """Ask a department, or a colleague in it, to go on."""

    type: Literal["handover"] = "handover"
    epoch: int
    department: Id
    agent: Id | None = None
    note: RawText | None = None


class ACancelHandover(_Action):
    """Take a pending hand-over back."""

    type: Literal["cancel_handover"] = "cancel_handover"
    handover: UUID


class ATakeOver(_Action):
    """Take over: a waiting conversation from the line, or (leaders) an active one."""

    type: Literal["take_over"] = "take_over"
    epoch: int


class ARequeue(_Action):
    """Put it back in line at its old place."""

    type: Literal["requeue"] = "requeue"
    epoch: int


class AClose(_Action):
    """Close; wrap-up begins."""

    type: Literal["close"] = "close"
    epoch: int


class AWrapUpDone(_Action):
    """Wrap-up is done; the slot is free."""

    type: Literal["wrapup_done"] = "wrapup_done"


class ATyping(Contract):
    """The agent is writing; at most one a 3 s."""

    type: Literal["typing"] = "typing"
    conversation: UUID


class APresence(Contract):
    """Choose a presence; `forced_away` and `offline` cannot be chosen."""

    type: Literal["presence"] = "presence"
    presence: Literal["available", "busy", "away", "draining"]
    reason: str = Field(default="", max_length=100)


class AHeartbeat(Contract):
    """Every 10 s, so that the desk knows the console is there; answered by `heartbeat`."""

    type: Literal["heartbeat"] = "heartbeat"


AgentFrame = Annotated[
    AHello
    | AFollow
    | AUnfollow
    | ASend
    | ANote
    | AAccept
    | ADecline
    | AHandover
    | ACancelHandover
    | ATakeOver
    | ARequeue
    | AClose
    | AWrapUpDone
    | ATyping
    | APresence
    | AHeartbeat,
    Field(discriminator="type"),
]


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
    | DHeartbeat,
    Field(discriminator="type"),
]

DWelcome.model_rebuild()
