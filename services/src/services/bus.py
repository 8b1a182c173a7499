"""The bus on RabbitMQ: send (confirmed), push (may be lost), ask, subscribe, and feed inboxes.

Plain connections under a supervisor of our own (docs/adr/0001): a reconnect is the same code path
as a start. Two connections, because a broker under a memory alarm stops reading publishers, and
acknowledgements must not queue up behind them.
"""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, cast
from uuid import UUID

import aio_pika
import structlog
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aiormq import Channel
from aiormq.exceptions import AMQPError, PublishError
from pydantic import ValidationError

from services import topology
from services.contracts import Answer, Envelope, Query, Refused, Source
from services.errors import ContractViolation, NotVouched, Permanent, Transient
from services.metrics import BUS_DROPPED, BUS_RECONNECTS
from services.tasks import Tasks

log = structlog.get_logger()

PUBLISH_TIMEOUT_S = 5.0
"""A publish not confirmed by then is `Transient`: the broker is away or blocks publishers."""
MAX_IN_FLIGHT = 256
"""Unconfirmed publishes of one process; more wait, for back-pressure instead of memory."""
HEARTBEAT_S = 8
"""AMQP heartbeat; a silent peer is noticed after about three of them."""
_BACK_OFF_S = (0.2, 2.0)
_CONNECT_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Push:
    """A transient message to the instances that subscribe to a topic. Not confirmed."""

    target: str
    """`gateway`, `agent` or `router`."""
    topic: str
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Send:
    """A command, query or domain event: published with a confirm before its cause is settled."""

    envelope: Envelope


Outgoing = Push | Send
OnPush = Callable[[str, Envelope], None]
"""Receives (topic, envelope) of each push. Must not block: it runs on the receiving path."""


class Delivery(Protocol):
    """A message from an inbox, not yet settled."""

    @property
    def body(self) -> bytes:
        """The bytes."""

    @property
    def vouched(self) -> str:
        """The broker user that published it."""

    @property
    def stale(self) -> bool:
        """Whether its connection is gone: it comes again, so it need not be handled."""

    async def ack(self) -> None:
        """Settle it. Lost silently when the connection is gone: it comes again."""


class Bus(Protocol):
    """What services know of the bus; on RabbitMQ, or in memory for tests of handlers."""

    instance: str

    async def send(self, envelope: Envelope) -> None:
        """Publish a command, query or domain event and wait for the confirm.

        Raises:
            Transient: not confirmed in time; send it again under the same id.
        """

    async def push(self, push: Push) -> None:
        """Publish a transient message; a failure is silent, for it is healed by reading."""

    async def ask(self, query: Envelope, *, timeout_s: float = 5) -> Answer:
        """Send a query and return its answer (which may be `Refused`).

        Raises:
            Transient: no answer in time.
        """

    async def subscribe(self, topic: str) -> None:
        """Get pushes of a topic from now on, over reconnects too."""

    async def unsubscribe(self, topic: str) -> None:
        """Stop getting pushes of a topic."""

    async def bury(self, body: bytes, reason: str) -> None:
        """Publish a dead letter and wait for the confirm."""


def decode(body: bytes, vouched: str) -> Envelope:
    """Parse a message and check that its broker user may say it.

    Raises:
        ContractViolation: it is no message of ours.
        NotVouched: said by one who may not.
    """
    try:
        envelope = Envelope.read(body)
    except ValidationError as error:
        # The error's text would quote the input, which may be a citizen's words.
        where = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        raise ContractViolation(where) from None
    if envelope.source != vouched or vouched not in topology.SAYS[envelope.body.type]:
        raise NotVouched(envelope.body.type)
    return envelope


