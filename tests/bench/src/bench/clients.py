"""The leanest clients that speak the public protocol: they measure, they do not resend.

`replay` has the clients that keep their word; here every cycle of the load generator counts.
"""

import asyncio
import contextlib
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import httpx
import orjson
import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]
OnArrival = Callable[[float], None]
"""Called with a moment of `time.perf_counter`."""

SUBPROTOCOL = websockets.Subprotocol("prek.v1")
GIVE_UP_S = 30.0
HEARTBEAT_S = 10.0


class Socket(ABC):
    """A socket whose frames are handed to `take` one by one."""

    def __init__(self, url: str) -> None:
        """Prepare."""
        self._url = url
        self._socket: ClientConnection | None = None
        self._running: list[asyncio.Task[None]] = []
        self.welcomed = asyncio.Event()

    async def open(self, hello: Frame) -> None:
        """Connect and say hello; return when welcomed."""
        self._socket = await connect(
            self._url, subprotocols=[SUBPROTOCOL], compression=None, ping_interval=None
        )
        loop = asyncio.get_running_loop()
        self._running = [loop.create_task(self._read()), loop.create_task(self._beat())]
        await self.say(hello)
        await asyncio.wait_for(self.welcomed.wait(), GIVE_UP_S)

    async def say(self, frame: Frame) -> None:
        """Send a frame. What a socket that has ended does not take is missed by its reader."""
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send(orjson.dumps(frame).decode())

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.say({"type": "heartbeat"})

    async def _read(self) -> None:
        if self._socket is None:
            return
        async for data in self._socket:
            await self.take(orjson.loads(data))

    @abstractmethod
    async def take(self, frame: Frame) -> None:
        """Handle a frame."""


class Arrivals:
    """Which messages have been shown to the other side, and how often."""

    def __init__(self) -> None:
        """Wait for nothing yet."""
        self.doubled = 0
        self.refused = 0
        self._waiting: dict[str, OnArrival] = {}
        self._shown: dict[str, int] = {}

    def expect(self, message: str, on_arrival: OnArrival) -> None:
        """Call `on_arrival` with the moment when a message is shown. Ask before it is sent."""
        self._waiting[message] = on_arrival

    def forget(self) -> None:
        """Wait for nothing any more."""
        self._waiting.clear()

    def arrived(self, event: Frame, *, at_citizen: bool) -> None:
        """Note an event; one's own does not count, nor the same one by another way."""
        by_citizen = event["author"]["kind"] == "citizen"
        if event["body"]["kind"] != "message" or by_citizen == at_citizen:
            return
        message, seq = event["id"], event["seq"]
        if self._shown.setdefault(message, seq) != seq:
            self.doubled += 1
        on_arrival = self._waiting.pop(message, None)
        if on_arrival is not None:
            on_arrival(time.perf_counter())


class Citizen(Socket):
    """One citizen with one conversation."""

    def __init__(self, gateway: str, arrivals: Arrivals) -> None:
        """Make a new one."""
        super().__init__(gateway.replace("http", "ws", 1) + "/ws/citizen")
        self.conversation = str(uuid4())
        self.shown = 0
        self._arrivals = arrivals

    async def begin(self) -> None:
        """Connect and open the conversation."""
        await self.idle()
        fields = {"id": str(uuid4()), "conversation": self.conversation}
        await self.say({"type": "open", **fields})

    async def idle(self) -> None:
        """Connect only."""
        secret = secrets.token_urlsafe(32)
        await self.open({"type": "hello", "tenant": "sarpsborg", "secret": secret})

    async def take(self, frame: Frame) -> None:
        """See `Socket.take`."""
        match frame["type"]:
            case "welcome":
                self.welcomed.set()
            case "event":
                self._show(frame["event"])
            case "events":
                for event in frame["events"]:
                    self._show(event)
            case "refused":
                self._arrivals.refused += 1

    def _show(self, event: Frame) -> None:
        self.shown = max(self.shown, event["seq"])
        self._arrivals.arrived(event, at_citizen=True)

    async def send(self, message: str, text: str) -> None:
        """Say something under an id."""
        await self.say({"type": "send", "id": message, "text": text, "seen": self.shown})


class Desk(Socket):
    """One agent who takes everything offered."""

    def __init__(
        self,
        console: str,
        user: Mapping[str, str],
        owners: "Mapping[str, asyncio.Future[Desk]]",
        arrivals: Arrivals,
    ) -> None:
        """Prepare for one user of the demonstration."""
        self._console = console.rstrip("/")
        super().__init__(self._console.replace("http", "ws", 1) + "/ws/agent")
        self._user = user
        self._owners = owners
        self._arrivals = arrivals
        self._agent = ""
        self._epochs: dict[str, int] = {}
        self._shown: dict[str, int] = {}

    async def sit_down(self) -> None:
        """Sign in, fetch a ticket, connect."""
        headers = {"X-Prek": "1", "Origin": self._console}
        async with httpx.AsyncClient(base_url=self._console, headers=headers, timeout=60) as http:
            who = {"name": self._user["name"], "password": self._user["password"]}
            answer = await http.post("/api/session", json=who)
            answer.raise_for_status()
            cookie = {"Cookie": answer.headers["set-cookie"].split(";", 1)[0]}
            http.cookies.clear()
            ticket = (await http.post("/api/ticket", headers=cookie)).raise_for_status().json()
        await self.open({"type": "hello", **ticket})

    async def take(self, frame: Frame) -> None:
        """See `Socket.take`."""
        match frame["type"]:
            case "welcome":
                self._agent = frame["agent"]
                self.welcomed.set()
            case "snapshot":
                for summary in frame["conversations"]:
                    await self._summary(summary)
            case "summary":
                await self._summary(frame["summary"])
            case "event":
                self._show(frame["conversation"], frame["event"])
            case "events":
                for event in frame["events"]:
                    self._show(frame["conversation"], event)
            case "refused":
                self._arrivals.refused += 1

    async def _summary(self, summary: Frame) -> None:
        conversation, offer = summary["conversation"], summary["offer"]
        if offer and offer["agent"] == self._agent:
            action = {"id": str(uuid4()), "conversation": conversation, "offer": offer["id"]}
            await self.say({"type": "accept", **action})
        if summary["owner"] == self._agent and conversation not in self._epochs:
            self._epochs[conversation] = summary["epoch"]
            follow = {"conversation": conversation, "stream": "dialogue", "after": 0}
            await self.say({"type": "follow", **follow})
            if not self._owners[conversation].done():
                self._owners[conversation].set_result(self)

    def _show(self, conversation: str, event: Frame) -> None:
        if event["stream"] == "dialogue":
            self._shown[conversation] = max(self._shown.get(conversation, 0), event["seq"])
            self._arrivals.arrived(event, at_citizen=False)

    async def send(self, conversation: str, message: str, text: str) -> None:
        """Answer under an id."""
        await self.say(
            {
                "type": "send",
                "id": message,
                "conversation": conversation,
                "text": text,
                "epoch": self._epochs[conversation],
                "seen": self._shown.get(conversation, 0),
            }
        )
