"""The door on the bus in memory, with a small ledger behind it and real sockets in front."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from gateway.app import assemble
from gateway.settings import GatewaySettings
from services.bus import Delivery, Push, Subscription, decode
from services.contracts import (
    AskWritten,
    Author,
    Closed,
    CommandDone,
    Department,
    DirectoryChanged,
    DirectoryRead,
    Envelope,
    Event,
    EventCommitted,
    Joined,
    Leave,
    MadeWritten,
    Messaged,
    OpenConversation,
    Opened,
    PostMessage,
    RangeRead,
    ReadDirectory,
    ReadRange,
    ReadReceipt,
    ReceiptRead,
    Refused,
    Summary,
    SummaryChanged,
    TenantDirectory,
    Topic,
)
from services.leases import connect_redis
from services.tasks import Tasks
from services.testing import MemoryBroker, MemoryBus
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from services import topology

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = "0123456789abcdef0123456789abcdef"
ORIGIN = "http://chat.example"
PAGE = "http://page.example"

DIRECTORY = TenantDirectory(
    tenant="sarpsborg",
    version=1,
    name="Sarpsborg (demo)",
    kommunenummer="3105",
    title={"nb": "Prek med oss"},
    first_line="servicetorget",
    origins=("https://www.sarpsborg.example",),
    departments=(Department(id="servicetorget", name={"nb": "Servicetorget"}),),
    topics=(
        Topic(id="barnehage", department="servicetorget", name={"nb": "Barnehage"}),
        Topic(
            id="vann",
            department="servicetorget",
            name={"nb": "Vann og avløp"},
            words=("springen", "brunt vann"),
        ),
    ),
    danger_words=("rasfare ved huset",),
)


@dataclass
class Conversation:
    id: UUID
    tenant: str
    citizen: str
    events: list[Event] = field(default_factory=list)
    version: int = 0
    state: str = "waiting"
    owner: str | None = None
    asked: AskWritten | None = None

    def summary(self) -> Summary:
        return Summary(
            conversation=self.id,
            version=self.version,
            state=self.state,
            topic=None,
            department="servicetorget",
            language="nb",
            owner=self.owner,
            opened_at=NOW,
            entered_at=NOW,
            last_seq={"dialogue": len(self.events)},
            due_at=DUE if self.asked else None,
            receipt=RECEIPT if self.asked else None,
            answer_by=self.asked.answer_by if self.asked else None,
        )


STEP_S = 5.0
"""So long a step of the end may take; none of them should."""


class FakeLedger:
    """Numbers what comes, says it again when it is repeated, and answers questions."""

    def __init__(self, broker: MemoryBroker) -> None:
        self.bus = MemoryBus(broker, source="ledger", instance="ledger-1")
        self.conversations: dict[UUID, Conversation] = {}
        self.commands: list[Envelope] = []
        self.queries: list[Envelope] = []
        self.raw: list[bytes] = []
        self.refuse_with: str | None = None
        self.directory = DIRECTORY
        self.arrived = asyncio.Condition()
        self._tasks = Tasks()
        queues = (*topology.COMMANDS, *topology.QUERIES)
        self.bus.consume(Subscription(queues, 1_000, self._deliver))

    def _deliver(self, delivery: Delivery) -> None:
        self._tasks.spawn("handle", self._handle(delivery))

    async def _handle(self, delivery: Delivery) -> None:
        self.raw.append(delivery.body)
        envelope = decode(delivery.body, delivery.vouched)
        if isinstance(envelope.body, ReadRange | ReadDirectory | ReadReceipt):
            self.queries.append(envelope)
            await self._answer(envelope)
        else:
            self.commands.append(envelope)
            await self._obey(envelope)
        await delivery.ack()
        async with self.arrived:
            self.arrived.notify_all()

    async def _answer(self, asked: Envelope) -> None:
        query = asked.body
        if isinstance(query, ReadDirectory):
            await self._reply(asked, DirectoryRead(directories=(self.directory,)))
            return
        if isinstance(query, ReadReceipt):
            await self._reply(asked, self._receipt(asked.tenant, query.receipt) or _none(asked))
            return
        found = self.conversations.get(query.conversation)
        if found is None or (found.citizen, found.tenant) != (asked.sender, asked.tenant):
            await self._reply(asked, _none(asked))
            return
        events = [e for e in found.events if e.seq > query.after]
        read = RangeRead(
            conversation=found.id,
            stream="dialogue",
            events=tuple(events[:500]),
            last_seq=len(found.events),
            more=len(events) > 500,
            summary=found.summary(),
        )
        await self._reply(asked, read)

    def _receipt(self, tenant: str, receipt: str) -> ReceiptRead | None:
        for known in self.conversations.values():
            if known.asked and (known.tenant, RECEIPT) == (tenant, receipt):
                return ReceiptRead(conversation=known.id, citizen=known.citizen)
        return None

    async def change_directory(self, **changes: Any) -> None:
        version = self.directory.version + 1
        self.directory = self.directory.evolve(version=version, **changes)
        body = DirectoryChanged(directory=self.directory)
        topic = topology.directory_topic()
        await self.bus.push(Push("gateway", topic, self._wrap(self.directory.tenant, body)))

    async def _obey(self, asked: Envelope) -> None:
        body = asked.body
        known = self.conversations.get(body.conversation)
        if self.refuse_with or (known and known.citizen != asked.sender):
            code = self.refuse_with or "not_found"
            await self._reply(asked, Refused(about=asked.id, code=code))
            return
        if known and (again := [e for e in known.events if e.id == asked.id]):
            await self.push_event(known, again[0])
            await self._reply(asked, CommandDone(about=asked.id))
            return
        match body:
            case OpenConversation():
                known = Conversation(body.conversation, asked.tenant, asked.sender)
                self.conversations[known.id] = known
                what = Opened(topic=body.topic, department="servicetorget", language="nb")
            case PostMessage():
                what = Messaged(text=body.text, masked=body.masked)
            case AskWritten():
                known.asked, known.state = body, "written"
                what = MadeWritten(
                    due_at=DUE, receipt=RECEIPT, answer_by=body.answer_by, reason="citizen_asked"
                )
            case Leave():
                what = Closed(reason=body.reason)
                known.state = "closed"
            case _:
                # Carried out, and nothing to be seen of it here.
                await self._reply(asked, CommandDone(about=asked.id))
                return
        await self.commit(known, what, id_=asked.id, sender=asked.sender)

    async def commit(
        self,
        conversation: Conversation,
        what: Any,
        *,
        id_: UUID | None = None,
        sender: str = "agent:kari",
        push: bool = True,
    ) -> Event:
        citizen = sender.startswith("citizen:")
        event = Event(
            conversation=conversation.id,
            stream="dialogue",
            seq=len(conversation.events) + 1,
            id=id_ or uuid4(),
            sender=sender,
            author=Author(kind="citizen") if citizen else AGENT,
            epoch=0,
            time=NOW,
            body=what,
        )
        conversation.events.append(event)
        conversation.version += 1
        if push:
            await self.push_event(conversation, event)
            await self.push_state(conversation)
        return event

    async def join(self, conversation: Conversation) -> None:
        conversation.owner, conversation.state = "kari", "active"
        await self.commit(conversation, Joined(owner=AGENT))

    async def push_event(self, conversation: Conversation, event: Event) -> None:
        await self.push(conversation, EventCommitted(event=event))

    async def push_state(self, conversation: Conversation) -> None:
        await self.push(conversation, SummaryChanged(summary=conversation.summary()))

    async def push(self, conversation: Conversation, body: Any) -> None:
        topic = topology.stream_topic(conversation.id, "dialogue")
        envelope = self._wrap(conversation.tenant, body)
        await self.bus.push(Push("gateway", topic, envelope))

    async def _reply(self, asked: Envelope, body: Any) -> None:
        envelope = self._wrap(asked.tenant, body).evolve(causation_id=asked.id)
        await self.bus.push(Push("gateway", asked.reply_to, envelope))

    def _wrap(self, tenant: str, body: Any) -> Envelope:
        return Envelope(
            id=uuid4(),
            source="ledger",
            tenant=tenant,
            time=NOW,
            sender="system:ledger",
            body=body,
        )

    async def wait_for(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.arrived:
            await self.arrived.wait_for(true)

    @property
    def only(self) -> Conversation:
        (conversation,) = self.conversations.values()
        return conversation


DUE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
RECEIPT = "SA-0123-4567"


def _none(asked: Envelope) -> Refused:
    return Refused(about=asked.id, code="not_found")


AGENT = Author(kind="agent", id="kari", name="Kari N.", department="servicetorget")


class Client:
    """A citizen's socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []

    async def say(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while True:
                frame = json.loads(await self.connection.recv())
                self.frames.append(frame)
                told = all(frame.get(name) == value for name, value in fields.items())
                if frame["type"] == kind and told:
                    return frame

    async def hello(self, secret: str = "s" * 43, **fields: Any) -> dict[str, Any]:
        await self.say("hello", **{"tenant": "sarpsborg", "secret": secret, **fields})
        return await self.until("welcome")

    async def open(self, conversation: UUID | None = None, **fields: Any) -> UUID:
        conversation = conversation or uuid4()
        action = str(uuid4())
        await self.say("open", id=action, conversation=str(conversation), **fields)
        await self.until("status")
        return conversation

    async def send(self, text: str) -> dict[str, Any]:
        action = str(uuid4())
        await self.say("send", id=action, text=text)
        while True:
            frame = await self.until("event")
            if frame["event"]["id"] == action:
                return frame["event"]

    async def close_code(self) -> int:
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(5):
                while True:  # a client that does not read sees no close either
                    await self.connection.recv()
        return self.connection.close_code


def _hello_in_writing(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"Hei\n")


@dataclass
class House:
    """Everything a test may want to look at."""

    broker: MemoryBroker
    ledger: FakeLedger
    bus: MemoryBus
    address: str
    stop: Callable[[], Any]
    transcript: list[httpx.Request]
    """What transcript-service was asked."""
    sockets: contextlib.AsyncExitStack
    archive: Callable[[httpx.Request], httpx.Response] = _hello_in_writing
    """And what it answers."""

    async def client(self, **options: Any) -> Client:
        options = {"subprotocols": ["prek.v1"], "origin": ORIGIN, "compression": None} | options
        url = self.address.replace("http", "ws") + "/ws/citizen"
        return Client(await self.sockets.enter_async_context(connect(url, **options)))


def settings(**changes: Any) -> GatewaySettings:
    values = {
        "amqp_url": "amqp://unused",
        "signing_key": KEY,
        "public_origin": ORIGIN,
        "page_origins": (PAGE,),
        "instance": "gateway-1",
        "transcript_url": "http://transcript.example",
    }
    return GatewaySettings(**(values | changes))


NAUGHTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE users; --",
    "\u202eabc\u202c\u2066",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👩‍👩‍👧‍👦🏳️‍⚧️ 🇳🇴",
    "\u0001\u001f\u007f\u0085\u2028\ufeff.",
    "﷽ ﷺ ಠ_ಠ",
    "${jndi:ldap://x.example/a} {{7*7}} %s%n",
    "NaN null undefined -1e309 0x0",
    "a" * 8_192,
    "! ~ = | # ? NAME: a|b",
)


