"""The citizens' socket (`/ws/citizen`, subprotocol `prek.v1`). Direction: `C…` client, `S…` server.

Order: `hello` → `welcome`; then `open` once, and `send`. A client keeps each action until its
event, or a final `refused`, comes back, and sends it again (same id) after 2 s, doubling to 30 s.
One un-acknowledged action at a time. Event frames are applied only when `seq == last + 1`.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import Localized
from services.contracts.events import Author, EventBody
from services.contracts.files import FileRules
from services.contracts.look import Look, Privacy
from services.contracts.model import Contract, Id
from services.contracts.summary import Alarm, AnswerBy, Rating

MaskedKind = Literal["national_id", "card", "account"]
RawText = Annotated[str, Field()]
"""Checked by `check_text` at the door, so that its refusal carries the right code."""


class CHello(Contract):
    """First frame, within 5 s. With `conversation`, resume: `secret` or a `token` opens it.

    A new client makes `secret` (256 bits, hex or base64url, 32-128 characters) itself and keeps it.
    """

    type: Literal["hello"] = "hello"
    tenant: Id
    secret: str | None = Field(default=None, min_length=32, max_length=128)
    token: str | None = Field(default=None, max_length=2048)
    conversation: UUID | None = None
    after: int = Field(default=0, ge=0)
    language: str = "nb"


class COpen(Contract):
    """Begin a conversation under an id the client made."""

    type: Literal["open"] = "open"
    id: UUID
    conversation: UUID
    topic: Id | None = None
    language: str = "nb"
    words: RawText | None = None
    """The first words, which follow in a `send`: a topic is suggested by them, nothing is kept."""
    follows: UUID | None = None
    """The enquiry before this one, opened under the same secret."""


class CAskWritten(Contract):
    """Answer me in writing."""

    type: Literal["ask_written"] = "ask_written"
    id: UUID
    answer_by: AnswerBy
    contact: RawText | None = None


class CSend(Contract):
    """Say something. `seen`: highest seq rendered."""

    type: Literal["send"] = "send"
    id: UUID
    text: RawText
    seen: int = Field(default=0, ge=0)


class CSendFile(Contract):
    """Show a file that was put into the store before (`PUT /api/files/{conversation}/{file}`)."""

    type: Literal["send_file"] = "send_file"
    id: UUID
    file: UUID
    seen: int = Field(default=0, ge=0)


class CHere(Contract):
    """Answer to "are you still there?"."""

    type: Literal["here"] = "here"
    id: UUID


class CRate(Contract):
    """After the end: did you get an answer?"""

    type: Literal["rate"] = "rate"
    id: UUID
    rating: Rating
    comment: RawText | None = None


class CMailCopy(Contract):
    """After the end: send a link to the copy to this e-mail address."""

    type: Literal["mail_copy"] = "mail_copy"
    id: UUID
    contact: RawText


class CForget(Contract):
    """After the end: erase my words, unless the law says keep them."""

    type: Literal["forget"] = "forget"
    id: UUID


class CSync(Contract):
    """Ask for the events after `after` (a gap, or a higher watermark, was seen)."""

    type: Literal["sync"] = "sync"
    after: int = Field(ge=0)


class CTyping(Contract):
    """The citizen is writing; at most one a 3 s."""

    type: Literal["typing"] = "typing"


class CEnd(Contract):
    """The citizen ends the conversation."""

    type: Literal["end"] = "end"
    id: UUID


class CHeartbeat(Contract):
    """Every 10 s; answered by `heartbeat`. `last`: highest seq applied."""

    type: Literal["heartbeat"] = "heartbeat"
    last: int = Field(default=0, ge=0)


CitizenFrame = Annotated[
    CHello
    | COpen
    | CSend
    | CSendFile
    | CAskWritten
    | CHere
    | CRate
    | CMailCopy
    | CForget
    | CSync
    | CTyping
    | CEnd
    | CHeartbeat,
    Field(discriminator="type"),
]


class WireEvent(Contract):
    """A committed event as shown. `id` is the client's own id when it was the client's action."""

    seq: int
    id: UUID
    stream: str
    mine: bool = False
    author: Author
    time: AwareDatetime
    body: EventBody


class SWelcome(Contract):
    """Answer to `hello`: the state, the events after `after`, and a fresh token for this tab."""

    type: Literal["welcome"] = "welcome"
    tenant: Id
    title: Localized
    name: str
    languages: tuple[str, ...]
    look: Look = Look()
    privacy: Privacy = Privacy()
    files: FileRules = FileRules()
    topics: tuple["WireTopic", ...] = ()
    departments: tuple["WireDepartment", ...] = ()
    staffed: bool | None = None
    """Whether somebody is at the desk now; None: not known."""
    availability: "SAvailability | None" = None
    token: str | None = None
    heartbeat_s: float = 10
    conversation: UUID | None = None
    status: "SStatus | None" = None
    events: tuple[WireEvent, ...] = ()
    last_seq: int = 0
    more: bool = False


class SAvailability(Contract):
    """Who is there and when, as it is now; pushed whenever it changes.

    Never say open unless `staffed`: with `open` and nobody there, say that nobody is there now.
    """

    type: Literal["availability"] = "availability"
    open: bool
    """By the first line's hours. Always true for a tenant without hours."""
    staffed: bool | None = None
    closes_at: AwareDatetime | None = None
    opens_at: AwareDatetime | None = None
    """When it opens next; None when it is open, or nobody knows."""
    reason: Localized = Field(default_factory=dict)
    """Why it is closed today, of a dated exception or a holiday."""
    banner: Localized = Field(default_factory=dict)
    """What the municipality tells everyone now."""
    departments: dict[str, bool] = Field(default_factory=dict)
    """Which departments are open by their hours."""


