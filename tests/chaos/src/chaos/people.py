"""Citizens and agents of the replay client who write down what they do and see."""

import asyncio
import contextlib
import random
from typing import Any

from replay.citizen import Citizen
from replay.desk import Agent, Case
from replay.link import RETRYABLE, Action, Frame, Refused

from chaos.clients import Faulty, Recording
from chaos.history import History, Op

TENANT = "sarpsborg"


class TownCitizen(Recording, Citizen):
    """A citizen with one conversation."""

    def __init__(
        self, url: str, dice: random.Random, history: History, faulty: Faulty, *, duplicate: bool
    ) -> None:
        """Make a new citizen."""
        super().__init__(url, TENANT, dice, duplicate=duplicate)
        self.record_to(history, faulty)
        self.who = f"citizen:{self.conversation}"
        self._sequence = self.sequence(self.conversation)
        self._resumed = False
        self._open_id = ""
        self.left = False

    def come_back_as(self, former: "TownCitizen") -> None:
        """Be the same person as another citizen, with a new conversation."""
        self._secret = former._secret

    def pry(self, conversation: str) -> None:
        """Try, under one's own secret, to go on with somebody else's conversation."""
        self.conversation = conversation
        self._sequence = self.sequence(conversation)
        self._opened = True
        self.history.add(self.who, Op.LEFT, conversation=conversation)

    def conversation_of(self, frame: Frame) -> str:
        """See `Recording`."""
        return self.conversation

    @property
    def last(self) -> int:
        """Return the highest seq shown."""
        return self._sequence.last

    def leave(self) -> None:
        """Go away for ever, without a word."""
        self.left = True
        self.history.add(self.who, Op.LEFT, conversation=self.conversation)

    async def hello(self) -> Frame:
        """See `Citizen.hello`."""
        frame = await super().hello()
        if "conversation" in frame:
            self.history.add(
                self.who, Op.RESUMED, conversation=self.conversation, seq=frame["after"]
            )
            self._resumed = True
            if self.faulty.never_attaches and self._open_id:
                del frame["conversation"], frame["after"]
        return frame

    async def _transmit(self, action: Action) -> None:
        if action.frame["type"] == "open":
            self._open_id = action.frame["id"]
        await super()._transmit(action)

    async def on_frame(self, frame: Frame) -> None:
        """See `Citizen.on_frame`."""
        if frame["type"] == "welcome" and self.faulty.never_attaches and self._open_id:
            again = {"type": "open", "id": self._open_id, "conversation": self.conversation}
            await self.say(again)
        if frame["type"] == "heartbeat" and self.faulty.ignores_watermark:
            return
        await super().on_frame(frame)

    async def _apply(self, events: Any) -> None:
        events = list(events)
        if events and self._resumed:
            self._resumed = False
            self.history.add(
                self.who, Op.FIRST, conversation=self.conversation, seq=events[0]["seq"]
            )
        await super()._apply(events)

    async def ask_again(self) -> None:
        """Ask for events that are partly here already, as a careful client may."""
        self._resumed = False  # what comes first is now this client's own choice
        await self.say({"type": "sync", "after": max(0, self.last - 3)})


class TownAgent(Recording, Agent):
    """An agent who takes what is offered, and follows it to its end."""

    def __init__(
        self,
        console: str,
        socket: str,
        user: Frame,
        cases: dict[str, Case],
        desk: dict[str, Agent],
        dice: random.Random,
        history: History,
        faulty: Faulty,
    ) -> None:
        """Prepare for one user; `socket` is where the console's socket is reached."""
        super().__init__(console, user, cases, desk, dice, duplicate=dice.random() < 0.3)
        self._url = socket
        self.record_to(history, faulty)
        self.who = f"agent:{user['name']}"
        self.departments: list[str] = list(user["departments"])
        self.declines = self.ignores = 0.0
        """Shares of offers that this agent declines, or lets run out."""
        self._ended: set[str] = set()
        self._refused_streams: set[str] = set()
        self._shown: set[tuple[str, str]] = set()

    def begin_round(self, history: History) -> None:
        """Write to another history; what is behind is forgotten."""
        self.history = history
        self._told.clear()
        self.ticked.clear()
        self._sequences.clear()
        self._ended.clear()
        self._refused_streams.clear()
        self._shown.clear()

    def follows(self) -> dict[str, int]:
        """Return the last seq of every conversation this desk still follows."""
        return {
            conversation: sequence.last
            for conversation, sequence in self._sequences.items()
            if conversation not in self._ended | self._refused_streams
        }

    async def on_frame(self, frame: Frame) -> None:
        """See `Agent.on_frame`."""
        if frame["type"] == "refused":
            await self._follow_refused(frame)
            return
        await super().on_frame(frame)
        if frame["type"] == "welcome":
            for conversation in self.follows():
                if conversation not in self._followed:
                    self._followed.add(conversation)
                    await self._follow(conversation)

    async def _follow_refused(self, frame: Frame) -> None:
        conversation = frame.get("conversation")
        if conversation is None:
            return  # about the socket: it is closed, and the link comes back
        if frame["code"] in RETRYABLE:
            task = asyncio.get_running_loop().create_task(self._follow_later(conversation))
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        else:
            self._refused_streams.add(conversation)
            self.history.add(self.who, Op.WALLED, conversation=conversation, code=frame["code"])

    async def _follow_later(self, conversation: str) -> None:
        await asyncio.sleep(self._dice.uniform(0.2, 1))
        await self._follow(conversation)

    async def _summary(self, summary: Frame) -> None:
        seen = (summary["conversation"], summary["department"])
        if seen not in self._shown:
            self._shown.add(seen)
            self.history.add(self.who, Op.SHOWN, conversation=seen[0], code=seen[1])
        await super()._summary(summary)

    async def _snapshot(self, frame: Frame) -> None:
        for summary in frame["line"]:
            await self._summary(summary)
        await super()._snapshot(frame)

    async def _accept(self, case: Case, offer: str) -> None:
        luck = self._dice.random()
        if luck < self.ignores:
            return
        if luck < self.ignores + self.declines:
            with contextlib.suppress(Refused):
                await self.act("decline", conversation=case.conversation, offer=offer)
            return
        await super()._accept(case, offer)

    async def _follow(self, conversation: str) -> None:
        if conversation not in self._sequences:
            self._sequences[conversation] = self.sequence(conversation)
        await super()._follow(conversation)

    async def pry(self, conversation: str) -> None:
        """Try to read a conversation that is none of this desk's business."""
        await self._follow(conversation)

    async def _apply(self, conversation: str, events: Any) -> None:
        events = list(events)
        if conversation not in self._sequences:
            return
        await super()._apply(conversation, events)
        ended = any(event["body"]["kind"] == "closed" for event in events)
        if ended and not self._sequences[conversation].gap and conversation not in self._ended:
            self._ended.add(conversation)
            await self.say({"type": "unfollow", "conversation": conversation})
