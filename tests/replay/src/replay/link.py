"""A socket that keeps its word: it reconnects, sends again until answered, and applies by seq.

The same rules as the widget and the console follow (`services.contracts.wire_citizen`).
"""

import asyncio
import contextlib
import json
import random
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import websockets
from websockets.asyncio.client import ClientConnection, connect

RESEND_S = (2.0, 30.0)
HEARTBEAT_S = 10.0
SILENCE_S = 25.0
"""A socket that said nothing for so long is taken for dead."""
MAX_FRAME = 128 * 1024
RETRYABLE = frozenset({"busy", "rate_limited"})

Frame = dict[str, Any]


class Refused(Exception):
    """An action was refused for good. The message is its code."""


@dataclass(slots=True)
class Action:
    """A frame with an id, kept until it is answered."""

    frame: Frame
    answered: asyncio.Future[Frame]
    sent_at: float = 0.0
    """Loop time of the transmission that was not turned away as busy or too quick."""
    due: float = 0.0
    delay_s: float = RESEND_S[0]
    masked: int = 0
    waits: bool = True
    """True until its first transmission, or after a retryable refusal."""


@dataclass(slots=True)
class Sequence:
    """Applies `seq == last + 1` only; holds what is ahead."""

    last: int = 0
    held: dict[int, Frame] = field(default_factory=dict)

    def take(self, event: Frame) -> list[Frame]:
        """Return the events that may be applied now, in order."""
        seq = event["seq"]
        if seq <= self.last:
            return []
        self.held[seq] = event
        ready = []
        while self.last + 1 in self.held:
            self.last += 1
            ready.append(self.held.pop(self.last))
        return ready

    @property
    def gap(self) -> bool:
        """Whether something ahead is held back by something missing."""
        return bool(self.held)


class Link(ABC):
    """One client's socket over all its reconnects."""

    def __init__(self, url: str, dice: random.Random, *, duplicate: bool) -> None:
        """Prepare. `duplicate`: now and then send a frame twice, as a bad network would."""
        self._url = url
        self._dice = dice
        self._duplicate = duplicate
        self._socket: ClientConnection | None = None
        self._outbox: dict[str, Action] = {}
        self._running: list[asyncio.Task[None]] = []
        self._heard = 0.0
        self.ready = asyncio.Event()
        self.drops = 0

    @abstractmethod
    async def hello(self) -> Frame:
        """Return the first frame of a new socket."""

    @abstractmethod
    async def on_frame(self, frame: Frame) -> None:
        """Handle a frame that is not about the outbox. Set `ready` when welcomed."""

    def start(self) -> None:
        """Begin to connect and to keep connected."""
        loop = asyncio.get_running_loop()
        self._running = [
            loop.create_task(self._connect_for_ever()),
            loop.create_task(self._resend_for_ever()),
        ]

    async def stop(self) -> None:
        """Close and give up what is left."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._socket is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._socket.close(), 2)

    async def drop(self) -> None:
        """Tear the socket, without a farewell, as a lost network does."""
        socket = self._socket
        if socket is not None:
            self.drops += 1
            socket.transport.abort()

    async def act(self, kind: str, **fields: Any) -> tuple[Frame, Action]:
        """Do an action and return what answered it.

        Raises:
            Refused: for good, with the code.
        """
        frame = {"type": kind, "id": str(uuid4()), **fields}
        if len(json.dumps(frame)) > MAX_FRAME:
            raise Refused("frame_too_large")
        action = Action(frame, asyncio.get_running_loop().create_future())
        self._outbox[frame["id"]] = action
        await self._transmit(action)
        answer = await action.answered
        if answer.get("type") == "refused":
            raise Refused(answer["code"])
        return answer, action

    def answer(self, action_id: str, frame: Frame) -> None:
        """Resolve an action with the frame that answers it."""
        action = self._outbox.pop(action_id, None)
        if action is not None and not action.answered.done():
            action.answered.set_result(frame)

    async def say(self, frame: Frame) -> None:
        """Send a frame that nobody waits for; lost with the socket."""
        if self._socket is not None:
            with contextlib.suppress(websockets.ConnectionClosed):
                await self._socket.send(json.dumps(frame))

    async def _transmit(self, action: Action) -> None:
        now = asyncio.get_running_loop().time()
        action.due = now + action.delay_s * self._dice.uniform(1, 1.3)
        action.delay_s = min(action.delay_s * 2, RESEND_S[1])
        if not self.ready.is_set():
            return
        if action.waits:
            action.sent_at, action.waits = now, False
        await self.say(action.frame)
        if self._duplicate and self._dice.random() < 0.3:
            await self.say(action.frame)

    async def _resend_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(0.1)
            for action in list(self._outbox.values()):
                if action.due <= loop.time():
                    await self._transmit(action)
            if self._socket is not None and loop.time() - self._heard > SILENCE_S:
                self._socket.transport.abort()

    async def _connect_for_ever(self) -> None:
        delay = 0.1
        while True:
            try:
                async with connect(
                    self._url,
                    subprotocols=[websockets.Subprotocol("prek.v1")],
                    open_timeout=5,
                    max_size=None,
                    ping_interval=None,
                    compression=None,
                ) as socket:
                    await socket.send(json.dumps(await self.hello()))
                    self._socket, delay = socket, 0.1
                    await self._listen(socket)
            except (OSError, websockets.WebSocketException, TimeoutError, ValueError):
                pass
            finally:
                self._socket = None
                self.ready.clear()
            await asyncio.sleep(delay * self._dice.uniform(0.5, 1))
            delay = min(delay * 2, 2.0)

    async def _listen(self, socket: ClientConnection) -> None:
        loop = asyncio.get_running_loop()
        beat = loop.create_task(self._beat(socket))
        try:
            self._heard = loop.time()
            async for data in socket:
                self._heard = loop.time()
                await self._dispatch(json.loads(data))
        finally:
            beat.cancel()

    async def _beat(self, socket: ClientConnection) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(HEARTBEAT_S)
                await socket.send(json.dumps({"type": "heartbeat"}))

    async def _dispatch(self, frame: Frame) -> None:
        match frame["type"]:
            case "accepted":
                if (action := self._outbox.get(frame["id"])) is not None:
                    action.masked = frame.get("masked", 0)
            case "refused" if frame.get("id"):
                await self._refused(frame)
            case "done":
                self.answer(frame["id"], frame)
            case "welcome":
                self.ready.set()
                await self.on_frame(frame)
                for action in list(self._outbox.values()):
                    await self._transmit(action)
            case _:
                await self.on_frame(frame)

    async def _refused(self, frame: Frame) -> None:
        action = self._outbox.get(frame["id"])
        if action is None:
            return
        if frame["code"] in RETRYABLE:
            wait_s = frame.get("retry_after_s") or 1.0
            action.due = asyncio.get_running_loop().time() + wait_s
            action.waits = True
            return
        self.answer(frame["id"], frame)