class _RabbitDelivery:
    def __init__(self, message: AbstractIncomingMessage) -> None:
        self._message = message

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def vouched(self) -> str:
        return self._message.user_id or ""

    @property
    def stale(self) -> bool:
        return self._message.channel.is_closed

    async def ack(self) -> None:
        with contextlib.suppress(AMQPError, RuntimeError, OSError):
            await self._message.ack()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Queues an inbox reads, and where its deliveries go."""

    queues: Sequence[str]
    prefetch: int
    deliver: Callable[[Delivery], None]


class RabbitBus:
    """The bus on one broker. `start`, then use; it connects by itself and keeps on trying.

    Until it is connected, `send` raises `Transient` at once and `push` is dropped.
    """

    def __init__(self, url: str, *, source: Source, instance: str) -> None:
        """Prepare; nothing is connected yet. `url` names the service's own broker user."""
        self.instance = instance
        self._url = url
        self._source = source
        self._topics: set[str] = set()
        self._listeners: list[OnPush] = []
        self._inboxes: list[Subscription] = []
        self._reconnected: list[Callable[[], Awaitable[None]]] = []
        self._waiting: dict[UUID, asyncio.Future[Answer]] = {}
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._tasks = Tasks()
        self._connected = asyncio.Event()
        self._stopping = asyncio.Event()
        self._lost = asyncio.Event()
        self._generation = 0
        self._confirmed: dict[str, AbstractExchange] = {}
        self._transient: dict[str, AbstractExchange] = {}
        self._own_queue: AbstractQueue | None = None
        self._consumers: list[tuple[AbstractQueue, str]] = []

    # What the service sets up before `start`

    def on_push(self, listener: OnPush) -> None:
        """Call `listener` with each push."""
        self._listeners.append(listener)

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Await `callback` after each connect, once every topic is bound: read again there."""
        self._reconnected.append(callback)

    def consume(self, subscription: Subscription) -> None:
        """Feed an inbox from durable queues."""
        self._inboxes.append(subscription)

    # Life

    async def start(self) -> None:
        """Begin to connect, in the background."""
        self._tasks.spawn("bus", self._supervise())

    async def cancel_consumers(self) -> None:
        """Take no more deliveries; what was taken can still be settled. First step of a stop."""
        self._stopping.set()
        for queue, tag in self._consumers:
            with contextlib.suppress(AMQPError, RuntimeError, OSError, TimeoutError):
                await queue.cancel(tag, timeout=2)

    async def stop(self) -> None:
        """Close both connections. Call `cancel_consumers` and drain the inboxes before."""
        self._stopping.set()
        self._lost.set()
        await self._tasks.cancel()

    def missing(self) -> str | None:
        """Return None when connected with every consumer registered, else what is missing."""
        return None if self._connected.is_set() else "broker"

    async def wait_connected(self) -> None:
        """Wait until connected."""
        await self._connected.wait()

    async def _supervise(self) -> None:
        delay = _BACK_OFF_S[0]
        announced = False
        while not self._stopping.is_set():
            connections: list[AbstractConnection] = []
            try:
                async with asyncio.timeout(_CONNECT_TIMEOUT_S * 4):
                    await self._connect(connections)
                log.info("broker_connected", generation=self._generation)
                announced, delay = False, _BACK_OFF_S[0]
                await self._watch()
            except (AMQPError, OSError, RuntimeError, TimeoutError) as error:
                if not announced:
                    log.warning("broker_unavailable", error=type(error).__name__)
                    announced = True
            finally:
                was_connected = self._connected.is_set()
                self._connected.clear()
                self._confirmed, self._transient = {}, {}
                for connection in connections:
                    with contextlib.suppress(Exception):
                        await asyncio.wait_for(connection.close(), 2)
            if was_connected and not self._stopping.is_set():
                log.warning("broker_lost")
                announced = True
                BUS_RECONNECTS.inc()
            await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - spreads reconnects
            delay = min(delay * 2, _BACK_OFF_S[1])

    async def _connect(self, connections: list[AbstractConnection]) -> None:
        self._lost = asyncio.Event()
        self._generation += 1
        publisher = await self._open(connections)
        consumer = await self._open(connections)
        confirmed = await publisher.channel(publisher_confirms=True, on_return_raises=True)
        transient = await publisher.channel(publisher_confirms=False)
        receiver = await consumer.channel(publisher_confirms=False)
        names = [name for name in topology.EXCHANGES if not name.startswith("push.")]
        self._confirmed = {name: await confirmed.get_exchange(name, ensure=False) for name in names}
        self._transient = {
            name: await transient.get_exchange(name, ensure=False) for name in topology.EXCHANGES
        }
        self._consumers = []
        if self._source != "ledger":
            await self._open_own_queue(receiver)
        for inbox in self._inboxes:
            await self._open_inbox(consumer, inbox)
        self._connected.set()
        for callback in self._reconnected:
            self._tasks.spawn("on_reconnect", _awaiting(callback))

    async def _open(self, connections: list[AbstractConnection]) -> AbstractConnection:
        connection = await aio_pika.connect(
            self._url, timeout=_CONNECT_TIMEOUT_S, heartbeat=HEARTBEAT_S
        )
        connections.append(connection)
        connection.close_callbacks.add(lambda *_: self._lost.set())
        return connection

    async def _open_own_queue(self, channel: AbstractChannel) -> None:
        name = topology.instance_queue(self._source, self.instance, self._generation)
        self._own_queue = await channel.declare_queue(
            name,
            exclusive=True,
            auto_delete=True,
            arguments={"x-max-length": topology.INSTANCE_QUEUE_LENGTH},
        )
        for topic in [self.instance, *self._topics]:
            await self._own_queue.bind(f"push.{self._source}", topic)
        tag = await self._own_queue.consume(self._receive_push, no_ack=True)
        self._watch_channel(channel, self._own_queue, tag)

    async def _open_inbox(self, connection: AbstractConnection, inbox: Subscription) -> None:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=inbox.prefetch)

        async def receive(message: AbstractIncomingMessage) -> None:
            inbox.deliver(_RabbitDelivery(message))

        for name in inbox.queues:
            queue = await channel.get_queue(name, ensure=False)
            tag = await queue.consume(receive)
            self._watch_channel(channel, queue, tag)

    def _watch_channel(self, channel: AbstractChannel, queue: AbstractQueue, tag: str) -> None:
        channel.close_callbacks.add(lambda *_: self._lost.set())
        self._consumers.append((queue, tag))

    async def _watch(self) -> None:
        """Return when a connection or channel closed, or a consumer was cancelled by the broker."""
        while not self._lost.is_set() and not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), 1)
            for queue, tag in self._consumers:
                underlay = cast("Channel", await queue.channel.get_underlay_channel())
                if tag not in underlay.consumers and not self._stopping.is_set():
                    log.warning("consumer_lost", queue=queue.name)
                    return
        if not self._lost.is_set():
            await self._lost.wait()

    # Publishing

    async def send(self, envelope: Envelope) -> None:
        """See `Bus.send`."""
        where = topology.route(envelope)
        await self._publish(
            where.exchange, where.routing_key, envelope.model_dump_json().encode(), {}
        )

    async def bury(self, body: bytes, reason: str) -> None:
        """See `Bus.bury`."""
        await self._publish("dead", "", body, {"x-reason": reason, "x-from": self._source})

    async def _publish(self, exchange: str, key: str, body: bytes, headers: dict[str, str]) -> None:
        target = self._confirmed.get(exchange)
        if target is None:
            raise Transient("broker")
        message = aio_pika.Message(
            body,
            headers=dict(headers),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            user_id=self._source,
            content_type="application/json",
        )
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._slots:
                await target.publish(message, key, mandatory=True)
        except PublishError as error:
            log.error("message_returned", exchange=exchange)  # noqa: TRY400 - no trace of a body
            raise Permanent("no queue for this message") from error
        except (AMQPError, OSError, RuntimeError, TimeoutError) as error:
            raise Transient("broker") from error
        except asyncio.CancelledError as error:
            # aiormq cancels what waits on a channel that closes; our own cancellation goes on.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise Transient("broker") from error

    async def push(self, push: Push) -> None:
        """See `Bus.push`."""
        target = self._transient.get(f"push.{push.target}")
        if target is None:
            return
        message = aio_pika.Message(
            push.envelope.model_dump_json().encode(),
            user_id=self._source,
            content_type="application/json",
        )
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await target.publish(message, push.topic, mandatory=False)

    async def ask(self, query: Envelope, *, timeout_s: float = 5) -> Answer:
        """See `Bus.ask`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[query.id] = future
        try:
            async with asyncio.timeout(timeout_s):
                await self.send(query.evolve(reply_to=self.instance))
                return await future
        except TimeoutError as error:
            raise Transient("no answer") from error
        finally:
            self._waiting.pop(query.id, None)

    # Receiving pushes

    async def subscribe(self, topic: str) -> None:
        """See `Bus.subscribe`."""
        self._topics.add(topic)
        await self._change_binding(topic, bind=True)

    async def unsubscribe(self, topic: str) -> None:
        """See `Bus.unsubscribe`."""
        self._topics.discard(topic)
        await self._change_binding(topic, bind=False)

    async def _change_binding(self, topic: str, *, bind: bool) -> None:
        queue = self._own_queue
        if queue is None or not self._connected.is_set():
            return  # bound with the others at the next connect
        exchange = f"push.{self._source}"
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            if bind:
                await queue.bind(exchange, topic, timeout=PUBLISH_TIMEOUT_S)
            else:
                await queue.unbind(exchange, topic, timeout=PUBLISH_TIMEOUT_S)

    async def _receive_push(self, message: AbstractIncomingMessage) -> None:
        try:
            envelope = decode(message.body, message.user_id or "")
        except Permanent as error:
            BUS_DROPPED.labels(type(error).__name__).inc()
            return
        waiting = self._waiting.get(_about(envelope))
        if waiting is not None and not waiting.done():
            waiting.set_result(cast("Answer", envelope.body))
            return
        for listener in self._listeners:
            listener(message.routing_key or "", envelope)


def _about(envelope: Envelope) -> UUID:
    body = envelope.body
    return body.about if isinstance(body, Refused) else envelope.causation_id or envelope.id


async def _awaiting(callback: Callable[[], Awaitable[None]]) -> None:
    await callback()


__all__ = [
    "Answer",
    "Bus",
    "Delivery",
    "OnPush",
    "Outgoing",
    "Push",
    "Query",
    "RabbitBus",
    "Send",
    "Subscription",
    "decode",
]
