"""The handshake of `/ws/agent`: origin, subprotocol, ticket; then a reader and a writer."""

import asyncio
import contextlib

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from services.contracts import Refusal
from services.contracts.wire_agent import AHello, DRefused
from services.contracts.wire_citizen import CLOSE_TOKEN
from services.errors import Transient
from services.metrics import SOCKETS
from services.outbox import SocketOutbox

from agent_service.console import Console
from agent_service.desk import Desk
from agent_service.frames import BadFrame, read
from agent_service.settings import Settings

SUBPROTOCOL = "prek.v1"
HELLO_WITHIN_S = 5.0
SILENT_FOR_S = 90.0
CLOSE_OVERLOAD = 1013


def add_socket(app: FastAPI, desk: Desk, settings: Settings) -> None:
    """Add the agents' socket to the app."""

    @app.websocket("/ws/agent")
    async def agent(socket: WebSocket) -> None:
        origin = socket.headers.get("origin")
        if origin != settings.public_origin and (origin is not None or settings.origin_needed):
            await socket.close(1008)
            return
        await socket.accept(SUBPROTOCOL)
        outbox = SocketOutbox(socket.send_text, socket.close)
        try:
            console = await _greet(socket, desk, outbox)
        except (WebSocketDisconnect, TimeoutError, RuntimeError, KeyError):
            return
        if console is None:
            await socket.close(CLOSE_TOKEN)
            return
        SOCKETS.inc()
        try:
            await _converse(socket, console)
        finally:
            SOCKETS.dec()
            await console.leave()
            with contextlib.suppress(RuntimeError):
                await socket.close()


async def _greet(socket: WebSocket, desk: Desk, outbox: SocketOutbox) -> Console | None:
    try:
        hello = read(await asyncio.wait_for(socket.receive_text(), HELLO_WITHIN_S))
    except BadFrame:
        return None
    if not isinstance(hello, AHello):
        return None
    try:
        session = await desk.store.use_ticket(hello.ticket)
    except Transient:
        busy = DRefused(code=Refusal.BUSY, retry_after_s=2)
        await socket.send_text(busy.model_dump_json())
        return None
    directory = desk.directories.get(session.tenant) if session else None
    profile = directory.agent(session.agent) if session and directory else None
    if session is None or profile is None:
        refused = DRefused(code=Refusal.TOKEN_INVALID)
        await socket.send_text(refused.model_dump_json())
        return None
    return Console(desk, session, profile, outbox)


async def _converse(socket: WebSocket, console: Console) -> None:
    loop = asyncio.get_running_loop()
    writer = loop.create_task(console.outbox.write())
    reader = loop.create_task(_read(socket, console))
    try:
        await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (reader, writer):
            task.cancel()
        await asyncio.gather(reader, writer, return_exceptions=True)


async def _read(socket: WebSocket, console: Console) -> None:
    try:
        await console.arrive()
    except Transient:
        console.outbox.end(CLOSE_OVERLOAD)
        await asyncio.sleep(1)  # the writer closes; the client comes back
        return
    with contextlib.suppress(WebSocketDisconnect, TimeoutError, RuntimeError, KeyError):
        while True:
            data = await asyncio.wait_for(socket.receive_text(), SILENT_FOR_S)
            await console.receive(data)
