"""One life of the connection to the broker: opened as a whole, lost as a whole.

Two connections, because a broker under a memory alarm stops reading publishers, and
acknowledgements must not queue up behind them. aio-pika opens them; messages go straight through
the channels beneath it, whose objects and tasks would cost more than the rest of a message.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq import Channel
from aiormq.abc import ConsumerCallback, DeliveredMessage
from aiormq.exceptions import AMQPError
from pamqp.commands import Basic

from services import topology
from services.bus import Subscription

AWAY: Final = (AMQPError, OSError, RuntimeError, TimeoutError)
"""What aio-pika raises when the broker is away: a closed channel is a `RuntimeError` there."""

CONNECT_TIMEOUT_S = 5.0
BIND_TIMEOUT_S = 5.0
HEARTBEAT_S = 8
"""AMQP heartbeat; a silent peer is noticed after about three of them."""
_CLOSE_TIMEOUT_S = 2.0

OnMessage = Callable[[DeliveredMessage], None]


class Link:
    """Connections, channels, consumers and bindings of one life.

    `lost` is set as soon as any of them is gone: then `close` it and open another.
    """

    def __init__(self) -> None:
        """Open nothing yet."""
        self.lost = asyncio.Event()
        self.bound: set[str] = set()
        """Topics bound to this instance's own queue."""
        self._connections: list[AbstractConnection] = []
        self._kept: list[AbstractChannel] = []
        """aio-pika's channels: one that nobody holds tells nobody of its end."""
        self._confirmed: Channel | None = None
        self._transient: Channel | None = None
        self._consumers: list[tuple[Channel, str]] = []
        self._own: tuple[Channel, str, str] | None = None
        """Channel, own queue and its exchange."""

    async def connect(self, url: str) -> None:
        """Open both connections and the publishing channels.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        publisher = await self._connect(url)
        await self._connect(url)
        self._confirmed = await self._channel(
            publisher, publisher_confirms=True, on_return_raises=True
        )
        self._transient = await self._channel(publisher, publisher_confirms=False)

    async def open_own_queue(self, name: str, exchange: str, receive: OnMessage) -> None:
        """Declare this instance's own queue and consume it. It ends with this life.

        Args:
            name: the queue.
            exchange: where its topics are bound.
            receive: called with each push.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        channel = await self._channel(self._connections[-1], publisher_confirms=False)
        await channel.queue_declare(
            name,
            exclusive=True,
            auto_delete=True,
            arguments={"x-max-length": topology.INSTANCE_QUEUE_LENGTH},
        )

        async def receive_push(message: DeliveredMessage) -> None:
            receive(message)

        await channel.basic_consume(name, receive_push, no_ack=True)
        self._own = channel, name, exchange

    async def consume(self, inbox: Subscription) -> None:
        """Feed an inbox from its queues.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        channel = await self._channel(self._connections[-1], publisher_confirms=False)
        await channel.basic_qos(prefetch_count=inbox.prefetch)
        for name in inbox.queues:
            consuming = await channel.basic_consume(name, _into(inbox, name))
            self._consumers.append((channel, str(consuming.consumer_tag)))

    async def _connect(self, url: str) -> AbstractConnection:
        connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_S, heartbeat=HEARTBEAT_S)
        self._connections.append(connection)
        connection.close_callbacks.add(self._lose)
        return connection

    async def _channel(self, connection: AbstractConnection, **options: Any) -> Channel:
        channel = await connection.channel(**options)
        # A channel alone may go too: the broker closes it on a refused or mistaken request.
        channel.close_callbacks.add(self._lose)
        self._kept.append(channel)
        beneath = cast("Channel", await channel.get_underlay_channel())
        # And a consumer alone, when its queue is deleted: consuming again is a new life.
        beneath.on_consumer_cancel_callbacks.add(self._lose_consumer)
        return beneath

    def _lose(self, *_: object) -> None:
        self.lost.set()

    async def _lose_consumer(self, *_: object) -> None:
        self.lost.set()

    async def publish(
        self, body: bytes, properties: Basic.Properties, exchange: str, key: str
    ) -> None:
        """Publish and wait for the confirm.

        Raises:
            PublishError: no queue took it.
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        if self._confirmed is None:
            raise ConnectionError
        await self._confirmed.basic_publish(
            body,
            exchange=exchange,
            routing_key=key,
            properties=properties,
            mandatory=True,
            # For the socket; the confirm is waited for. While the broker reads no publisher, the
            # driver takes ten frames and lets the others wait, so nothing piles up there.
            wait=False,
        )

    async def publish_unconfirmed(
        self, body: bytes, properties: Basic.Properties, exchange: str, key: str
    ) -> None:
        """Publish and forget: not even the socket is waited for.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        if self._transient is not None:
            await self._transient.basic_publish(
                body, exchange=exchange, routing_key=key, properties=properties, wait=False
            )

    async def bind(self, topics: Iterable[str]) -> None:
        """Bind topics to the own queue, or lose this life: the next one binds them all."""
        for topic in topics:
            await self._change_binding(topic, bind=True)

    async def unbind(self, topics: Iterable[str]) -> None:
        """Unbind topics from the own queue, or lose this life."""
        for topic in topics:
            await self._change_binding(topic, bind=False)

    async def _change_binding(self, topic: str, *, bind: bool) -> None:
        if self._own is None:
            return
        channel, queue, exchange = self._own
        try:
            if bind:
                self.bound.add(topic)
                await channel.queue_bind(queue, exchange, topic, timeout=BIND_TIMEOUT_S)
            else:
                self.bound.discard(topic)
                await channel.queue_unbind(queue, exchange, topic, timeout=BIND_TIMEOUT_S)
        except AWAY:
            self.lost.set()

    async def cancel_consumers(self) -> None:
        """Take no more deliveries; what was taken can still be settled, and pushes still come."""
        for channel, tag in self._consumers:
            with contextlib.suppress(*AWAY):
                await channel.basic_cancel(tag, timeout=_CLOSE_TIMEOUT_S)

    async def close(self) -> None:
        """Close both connections. What was not settled comes again elsewhere."""
        for connection in self._connections:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), _CLOSE_TIMEOUT_S)


class _Delivery:
    """A message of an inbox; see `services.bus.Delivery`."""

    __slots__ = ("_message", "queue")

    def __init__(self, message: DeliveredMessage, queue: str) -> None:
        self._message = message
        self.queue = queue

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def vouched(self) -> str:
        return self._message.header.properties.user_id or ""

    @property
    def stale(self) -> bool:
        return self._message.channel.is_closed

    async def ack(self) -> None:
        with contextlib.suppress(*AWAY):
            await self._message.channel.basic_ack(self._message.delivery_tag or 0, wait=False)


def _into(inbox: Subscription, queue: str) -> ConsumerCallback:
    async def receive(message: DeliveredMessage) -> None:
        inbox.deliver(_Delivery(message, queue))

    return receive
