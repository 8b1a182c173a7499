"""What both doors do with a WebSocket: read one message of it, and say goodbye."""

import asyncio
import contextlib
from typing import Final

from fastapi import WebSocket, WebSocketDisconnect

FLUSH_S: Final = 2.0
"""How long a socket may take to be written out and closed, in seconds."""


async def hang_up(socket: WebSocket, code: int) -> None:
    """Say goodbye, if the peer is still there to hear it."""
    with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
        async with asyncio.timeout(FLUSH_S):
            await socket.close(code)


async def receive_text(socket: WebSocket) -> str | None:
    """Return one message's text; None for a binary one.

    Raises:
        WebSocketDisconnect: the peer is gone.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1006))
    text: str | None = message.get("text")
    return text
