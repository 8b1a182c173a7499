"""The bus in memory, for tests: same topology, rights and failures as `RabbitBus`, no broker.

One `MemoryBroker` per test, one `MemoryBus` per service replica. Messages cross it as bytes, so
contracts and vouching are exercised. Never the default of a running system.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services import topology
from services.bus import Delivery, OnPush, Push, Subscription
from services.contracts import Answer, Envelope, Source
from services.errors import Permanent, Transient
from services.pushes import Arrivals
from services.tasks import Tasks


@dataclass(eq=False, slots=True)
class _Message:
    body: bytes
    user: str
    reason: str = ""


@dataclass(eq=False, slots=True)
class _Consumer:
    queue: "_Queue"
    prefetch: int
    deliver: Callable[[Delivery], None]
    unacked: list[_Message] = field(default_factory=list)
    open: bool = True
    taking: bool = True

    def give(self, message: _Message) -> None:
        if self.open:
            self.deliver(_MemoryDelivery(self, message))

    def close(self) -> None:
        """Give back what was not settled, in its old place."""
        self.open = self.taking = False
        self.queue.consumers.remove(self)
        self.queue.ready.extendleft(reversed(self.unacked))
        self.unacked.clear()
        self.queue.pump()


@dataclass(eq=False, slots=True)
class _Queue:
    name: str
    ready: deque[_Message] = field(default_factory=deque)
    consumers: deque[_Consumer] = field(default_factory=deque)

    def pump(self) -> None:
        """Hand messages to the consumers in turn, as far as their prefetch allows."""
        while self.ready and (consumer := self._next()) is not None:
            message = self.ready.popleft()
            consumer.unacked.append(message)
            asyncio.get_running_loop().call_soon(consumer.give, message)

    def _next(self) -> _Consumer | None:
        for _ in range(len(self.consumers)):
            self.consumers.rotate(-1)
            candidate = self.consumers[-1]
            if candidate.taking and len(candidate.unacked) < candidate.prefetch:
                return candidate
        return None


class _MemoryDelivery:
    def __init__(self, consumer: _Consumer, message: _Message) -> None:
        self._consumer = consumer
        self._message = message

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def vouched(self) -> str:
        return self._message.user

    @property
    def queue(self) -> str:
        return self._consumer.queue.name

    @property
    def stale(self) -> bool:
        return not self._consumer.open

    async def ack(self) -> None:
        if self._consumer.open and self._message in self._consumer.unacked:
            self._consumer.unacked.remove(self._message)
            self._consumer.queue.pump()


class MemoryBroker:
    """What RabbitMQ is to `RabbitBus`: queues, bindings, rights. It can go away and come back."""

    def __init__(self) -> None:
        """Start running, with the durable queues of the topology, empty."""
        self.running = True
        self.drop_pushes = False
        """While true every push is lost on the way."""
        self.sent: list[Envelope] = []
        """Every confirmed message, for assertions."""
        self.pushed: list[Push] = []
        """Every push written, lost or not, for assertions."""
        self.queues = {name: _Queue(name) for name in topology.queues()}
        self.bindings = set(topology.bindings())
        self._buses: list[MemoryBus] = []

    @property
    def dead_letters(self) -> list[tuple[bytes, str]]:
        """Return the parked messages nobody took yet: (body, reason)."""
        return [(m.body, m.reason) for m in self.queues[topology.DEAD_LETTERS].ready]

    def stop(self) -> None:
        """Go away: every connection is lost; what is durable stays."""
        self.running = False
        for bus in self._buses:
            bus.lose_connection()

    def start(self) -> None:
        """Come back: every started bus connects again."""
        self.running = True
        for bus in self._buses:
            bus.connect()

    def disconnect(self, bus: "MemoryBus") -> None:
        """Cut one connection; the bus connects again at once."""
        bus.lose_connection()
        bus.connect()

    def attach(self, bus: "MemoryBus") -> None:
        """Know a bus from now on."""
        self._buses.append(bus)

    def detach(self, bus: "MemoryBus") -> None:
        """Forget a bus."""
        if bus in self._buses:
            self._buses.remove(bus)

    def publish(self, exchange: str, key: str, body: bytes, user: str, reason: str = "") -> bool:
        """Route to durable queues; return whether any took it."""
        taken = [q for e, q, k in self.bindings if e == exchange and _matches(exchange, k, key)]
        for name in taken:
            self.queues[name].ready.append(_Message(body, user, reason))
            self.queues[name].pump()
        return bool(taken)

    def fan_out(self, push: Push, user: str) -> None:
        """Route a push to the instances bound to its topic."""
        self.pushed.append(push)
        if self.drop_pushes:
            return
        body = push.envelope.model_dump_json().encode()
        for bus in self._buses:
            bus.offer(push.target, push.topic, body, user)


def _matches(exchange: str, pattern: str, key: str) -> bool:
    match topology.EXCHANGES[exchange]:
        case "fanout":
            return True
        case "topic":
            words = re.escape(pattern).replace(r"\.\#", r"(\..+)?").replace(r"\*", r"[^.]+")
            return re.fullmatch(words, key) is not None
        case _:
            return pattern == key


class MemoryBus:
    """`RabbitBus` without a broker; the same methods, the same errors."""

    def __init__(self, broker: MemoryBroker, *, source: Source, instance: str) -> None:
        """Prepare; nothing is connected before `start`."""
        self.instance = instance
        self._broker = broker
        self._source = source
        self._may_write = re.compile(topology.permissions(source)["write"])
        self._topics: set[str] = set()
        self._bound: set[str] = set()
        self._arrivals = Arrivals()
        self._inboxes: list[Subscription] = []
        self._reconnected: list[Callable[[], Awaitable[None]]] = []
        self._consumers: list[_Consumer] = []
        self._connected = asyncio.Event()
        self._stopping = False
        self._tasks = Tasks()

    # What the service sets up before `start`

    def on_push(self, listener: OnPush) -> None:
        """See `RabbitBus.on_push`."""
        self._arrivals.listen(listener)

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """See `RabbitBus.on_reconnect`."""
        self._reconnected.append(callback)

    def consume(self, subscription: Subscription) -> None:
        """See `RabbitBus.consume`."""
        self._inboxes.append(subscription)

    # Life

    async def start(self) -> None:
        """Connect when the broker runs, else as soon as it does."""
        self._broker.attach(self)
        self.connect()

    async def cancel_consumers(self) -> None:
        """Take no more deliveries; what was taken can still be settled."""
        self._stopping = True
        for consumer in self._consumers:
            consumer.taking = False

    async def stop(self) -> None:
        """Close the connection; what is unsettled goes back."""
        self._stopping = True
        self._broker.detach(self)
        self.lose_connection()
        await self._tasks.cancel()

    def missing(self) -> str | None:
        """Return None when connected, else what is missing."""
        return None if self._connected.is_set() else "broker"

    async def wait_connected(self) -> None:
        """Wait until connected."""
        await self._connected.wait()

    def connect(self) -> None:
        """Bind, consume and call back, if the broker runs."""
        if self._stopping or not self._broker.running or self._connected.is_set():
            return
        self._bound = {self.instance, *self._topics}
        for inbox in self._inboxes:
            for name in inbox.queues:
                queue = self._broker.queues[name]
                consumer = _Consumer(queue, inbox.prefetch, inbox.deliver)
                self._consumers.append(consumer)
                queue.consumers.append(consumer)
                queue.pump()
        self._connected.set()
        for callback in self._reconnected:
            self._tasks.spawn("on_reconnect", _awaiting(callback))

    def lose_connection(self) -> None:
        """Lose it: deliveries become stale and come again, pushes meanwhile are lost."""
        self._connected.clear()
        self._bound = set()
        consumers, self._consumers = self._consumers, []
        for consumer in consumers:
            consumer.close()

    # Publishing

    async def send(self, envelope: Envelope) -> None:
        """See `Bus.send`."""
        where = topology.route(envelope)
        body = envelope.model_dump_json().encode()
        await self._publish(where.exchange, where.routing_key, body)
        self._broker.sent.append(envelope)

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """See `Bus.bury`."""
        await self._publish("dead", "", delivery.body, reason)

    async def _publish(self, exchange: str, key: str, body: bytes, reason: str = "") -> None:
        await asyncio.sleep(0)  # a confirm is never there at once
        if not self._connected.is_set() or not self._may_write.match(exchange):
            raise Transient("broker")
        if not self._broker.publish(exchange, key, body, self._source, reason):
            raise Permanent("no queue for this message")

    async def push(self, push: Push) -> None:
        """See `Bus.push`."""
        if self._connected.is_set() and self._may_write.match(f"push.{push.target}"):
            self._broker.fan_out(push, self._source)

    async def ask(self, query: Envelope, *, timeout_s: float = 5) -> Answer:
        """See `Bus.ask`."""
        asked = query.evolve(reply_to=self.instance)
        return await self._arrivals.ask(asked, self.send, timeout_s)

    # Receiving pushes

    async def subscribe(self, topic: str) -> None:
        """See `Bus.subscribe`."""
        self._topics.add(topic)
        if self._connected.is_set():
            self._bound.add(topic)

    async def unsubscribe(self, topic: str) -> None:
        """See `Bus.unsubscribe`."""
        self._topics.discard(topic)
        self._bound.discard(topic)

    def offer(self, target: str, topic: str, body: bytes, user: str) -> None:
        """Take a push when it is for this instance."""
        if target == self._source and topic in self._bound:
            asyncio.get_running_loop().call_soon(self._arrivals.take, topic, body, user)


async def _awaiting(callback: Callable[[], Awaitable[None]]) -> None:
    await callback()
