"""The broker as its administrator sees it: control, queue depths, dead letters, poison."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aio_pika
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import PublishError
from native.infrastructure import Infrastructure
from native.wiring import VHOST

from services import topology

CONTROL_S = 60.0


class BrokerError(Exception):
    """The broker's control program failed. The message holds its last words."""


class Broker:
    """RabbitMQ's control program and an administrator's connection."""

    def __init__(self, infrastructure: Infrastructure, url: str) -> None:
        """Use the broker's own environment: node name, cookie and name server are its own."""
        self._rabbitmq = infrastructure.rabbitmq
        self._environment = {**os.environ, **infrastructure.rabbitmq.broker.recipe.env}
        self._url = url

    async def blocks_publishers(self) -> bool:
        """Tell whether some connection is not read because of an alarm.

        Raises:
            BrokerError: the broker could not be asked.
        """
        states = await self.control("list_connections", "state")
        return bool({"blocked", "blocking"} & set(states.split()))

    async def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` and return what it printed.

        Raises:
            BrokerError: it failed.
            TimeoutError: it did not end.
        """
        process = await asyncio.create_subprocess_exec(
            *self._rabbitmq.control(*arguments),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), CONTROL_S)
        except BaseException:
            process.kill()
            await process.wait()
            raise
        if process.returncode:
            raise BrokerError(f"{arguments[0]}: {printed.decode()[-400:]}")
        return printed.decode()

    async def queues(self) -> dict[str, tuple[int, int]]:
        """Return every queue with its messages (ready, unacknowledged)."""
        columns = ("name", "messages_ready", "messages_unacknowledged")
        printed = await self.control(
            "list_queues", "-q", "--no-table-headers", "-p", VHOST, *columns
        )
        found = {}
        for line in printed.splitlines():
            match line.split("\t"):
                case [name, ready, unacked] if ready.isdigit() and unacked.isdigit():
                    found[name] = (int(ready), int(unacked))
        return found

    @asynccontextmanager
    async def channel(self) -> AsyncIterator[AbstractChannel]:
        """Lend a channel of an administrator's connection."""
        connection = await aio_pika.connect(self._url, timeout=10)
        async with connection:
            yield await connection.channel()

    async def ready(self) -> int:
        """Return how many commands, questions and hints wait in the durable queues."""
        async with self.channel() as channel:
            waiting = 0
            for name in (*topology.COMMANDS, *topology.QUERIES, *topology.ROUTER_INBOX):
                queue = await channel.declare_queue(name, passive=True)
                waiting += queue.declaration_result.message_count or 0
            return waiting

    async def publish(self, exchange: str, key: str, body: bytes) -> None:
        """Publish something that no service would."""
        async with self.channel() as channel:
            where = await channel.get_exchange(exchange, ensure=False)
            await where.publish(
                aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT), key
            )

    async def returns(self, exchange: str, key: str) -> bool:
        """Tell whether what is published there comes back, for no queue takes it."""
        connection = await aio_pika.connect(self._url, timeout=10)
        async with connection:
            channel = await connection.channel(on_return_raises=True)
            where = await channel.get_exchange(exchange, ensure=False)
            try:
                await where.publish(aio_pika.Message(b"probe"), key)
            except PublishError:
                return True
        return False

    async def dead_letters(self, known: Callable[[bytes], bool]) -> tuple[int, int]:
        """Take every dead letter out; return how many were known and how many were not."""
        counts = [0, 0]
        async with self.channel() as channel:
            queue = await channel.get_queue(topology.DEAD_LETTERS, ensure=False)
            while (message := await queue.get(fail=False)) is not None:
                counts[0 if known(message.body) else 1] += 1
                await message.ack()
        return counts[0], counts[1]

    async def count_dead_letters(self) -> int:
        """Return how many dead letters lie there."""
        async with self.channel() as channel:
            queue = await channel.declare_queue(topology.DEAD_LETTERS, passive=True)
            return queue.declaration_result.message_count or 0
