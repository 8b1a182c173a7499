"""The floor: one confirmed hop, one commit, one transient hop, each measured alone.

A message cannot be quicker than their sum: citizen to broker's queue, commit, push to the reader.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aio_pika
import asyncpg
from native.system import WholeSystem

ROUNDS, WARM_UP = 400, 50
BODY = b"x" * 300


@dataclass(frozen=True, slots=True)
class Floor:
    """Medians in milliseconds."""

    queue_ms: float
    """Publish with a confirm to a quorum queue, until it is delivered."""
    commit_ms: float
    """One row inserted and committed."""
    push_ms: float
    """Publish without a confirm to an exclusive queue, until it is delivered."""

    @property
    def sum_ms(self) -> float:
        """Return the three together."""
        return self.queue_ms + self.commit_ms + self.push_ms


async def median_ms(once: Callable[[], Awaitable[None]]) -> float:
    """Return the median of many rounds, after some to warm up."""
    took = []
    for n in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        await once()
        if n >= WARM_UP:
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


async def measure(system: WholeSystem) -> Floor:
    """Measure on a system's own broker and database while nothing else happens."""
    queue_ms, push_ms = await _hops(system.secret("admin", "amqp_url"))
    return Floor(queue_ms, await _commit(system.secret("admin", "database_url")), push_ms)


async def _hops(url: str) -> tuple[float, float]:
    publisher, consumer = await aio_pika.connect(url), await aio_pika.connect(url)
    try:
        return await _hop(publisher, consumer, durable=True), await _hop(
            publisher, consumer, durable=False
        )
    finally:
        await publisher.close()
        await consumer.close()


async def _hop(
    publisher: aio_pika.abc.AbstractConnection,
    consumer: aio_pika.abc.AbstractConnection,
    *,
    durable: bool,
) -> float:
    receiver = await consumer.channel()
    if durable:
        queue = await receiver.declare_queue(
            "bench", durable=True, arguments={"x-queue-type": "quorum"}
        )
    else:
        queue = await receiver.declare_queue("bench.own", exclusive=True, auto_delete=True)
    sender = await publisher.channel(publisher_confirms=durable)
    arrived = asyncio.Event()

    async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        if durable:
            await message.ack()
        arrived.set()

    await queue.consume(take, no_ack=not durable)
    mode = aio_pika.DeliveryMode.PERSISTENT if durable else aio_pika.DeliveryMode.NOT_PERSISTENT

    async def once() -> None:
        arrived.clear()
        await sender.default_exchange.publish(
            aio_pika.Message(BODY, delivery_mode=mode), queue.name
        )
        await arrived.wait()

    took = await median_ms(once)
    await queue.delete(if_unused=False, if_empty=False)
    return took


async def _commit(url: str) -> float:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE bench (id bigserial PRIMARY KEY, body text)")

        async def once() -> None:
            await connection.execute("INSERT INTO bench (body) VALUES ($1)", BODY.decode())

        return await median_ms(once)
    finally:
        await connection.execute("DROP TABLE IF EXISTS bench")
        await connection.close()
