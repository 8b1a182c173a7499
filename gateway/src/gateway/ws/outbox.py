"""What waits to be written to one socket: bounded, so that a slow reader costs only itself."""

import asyncio
from collections import deque
from typing import Final

from fastapi import WebSocket, WebSocketDisconnect

from services.contracts import Contract
from services.contracts.wire_citizen import CLOSE_SLOW

MAX_FRAMES: Final = 256
MAX_BYTES: Final = 256 * 1024
_CLOSING_S = 2.0


class Outbox:
    """Frames go in without waiting and out in order. Full: the socket is closed with 4008."""

    def __init__(self, socket: WebSocket) -> None:
        """Prepare; `run` writes."""
        self._socket = socket
        self._frames: deque[str] = deque()
        self._bytes = 0
        self._stirred = asyncio.Event()
        self._overflowed = asyncio.Event()
        self.code: int | None = None
        """Why we close it, once we do."""
        self.sent = 0

    def put(self, frame: Contract) -> None:
        """Queue a frame; nothing happens on a socket that is on its way out."""
        if self.code is not None:
            return
        text = frame.model_dump_json()
        # One frame alone may be larger than the limit: it has to be written some time.
        size = self._bytes + len(text)
        if self._frames and (len(self._frames) >= MAX_FRAMES or size > MAX_BYTES):
            self.code = CLOSE_SLOW
            self._overflowed.set()
            return
        self._frames.append(text)
        self._bytes = size
        self._stirred.set()

    def close(self, code: int) -> None:
        """Write what is queued, then close with `code`."""
        if self.code is None:
            self.code = code
            self._stirred.set()

    async def run(self) -> None:
        """Write until closed by us or by the peer."""
        loop = asyncio.get_running_loop()
        both = {loop.create_task(self._write()), loop.create_task(self._overflowed.wait())}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._frames:
                # Counted until it is written: what a slow peer has not taken is still ours to keep.
                text = self._frames[0]
                try:
                    await self._socket.send_text(text)
                except (WebSocketDisconnect, RuntimeError, OSError):
                    return
                self._frames.popleft()
                self._bytes -= len(text)
                self.sent += 1
            if self.code is not None:
                return

    async def hang_up(self) -> None:
        """Say goodbye, if the peer is still there."""
        try:
            async with asyncio.timeout(_CLOSING_S):
                await self._socket.close(self.code or 1000)
        except (WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            return
