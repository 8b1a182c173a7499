"""The unix socket by which a second terminal talks to the running supervisor.

One line of JSON each way: `{"do": "scale", ...}` is answered by `{"ok": ..., ...}`.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from native.errors import StartError

NAME = "control.sock"
ANSWER_S = 90.0
"""Seconds a request may take: scaling waits until the new replicas are ready."""

Request = dict[str, Any]
Answer = dict[str, Any]


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """Yield a short name for the socket: the kernel allows 107 bytes, a clone may lie deeper."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


async def serve(folder: Path, handle: Callable[[Request], Awaitable[Answer]]) -> asyncio.Server:
    """Listen for requests of the same user.

    Args:
        folder: The running system's folder.
        handle: Carries out a request. What it raises as StartError is told to the asker.
    """

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await handle(json.loads(await reader.readline()))
        except StartError as error:
            answer = {"ok": False, "error": str(error)}
        except (ValueError, KeyError) as error:
            answer = {"ok": False, "error": f"not a request: {error!r}"}
        writer.write(json.dumps(answer).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    (folder / NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with _short(folder) as name:
        listener.bind(name)
    (folder / NAME).chmod(0o600)
    return await asyncio.start_unix_server(session, sock=listener)


def ask(folder: Path, request: Request) -> Answer:
    """Send a request to the supervisor and return its answer.

    Raises:
        StartError: Nothing runs there, or it did not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_S)
        try:
            with _short(folder) as name:
                connection.connect(name)
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as answers:
                line = answers.readline()
        except OSError as error:
            raise StartError("the system does not run here (start it with `make run`)") from error
    if not line:
        raise StartError("the supervisor ended without an answer")
    answer: Answer = json.loads(line)
    return answer