@pytest.fixture(params=NAUGHTY, ids=range(len(NAUGHTY)))
def naughty(request):
    """A text that programs stumble on."""
    return request.param


@pytest.fixture
def changes():
    """Settings that a test module or class wants otherwise."""
    return {}


@pytest.fixture
async def house(changes) -> AsyncIterator[House]:
    broker = MemoryBroker()
    ledger = FakeLedger(broker)
    bus = MemoryBus(broker, source="gateway", instance="gateway-1")
    asked: list[httpx.Request] = []

    async def archive(request: httpx.Request) -> httpx.Response:
        await request.aread()
        asked.append(request)
        return opened.archive(request)

    client = httpx.AsyncClient(transport=httpx.MockTransport(archive))
    # Nobody listens there: the chat must do without Redis.
    redis = connect_redis("redis://127.0.0.1:1/0")
    service = assemble(settings(**changes), bus=bus, redis=redis, client=client, store=client)
    await ledger.bus.start()
    for step in service.start:
        await step()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(service.app, log_config=None, lifespan="off", ws_max_size=128 * 1024)
    server = uvicorn.Server(config)
    serving = asyncio.get_running_loop().create_task(server._serve([listener]))
    stopped = False

    async def stop() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            service.leaving.set()
            for step in service.stop:
                # As `lifecycle` has it: what does not end in time keeps nothing else from ending.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(step(), STEP_S)

    async with contextlib.AsyncExitStack() as sockets:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        opened = House(broker, ledger, bus, address, stop, asked, sockets)
        yield opened
        await stop()
    server.should_exit = True
    await asyncio.wait({serving}, timeout=STEP_S)
    serving.cancel()
    listener.close()
    await ledger.bus.stop()
