"""The other end of a hop, as a process of its own, for a message never stays in one process.

`python -m bench.far_end KIND`; the first line of standard input is the broker's address. Prints
one line when ready, then for each message the seconds since it was stamped. Ends with its input.
"""

import asyncio
import struct
import sys
import time
from typing import Any, Final

import aiormq
import uvloop
from aiormq.abc import DeliveredMessage
from websockets.asyncio.server import ServerConnection, serve

from services import topology

STAMP: Final = struct.Struct("d")
EXCHANGE: Final = "bench"
PADDING: Final = b"x" * 600
"""Beside its stamp a message is as long as one of ours."""


def stamped() -> bytes:
    """Return a message with the moment: the processes of a machine share the monotonic clock."""
    return STAMP.pack(time.perf_counter()) + PADDING


async def _queue(url: str, ended: "asyncio.Future[str]") -> None:
    """Consume a queue like the ledger's inbox, or an instance's own."""
    await _consume(url, ended, key="queue", durable=True)


async def _push(url: str, ended: "asyncio.Future[str]") -> None:
    await _consume(url, ended, key="push", durable=False)


async def _consume(url: str, ended: "asyncio.Future[str]", *, key: str, durable: bool) -> None:
    connection = await aiormq.connect(url)
    channel = await connection.channel(publisher_confirms=False)
    arguments: dict[str, Any] = (
        topology.queues()[topology.COMMANDS[0]]
        if durable
        else {"x-max-length": topology.INSTANCE_QUEUE_LENGTH}
    )
    queue = f"{EXCHANGE}.{key}"
    await channel.exchange_declare(EXCHANGE, exchange_type="direct", auto_delete=True)
    await channel.queue_declare(
        queue,
        durable=durable,
        exclusive=not durable,
        auto_delete=not durable,
        arguments=arguments,
    )
    await channel.queue_bind(queue, EXCHANGE, routing_key=key)
    await channel.basic_qos(prefetch_count=64)

    async def take(message: DeliveredMessage) -> None:
        took = time.perf_counter() - STAMP.unpack_from(message.body)[0]
        _say(repr(took))
        if durable and message.delivery_tag is not None:
            await channel.basic_ack(message.delivery_tag, wait=False)

    await channel.basic_consume(queue, take, no_ack=not durable, consumer_tag=queue)
    _say("ready")
    await ended
    await channel.basic_cancel(queue)
    if durable:
        await channel.queue_delete(queue)
    await connection.close()


async def _echo(_url: str, ended: "asyncio.Future[str]") -> None:
    async def answer(socket: ServerConnection) -> None:
        async for data in socket:
            await socket.send(data)

    async with serve(answer, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        _say(str(server.sockets[0].getsockname()[1]))
        await ended


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _main(kind: str) -> None:
    url = sys.stdin.readline().strip()
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await {"queue": _queue, "push": _push, "echo": _echo}[kind](url, ended)


if __name__ == "__main__":
    uvloop.run(_main(sys.argv[1]))
