"""The desk on the bus in memory, with real sockets in front and a browser beside them."""

import asyncio
import contextlib
import hashlib
import json
import math
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from agent_service.app import assemble
from agent_service.guards import COOKIE
from agent_service.passwords import hash_password
from agent_service.settings import Settings
from agent_service.store import Changed, Lasting, Session
from services.contracts import TenantDirectory
from services.errors import Transient
from services.lifecycle import Service
from services.testing import MemoryBus
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

ORIGIN = "http://console.example"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
STEP_S = 5.0
"""So long a step of the end may take; none of them should."""
DEADLINE_S = 20.0
"""No test takes this long; a test that would is wrong or has found something."""


class FakeStore:
    """The desk's tables in memory."""

    password = "abcde-fghjk-mnpqr"
    _hash = hash_password(password)

    def __init__(self, directory: TenantDirectory) -> None:
        self.away = False
        self.books: list[tuple[str, int, str, Any]] = []
        """Who changed which version of a set-up to what."""
        self.tables: dict[str, TenantDirectory] = {directory.tenant: directory}
        self.accounts = {(directory.tenant, agent.id): self._hash for agent in directory.agents}
        self.now_s = 0.0
        """The database's clock, moved by hand."""
        self.sessions: dict[bytes, Session] = {}
        self.begin_and_end: dict[bytes, tuple[float, float]] = {}
        """When those began and end that somebody signed in; the others do not."""
        self.tickets: dict[str, Session] = {}

    def sit(self, agent: str) -> Session:
        """Let an agent be signed in."""
        session = Session("sarpsborg", agent, uuid4().bytes * 2)
        self.sessions[session.digest] = session
        return session

    def missing(self) -> str | None:
        return "database" if self.away else None

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def _reach(self) -> None:
        if self.away:
            raise Transient("database")

    async def directories(self, known: Mapping[str, int]) -> list[TenantDirectory]:
        self._reach()
        return [d for d in self.tables.values() if known.get(d.tenant, 0) < d.version]

    async def change_directory(self, tenant: str, by: str, what: Any, change: Any) -> Any:
        self._reach()
        directory = self.tables.get(tenant)
        changed = change(directory) if directory else None
        if changed is not None:
            self.tables[tenant] = directory = changed
            self.books.append((tenant, changed.version, by, what))
        return directory

    async def changes(self, tenant: str, before: int | None, limit: int) -> list[Changed]:
        self._reach()
        lines = [
            Changed(version, by, NOW, json.loads(json.dumps(what)))
            for whose, version, by, what in reversed(self.books)
            if whose == tenant and (before is None or version < before)
        ]
        return lines[:limit]

    async def password_hash(self, tenant: str, agent: str) -> str | None:
        self._reach()
        return self.accounts.get((tenant, agent))

    async def save_account(self, tenant: str, agent: str, password_hash: str) -> None:
        self._reach()
        self.accounts[tenant, agent] = password_hash

    async def open_session(self, tenant: str, agent: str, hours: float) -> tuple[str, Session]:
        self._reach()
        assert hours > 0
        secret = uuid4().hex
        session = Session(tenant, agent, hashlib.sha256(secret.encode()).digest())
        self.sessions[session.digest] = session
        self.begin_and_end[session.digest] = self.now_s, self.now_s + hours * 3600
        return secret, session

    def _lives(self, digest: bytes) -> bool:
        _, ends = self.begin_and_end.get(digest, (0.0, math.inf))
        return digest in self.sessions and self.now_s < ends

    async def session(self, secret: str) -> Session | None:
        self._reach()
        digest = hashlib.sha256(secret.encode()).digest()
        return self.sessions[digest] if self._lives(digest) else None

    async def lasting(self, session: Session, total_s: float | None) -> Lasting | None:
        self._reach()
        if not self._lives(session.digest):
            return None
        began, ends = self.begin_and_end[session.digest]
        return Lasting(ends - self.now_s, total_s is None or began + total_s > ends + 60)

    async def extend(self, session: Session, hours: float, total_s: float | None) -> Lasting | None:
        self._reach()
        if not self._lives(session.digest):
            return None
        began, ends = self.begin_and_end[session.digest]
        most = math.inf if total_s is None else began + total_s
        longer = max(ends, min(self.now_s + hours * 3600, most))
        self.begin_and_end[session.digest] = began, longer
        return await self.lasting(session, total_s)

    async def end_session(self, session: Session) -> None:
        self._reach()
        self.sessions.pop(session.digest, None)

    async def ended(self, sessions: Iterable[Session]) -> set[Session]:
        self._reach()
        return {session for session in sessions if not self._lives(session.digest)}

    async def make_ticket(self, session: Session) -> str:
        self._reach()
        ticket = uuid4().hex
        self.tickets[ticket] = session
        return ticket

    async def use_ticket(self, ticket: str) -> Session | None:
        self._reach()
        session = self.tickets.pop(ticket, None)
        return session if session and self._lives(session.digest) else None


