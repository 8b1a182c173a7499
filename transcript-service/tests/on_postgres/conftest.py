"""Replicas of the ledger on one real database, driven by commands; a municipality per test."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from services.bus import Push
from services.contracts import (
    AcceptOffer,
    AnswerReady,
    Body,
    CommandDone,
    Envelope,
    Event,
    EventCommitted,
    MakeOffer,
    OpenConversation,
    PostFile,
    PostMessage,
    PostNote,
    Refused,
    StoredFile,
    Summary,
    SummaryChanged,
)
from services.errors import Transient
from transcript_service.core.books import conversation_of
from transcript_service.files.store import FolderStore, Place
from transcript_service.files.table import FileTable
from transcript_service.handlers import Commands
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads
from transcript_service.seals.erasing import erase_words, remove_conversation
from transcript_service.seals.key import SealKey
from transcript_service.store import Store
from transcript_service.verify import verify

CITIZEN = "citizen:c1"


class Told:
    """What a command led to, read from what was said of it."""

    def __init__(self, result: Any) -> None:
        assert not isinstance(result, Exception), result
        bodies = [message.envelope.body for message in result]
        to_agents = [m.envelope.body for m in result if isinstance(m, Push) and m.target == "agent"]
        self.events: list[Event] = [b.event for b in to_agents if isinstance(b, EventCommitted)]
        self.code = next((b.code for b in bodies if isinstance(b, Refused)), None)
        self.ready = next((b for b in bodies if isinstance(b, AnswerReady)), None)
        self.done = any(isinstance(b, CommandDone) for b in bodies)
        summaries = [b.summary for b in to_agents if isinstance(b, SummaryChanged)]
        self.summary: Summary | None = summaries[0] if summaries else None


class Replica:
    """One replica's store, handlers and reads, and short ways to a state."""

    def __init__(self, url: str, make: Any) -> None:
        self.make = make
        self.database = ledger_database(url, size=4)
        self.store = Store(self.database)
        self.commands = Commands(self.store, lambda: make.now)
        self.reads = Reads(self.database)

    async def carry_out(self, *batch: Envelope) -> list[Told]:
        waiting = [envelope.evolve(reply_to=envelope.reply_to or "test") for envelope in batch]
        told: dict[int, Told] = {}
        while missing := [n for n in range(len(waiting)) if n not in told]:
            results = await self.commands([waiting[n] for n in missing])
            for n, result in zip(missing, results, strict=True):
                if not isinstance(result, Transient):  # the shell tries it again, and so do we
                    told[n] = Told(result)
        return [told[n] for n in range(len(waiting))]

    async def say(self, sender: str, body: Body, **fields: Any) -> Told:
        (told,) = await self.carry_out(self.make.envelope(sender, body, **fields))
        return told

    async def open(self, n: int = 1, **fields: Any) -> UUID:
        conversation = self.make.id(n)
        await self.say(CITIZEN, OpenConversation(conversation=conversation, **fields))
        return conversation

    async def join(self, conversation: UUID, agent: str = "kari", epoch: int = 0) -> None:
        offering = MakeOffer(conversation=conversation, agent=agent, epoch=epoch)
        offer = self.make.envelope("router:0", offering)
        await self.carry_out(offer)
        accepting = AcceptOffer(conversation=conversation, offer=offer.id)
        assert (await self.say(f"agent:{agent}", accepting)).code is None

    async def load(self, agent: str) -> int:
        line = await self.reads.line(self.make.tenant)
        return next(load.load for load in line.loads if load.agent == agent)

    async def state(self, envelope: Envelope) -> Summary | None:
        """Return the conversation a command names as it is stored."""
        books = await self.store.load([envelope])
        found = books.conversations.get((self.make.tenant, conversation_of(envelope)))
        return found.summary if found else None


@pytest.fixture
async def replicas(app_url: str, tenant: Any) -> AsyncIterator[list[Replica]]:
    """Two, with the municipality's set-up published."""
    replicas = [Replica(app_url, tenant) for _ in range(2)]
    await replicas[0].carry_out(tenant.publish(tenant.directory()))
    yield replicas
    for replica in replicas:
        await replica.database.stop()


