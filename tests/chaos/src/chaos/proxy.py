"""A TCP proxy on loopback that can hurt what passes: delay, cut, swallow, slice, half-close."""

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from dataclasses import dataclass
from typing import Literal

CHUNK = 65_536
MAX_HELD = 1_024
"""Chunks on their way in one direction; then the sender is no longer read, as on a full line."""
SLICED = 24
"""Bytes at the head of a chunk that are sent one at a time: they hold the frames' headers."""

Direction = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to everything on a link."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    swallow: frozenset[Direction] = frozenset()
    """Directions in which nothing arrives, and nobody is told."""
    slices: bool = False
    refuse: bool = False
    """New connections are torn at once."""


CALM = Weather()


class _Pipe:
    """One direction of one connection: what is read is held until it may arrive."""

    def __init__(self, link: "Link", direction: Direction) -> None:
        self._link = link
        self._direction = direction
        self._held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MAX_HELD)

    async def run(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writing = asyncio.get_running_loop().create_task(self._write(writer))
        try:
            last = 0.0
            while data := await reader.read(CHUNK):
                # In order, whatever the jitter.
                last = max(last, asyncio.get_running_loop().time() + self._link.delay_s())
                await self._held.put((last, data))
            await self._held.put((0.0, b""))
            await writing
        finally:
            writing.cancel()

    async def _write(self, writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await self._held.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            await self._link.let_pass(self._direction)
            if not data:
                with contextlib.suppress(OSError):
                    writer.write_eof()
                return
            if self._link.weather.slices:
                for n in range(min(SLICED, len(data))):
                    writer.write(data[n : n + 1])
                    await writer.drain()
                    await asyncio.sleep(0)
                data = data[SLICED:]
                self._link.bites["sliced"] += 1
            writer.write(data)
            await writer.drain()


class Link:
    """One listener and the connections through it."""

    def __init__(self, name: str, target: tuple[str, int], dice: random.Random) -> None:
        """Prepare; `open` listens."""
        self.name = name
        self.weather = CALM
        self.bites: Counter[str] = Counter()
        """What was done to connections and chunks, by kind: the evidence that it bit."""
        self._target = target
        self._dice = dice
        self._writers: set[asyncio.StreamWriter] = set()
        self._clear = asyncio.Condition()
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen on a free loopback port and return it."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening and tear what is left."""
        if self._server is not None:
            self._server.close()
        self.cut()

    # What can be done to it

    async def turn(self, weather: Weather) -> None:
        """Change the weather for connections old and new."""
        self.weather = weather
        async with self._clear:
            self._clear.notify_all()

    def cut(self) -> int:
        """Tear every connection with RST; return how many ends there were."""
        ends = list(self._writers)
        for writer in ends:
            _reset(writer)
        self.bites["cut"] += len(ends)
        return len(ends)

    def half_close(self) -> int:
        """Say to one end of every connection that nothing more will come."""
        closed = 0
        for writer in list(self._writers):
            if self._dice.random() < 0.5 and writer.can_write_eof():
                with contextlib.suppress(OSError, RuntimeError):
                    writer.write_eof()
                    closed += 1
        self.bites["half_closed"] += closed
        return closed

    # For its pipes

    def delay_s(self) -> float:
        """Return how long the next chunk is under way."""
        weather = self.weather
        if not weather.delay_s:
            return 0.0
        self.bites["delayed"] += 1
        return max(0.0, weather.delay_s + self._dice.uniform(-1, 1) * weather.jitter_s)

    async def let_pass(self, direction: Direction) -> None:
        """Wait while everything is swallowed in this direction."""
        if direction in self.weather.swallow:
            self.bites["swallowed"] += 1
            async with self._clear:
                await self._clear.wait_for(lambda: direction not in self.weather.swallow)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather.refuse:
            self.bites["refused"] += 1
            _reset(writer)
            return
        try:
            up_reader, up_writer = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        both = {writer, up_writer}
        self._writers |= both
        loop = asyncio.get_running_loop()
        pipes = [
            loop.create_task(_Pipe(self, "up").run(reader, up_writer)),
            loop.create_task(_Pipe(self, "down").run(up_reader, writer)),
        ]
        try:
            await asyncio.gather(*pipes)
        except (OSError, asyncio.CancelledError):
            for one in both:
                _reset(one)
        finally:
            for pipe in pipes:
                pipe.cancel()
            await asyncio.gather(*pipes, return_exceptions=True)
            self._writers -= both
            for one in both:
                one.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection so that its peer gets RST, as after a crash."""
    end = writer.get_extra_info("socket")
    if end is not None:
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
