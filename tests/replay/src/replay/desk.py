"""The agents, as the console behaves: they take what is offered and answer."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from replay.link import Frame, Link, Refused, Sequence

LOST_IT = frozenset({"stale_epoch", "not_active", "not_found", "not_allowed"})
"""Refusals after which somebody else, or the same agent under a new epoch, has to answer."""


@dataclass(slots=True)
class Case:
    """One replayed conversation, seen from the desk."""

    conversation: str
    owner: "Agent | None" = None
    epoch: int = 0
    version: int = -1
    state: str = ""
    seen: dict[str, float] = field(default_factory=dict)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def update(self, summary: Frame, agents: dict[str, "Agent"]) -> None:
        """Take a newer state."""
        if summary["version"] <= self.version:
            return
        async with self.changed:
            self.version, self.state = summary["version"], summary["state"]
            self.epoch = summary["epoch"]
            self.owner = agents.get(summary["owner"] or "") if self.state == "active" else None
            self.changed.notify_all()

    async def owned(self) -> "Agent":
        """Wait until one of ours owns it."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.owner is not None)
        assert self.owner is not None
        return self.owner

    async def wait_seen(self, event_id: str) -> float:
        """Wait until a desk could show an event, and return when."""
        async with self.changed:
            await self.changed.wait_for(lambda: event_id in self.seen)
        return self.seen[event_id]

    async def send(self, text: str) -> tuple[Frame, float, int]:
        """Answer, by whoever owns it now; return the event, when it was sent, ids masked."""
        while True:
            agent = await self.owned()
            version = self.version
            try:
                answer, action = await agent.act(
                    "send",
                    conversation=self.conversation,
                    text=text,
                    epoch=self.epoch,
                    seen=agent.last(self.conversation),
                )
            except Refused as refused:
                if str(refused) not in LOST_IT:
                    raise
                await self._newer(version)
            else:
                return answer, action.sent_at, action.masked

    async def close(self) -> None:
        """Close it, and end the wrap-up so that the slot is free."""
        while self.state != "closed":
            agent = await self.owned()
            version = self.version
            try:
                await agent.act("close", conversation=self.conversation, epoch=self.epoch)
                await agent.act("wrapup_done", conversation=self.conversation)
            except Refused as refused:
                if str(refused) == "closed":
                    return
                await self._newer(version)
            else:
                return

    async def _newer(self, version: int) -> None:
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: self.version > version), 90)


class Agent(Link):
    """One agent's console."""

    def __init__(
        self,
        base: str,
        user: Frame,
        cases: dict[str, Case],
        agents: dict[str, "Agent"],
        dice: random.Random,
        *,
        duplicate: bool,
    ) -> None:
        """Prepare for one user of `addresses.json`."""
        super().__init__(base.replace("http", "ws", 1) + "/ws/agent", dice, duplicate=duplicate)
        parts = urlsplit(base)
        self.agent = ""
        self._user = user
        self._cases = cases
        self._agents = agents
        self._cookie = ""
        self._sequences: dict[str, Sequence] = {}
        self._followed: set[str] = set()
        self._accepted: set[str] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._http = httpx.AsyncClient(
            base_url=base,
            headers={"X-Prek": "1", "Origin": f"{parts.scheme}://{parts.netloc}"},
            timeout=10,
        )

    def last(self, conversation: str) -> int:
        """Return the highest seq shown."""
        sequence = self._sequences.get(conversation)
        return sequence.last if sequence else 0

    async def stop(self) -> None:
        """Close the socket and the HTTP client."""
        await super().stop()
        await self._http.aclose()

    async def hello(self) -> Frame:
        """Sign in if needed and fetch a one-time ticket."""
        try:
            if not self._cookie:
                await self._sign_in()
            answer = await self._http.post("/api/ticket", headers={"Cookie": self._cookie})
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                self._cookie = ""
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise OSError("sign-in") from error
        self._followed.clear()
        return {"type": "hello", "ticket": answer.json()["ticket"]}

    async def _sign_in(self) -> None:
        answer = await self._http.post(
            "/api/session",
            json={"name": self._user["name"], "password": self._user["password"]},
        )
        answer.raise_for_status()
        # By hand: a Secure cookie over http to loopback is kept by browsers, not by this client.
        self._cookie = answer.headers["set-cookie"].split(";", 1)[0]
        self._http.cookies.clear()

    async def on_frame(self, frame: Frame) -> None:
        """Apply what came."""
        match frame["type"]:
            case "welcome":
                self.agent = frame["agent"]
                self._agents[self.agent] = self
                if frame["presence"] != "available":
                    await self.say({"type": "presence", "presence": "available"})
                await self._snapshot(frame["snapshot"])
            case "snapshot":
                await self._snapshot(frame)
            case "summary":
                await self._summary(frame["summary"])
            case "events" if frame["stream"] == "dialogue":
                await self._apply(frame["conversation"], frame["events"])
            case "event" if frame["event"]["stream"] == "dialogue":
                await self._apply(frame["conversation"], [frame["event"]])
            case "event":
                # Of the desk's stream, where somebody follows it: what became of an own note.
                self.answer(frame["event"]["id"], frame["event"])
            case "presence" if frame["agent"] == self.agent and frame["presence"] == "forced_away":
                await self.say({"type": "presence", "presence": "available"})

    async def _snapshot(self, frame: Frame) -> None:
        for summary in frame["conversations"]:
            await self._summary(summary)

    async def _summary(self, summary: Frame) -> None:
        case = self._cases.get(summary["conversation"])
        if case is None:
            return
        offer = summary.get("offer")
        if offer and offer["agent"] == self.agent and offer["id"] not in self._accepted:
            self._accepted.add(offer["id"])
            task = asyncio.get_running_loop().create_task(self._accept(case, offer["id"]))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        if summary["owner"] == self.agent and case.conversation not in self._followed:
            self._followed.add(case.conversation)
            await self._follow(case.conversation)
        await case.update(summary, self._agents)

    async def _accept(self, case: Case, offer: str) -> None:
        try:
            await self.act("accept", conversation=case.conversation, offer=offer)
        except Refused:
            self._accepted.discard(offer)

    async def _follow(self, conversation: str) -> None:
        sequence = self._sequences.setdefault(conversation, Sequence())
        await self.say(
            {
                "type": "follow",
                "conversation": conversation,
                "stream": "dialogue",
                "after": sequence.last,
            }
        )

    async def _apply(self, conversation: str, events: Any) -> None:
        case = self._cases.get(conversation)
        if case is None:
            return
        sequence = self._sequences.setdefault(conversation, Sequence())
        now = asyncio.get_running_loop().time()
        async with case.changed:
            for event in events:
                for ready in sequence.take(event):
                    case.seen.setdefault(ready["id"], now)
                    self.answer(ready["id"], ready)
            case.changed.notify_all()
        if sequence.gap:
            await self._follow(conversation)
