"""The floor: the parts no message can do without, each alone, with bare libraries.

Each is measured twice: back to back, which is the lower bound, and at the pace of the end-to-end
runs, when the processor sleeps between two messages as it does between ours.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast
from uuid import uuid4

import aiormq
import asyncpg
from native.system import WholeSystem
from pamqp.commands import Basic
from websockets.asyncio.client import connect

from bench.far_end import EXCHANGE, PADDING, stamped
from bench.figures import Floor, Part

WARM_UP = 50
ANSWER_S = 10.0

Once = Callable[[], Awaitable[float]]
"""Do it once and return the seconds it took."""


async def measure(system: WholeSystem, *, rounds: int, paced: int, per_s: float) -> Floor:
    """Measure on a system's own broker and database while nothing else happens.

    Args:
        system: the one that runs.
        rounds: times, back to back.
        paced: times, at the pace.
        per_s: the pace.
    """

    async def part(once: Once) -> Part:
        return Part(
            1000 * await median_s(once, rounds),
            1000 * await median_s(once, paced, every_s=1 / per_s),
        )

    broker = system.secret("admin", "amqp_url")
    async with _hop(broker, "queue", confirms=True) as once:
        queue = await part(once)
    async with _commit(system.secret("admin", "database_url")) as once:
        commit = await part(once)
    async with _hop(broker, "push", confirms=False) as once:
        push = await part(once)
    async with _echo() as once:
        echo = await part(once)
    return Floor(queue=queue, commit=commit, push=push, echo=echo)


async def median_s(once: Once, rounds: int, *, every_s: float = 0.0) -> float:
    """Return the median of many times, after some to warm up.

    Args:
        once: what is measured.
        rounds: times.
        every_s: from one beginning to the next. 0: back to back.
    """
    took, due = [], time.perf_counter()
    for n in range(WARM_UP + rounds):
        due += every_s
        if every_s and (left_s := due - time.perf_counter()) > 0:
            await asyncio.sleep(left_s)
        seconds = await once()
        if n >= WARM_UP:
            took.append(seconds)
    return statistics.median(took)


class _FarEnd:
    """A process of `bench.far_end`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def heard(self) -> str:
        """Return the next line it prints."""
        if self._process.stdout is None:
            raise RuntimeError("the far end has no output")
        line = await asyncio.wait_for(self._process.stdout.readline(), ANSWER_S)
        if not line:
            raise RuntimeError("the far end has died")
        return line.decode().strip()


@asynccontextmanager
async def _far_end(kind: str, url: str = "") -> AsyncIterator[_FarEnd]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.far_end", kind, stdin=pipe, stdout=pipe
    )
    if process.stdin is None:
        raise RuntimeError("the far end has no input")
    process.stdin.write(f"{url}\n".encode())
    try:
        yield _FarEnd(process)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), ANSWER_S)
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def _hop(url: str, key: str, *, confirms: bool) -> AsyncIterator[Once]:
    async with _far_end(key, url) as end:
        await end.heard()
        connection = await aiormq.connect(url)
        channel = cast("aiormq.Channel", await connection.channel(publisher_confirms=confirms))
        properties = Basic.Properties(
            content_type="application/json",
            delivery_mode=2 if confirms else 1,
            message_id="bench",
        )

        async def once() -> float:
            await channel.basic_publish(
                stamped(),
                exchange=EXCHANGE,
                routing_key=key,
                properties=properties,
                wait=confirms,
            )
            return float(await end.heard())

        yield once
        await connection.close()


@asynccontextmanager
async def _commit(url: str) -> AsyncIterator[Once]:
    """Insert rows like the ledger's own, into a table like its own."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE ledger.bench (LIKE ledger.event INCLUDING ALL)")
    try:
        marks = ", ".join(f"${n}" for n in range(1, 15))
        insert = await connection.prepare(f"INSERT INTO ledger.bench VALUES ({marks})")  # noqa: S608
        conversation, digest = uuid4(), b"x" * 32
        seq = 0

        async def once() -> float:
            nonlocal seq
            seq += 1
            identity, now = uuid4(), datetime.now(UTC)
            began = time.perf_counter()
            await insert.fetch(
                *("sarpsborg", conversation, "dialogue", seq, identity, identity),
                *("citizen:" + "x" * 43, '{"kind": "citizen", "id": null, "name": null}'),
                *(1, seq - 1, "message", now, digest, digest),
            )
            return time.perf_counter() - began

        yield once
    finally:
        await connection.execute("DROP TABLE ledger.bench")
        await connection.close()


@asynccontextmanager
async def _echo() -> AsyncIterator[Once]:
    async with (
        _far_end("echo") as end,
        connect(
            f"ws://127.0.0.1:{await end.heard()}", compression=None, ping_interval=None
        ) as socket,
    ):
        text = PADDING.decode()

        async def once() -> float:
            began = time.perf_counter()
            await socket.send(text)
            await socket.recv()
            return time.perf_counter() - began

        yield once
