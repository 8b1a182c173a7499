"""A municipality, and fakes of what the desk stands on: the ledger and the leases."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from agent_service.alerts import Addressee, Alert, Target
from services.bus import Delivery, Push, Subscription, decode
from services.contracts import (
    AgentProfile,
    Author,
    BoardRead,
    CommandDone,
    Department,
    DeskRead,
    DirectoryChanged,
    Envelope,
    Event,
    EventCommitted,
    Messaged,
    Noted,
    PostMessage,
    PostNote,
    PublishDirectory,
    RangeRead,
    ReadBoard,
    ReadDesk,
    ReadRange,
    Refused,
    Summary,
    SummaryChanged,
    TenantDirectory,
    Topic,
)
from services.errors import Transient
from services.tasks import Tasks
from services.testing import MemoryBroker, MemoryBus

from services import topology

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DEADLINE_S = 20.0
"""No test takes this long; a test that would is wrong or has found something."""

DIRECTORY = TenantDirectory(
    tenant="sarpsborg",
    version=1,
    name="Sarpsborg (demo)",
    kommunenummer="3105",
    title={"nb": "Prek med oss"},
    first_line="servicetorget",
    departments=(
        Department(id="servicetorget", name={"nb": "Servicetorget"}),
        Department(id="byggesak", name={"nb": "Byggesak"}),
        Department(id="barnevern", name={"nb": "Barnevern"}, confidential=True),
    ),
    topics=(
        Topic(id="generelt", department="servicetorget", name={"nb": "Generelt"}),
        Topic(id="garasje", department="byggesak", name={"nb": "Garasje"}),
    ),
    agents=(
        AgentProfile(id="kari", name="Kari N.", departments=("servicetorget",)),
        AgentProfile(id="ola", name="Ola B.", departments=("servicetorget",)),
        AgentProfile(id="per", name="Per S.", departments=("byggesak",)),
        AgentProfile(
            id="mona", name="Mona L.", departments=("servicetorget",), roles=("agent", "leader")
        ),
        AgentProfile(
            id="berit", name="Berit B.", departments=("byggesak",), roles=("agent", "leader")
        ),
        AgentProfile(id="siv", name="Siv V.", roles=("supervisor",)),
        AgentProfile(id="arne", name="Arne A.", roles=("archivist",)),
        AgentProfile(id="alma", name="Alma B.", departments=("servicetorget",), roles=("admin",)),
    ),
)


@dataclass(eq=False)
class Conversation:
    """What the fake ledger knows of a conversation."""

    summary: Summary
    streams: dict[str, list[Event]] = field(default_factory=dict)
    readers: set[str] | None = None
    """Agents who may read; None: everybody."""

    @property
    def id(self) -> UUID:
        return self.summary.conversation


class FakeLedger:
    """Numbers what is said, answers questions by what the test has told it, records the rest."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.bus = MemoryBus(broker, source="ledger", instance="ledger-1")
        self.conversations: dict[UUID, Conversation] = {}
        self.commands: list[Envelope] = []
        self.queries: list[Envelope] = []
        self.published: dict[str, int] = {}
        self.raw: list[bytes] = []
        self.refuse_with: str | None = None
        self.board: BoardRead | str = "not_found"
        """What is answered to who asks for a board; a code refuses it."""
        self.answering = asyncio.Event()
        """While it is not set, questions wait for their answers."""
        self.answering.set()
        self.before_answer: Callable[[Envelope], None] = lambda _: None
        """Called with a question when its answer has been read and before it is sent."""
        self._arrived = asyncio.Condition()
        self._tasks = Tasks()
        queues = (*topology.COMMANDS, *topology.QUERIES)
        self.bus.consume(Subscription(queues, 1_000, self._deliver))

    # What a test does

    def conversation(self, *, readers: set[str] | None = None, **fields: Any) -> Conversation:
        """Let a conversation be, without telling anyone."""
        given = {
            "conversation": uuid4(),
            "version": 1,
            "state": "waiting",
            "topic": None,
            "department": "servicetorget",
            "language": "nb",
            "opened_at": NOW,
            "entered_at": NOW,
            "last_seq": {},
        }
        known = Conversation(Summary.model_validate(given | fields), readers=readers)
        self.conversations[known.id] = known
        return known

    async def change(
        self, known: Conversation, *, by: str = "router:0", cause: UUID | None = None, **fields: Any
    ) -> Summary:
        """Change a conversation's state and tell it."""
        before = known.summary
        changed = before.model_dump() | fields | {"version": before.version + 1}
        known.summary = Summary.model_validate(changed)
        await self.tell(known, before=before, by=by, cause=cause)
        return known.summary

    async def tell(
        self,
        known: Conversation,
        *,
        before: Summary | None = None,
        by: str = "router:0",
        cause: UUID | None = None,
    ) -> None:
        """Push the state to the line, and to whom it concerns or did."""
        body = SummaryChanged(summary=known.summary)
        said = self._wrap(body, sender=by, cause=cause)
        agents = _involved(known.summary) | (_involved(before) if before else set())
        topics = [topology.line_topic("sarpsborg")]
        topics += [topology.agent_topic("sarpsborg", agent) for agent in sorted(agents)]
        for topic in topics:
            await self.bus.push(Push("agent", topic, said))

    async def tell_directory(self, directory: TenantDirectory) -> None:
        """Push a set-up that holds from now on."""
        body = DirectoryChanged(directory=directory)
        said = self._wrap(body, sender="system:directory", cause=None)
        await self.bus.push(Push("agent", topology.directory_topic(), said))

    async def commit(
        self,
        known: Conversation,
        what: Any,
        *,
        id_: UUID | None = None,
        sender: str = "citizen:c1",
        push: bool = True,
    ) -> Event:
        """Append an event and push it."""
        stream = "desk" if what.kind in ("note", "offered", "offer_ended") else "dialogue"
        events = known.streams.setdefault(stream, [])
        agent = DIRECTORY.agent(sender.removeprefix("agent:"))
        event = Event(
            conversation=known.id,
            stream=stream,
            seq=len(events) + 1,
            id=id_ or uuid4(),
            sender=sender,
            author=Author(kind="agent", id=agent.id, name=agent.name)
            if agent
            else Author(kind="citizen"),
            epoch=known.summary.epoch,
            time=NOW,
            body=what,
        )
        events.append(event)
        known.summary = known.summary.evolve(last_seq={**known.summary.last_seq, stream: event.seq})
        if push:
            await self.push_event(event)
        return event

    async def push_event(self, event: Event) -> None:
        topic = topology.stream_topic(event.conversation, event.stream)
        said = self._wrap(EventCommitted(event=event), sender=event.sender, cause=event.id)
        await self.bus.push(Push("agent", topic, said))

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Wait for something that comes to be by a message."""
        async with asyncio.timeout(DEADLINE_S), self._arrived:
            await self._arrived.wait_for(is_so)

    async def next_command(self, kind: str, count: int = 1) -> Envelope:
        """Return the `count`th command of a kind, as soon as it came."""

        def found() -> list[Envelope]:
            return [c for c in self.commands if c.body.type == kind]

        await self.until(lambda: len(found()) >= count)
        return found()[count - 1]

    def asked(self, kind: str, agent: str | None = None) -> int:
        """Count the questions of a kind, of one agent or of all."""
        sender = f"agent:{agent}"
        return sum(
            q.body.type == kind and (agent is None or q.sender == sender) for q in self.queries
        )

    # What comes by itself

    def _deliver(self, delivery: Delivery) -> None:
        self._tasks.spawn("handle", self._handle(delivery))

    async def _handle(self, delivery: Delivery) -> None:
        self.raw.append(delivery.body)
        envelope = decode(delivery.body, delivery.vouched)
        match envelope.body:
            case ReadRange() | ReadDesk() | ReadBoard():
                self.queries.append(envelope)
                await self._answer(envelope)
            case PublishDirectory(directory=directory):
                news = directory.version > self.published.get(directory.tenant, 0)
                self.published[directory.tenant] = directory.version
                if news:
                    await self.tell_directory(directory)
            case _:
                self.commands.append(envelope)
                await self._obey(envelope)
        await delivery.ack()
        async with self._arrived:
            self._arrived.notify_all()

    async def _answer(self, asked: Envelope) -> None:
        await self.answering.wait()
        match asked.body:
            case ReadDesk():
                answer: Any = self._desk(asked)
            case ReadBoard():
                board = self.board
                answer = Refused(about=asked.id, code=board) if isinstance(board, str) else board
            case _:
                answer = self._range(asked)
        self.before_answer(asked)
        await self._reply(asked, answer)

    def _desk(self, asked: Envelope) -> DeskRead:
        agent = asked.sender.removeprefix("agent:")
        states = [known.summary for known in self.conversations.values()]
        return DeskRead(
            agent=agent,
            conversations=tuple(s for s in states if agent in _involved(s)),
            line=tuple(s for s in states if s.state in ("waiting", "offered", "written")),
        )

    def _range(self, asked: Envelope) -> RangeRead | Refused:
        query = asked.body
        assert isinstance(query, ReadRange)
        known = self.conversations.get(query.conversation)
        agent = asked.sender.removeprefix("agent:")
        if known is None or (known.readers is not None and agent not in known.readers):
            return Refused(about=asked.id, code="not_found")
        events = known.streams.get(query.stream, [])
        following = [event for event in events if event.seq > query.after]
        return RangeRead(
            conversation=known.id,
            stream=query.stream,
            events=tuple(following[:500]),
            last_seq=len(events),
            more=len(following) > 500,
            summary=known.summary,
        )

    async def _obey(self, asked: Envelope) -> None:
        known = self.conversations.get(asked.body.conversation)
        if self.refuse_with is not None or known is None:
            await self._reply(asked, Refused(about=asked.id, code=self.refuse_with or "not_found"))
            return
        match asked.body:
            case PostMessage(text=text, masked=masked):
                what: Any = Messaged(text=text, masked=masked)
            case PostNote(text=text, masked=masked, whisper=whisper):
                what = Noted(text=text, masked=masked, whisper=whisper)
            case _:
                await self._reply(asked, CommandDone(about=asked.id, conversation=known.id))
                return
        again = [e for events in known.streams.values() for e in events if e.id == asked.id]
        if again:
            await self.push_event(again[0])
        else:
            await self.commit(known, what, id_=asked.id, sender=asked.sender)

    async def _reply(self, asked: Envelope, body: Any) -> None:
        said = self._wrap(body, sender=asked.sender, cause=asked.id)
        await self.bus.push(Push("agent", asked.reply_to, said))

    def _wrap(self, body: Any, *, sender: str, cause: UUID | None) -> Envelope:
        return Envelope(
            id=uuid4(),
            source="ledger",
            tenant="sarpsborg",
            time=NOW,
            sender=sender,
            causation_id=cause,
            body=body,
        )


def _involved(summary: Summary) -> set[str]:
    offer, handover, wrapup = summary.offer, summary.handover, summary.wrapup
    return {
        agent
        for agent in (
            summary.owner,
            offer.agent if offer else None,
            handover.from_agent if handover else None,
            handover.agent if handover else None,
            wrapup.agent if wrapup else None,
            *summary.consulted,
        )
        if agent
    }


class FakeLeases:
    """A lease table whose leases never run out by themselves."""

    def __init__(self) -> None:
        self.away = False
        self.held: dict[tuple[str, str], str] = {}

    def _reach(self) -> None:
        if self.away:
            raise Transient("redis")

    async def renew(self, tenant: str, leases: Mapping[str, str], ttl_s: float) -> None:
        self._reach()
        assert ttl_s > 0
        self.held |= {(tenant, name): payload for name, payload in leases.items()}

    async def release(self, tenant: str, fields: Sequence[str]) -> None:
        self._reach()
        for name in fields:
            self.held.pop((tenant, name), None)

    async def live(self, tenant: str) -> dict[str, str]:
        self._reach()
        return {name: payload for (t, name), payload in self.held.items() if t == tenant}


@dataclass
class KeptAlert:
    """A row of the table of alerts."""

    alert: Alert
    state: str
    attempts: int = 0


class FakeAlerts:
    """The tables of alerts in memory. What is tried again is due again at once when asked for."""

    def __init__(self) -> None:
        self.away = False
        self.named: list[Target] = []
        self.kept: dict[UUID, KeptAlert] = {}
        self.handed: list[UUID] = []
        self.hooked: list[tuple[UUID, str, tuple[str, ...]]] = []
        self.mail: bool | None = None

    def _reach(self) -> None:
        if self.away:
            raise Transient("database")

    async def stop(self) -> None: ...

    async def targets(self, tenant: str, department: str, stage: str) -> list[Addressee]:
        self._reach()
        return [
            Addressee(t.kind, t.address, number)
            for number, t in enumerate(self.named)
            if (t.tenant, t.stage) == (tenant, stage) and t.department in (department, "*")
        ]

    async def hooks(self, tenant: str, milestone: str) -> list[Addressee]:
        self._reach()
        return [
            Addressee("webhook", url, hook=hook)
            for hook, url, wants in self.hooked
            if milestone in wants
        ]

    async def replace_targets(self, targets: Sequence[Target]) -> None:
        self._reach()
        self.named = list(targets)

    async def add(self, alert, tenant, matter, addressee, state) -> bool:
        self._reach()
        if alert in self.kept:
            return False
        kind, address = (addressee.kind, addressee.address) if addressee else ("none", "")
        numbered = addressee is not None and addressee.number is not None
        secret = self.named[addressee.number].secret if numbered else ""
        row = KeptAlert(Alert(alert, tenant, kind, address, secret, matter), state)
        self.kept[alert] = row
        return True

    async def send_one(self, send, kind):
        self._reach()
        due = [
            row
            for row in self.kept.values()
            if row.state == "due" and row.alert.kind == kind and not row.attempts
        ]
        if not due:
            return None
        due[0].attempts += 1
        outcome = await send(due[0].alert)
        due[0].state = {
            "sent": "sent",
            "later": "due",
            "never": "failed",
            "unsure": "uncertain",
        }[outcome]
        return due[0].state

    async def handing(self, alert: UUID) -> None:
        self._reach()
        self.handed.append(alert)

    async def mail_is(self, able: bool) -> None:
        self._reach()
        self.mail = able

    async def tidy(self) -> None:
        self._reach()

    async def counts(self):
        self._reach()
        return Counter(row.state for row in self.kept.values() if row.state in ("due", "held"))


async def _eventually(is_so: Callable[[], Any]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not is_so():  # noqa: ASYNC110 - what is looked at sets no event
            await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def eventually():
    """Wait for what nobody announces."""
    return _eventually


@pytest.fixture(scope="session")
def directory():
    return DIRECTORY


@pytest.fixture
def summary():
    """Make a state; every field has a value."""

    def make(**fields: Any) -> Summary:
        given = {
            "conversation": UUID(int=1 << 100),
            "version": 1,
            "state": "waiting",
            "topic": None,
            "department": "servicetorget",
            "language": "nb",
            "opened_at": NOW,
            "entered_at": NOW,
            "last_seq": {},
        }
        return Summary.model_validate(given | fields)

    return make


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def leases():
    return FakeLeases()


@pytest.fixture
def alerts():
    return FakeAlerts()


@pytest.fixture
def broker():
    return MemoryBroker()


@pytest.fixture
async def ledger(broker) -> AsyncIterator[FakeLedger]:
    ledger = FakeLedger(broker)
    await ledger.bus.start()
    yield ledger
    await ledger.bus.stop()
