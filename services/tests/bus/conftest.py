"""Two buses behind one bench: the one in memory, and the one on a private RabbitMQ.

The bench does to a bus what the world does: loses its connections, fills its queues, speaks out of
turn. On RabbitMQ each bus has its own way to the broker, which the test can close.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Protocol
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from native.infrastructure import Infrastructure
from services.bus import Bus, Push, Subscription
from services.contracts import Envelope, Source
from services.rabbit import RabbitBus
from services.testing import MemoryBroker, MemoryBus
from yarl import URL

from services import topology

DEADLINE_S = 30.0

FEATURES: dict[str, dict[str, str]] = {
    "memory": {},
    "rabbitmq": {
        "programs": "programs other than our services can connect",
        "full queues": "a queue refuses when it is full",
        "closed channels": "the broker closes a channel on a request without a right",
        "deleted queues": "an administrator can delete a queue and declare it again",
        "slow connects": "connecting takes a while, in which other things happen",
        "dead brokers": "the broker can be killed, and has what it confirmed when it is back",
    },
}
"""What can happen on a bus besides what happens on all. `needs` asks for it, and such a test runs
only on the buses that have it; every other test runs on all."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of a bus every bus that has what the test needs."""
    if "bench" not in metafunc.fixturenames:
        return
    needed = {name for mark in metafunc.definition.iter_markers("needs") for name in mark.args}
    unknown = needed.difference(*FEATURES.values())
    assert not unknown, f"no bus has {unknown}"
    marks = {"memory": [], "rabbitmq": [pytest.mark.contract]}
    buses = [
        pytest.param(name, marks=marks[name])
        for name, features in FEATURES.items()
        if needed <= features.keys()
    ]
    metafunc.parametrize("bench", buses, indirect=True)


