"""The bus on RabbitMQ, under a supervisor of our own (docs/adr/0001).

A reconnect is the same code path as a start: every life is a new `Link`.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import PublishError
from pamqp.commands import Basic

from services import topology
from services.bus import Delivery, OnPush, Push, Subscription
from services.clock import Clock, utc_now
from services.contracts import Answer, Envelope, Source
from services.errors import Permanent, Transient
from services.link import AWAY, CONNECT_TIMEOUT_S, Link
from services.metrics import BUS_RECONNECTS
from services.pushes import Arrivals
from services.tasks import Tasks

log = structlog.get_logger()

PUBLISH_TIMEOUT_S = 5.0
"""A publish not confirmed by then is `Transient`: the broker is away or blocks publishers."""
MAX_IN_FLIGHT = 256
"""Unconfirmed publishes of one process; more wait, for back-pressure instead of memory."""
_BACK_OFF_S = (0.2, 2.0)
_TRANSIENT, _PERSISTENT = 1, 2
"""AMQP delivery modes."""


class RabbitBus:
    """The bus on one broker. `start`, then use; it connects by itself and keeps on trying.

    Until it is connected, `send` raises `Transient` at once and `push` is dropped.
    """

    def __init__(self, url: str, *, source: Source, instance: str, clock: Clock = utc_now) -> None:
        """Prepare; nothing is connected yet.

        Args:
            url: names the service's own broker user.
            source: that user.
            instance: this process, among the replicas of the service.
            clock: stamps dead letters.
        """
        self.instance = instance
        self._url = url
        self._source = source
        self._clock = clock
        self._arrivals = Arrivals()
        self._topics = {instance}
        self._inboxes: list[Subscription] = []
        self._reconnected: list[Callable[[], Awaitable[None]]] = []
        self._slots = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._tasks = Tasks()
        self._connected = asyncio.Event()
        self._stopping = False
        self._link: Link | None = None
        self._generation = 0
        self._pushed: tuple[Envelope | None, bytes] = None, b""
        """What was pushed last: the same goes to several topics, and is serialised once."""
        # With an id of its own aiormq need not make one for each push.
        self._of_pushes = Basic.Properties(
            content_type="application/json",
            delivery_mode=_TRANSIENT,
            message_id="push",
            user_id=source,
        )

    # What the service sets up before `start`

    def on_push(self, listener: OnPush) -> None:
        """Call `listener` with each push."""
        self._arrivals.listen(listener)

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
        self._stopping = True
        if self._link is not None:
            await self._link.cancel_consumers()

    async def stop(self) -> None:
        """Close both connections. Call `cancel_consumers` and drain the inboxes before."""
        self._stopping = True
        await self._tasks.cancel()

    def missing(self) -> str | None:
        """Return None when connected with every consumer registered, else what is missing."""
        return None if self._connected.is_set() else "broker"

    async def wait_connected(self) -> None:
        """Wait until connected."""
        await self._connected.wait()

    async def _supervise(self) -> None:
        delay_s = _BACK_OFF_S[0]
        announced = False
        while not self._stopping:
            lived = await self._live(announced=announced)
            announced = True
            delay_s = _BACK_OFF_S[0] if lived else min(delay_s * 2, _BACK_OFF_S[1])
            # Spread, so that all processes do not knock on a broker at once when it is back.
            await asyncio.sleep(delay_s * random.uniform(0.5, 1))  # noqa: S311 - no secret

    async def _live(self, *, announced: bool) -> bool:
        """Open a link and stay until it is lost. Return whether it was ever whole."""
        link = Link()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S * 4):
                await self._open(link)
            if self._stopping:
                return False
            self._connected.set()
            log.info("broker_connected", generation=self._generation)
            for callback in self._reconnected:
                self._tasks.spawn("on_reconnect", _awaiting(callback))
            await link.lost.wait()
        except AWAY as error:
            if not announced:
                log.warning("broker_unavailable", error=type(error).__name__)
        except asyncio.CancelledError:
            # aiormq cancels what waits on a channel that closes; our own cancellation goes on.
            if _cancelled():
                raise
        finally:
            lived = self._connected.is_set()
            self._connected.clear()
            self._link = None
            await link.close()
        if lived and not self._stopping:
            log.warning("broker_lost")
            BUS_RECONNECTS.inc()
        return lived

    async def _open(self, link: Link) -> None:
        self._generation += 1
        await link.connect(self._url)
        self._link = link  # from here on we can publish: what is delivered below leads to messages
        if self._source != "ledger":  # nobody pushes to the ledger
            await self._open_own_queue(link)
        for inbox in self._inboxes:
            await link.consume(inbox)

    async def _open_own_queue(self, link: Link) -> None:
        name = topology.instance_queue(self._source, self.instance, self._generation)
        await link.open_own_queue(name, f"push.{self._source}", self._receive_push)
        # Topics come and go while this is under way: none may be left out of this life.
        while link.bound != self._topics and not link.lost.is_set():
            await link.bind(self._topics - link.bound)
            await link.unbind(link.bound - self._topics)

    # Publishing

    async def send(self, envelope: Envelope) -> None:
        """See `Bus.send`."""
        where = topology.route(envelope)
        body = envelope.model_dump_json().encode()
        await self._publish(body, self._properties(), where.exchange, where.routing_key)

    async def bury(self, delivery: Delivery, reason: str) -> None:
        """See `Bus.bury`. `services.dead_letters` reads the headers."""
        headers = {
            "x-reason": reason,
            "x-from": self._source,
            "x-queue": delivery.queue,
            "x-said-by": delivery.vouched,
        }
        properties = self._properties(headers=headers, timestamp=self._clock())
        await self._publish(delivery.body, properties, "dead", "")

    def _properties(self, **more: Any) -> Basic.Properties:
        # Anew for each message: aiormq gives each an id, by which it knows one that comes back.
        return Basic.Properties(
            content_type="application/json",
            delivery_mode=_PERSISTENT,
            user_id=self._source,
            **more,
        )

    async def _publish(
        self, body: bytes, properties: Basic.Properties, exchange: str, key: str
    ) -> None:
        link = self._link
        if link is None:
            raise Transient("broker")
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S), self._slots:
                await link.publish(body, properties, exchange, key)
        except PublishError as error:
            log.error("message_returned", exchange=exchange)  # noqa: TRY400 - no trace of a body
            raise Permanent("no queue for this message") from error
        except AWAY as error:
            raise Transient("broker") from error
        except asyncio.CancelledError as error:
            if _cancelled():
                raise
            raise Transient("broker") from error

    async def push(self, push: Push) -> None:
        """See `Bus.push`."""
        link = self._link
        if link is None:
            return
        if self._pushed[0] is not push.envelope:
            self._pushed = push.envelope, push.envelope.model_dump_json().encode()
        body = self._pushed[1]
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_S):
                await link.publish_unconfirmed(
                    body, self._of_pushes, f"push.{push.target}", push.topic
                )
        except AWAY:
            return
        except asyncio.CancelledError:
            if _cancelled():
                raise

    async def ask(self, query: Envelope, *, timeout_s: float = 5) -> Answer:
        """See `Bus.ask`."""
        asked = query.evolve(reply_to=self.instance)
        return await self._arrivals.ask(asked, self.send, timeout_s)

    # Receiving pushes

    async def subscribe(self, topic: str) -> None:
        """See `Bus.subscribe`."""
        self._topics.add(topic)
        if self._link is not None:
            await self._link.bind([topic])

    async def unsubscribe(self, topic: str) -> None:
        """See `Bus.unsubscribe`."""
        self._topics.discard(topic)
        if self._link is not None:
            await self._link.unbind([topic])

    def _receive_push(self, message: DeliveredMessage) -> None:
        vouched = message.header.properties.user_id or ""
        self._arrivals.take(message.routing_key or "", message.body, vouched)


def _cancelled() -> bool:
    """Tell whether this task itself was asked to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _awaiting(callback: Callable[[], Awaitable[None]]) -> None:
    await callback()