@pytest.fixture
def replica_at(tenant: Any) -> Callable[[str], Replica]:
    """Return what makes a replica on another database."""
    return lambda url: Replica(url, tenant)


@pytest.fixture
def replica(replicas: list[Replica]) -> Replica:
    return replicas[0]


@pytest.fixture
async def admin(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection with all rights."""
    connection = await asyncpg.connect(admin_url)
    yield connection
    await connection.close()


@pytest.fixture
async def talked(replica: Replica) -> UUID:
    """A conversation with both streams: dialogue 1-3, desk 1-2."""
    c = await replica.open()
    await replica.join(c, "kari")
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hei"))
    await replica.say("agent:kari", PostNote(conversation=c, text="Husk"))
    return c


@pytest.fixture
def tamper(admin: asyncpg.Connection, tenant: Any) -> Callable[..., Awaitable[None]]:
    """Do to the rows what nobody may: without triggers and foreign keys."""

    async def change(sql: str, *values: Any, table: str = "", change: str = "") -> None:
        for name, part in (
            ("here", f"tenant = '{tenant.tenant}'"),
            ("table", table),
            ("set", change),
        ):
            sql = sql.replace(f":{name}", part)
        async with admin.transaction():
            await admin.execute("SET LOCAL session_replication_role = replica")
            done = await admin.execute(sql, *values)
            assert done.split()[-1] != "0"

    return change


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """Where the bytes of this test's files lie."""
    return FolderStore(tmp_path / "files")


@pytest.fixture
def attach(replica: Replica, store: FolderStore, tmp_path: Path) -> Callable[..., Awaitable[Place]]:
    """Let a citizen show a file in a conversation. Return where its bytes lie."""

    async def attach(conversation: UUID, content: bytes = b"Hei") -> Place:
        place = Place(replica.make.tenant, conversation, uuid4(), uuid4())
        file = StoredFile(
            file=str(place.file),
            name="Kari.txt",
            media_type="text/plain",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            scan="clean",
        )
        given = tmp_path / "given"
        given.write_bytes(content)
        await store.put(place, given)
        await FileTable(replica.database).keep(place, CITIZEN, file)
        told = await replica.say(CITIZEN, PostFile(conversation=conversation, file=place.file))
        assert told.code is None
        return place

    return attach


@pytest.fixture
async def keeper(parts: Any) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the keeper's role."""
    connection = await asyncpg.connect(parts.settings("keeper")["PREK_DATABASE_URL"])
    yield connection
    await connection.close()


@pytest.fixture
def seal_key(parts: Any) -> SealKey:
    """The key that the keeper signs with."""
    return SealKey.read(parts.settings("keeper")["PREK_SEAL_KEY"])


WHY = {"reason": "asked", "basis": "gdpr-17", "by": "arve"}


@pytest.fixture
def erase(
    keeper: asyncpg.Connection, seal_key: SealKey, tenant: Any
) -> Callable[..., Awaitable[int]]:
    """Erase the words of a conversation."""

    async def erase(conversation: UUID, key: SealKey = seal_key) -> int:
        return await erase_words(keeper, key, tenant.tenant, conversation, **WHY)

    return erase


@pytest.fixture
def remove(
    keeper: asyncpg.Connection, seal_key: SealKey, tenant: Any
) -> Callable[..., Awaitable[bool]]:
    """Take a conversation out."""

    async def remove(conversation: UUID, key: SealKey = seal_key) -> bool:
        return await remove_conversation(keeper, key, tenant.tenant, conversation, **WHY)

    return remove


@pytest.fixture
def faults(app_url: str, tenant: Any) -> Callable[..., Awaitable[list[str]]]:
    """Return what is wrong with this test's municipality: others are tampered with on purpose."""

    async def find(conversation: UUID | None = None) -> list[str]:
        prefix = f"{tenant.tenant} "
        found = await verify(app_url, conversation)
        return [line.removeprefix(prefix) for line in found if line.startswith(prefix)]

    return find
