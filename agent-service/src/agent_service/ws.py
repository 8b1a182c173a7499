"""The handshake of `/ws/agent`: origin, subprotocol, ticket; then a reader and a writer."""

import asyncio
import contextlib
from typing import Final

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from services.contracts import Refusal, TenantDirectory
from services.contracts.wire_agent import AHello
from services.contracts.wire_citizen import CLOSE_TOKEN
from services.contracts.wire_desk import DRefused
from services.errors import Transient
from services.metrics import SOCKETS
from services.outbox import SocketOutbox
from services.sockets import FLUSH_S, hang_up, receive_text

from agent_service.colleagues import Colleagues
from agent_service.console import Console
from agent_service.desk import Desk
from agent_service.following import BUSY_RETRY_S
from agent_service.frames import BadFrame, read
from agent_service.sessions import Denied, Sessions
from agent_service.settings import Settings
from agent_service.store import Store

log = structlog.get_logger()

SUBPROTOCOL: Final = "prek.v1"
CLOSE_RESTART, CLOSE_OVERLOAD = 1012, 1013
MAX_WAITING_BYTES: Final = 1024 * 1024
"""A leader's desk shows up to 500 waiting conversations, each about 700 bytes."""
SILENT_FOR_S = 90.0
"""A page in the background may be let speak only once a minute."""


class Sockets:
    """Every agent's socket of this process."""

    def __init__(
        self,
        desk: Desk,
        colleagues: Colleagues,
        sessions: Sessions,
        store: Store,
        settings: Settings,
    ) -> None:
        """Let sockets in under these settings."""
        self._desk = desk
        self._colleagues = colleagues
        self._sessions = sessions
        self._store = store
        self._settings = settings
        self._open: set[SocketOutbox] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._leaving = False

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket to its end."""
        if not self._may_connect(socket):
            await socket.close()  # before `accept`: HTTP 403
            return
        await socket.accept(SUBPROTOCOL)
        outbox = SocketOutbox(
            socket.send_text,
            lambda code: hang_up(socket, code),
            max_bytes=MAX_WAITING_BYTES,
        )
        self._open.add(outbox)
        self._empty.clear()
        SOCKETS.inc()
        started = asyncio.get_running_loop().time()
        try:
            await self._converse(socket, outbox)
        finally:
            SOCKETS.dec()
            self._open.discard(outbox)
            if not self._open:
                self._empty.set()
            log.info(
                "socket_closed",
                code=outbox.code,
                sent=outbox.sent,
                seconds=round(asyncio.get_running_loop().time() - started, 1),
            )

    def _may_connect(self, socket: WebSocket) -> bool:
        origin = socket.headers.get("origin")
        if origin is None:
            ours = self._settings.no_origin_allowed
        else:
            ours = origin == self._settings.public_origin
        return ours and SUBPROTOCOL in socket.scope["subprotocols"]

    async def _converse(self, socket: WebSocket, outbox: SocketOutbox) -> None:
        """Read and write side by side; when one ends, so does the other."""
        loop = asyncio.get_running_loop()
        writer = loop.create_task(outbox.write(), name="write")
        reader = loop.create_task(self._listen(socket, outbox), name="read")
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            outbox.finish(1000)
            await asyncio.wait({writer}, timeout=FLUSH_S)
        finally:
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
        if not reader.cancelled() and (error := reader.exception()) is not None:
            log.error("socket_failed", error=type(error).__name__, exc_info=error)

    async def _listen(self, socket: WebSocket, outbox: SocketOutbox) -> None:
        if self._leaving:
            outbox.finish(CLOSE_RESTART)
            return
        with contextlib.suppress(WebSocketDisconnect, TimeoutError):
            console = await self._greet(socket, outbox)
            if console is None:
                return
            try:
                await self._serve_console(socket, console)
            finally:
                console.leave()

    async def _greet(self, socket: WebSocket, outbox: SocketOutbox) -> Console | None:
        """Return the console a ticket opens, or send its bearer away."""
        try:
            async with asyncio.timeout(self._settings.hello_timeout_s):
                hello = read(await receive_text(socket))
            if not isinstance(hello, AHello):
                raise BadFrame(Refusal.NOT_ALLOWED)
            session = await self._store.use_ticket(hello.ticket)
            if session is None:
                raise Denied(Refusal.TOKEN_INVALID, 401)
            seat = self._sessions.seated(session)
            return Console(self._desk, self._colleagues, seat, outbox, self._settings.actions)
        except TimeoutError:
            outbox.finish(CLOSE_TOKEN)
        except BadFrame as bad:
            outbox.put(bad.refused)
            outbox.finish(CLOSE_TOKEN)
        except Denied as denied:
            _turn_away(outbox, denied.code)
        except Transient:
            _turn_away(outbox, Refusal.BUSY)
        return None

    async def _serve_console(self, socket: WebSocket, console: Console) -> None:
        try:
            await console.arrive()
        except Transient:
            _turn_away(console.outbox, Refusal.BUSY)
            return
        while True:
            async with asyncio.timeout(SILENT_FOR_S):
                data = await receive_text(socket)
            await console.receive(data)

    # Stopping

    async def close_all(self) -> None:
        """Tell every client to come back elsewhere, and wait until they are gone."""
        self._leaving = True
        for outbox in list(self._open):
            outbox.finish(CLOSE_RESTART)
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._empty.wait()
        except TimeoutError:
            for outbox in list(self._open):
                outbox.end(CLOSE_RESTART)
            await self._empty.wait()

    def furnish(self, directory: TenantDirectory) -> None:
        """Show a new set-up without cutting anybody off but those who are no longer in it."""
        for console in self._desk.furnish(directory):
            console.outbox.finish(CLOSE_RESTART)


def _turn_away(outbox: SocketOutbox, code: str) -> None:
    busy = code == Refusal.BUSY
    outbox.put(DRefused(code=code, retry_after_s=BUSY_RETRY_S if busy else None))
    outbox.finish(CLOSE_OVERLOAD if busy else CLOSE_TOKEN)
