"""An agent's socket as anybody may use it: one frame out, and what came of it. No console."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]
PATIENCE_S = 20.0
HEARTBEAT_S = 20.0
ENDS = frozenset({"done", "refused"})
BUSY = frozenset({"busy", "rate_limited"})


class Seat:
    """Signed in on one device: its HTTP client and its socket."""

    def __init__(self, web: httpx.AsyncClient, socket: ClientConnection, welcome: Frame) -> None:
        """Take what `seated` opened."""
        self.web = web
        self.welcome = welcome
        self._socket = socket
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self._follows: dict[str, asyncio.Future[Frame]] = {}
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._beat())]

    @property
    def agent(self) -> str:
        """Who it is."""
        return str(self.welcome["agent"])

    async def do(self, frame: Mapping[str, Any]) -> Frame:
        """Carry an action out; return what ended it: its event, `done` or `refused`."""
        asked = {"id": str(uuid4()), **frame}
        while True:
            answer = self._answers[asked["id"]] = asyncio.get_running_loop().create_future()
            await self.say(asked)
            ended = await asyncio.wait_for(answer, PATIENCE_S)
            if ended.get("code") not in BUSY:
                return ended
            await asyncio.sleep(ended["retry_after_s"] or 1)

    async def follow(self, conversation: str, stream: str = "dialogue") -> Frame:
        """Ask for a stream, and follow it from now on; return `events` or `refused`."""
        answer = self._follows[conversation] = asyncio.get_running_loop().create_future()
        frame = {"conversation": conversation, "stream": stream, "after": 0}
        await self.say({"type": "follow", **frame})
        return await asyncio.wait_for(answer, PATIENCE_S)

    async def unfollow(self, conversation: str) -> None:
        """Follow it no longer."""
        await self.say({"type": "unfollow", "conversation": conversation})

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Send a frame that nothing is expected of."""
        await self._socket.send(json.dumps(frame))

    async def _listen(self) -> None:
        async for data in self._socket:
            frame = json.loads(data)
            kind = frame["type"]
            if kind == "event":
                self._end(self._answers, frame["event"]["id"], frame)
            elif kind in ENDS and frame["id"] is not None:
                self._end(self._answers, frame["id"], frame)
            elif kind in ("events", "refused"):
                self._end(self._follows, frame["conversation"], frame)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.say({"type": "heartbeat"})

    @staticmethod
    def _end(waiting: dict[str, "asyncio.Future[Frame]"], key: str, frame: Frame) -> None:
        future = waiting.pop(key, None)
        if future is not None and not future.done():
            future.set_result(frame)

    async def stop(self) -> None:
        """Listen no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def seated(console: str, tenant: str, name: str, password: str) -> AsyncIterator[Seat]:
    """Sign an agent in at a console's address, and sit down, away: nothing is offered."""
    ours = {"X-Prek": "1", "Origin": console}
    who = {"name": name, "password": password, "tenant": tenant}
    async with httpx.AsyncClient(
        base_url=console, trust_env=False, timeout=PATIENCE_S, headers=ours
    ) as web:
        cookies = (await _patient(web, "/api/session", who)).cookies
        web.headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
        async with asyncio.timeout(PATIENCE_S):
            socket, welcome = await _welcomed(web, console)
        seat = Seat(web, socket, welcome)
        try:
            await seat.say({"type": "presence", "presence": "away"})
            yield seat
        finally:
            await seat.stop()
            await socket.close()


async def _patient(
    web: httpx.AsyncClient, path: str, body: Mapping[str, str] | None = None
) -> httpx.Response:
    """Ask until it is answered: each replica looks for new set-ups by itself, every two seconds."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await web.post(path, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer.raise_for_status()
            await asyncio.sleep(0.2)


async def _welcomed(web: httpx.AsyncClient, console: str) -> tuple[ClientConnection, Frame]:
    while True:
        ticket = (await _patient(web, "/api/ticket")).json()["ticket"]
        socket = await connect(
            console.replace("http", "ws", 1) + "/ws/agent",
            subprotocols=["prek.v1"],  # type: ignore[list-item]  # a NewType of str
            origin=console,  # type: ignore[arg-type]
            max_size=None,
            proxy=None,
        )
        await socket.send(json.dumps({"type": "hello", "ticket": ticket}))
        welcome: Frame = json.loads(await socket.recv())
        if welcome["type"] == "welcome":
            return socket, welcome
        assert welcome["code"] in BUSY, welcome
        await socket.close()
        await asyncio.sleep(0.2)