class SEmergency(Contract):
    """Danger to life in the citizen's words: show the emergency numbers at once."""

    type: Literal["emergency"] = "emergency"
    alarm: Alarm


class WireTopic(Contract):
    """A topic to choose."""

    id: Id
    name: Localized


class WireDepartment(Contract):
    """A department's name, so that events can show it."""

    id: Id
    name: Localized


class SAccepted(Contract):
    """One tick: safely in the broker's queue. Not yet archived, not yet shown to the other."""

    type: Literal["accepted"] = "accepted"
    id: UUID
    masked: int = 0
    """Numbers that were removed from the text."""
    kinds: tuple[MaskedKind, ...] = ()
    """What they were, each kind once."""


class SEvent(Contract):
    """Two ticks: committed in the archive; now it may be shown."""

    type: Literal["event"] = "event"
    event: WireEvent


class SEvents(Contract):
    """Answer to `sync`."""

    type: Literal["events"] = "events"
    events: tuple[WireEvent, ...]
    last_seq: int
    more: bool = False


class SStatus(Contract):
    """Where the enquiry is. A higher `version` replaces a lower."""

    type: Literal["status"] = "status"
    version: int
    state: str
    owner: str | None = None
    """Shown name of the one who answers."""
    department: str = ""
    handover_department: str | None = None
    """Department asked to go on, while nobody has accepted."""
    token: str | None = None
    """A read-only copy token (30 days), once closed."""
    due_at: AwareDatetime | None = None
    """When a written answer is due at the latest."""
    receipt: str | None = None
    receipt_secret: str | None = None
    """Opens the answer together with the receipt number; shown to the citizen alone."""
    answer_by: AnswerBy | None = None
    nudged_at: AwareDatetime | None = None
    """Asked whether the citizen is still there, and not answered."""
    rating: Rating | None = None
    forget_asked_at: AwareDatetime | None = None


class SPosition(Contract):
    """Place in line, from 1."""

    type: Literal["position"] = "position"
    position: int
    wait_from_s: float | None = None
    wait_to_s: float | None = None
    """Expected wait as a range, or None when it is not known."""
    offer_written: bool = False
    """Whether to offer a written answer."""


class STyping(Contract):
    """The other side is writing."""

    type: Literal["typing"] = "typing"
    author: str


class SSeen(Contract):
    """Whoever answers has had the dialogue on screen up to `seq`. A hint, never stored."""

    type: Literal["seen"] = "seen"
    seq: int


class SRefused(Contract):
    """The action did not happen. `busy` and `rate_limited`: try again after `retry_after_s`."""

    type: Literal["refused"] = "refused"
    id: UUID | None = None
    code: str
    retry_after_s: float | None = None


class SHeartbeat(Contract):
    """Answer to `heartbeat`; `last_seq` is the watermark: behind it, `sync`."""

    type: Literal["heartbeat"] = "heartbeat"
    last_seq: int = 0


ServerFrame = Annotated[
    SWelcome
    | SAvailability
    | SEmergency
    | SAccepted
    | SEvent
    | SEvents
    | SStatus
    | SPosition
    | STyping
    | SSeen
    | SRefused
    | SHeartbeat,
    Field(discriminator="type"),
]

SWelcome.model_rebuild()

CLOSE_TOKEN, CLOSE_SLOW, CLOSE_RATE = 4001, 4008, 4009
"""Socket close codes of ours; 1012: restart (come back with 0-3 s of jitter), 1013: overload."""
