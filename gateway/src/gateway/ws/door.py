"""The handshake, and the life of a socket from there to its close code."""

import asyncio
from itertools import count
from typing import Final

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from services.addresses import address_of, is_loopback
from services.contracts import Refusal
from services.contracts.wire_citizen import CLOSE_RATE, CLOSE_TOKEN, CHello, CitizenFrame
from services.metrics import SOCKETS
from services.outbox import SocketOutbox
from services.sockets import FLUSH_S, hang_up, receive_text

from gateway.availability import Availabilities
from gateway.core.frames import BadFrame, read_frame
from gateway.core.origins import may_connect
from gateway.limits import Limits
from gateway.metrics import CLOSED, TURNED_AWAY
from gateway.settings import GatewaySettings
from gateway.ws.actions import Actions
from gateway.ws.greeting import Greeting
from gateway.ws.rooms import Rooms
from gateway.ws.visitor import Visitor

log = structlog.get_logger()

SUBPROTOCOL: Final = "prek.v1"
MAX_BAD_FRAMES: Final = 20
"""In a row; a client that never says anything right is not one of ours."""
_CLOSE_RESTART, _CLOSE_OVERLOAD = 1012, 1013


class Door:
    """Every citizen's socket of this process."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        rooms: Rooms,
        greeting: Greeting,
        actions: Actions,
        availabilities: Availabilities,
        limits: Limits,
    ) -> None:
        """Let sockets in under these settings."""
        self._settings = settings
        self._rooms = rooms
        self._greeting = greeting
        self._actions = actions
        self._availabilities = availabilities
        self._limits = limits
        self._numbers = count(1)
        self._visitors: set[Visitor] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._leaving = False

    async def serve(self, socket: WebSocket) -> None:
        """Serve one socket to its end."""
        if (why := self._turned_away(socket)) is not None:
            TURNED_AWAY.labels(why).inc()
            await socket.close()  # before `accept`: HTTP 403
            return
        await socket.accept(subprotocol=SUBPROTOCOL)
        outbox = SocketOutbox(socket.send_text, lambda code: hang_up(socket, code))
        address = address_of(socket, self._settings.proxies)
        visitor = Visitor(next(self._numbers), outbox, address)
        self._visitors.add(visitor)
        self._empty.clear()
        SOCKETS.inc()
        started = asyncio.get_running_loop().time()
        try:
            await self._converse(socket, visitor)
        finally:
            SOCKETS.dec()
            CLOSED.labels(str(visitor.outbox.code or 1000)).inc()
            self._visitors.discard(visitor)
            self._availabilities.leave(visitor)
            await self._rooms.leave(visitor)
            if not self._visitors:
                self._empty.set()
            log.info(
                "socket_closed",
                tenant=visitor.tenant,
                code=visitor.outbox.code,
                sent=visitor.outbox.sent,
                seconds=round(asyncio.get_running_loop().time() - started, 1),
            )

    def _turned_away(self, socket: WebSocket) -> str | None:
        origin = socket.headers.get("origin")
        own = self._settings.public_origin
        if not may_connect(origin, own, no_origin_allowed=self._settings.no_origin_allowed):
            return str(Refusal.ORIGIN_NOT_ALLOWED)
        return None if SUBPROTOCOL in socket.scope["subprotocols"] else "subprotocol"

    async def _converse(self, socket: WebSocket, visitor: Visitor) -> None:
        """Read and write side by side; when one ends, so does the other."""
        loop = asyncio.get_running_loop()
        writer = loop.create_task(visitor.outbox.write(), name="write")
        reader = loop.create_task(self._listen(socket, visitor), name="read")
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            visitor.outbox.finish(1000)
            await asyncio.wait({writer}, timeout=FLUSH_S)
        finally:
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)
        if not reader.cancelled() and (error := reader.exception()) is not None:
            log.error("socket_failed", error=type(error).__name__, exc_info=error)

    async def _listen(self, socket: WebSocket, visitor: Visitor) -> None:
        try:
            if (code := self._too_many(visitor)) is not None:
                visitor.outbox.finish(code)
                return
            hello = await self._hello(socket, visitor)
            if hello is None or not await self._greeting.greet(visitor, hello):
                return
            while (frame := await self._next(socket, visitor)) is not None:
                await self._actions.act(visitor, frame)
        except WebSocketDisconnect:
            return

    def _too_many(self, visitor: Visitor) -> int | None:
        """Return the close code for one who comes at a bad time."""
        if self._leaving:
            return _CLOSE_RESTART
        if len(self._visitors) > self._settings.max_sockets:
            return _CLOSE_OVERLOAD
        # This machine's own programs are no crowd; a proxy here tells whom it speaks for.
        if is_loopback(visitor.address):
            return None
        now = asyncio.get_running_loop().time()
        wait_s = self._limits.handshakes.take(visitor.address, now)
        if wait_s > 0:
            visitor.refuse(Refusal.RATE_LIMITED, wait_s=wait_s)
            return CLOSE_RATE
        return None

    async def _hello(self, socket: WebSocket, visitor: Visitor) -> CHello | None:
        try:
            async with asyncio.timeout(self._settings.hello_timeout_s):
                while (frame := await self._next(socket, visitor)) is not None:
                    if isinstance(frame, CHello):
                        return frame
                    visitor.refuse(Refusal.NOT_ALLOWED, getattr(frame, "id", None))
        except TimeoutError:
            visitor.outbox.finish(CLOSE_TOKEN)
        return None

    async def _next(self, socket: WebSocket, visitor: Visitor) -> CitizenFrame | None:
        """Return the next good frame, or None when there were too many or too many bad ones."""
        for _ in range(MAX_BAD_FRAMES):
            text = await receive_text(socket)
            now = asyncio.get_running_loop().time()
            if self._limits.frames.take(str(visitor.number), now) > 0:
                break
            frame = read_frame(text) if text is not None else BadFrame(Refusal.FRAME_INVALID)
            if not isinstance(frame, BadFrame):
                return frame
            visitor.refuse(frame.code, frame.id)
        visitor.outbox.finish(CLOSE_RATE)
        return None

    # Stopping

    async def close_all(self) -> None:
        """Tell every client to come back elsewhere, and wait until they are gone."""
        self._leaving = True
        for visitor in list(self._visitors):
            visitor.outbox.finish(_CLOSE_RESTART)
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._empty.wait()
        except TimeoutError:
            for visitor in list(self._visitors):
                visitor.outbox.end(_CLOSE_RESTART)
            await self._empty.wait()
