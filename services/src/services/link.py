"""One life of the connection to the broker: opened as a whole, lost as a whole.

Two connections, because a broker under a memory alarm stops reading publishers, and
acknowledgements must not queue up behind them.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, cast

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractExchange,
    AbstractIncomingMessage,
    AbstractMessage,
    AbstractQueue,
)
from aiormq import Channel
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

OnMessage = Callable[[AbstractIncomingMessage], None]


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
        self._confirmed: dict[str, AbstractExchange] = {}
        self._transient: Channel | None = None
        self._consumers: list[tuple[AbstractQueue, str]] = []
        self._own: tuple[AbstractQueue, str] | None = None

    async def connect(self, url: str) -> None:
        """Open both connections and the publishing channels.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        publisher = await self._connect(url)
        await self._connect(url)
        confirmed = await self._channel(publisher, publisher_confirms=True, on_return_raises=True)
        transient = await self._channel(publisher, publisher_confirms=False)
        for name in topology.EXCHANGES:
            self._confirmed[name] = await confirmed.get_exchange(name, ensure=False)
        self._transient = cast("Channel", await transient.get_underlay_channel())

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
        queue = await channel.declare_queue(
            name,
            exclusive=True,
            auto_delete=True,
            arguments={"x-max-length": topology.INSTANCE_QUEUE_LENGTH},
        )

        async def receive_push(message: AbstractIncomingMessage) -> None:
            receive(message)

        await queue.consume(receive_push, no_ack=True)
        self._own = queue, exchange

    async def consume(self, inbox: Subscription) -> None:
        """Feed an inbox from its queues.

        Raises:
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        channel = await self._channel(self._connections[-1], publisher_confirms=False)
        await channel.set_qos(prefetch_count=inbox.prefetch)
        for name in inbox.queues:
            queue = await channel.get_queue(name, ensure=False)
            self._consumers.append((queue, await queue.consume(_into(inbox, name))))

    async def _connect(self, url: str) -> AbstractConnection:
        connection = await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_S, heartbeat=HEARTBEAT_S)
        self._connections.append(connection)
        connection.close_callbacks.add(self._lose)
        return connection

    async def _channel(self, connection: AbstractConnection, **options: Any) -> AbstractChannel:
        channel = await connection.channel(**options)
        # A channel alone may go too: the broker closes it on a refused or mistaken request.
        channel.close_callbacks.add(self._lose)
        # And a consumer alone, when its queue is deleted: consuming again is a new life.
        (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(self._lose_consumer)
        return channel

    def _lose(self, *_: object) -> None:
        self.lost.set()

    async def _lose_consumer(self, *_: object) -> None:
        self.lost.set()

    async def publish(self, message: AbstractMessage, exchange: str, key: str) -> None:
        """Publish and wait for the confirm.

        Raises:
            PublishError: no queue took it.
            AMQPError, OSError, RuntimeError, TimeoutError: `AWAY`.
        """
        await self._confirmed[exchange].publish(message, key, mandatory=True)

    async def publish_unconfirmed(
        self, body: bytes, properties: Basic.Properties, exchange: str, key: str
    ) -> None:
        """Publish and forget: not even the socket is waited for.

        Pushes are the greater part of all traffic, so this goes round aio-pika's message objects.

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
        queue, exchange = self._own
        try:
            if bind:
                self.bound.add(topic)
                await queue.bind(exchange, topic, timeout=BIND_TIMEOUT_S)
            else:
                self.bound.discard(topic)
                await queue.unbind(exchange, topic, timeout=BIND_TIMEOUT_S)
        except AWAY:
            self.lost.set()

    async def cancel_consumers(self) -> None:
        """Take no more deliveries; what was taken can still be settled, and pushes still come."""
        for queue, tag in self._consumers:
            with contextlib.suppress(*AWAY):
                await queue.cancel(tag, timeout=_CLOSE_TIMEOUT_S)

    async def close(self) -> None:
        """Close both connections. What was not settled comes again elsewhere."""
        for connection in self._connections:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(connection.close(), _CLOSE_TIMEOUT_S)


class _Delivery:
    """A message of an inbox; see `services.bus.Delivery`."""

    def __init__(self, message: AbstractIncomingMessage, queue: str) -> None:
        self._message = message
        self._channel = message.channel  # later the message itself would raise, once it is closed
        self.queue = queue

    @property
    def body(self) -> bytes:
        return self._message.body

    @property
    def vouched(self) -> str:
        return self._message.user_id or ""

    @property
    def stale(self) -> bool:
        return self._channel.is_closed

    async def ack(self) -> None:
        with contextlib.suppress(*AWAY):
            await self._message.ack()


def _into(inbox: Subscription, queue: str) -> Callable[[AbstractIncomingMessage], Awaitable[None]]:
    async def receive(message: AbstractIncomingMessage) -> None:
        inbox.deliver(_Delivery(message, queue))

    return receive
