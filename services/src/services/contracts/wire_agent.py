"""The agents' socket (`/ws/agent`, subprotocol `prek.v1`). Direction: `A…` client, `D…` the desk.

Sign in over HTTP (`POST /api/session`), fetch a one-time ticket (`POST /api/ticket`), then `hello`.
Actions carry a client-made id and are sent again until an `event`, `done` or final `refused`
answers them. Summaries replace older ones by `version`; events apply by `seq == last + 1`.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.model import Contract, Id
from services.contracts.summary import Alarm, ArchiveClass, Outcome
from services.contracts.wire_citizen import RawText


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


class ASendFile(_Action):
    """Show the citizen a file that was put into the store before."""

    type: Literal["send_file"] = "send_file"
    file: UUID
    epoch: int
    seen: int = Field(default=0, ge=0)


class ANudge(_Action):
    """Ask whether the citizen is still there."""

    type: Literal["nudge"] = "nudge"
    epoch: int


class ANote(_Action):
    """An internal note; or a whisper to the owner, from who leads it."""

    type: Literal["note"] = "note"
    text: RawText
    whisper: bool = False


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


class AMakeWritten(_Action):
    """Answer later, in writing; the slot is free."""

    type: Literal["make_written"] = "make_written"
    epoch: int


class ASetTopic(_Action):
    """Say what it is about."""

    type: Literal["set_topic"] = "set_topic"
    topic: Id


class AConsult(_Action):
    """Ask a colleague for advice, unseen by the citizen."""

    type: Literal["consult"] = "consult"
    epoch: int
    agent: Id
    note: RawText | None = None


class AEndConsult(_Action):
    """End a consultation: as the owner, or as the one who was asked."""

    type: Literal["end_consult"] = "end_consult"
    agent: Id


class AAlarm(_Action):
    """Call the leaders."""

    type: Literal["alarm"] = "alarm"
    alarm: Alarm


class AClearAlarm(_Action):
    """It has been dealt with."""

    type: Literal["clear_alarm"] = "clear_alarm"


class ABlock(_Action):
    """Close it, and let this citizen open no more for a while."""

    type: Literal["block"] = "block"
    reason: RawText
    hours: float = Field(default=24, gt=0, le=720)


class AMove(_Action):
    """Put it in another department's line, before anybody has it (leaders)."""

    type: Literal["move"] = "move"
    department: Id
    epoch: int


class AClassify(_Action):
    """Say what became of it, and what the archive makes of it; None stays as it is."""

    type: Literal["classify"] = "classify"
    outcome: Outcome | None = None
    archive: ArchiveClass | None = None


class ABreakGlass(_Action):
    """Read what is behind a wall, for an hour and with a reason (leaders, archivists)."""

    type: Literal["break_glass"] = "break_glass"
    reason: RawText


class ASetPresence(Contract):
    """Change a colleague's presence, with a reason that is kept in the audit (leaders)."""

    type: Literal["set_presence"] = "set_presence"
    id: UUID
    agent: Id
    presence: Literal["available", "busy", "away", "draining"]
    reason: str = Field(min_length=1, max_length=200)


class ATyping(Contract):
    """The agent is writing; at most one a 3 s."""

    type: Literal["typing"] = "typing"
    conversation: UUID


class ASeen(Contract):
    """The owner has had the dialogue on screen up to `seq`; the citizen is told "read"."""

    type: Literal["seen"] = "seen"
    conversation: UUID
    seq: int = Field(ge=0)


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
    | ASendFile
    | ANudge
    | ANote
    | AAccept
    | ADecline
    | AHandover
    | ACancelHandover
    | ATakeOver
    | ARequeue
    | AClose
    | AWrapUpDone
    | AMakeWritten
    | ASetTopic
    | AConsult
    | AEndConsult
    | AAlarm
    | AClearAlarm
    | ABlock
    | AMove
    | AClassify
    | ABreakGlass
    | ASetPresence
    | ATyping
    | ASeen
    | APresence
    | AHeartbeat,
    Field(discriminator="type"),
]