class Taken:
    """Deliveries or pushes in the order they came; the test waits for more of them."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._more = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, *items: Any) -> None:
        self.all.append(items[0] if len(items) == 1 else items)
        task = asyncio.get_running_loop().create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        async with self._more:
            self._more.notify_all()

    async def until(self, count: int) -> list[Any]:
        """Return what came, as soon as there are `count` of it."""
        async with asyncio.timeout(DEADLINE_S), self._more:
            await self._more.wait_for(lambda: len(self.all) >= count)
        return list(self.all)

    async def until_some(self, seen: Callable[[Any], bool]) -> Any:
        """Return the first that looks like this, as soon as it came."""
        async with asyncio.timeout(DEADLINE_S), self._more:
            await self._more.wait_for(lambda: any(map(seen, self.all)))
        return next(filter(seen, self.all))


class LiveBus(Bus, Protocol):
    """A bus as its owner sees it."""

    def on_push(self, listener: Callable[[str, Envelope], None]) -> None: ...
    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None: ...
    def consume(self, subscription: Subscription) -> None: ...
    async def start(self) -> None: ...
    async def cancel_consumers(self) -> None: ...
    async def stop(self) -> None: ...
    def missing(self) -> str | None: ...
    async def wait_connected(self) -> None: ...


class Bench(Protocol):
    """What a test may do to a bus."""

    def bus(self, source: Source, instance: str | None = None) -> LiveBus: ...
    async def go_away(self) -> None: ...
    async def come_back(self) -> None: ...
    async def cut(self, bus: LiveBus) -> None: ...
    async def publish(self, exchange: str, key: str, body: bytes, user: Source) -> None: ...
    async def push_as(self, push: Push, user: Source) -> None: ...
    async def unbind(self, exchange: str, queue: str, key: str) -> None: ...
    async def waiting(self, queue: str) -> int: ...
    async def dead_letters(self) -> Sequence[tuple[bytes, str]]: ...
    async def close(self) -> None: ...


class MemoryBench:
    """The bus in memory."""

    def __init__(self) -> None:
        self.broker = MemoryBroker()
        self._buses: list[MemoryBus] = []

    def bus(self, source: Source, instance: str | None = None) -> MemoryBus:
        bus = MemoryBus(self.broker, source=source, instance=instance or uuid4().hex)
        self._buses.append(bus)
        return bus

    async def go_away(self) -> None:
        self.broker.stop()

    async def come_back(self) -> None:
        self.broker.start()

    async def cut(self, bus: MemoryBus) -> None:
        self.broker.disconnect(bus)

    async def publish(self, exchange: str, key: str, body: bytes, user: Source) -> None:
        self.broker.publish(exchange, key, body, user)

    async def push_as(self, push: Push, user: Source) -> None:
        self.broker.fan_out(push, user)

    async def unbind(self, exchange: str, queue: str, key: str) -> None:
        self.broker.bindings.discard((exchange, queue, key))

    async def waiting(self, queue: str) -> int:
        return len(self.broker.queues[queue].ready)

    async def dead_letters(self) -> Sequence[tuple[bytes, str]]:
        return self.broker.dead_letters

    async def close(self) -> None:
        for bus in self._buses:
            await bus.stop()


class Way:
    """A way to the broker that can be closed: nothing gets through, nobody is let in."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open = True
        self._server: asyncio.Server | None = None
        self._passing: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def shut(self) -> None:
        self._open = False
        await self.cut()

    def reopen(self) -> None:
        self._open = True

    async def cut(self) -> None:
        passing = list(self._passing)
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    async def stop(self) -> None:
        await self.shut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._passing.add(task)
        try:
            if self._open:
                await self._carry(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # cut: the transports below are closed without a farewell
        finally:
            writer.transport.abort()
            self._passing.discard(task)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        copying = [
            asyncio.ensure_future(_copy(reader, back)),
            asyncio.ensure_future(_copy(there, writer)),
        ]
        try:
            await asyncio.wait(copying, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in copying:
                task.cancel()
            await asyncio.gather(*copying, return_exceptions=True)
            back.transport.abort()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()


class RabbitBench:
    """The bus on the private broker, emptied before each test."""

    def __init__(self, parts: Infrastructure) -> None:
        self.parts = parts
        self._ways: dict[str, Way] = {}
        self._buses: list[RabbitBus] = []
        self._stack = contextlib.AsyncExitStack()
        self._open = True
        self.admin: AbstractChannel

    async def start(self) -> None:
        self.admin = await self.channel("admin")
        for queue in topology.queues():
            await (await self.admin.get_queue(queue, ensure=False)).purge()

    def url(self, user: str, port: int | None = None) -> str:
        """Return the broker's address for one of its users."""
        url = URL(self.parts.admin_settings()["PREK_AMQP_URL"])
        url = url.with_user(user).with_password(self.parts.passwords.broker(user))
        return str(url.with_port(port) if port else url)

    async def channel(self, user: str) -> AbstractChannel:
        """Open a channel of one's own, past the bus."""
        connection = await aio_pika.connect(self.url(user))
        self._stack.push_async_callback(connection.close)
        return await connection.channel(on_return_raises=True)

    def bus(self, source: Source, instance: str | None = None) -> RabbitBus:
        bus = _BusOverAWay(self, source, instance or uuid4().hex)
        self._buses.append(bus)
        return bus

    async def way(self, name: str) -> int:
        way = self._ways[name] = Way(self.parts.ports["broker"])
        return await way.start()

    async def go_away(self) -> None:
        for way in self._ways.values():
            await way.shut()

    async def come_back(self) -> None:
        for way in self._ways.values():
            way.reopen()

    async def cut(self, bus: RabbitBus) -> None:
        await self._ways[bus.instance].cut()

    async def publish(self, exchange: str, key: str, body: bytes, user: Source) -> None:
        channel = await self.channel(user)
        target = await channel.get_exchange(exchange, ensure=False)
        await target.publish(aio_pika.Message(body, user_id=user), key)

    async def push_as(self, push: Push, user: Source) -> None:
        # The administrator may name any user, which stands for a broker that was set up wrongly.
        target = await self.admin.get_exchange(f"push.{push.target}", ensure=False)
        body = push.envelope.model_dump_json().encode()
        await target.publish(aio_pika.Message(body, user_id=user), push.topic)

    async def unbind(self, exchange: str, queue: str, key: str) -> None:
        target = await self.admin.get_queue(queue, ensure=False)
        await target.unbind(exchange, key)
        self._stack.push_async_callback(target.bind, exchange, key)

    async def waiting(self, queue: str) -> int:
        found = await self.admin.declare_queue(queue, passive=True)
        return int(found.declaration_result.message_count or 0)

    async def dead_letters(self) -> Sequence[tuple[bytes, str]]:
        queue = await self.admin.get_queue(topology.DEAD_LETTERS, ensure=False)
        found = []
        while (message := await queue.get(fail=False)) is not None:
            found.append((message.body, str(message.headers["x-reason"])))
            await message.ack()
        return found

    async def close(self) -> None:
        for bus in self._buses:
            await bus.stop()
        for way in self._ways.values():
            await way.stop()
        await self._stack.aclose()


class _BusOverAWay(RabbitBus):
    """A bus whose address is known only when its way is open."""

    def __init__(self, bench: RabbitBench, source: Source, instance: str) -> None:
        super().__init__("", source=source, instance=instance)
        self._bench = bench

    async def start(self) -> None:
        port = await self._bench.way(self.instance)
        self._url = self._bench.url(self._source, port)
        await super().start()


@pytest.fixture
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """The bench of the bus that the test's parameter names."""
    if request.param == "memory":
        memory = MemoryBench()
        yield memory
        await memory.close()
    else:
        rabbit = RabbitBench(request.getfixturevalue("broker"))
        await rabbit.start()
        yield rabbit
        await rabbit.close()


@pytest.fixture
def pushes() -> Taken:
    return Taken()


@pytest.fixture
def deliveries() -> Taken:
    return Taken()


async def _started(bus: LiveBus) -> LiveBus:
    await bus.start()
    await bus.wait_connected()
    return bus


@pytest.fixture
async def ledger(bench: Bench, deliveries: Taken) -> LiveBus:
    """A ledger's bus that takes commands and queries and settles nothing by itself."""
    bus = bench.bus("ledger")
    bus.consume(Subscription((*topology.COMMANDS, *topology.QUERIES), 100, deliveries.take))
    return await _started(bus)


@pytest.fixture
async def gateway(bench: Bench) -> LiveBus:
    return await _started(bench.bus("gateway"))


@pytest.fixture
async def agent(bench: Bench, pushes: Taken) -> LiveBus:
    """An agent-service's bus whose pushes are kept."""
    bus = bench.bus("agent")
    bus.on_push(pushes.take)
    return await _started(bus)
