"""Another system that is told of milestones: it answers as it is told to, and keeps what it got."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Post:
    """One request, as it came."""

    headers: dict[str, str]
    body: bytes
    status: int
    """What was answered."""

    @property
    def said(self) -> dict[str, Any]:
        """Return what it says."""
        found: dict[str, Any] = json.loads(self.body)
        return found


class Receiver:
    """Listens on this machine."""

    def __init__(self) -> None:
        """Say yes to everything, until told otherwise."""
        self.posts: list[Post] = []
        self.answers: Callable[[int], int] = lambda _nth: 204
        """The status of the nth request, counted from 0."""
        self._came = asyncio.Condition()

    async def wait_for(self, enough: Callable[[list[Post]], bool]) -> list[Post]:
        """Return all posts once there are enough of them."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(lambda: enough(self.posts))
            return list(self.posts)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        pairs = (line.split(": ", 1) for line in head if line)
        headers = {name.lower(): value for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.answers(len(self.posts))
        async with self._came:
            self.posts.append(Post(headers, body, status))
            self._came.notify_all()
        writer.write(f"HTTP/1.1 {status} Told\r\nConnection: close\r\n\r\n".encode())
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Receiver, str]]:
    """Give a receiver and its address."""
    receiver = Receiver()
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield receiver, f"http://127.0.0.1:{port}/hendelser"
