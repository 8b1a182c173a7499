"""Replicas of the ledger on one real database, driven by commands; a municipality per test."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

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
    Refused,
    Summary,
    SummaryChanged,
)
from services.errors import Transient
from transcript_service.core.books import conversation_of
from transcript_service.handlers import Commands
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads
from transcript_service.store import Store

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
def replica(replicas: list[Replica]) -> Replica:
    return replicas[0]


@pytest.fixture
async def admin(admin_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection with all rights."""
    connection = await asyncpg.connect(admin_url)
    yield connection
    await connection.close()
