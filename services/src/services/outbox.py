"""What waits to be written to one socket: bounded, so that a slow reader costs nobody else."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from services.contracts import Contract
from services.contracts.wire_citizen import CLOSE_SLOW

MAX_FRAMES = 256
MAX_BYTES = 256 * 1024


class SocketOutbox:
    """Frames on their way to one socket. `put` never waits; `write` is the socket's own task.

    A reader too slow for the bounds is cut off with 4008 and comes back by its last seq.
    """

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
        *,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        """Take the socket's own `send` and `close`, and how many bytes may wait."""
        self._max_bytes = max_bytes
        self._send = send
        self._close = close
        self._frames: list[str | None] = []
        """Short, so a list will do: an `asyncio.Queue` would take 2.5 KiB of each idle socket."""
        self._arrived: asyncio.Future[None] | None = None
        """What the writer waits for."""
        self._finishing = False
        self._bytes = 0
        self._closing = False
        self._writer: asyncio.Task[object] | None = None
        self._code = CLOSE_SLOW
        self.sent = 0
        """Frames written."""

    @property
    def code(self) -> int | None:
        """Return the close code, once we have decided to close."""
        return self._code if self._closing or self._finishing else None

    def put(self, frame: Contract) -> None:
        """Queue a frame."""
        self.put_text(frame.model_dump_json())

    def put_text(self, text: str) -> None:
        """Queue a frame that was serialised before, once for many sockets."""
        if self._closing or self._finishing:
            return
        self._bytes += _size(text)
        self._queue(text)
        many = len(self._frames)
        if many > MAX_FRAMES or (self._bytes > self._max_bytes and many > 1):
            self.end(CLOSE_SLOW)

    def _queue(self, text: str | None) -> None:
        self._frames.append(text)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def finish(self, code: int) -> None:
        """Write what waits, then close the socket with a code."""
        if not self._closing and not self._finishing:
            self._finishing = True
            self._code = code
            self._queue(None)

    def end(self, code: int) -> None:
        """Close the socket with a code; what still waits is not written."""
        if self._closing:
            return
        self._code = code
        self._closing = True
        if self._writer is not None:
            self._writer.cancel()  # it may wait for a peer that never reads

    async def write(self) -> None:
        """Write until `end` or `finish`, then close. One task a socket: there are thousands."""
        self._writer = writer = asyncio.current_task()
        try:
            # A peer that is gone is noticed by whoever reads the socket.
            with contextlib.suppress(Exception):
                await self._pump()
        except asyncio.CancelledError:
            if not self._closing or (writer is not None and writer.uncancel() > 0):
                raise
        finally:
            self._writer = None
        if self._closing:
            await self._close(self._code)

    async def _pump(self) -> None:
        while not self._closing:
            if not self._frames:
                self._arrived = asyncio.get_running_loop().create_future()
                await self._arrived
            text = self._frames.pop(0)
            if text is None:
                self._closing = True
                return
            self._bytes -= _size(text)
            await self._send(text)
            self.sent += 1
            del text  # a welcome is some 4 KiB, and the next frame may be hours away


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
