"""A citizen, as the widget behaves."""

import asyncio
import random
import secrets
from typing import Any
from uuid import uuid4

from replay.link import Frame, Link, Sequence


class Citizen(Link):
    """One conversation, seen from the citizen's side."""

    def __init__(self, url: str, tenant: str, dice: random.Random, *, duplicate: bool) -> None:
        """Make a new citizen with a new secret and a new conversation id."""
        super().__init__(url, dice, duplicate=duplicate)
        self.conversation = str(uuid4())
        self.copy_token = ""
        self.rendered: list[Frame] = []
        self.seen: dict[str, float] = {}
        """Event id to the loop time it could be shown."""
        self.topics: list[str] = []
        self.state = ""
        self.changed = asyncio.Condition()
        self._tenant = tenant
        self._secret = secrets.token_urlsafe(32)
        self._opened = False
        self._sequence = Sequence()

    async def hello(self) -> Frame:
        """Resume when the conversation was opened, else begin."""
        frame: Frame = {"type": "hello", "tenant": self._tenant, "secret": self._secret}
        if self._opened:
            frame |= {"conversation": self.conversation, "after": self._sequence.last}
        return frame

    async def open(self, topic: str) -> None:
        """Open the conversation; unknown topics are left out, as a citizen would."""
        await asyncio.wait_for(self.ready.wait(), 60)
        self._opened = True
        fields: dict[str, Any] = {"conversation": self.conversation}
        if topic in self.topics:
            fields["topic"] = topic
        await self.act("open", **fields)

    async def send(self, text: str) -> tuple[Frame, float, int]:
        """Say something; return its event, when it was sent, and how many ids were masked."""
        answer, action = await self.act("send", text=text, seen=self._sequence.last)
        return answer, action.sent_at, action.masked

    async def on_frame(self, frame: Frame) -> None:
        """Apply what came."""
        match frame["type"]:
            case "welcome":
                self.topics = [topic["id"] for topic in frame.get("topics", ())]
                await self._apply(frame.get("events", ()))
                if frame.get("status"):
                    self._status(frame["status"])
            case "events":
                await self._apply(frame["events"])
            case "event":
                await self._apply([frame["event"]])
            case "status":
                self._status(frame)
            case "heartbeat":
                if frame.get("last_seq", 0) > self._sequence.last:
                    await self.say({"type": "sync", "after": self._sequence.last})
        async with self.changed:
            self.changed.notify_all()

    def _status(self, frame: Frame) -> None:
        self.state = frame["state"]
        self.copy_token = frame.get("token") or self.copy_token

    async def _apply(self, events: Any) -> None:
        now = asyncio.get_running_loop().time()
        for event in events:
            for ready in self._sequence.take(event):
                self.rendered.append(ready)
                self.seen.setdefault(ready["id"], now)
                self.answer(ready["id"], ready)
        if self._sequence.gap:
            await self.say({"type": "sync", "after": self._sequence.last})

    async def wait_seen(self, event_id: str) -> float:
        """Wait until an event could be shown, and return when."""
        async with self.changed:
            await self.changed.wait_for(lambda: event_id in self.seen)
        return self.seen[event_id]

    async def wait_closed(self) -> None:
        """Wait until the conversation is closed and the copy can be fetched."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.state == "closed" and self.copy_token != "")
