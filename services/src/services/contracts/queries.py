"""Questions to the ledger; the answer is pushed to the asking instance with the question's id."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.contracts.directory import TenantDirectory
from services.contracts.events import Event, Stream
from services.contracts.model import Contract
from services.contracts.summary import Summary


class ReadRange(Contract):
    """gateway or agent-service: events of a stream after `after`, at most 500, and the state.

    The reader is the envelope's sender; the ledger answers `not_found` to who may not read.
    """

    type: Literal["range.read.v1"] = "range.read.v1"
    conversation: UUID
    stream: Stream = "dialogue"
    after: int = 0


class ReadDesk(Contract):
    """agent-service, for an agent: own conversations, offers, wrap-ups and the lines in view."""

    type: Literal["desk.read.v1"] = "desk.read.v1"


class ReadBoard(Contract):
    """agent-service, for who leads: the lines and loads of the departments they lead."""

    type: Literal["board.read.v1"] = "board.read.v1"


class ReadLine(Contract):
    """router: everything of a tenant that is not closed or holds a slot, and every load."""

    type: Literal["line.read.v1"] = "line.read.v1"


class ReadWaits(Contract):
    """router: how long those answered of late had waited, per department."""

    type: Literal["waits.read.v1"] = "waits.read.v1"


class ReadReceipt(Contract):
    """gateway: which conversation a receipt is of. The gateway has checked its secret before."""

    type: Literal["receipt.read.v1"] = "receipt.read.v1"
    receipt: str = Field(max_length=40)


class ReadDirectory(Contract):
    """Any service: the newest directories; gateways get them without staff."""

    type: Literal["directory.read.v1"] = "directory.read.v1"
    tenants: tuple[str, ...] = ()
    """Empty: all."""


Query = Annotated[
    ReadRange | ReadDesk | ReadBoard | ReadLine | ReadWaits | ReadReceipt | ReadDirectory,
    Field(discriminator="type"),
]


class RangeRead(Contract):
    """Answer to `ReadRange`. `more`: ask again after the last seq given."""

    type: Literal["range.v1"] = "range.v1"
    conversation: UUID
    stream: Stream
    events: tuple[Event, ...]
    last_seq: int
    more: bool = False
    summary: Summary


class DeskRead(Contract):
    """Answer to `ReadDesk`."""

    type: Literal["desk.v1"] = "desk.v1"
    agent: str
    conversations: tuple[Summary, ...]
    """Own: active, offered to this agent, handed over to this agent, in wrap-up."""
    line: tuple[Summary, ...]
    """Waiting or offered in the departments this agent may see."""


class AgentLoad(Contract):
    """Load = pending offers + active + wrap-up."""

    agent: str
    load: int
    capacity: int


class BoardLine(Contract):
    """One department's line as it is, and how it went of late."""

    department: str
    waiting: int = 0
    """In line for a live answer, those offered to somebody too."""
    oldest_entered_at: AwareDatetime | None = None
    """Place in line of who has waited longest; None: nobody waits."""
    active: int = 0
    written: int = 0
    """Written questions that nobody has."""
    overdue: int = 0
    """Written questions, had or not, past their deadline."""
    alarms: int = 0
    answered: int = 0
    """Live conversations that an agent began to answer in the last two hours;"""
    within_target: int = 0
    """and those of them that had not waited longer than the tenant's target."""


class BoardRead(Contract):
    """Answer to `ReadBoard`. One line a department that is led, loads of those who work in one."""

    type: Literal["board.v1"] = "board.v1"
    now: AwareDatetime
    lines: tuple[BoardLine, ...]
    loads: tuple[AgentLoad, ...]


class LineRead(Contract):
    """Answer to `ReadLine`. `now` is the database's clock, by which the deadlines were set."""

    type: Literal["line.v1"] = "line.v1"
    tenant: str
    now: AwareDatetime
    conversations: tuple[Summary, ...]
    loads: tuple[AgentLoad, ...]


class DepartmentWaits(Contract):
    """Waits of one department's line, newest first, at most 100."""

    department: str
    waited_s: tuple[float, ...]
    """From the place in line to the first agent, of live conversations of the last two hours."""


class WaitsRead(Contract):
    """Answer to `ReadWaits`."""

    type: Literal["waits.v1"] = "waits.v1"
    tenant: str
    waits: tuple[DepartmentWaits, ...]


class ReceiptRead(Contract):
    """Answer to `ReadReceipt`."""

    type: Literal["receipt.v1"] = "receipt.v1"
    conversation: UUID
    citizen: str
    """The sender who opened it."""


class DirectoryRead(Contract):
    """Answer to `ReadDirectory`."""

    type: Literal["directory.v1"] = "directory.v1"
    directories: tuple[TenantDirectory, ...]


class Refused(Contract):
    """Answer to any command or query that did not happen. `about` is its id."""

    type: Literal["refused.v1"] = "refused.v1"
    about: UUID
    conversation: UUID | None = None
    code: str


Answer = Annotated[
    RangeRead | DeskRead | BoardRead | LineRead | WaitsRead | ReceiptRead | DirectoryRead | Refused,
    Field(discriminator="type"),
]