class Client:
    """An agent's socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []

    async def say(self, kind: str, **fields: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **fields}, default=str))

    async def act(self, kind: str, **fields: Any) -> str:
        """Send an action under a new id, and return the id."""
        action = str(uuid4())
        await self.say(kind, id=action, **fields)
        return action

    async def next(self) -> dict[str, Any]:
        """Return the next frame."""
        async with asyncio.timeout(DEADLINE_S):
            self.frames.append(json.loads(await self.connection.recv()))
        return self.frames[-1]

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return the next frame that looks like this; what came before it is in `frames`."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                frame = await self.next()
                told = all(frame.get(name) == value for name, value in fields.items())
                if frame["type"] == kind and told:
                    return frame

    async def echo(self) -> None:
        """Return when the desk has read everything said so far, and we what it said before."""
        await self.say("heartbeat")
        await self.until("heartbeat")

    async def follow(self, conversation: object, after: int = 0, stream: str = "dialogue") -> Any:
        """Follow a stream and return the answer."""
        await self.say("follow", conversation=conversation, stream=stream, after=after)
        return await self.until("events", conversation=str(conversation), stream=stream)

    @property
    def texts(self) -> list[str]:
        """What the console shows of the streams it follows, in the order it was written."""
        found = []
        for frame in self.frames:
            if frame["type"] == "events":
                found += [event["body"]["text"] for event in frame["events"]]
            if frame["type"] == "event":
                found.append(frame["event"]["body"]["text"])
        return found

    async def shown(self, count: int) -> list[str]:
        """Return the texts as soon as so many are shown."""
        while len(self.texts) < count:
            await self.next()
        return self.texts

    async def close_code(self) -> int | None:
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(DEADLINE_S):
                while True:  # a client that does not read sees no close either
                    self.frames.append(json.loads(await self.connection.recv()))
        return self.connection.close_code


class Replica:
    """One agent-service with real sockets."""

    def __init__(self, service: Service, bus: MemoryBus) -> None:
        self.service = service
        self.bus = bus
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        config = uvicorn.Config(
            service.app, log_config=None, lifespan="off", ws_max_size=128 * 1024
        )
        self._server = uvicorn.Server(config)
        self._serving: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        for step in self.service.start:
            await step()
        # `serve` would take over the signals of the test run.
        self._serving = asyncio.get_running_loop().create_task(
            self._server._serve([self._listener])
        )

    async def stop(self) -> None:
        """Stop as on SIGTERM, in the told order."""
        if self._stopped:
            return
        self._stopped = True
        self.service.leaving.set()
        for step in self.service.stop:
            # As `lifecycle` has it: what does not end in time keeps nothing else from ending.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(step(), STEP_S)

    async def remove(self) -> None:
        await self.stop()
        self._server.should_exit = True
        assert self._serving is not None
        await asyncio.wait({self._serving}, timeout=STEP_S)
        self._serving.cancel()
        self._listener.close()


class House:
    """Everything a test may want to look at."""

    def __init__(
        self, changes: dict[str, Any], broker: Any, store: Any, leases: Any, alerts: Any
    ) -> None:
        self.changes = changes
        self.broker = broker
        self.store = store
        self.leases = leases
        self.alerts = alerts
        self.replicas: list[Replica] = []
        self.sockets = contextlib.AsyncExitStack()
        self.copies: list[httpx.Request] = []
        """What the transcript-service was asked."""
        self.asked: list[httpx.Request] = []
        """What the router was asked."""
        self.told: httpx.Response | None = httpx.Response(
            200, json={"outcome": "waiting", "reason": "nobody_free"}
        )
        """What it answers; None: it is away."""
        self.posted: list[httpx.Request] = []
        """What webhooks were given."""
        self.copy: httpx.Response | None = httpx.Response(
            200, content=b"Hei\n", headers={"content-type": "text/plain"}
        )
        """What it answers; None: it is away."""
        self.noted: httpx.Response | None = None
        """What it answers to a note for the audit; None: as to all else."""

    async def add_replica(self, *, renew_s: float = 3_600) -> Replica:
        bus = MemoryBus(self.broker, source="agent", instance=f"agent-{len(self.replicas) + 1}")

        async def elsewhere(request: httpx.Request) -> httpx.Response:
            match request.url.host:
                case "transcript.example":
                    await request.aread()
                    self.copies.append(request)
                    answer = (request.method == "POST" and self.noted) or self.copy
                    if answer is None:
                        raise httpx.ConnectError("away")
                    return answer
                case "router.example":
                    self.asked.append(request)
                    if self.told is None:
                        raise httpx.ConnectError("away")
                    return self.told
                case _:
                    self.posted.append(request)
                    return httpx.Response(204)

        service = assemble(
            settings(**self.changes),
            bus=bus,
            leases=self.leases,
            store=self.store,
            alerts=self.alerts,
            http=httpx.AsyncClient(transport=httpx.MockTransport(elsewhere)),
            files=httpx.AsyncClient(transport=httpx.MockTransport(elsewhere)),
            renew_s=renew_s,
        )
        replica = Replica(service, bus)
        self.replicas.append(replica)
        await replica.start()
        return replica

    async def socket(self, replica: int = 0, **options: Any) -> Client:
        """Open a socket and say nothing."""
        usual = {"subprotocols": ["prek.v1"], "origin": ORIGIN, "compression": None}
        # A client that has not read everything does not see the close: it need not wait for it.
        options = usual | {"close_timeout": 0.2} | options
        url = self.replicas[replica].address.replace("http", "ws") + "/ws/agent"
        return Client(await self.sockets.enter_async_context(connect(url, **options)))

    async def console(
        self, agent: str = "kari", replica: int = 0, session: Session | None = None
    ) -> Client:
        """Return a console that has been welcomed; its welcome is its only frame."""
        client = await self.socket(replica)
        session = session or self.store.sit(agent)
        await client.say("hello", ticket=await self.store.make_ticket(session))
        await client.until("welcome")
        return client

    def web(self, replica: int = 0, **headers: str) -> httpx.AsyncClient:
        """Return a browser."""
        return httpx.AsyncClient(
            base_url=self.replicas[replica].address,
            headers={"X-Prek": "1", "Origin": ORIGIN, **headers},
        )

    async def sign_in(self, web: httpx.AsyncClient, name: str = "kari") -> dict[str, str]:
        """Sign in and return the cookie as a header (browsers keep it for https alone)."""
        body = {"name": name, "password": self.store.password}
        answer = await web.post("/api/session", json=body)
        assert answer.status_code == 200
        return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}"}


def settings(**changes: Any) -> Settings:
    values = {
        "amqp_url": "amqp://unused",
        "database_url": "postgresql://unused",
        "signing_key": "0123456789abcdef0123456789abcdef",
        "public_origin": ORIGIN,
        "transcript_url": "http://transcript.example",
        "router_url": "http://router.example",
        "chat_origin": "http://chat.example",
        # What happens by itself every few seconds happens only where a test is about it.
        "watermark_s": 3_600,
        "session_check_s": 3_600,
        "directory_check_s": 0.05,
    }
    return Settings(**(values | changes))


@pytest.fixture
def changes():
    """Settings that a test module or class wants otherwise."""
    return {}


@pytest.fixture
def store(directory):
    return FakeStore(directory)


@pytest.fixture
async def house(changes, broker, ledger, store, leases, alerts) -> AsyncIterator[House]:
    house = House(changes, broker, store, leases, alerts)
    await house.add_replica()
    # The set-up is known to the replica before the first test's hello.
    await ledger.until(lambda: "sarpsborg" in ledger.published)
    async with house.sockets:
        yield house
        for replica in house.replicas:
            await replica.remove()
