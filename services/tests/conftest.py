"""Builders of messages, real parts on ports of their own, and ways to wait without sleeping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from native.infrastructure import Infrastructure
from redis.asyncio import Redis
from services.contracts import (
    Body,
    Department,
    Envelope,
    LineChanged,
    PostMessage,
    RangeRead,
    ReadRange,
    Source,
    Summary,
    TenantDirectory,
    Typing,
)
from services.leases import connect_redis

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DEADLINE_S = 30.0
"""No test takes this long; a test that would is wrong or has found something."""

SENDERS: dict[Source, str] = {
    "gateway": "citizen:c1",
    "agent": "agent:kari",
    "router": "router:0",
    "ledger": "system:ledger",
}


class Make:
    """Builds messages; every one has an id of its own."""

    now = NOW

    def samples(self, folder: str) -> list[Path]:
        """The kept examples of messages."""
        return sorted((Path(__file__).parent / "samples" / folder).glob("*.json"))

    def envelope(self, body: Body, *, source: Source = "gateway", **fields: Any) -> Envelope:
        return Envelope(
            id=fields.pop("id", None) or uuid4(),
            source=source,
            tenant="sarpsborg",
            time=fields.pop("time", NOW),
            sender=SENDERS[source],
            body=body,
            **fields,
        )

    def post(self, text: str = "Hei", *, conversation: UUID | None = None) -> Envelope:
        """A command, from a gateway to one of the ledger's queues."""
        return self.envelope(PostMessage(conversation=conversation or uuid4(), text=text))

    def hint(self, *, source: Source = "ledger") -> Envelope:
        """A domain event, to the router's queue."""
        return self.envelope(LineChanged(), source=source)

    def typing(self, *, source: Source = "gateway") -> Envelope:
        """A push, from a gateway to agents."""
        return self.envelope(Typing(conversation=uuid4(), author="citizen"), source=source)

    def question(self) -> Envelope:
        return self.envelope(ReadRange(conversation=uuid4()))

    def range(self, conversation: UUID) -> RangeRead:
        return RangeRead(
            conversation=conversation,
            stream="dialogue",
            events=(),
            last_seq=0,
            summary=self.summary(conversation),
        )

    def directory(self, **fields: Any) -> TenantDirectory:
        """A set-up of one department, unless `fields` say otherwise."""
        usual: dict[str, Any] = {
            "tenant": "sarpsborg",
            "version": 1,
            "name": "Sarpsborg kommune",
            "kommunenummer": "3105",
            "title": {"nb": "Prek med oss"},
            "first_line": "torget",
            "departments": (Department(id="torget", name={"nb": "Torget"}),),
        }
        return TenantDirectory(**usual | fields)

    def summary(self, conversation: UUID) -> Summary:
        return Summary(
            conversation=conversation,
            version=1,
            state="waiting",
            topic=None,
            department="torget",
            language="nb",
            opened_at=NOW,
            entered_at=NOW,
            last_seq={"dialogue": 0},
        )


async def _eventually(is_so: Callable[[], Any]) -> None:
    """Look until something is so, or fail when the deadline is over."""
    async with asyncio.timeout(DEADLINE_S):
        while not is_so():  # noqa: ASYNC110 - what is looked at sets no event
            await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], Any]], Awaitable[None]]:
    """Wait for what nobody announces."""
    return _eventually


@pytest.fixture
def make() -> Make:
    return Make()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infrastructure]:
    """Real parts, of which each test starts what it needs."""
    parts = Infrastructure(tmp_path_factory.mktemp("parts") / "run")
    yield parts
    parts.remove()


@pytest.fixture(scope="session")
def broker(parts: Infrastructure) -> Infrastructure:
    parts.rabbitmq.prepare()
    parts.start_part("broker")
    return parts


@pytest.fixture(scope="session")
def redis_server(parts: Infrastructure) -> Infrastructure:
    parts.redis.prepare()
    parts.start_part("redis")
    return parts


@pytest.fixture
async def redis(redis_server: Infrastructure) -> AsyncIterator[Redis]:
    """A client of the kit's own making, on an empty Redis."""
    client = connect_redis(redis_server.settings("router")["PREK_REDIS_URL"])
    await client.flushall()
    yield client
    await client.aclose()
