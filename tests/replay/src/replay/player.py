"""Plays dialogues, many at a time, and gathers what happened."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from services.masking import mask

from replay.citizen import Citizen
from replay.compare import Said, Verdict, compare
from replay.desk import Agent, Case
from replay.dialogues import Dialogue, Turn
from replay.link import Refused

STUCK_S = 180.0
"""A dialogue in which nothing happened for so long is given up; its turns count as lost."""


@dataclass(frozen=True, slots=True)
class System:
    """Where the running system is (`.run/addresses.json`)."""

    gateway: str
    console: str
    tenant: str
    users: Sequence[dict[str, Any]]


@dataclass(slots=True)
class Outcome:
    """What one dialogue, or all of them, came to."""

    dialogues: int = 0
    expected: int = 0
    messages: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    masked: int = 0
    drops: int = 0
    unfinished: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    latencies_s: list[float] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add another outcome to this one."""
        self.dialogues += other.dialogues
        self.expected += other.expected
        self.messages += other.messages
        self.refused += other.refused
        self.masked += other.masked
        self.drops += other.drops
        self.unfinished += other.unfinished
        self.verdict += other.verdict
        self.latencies_s += other.latencies_s


class Player:
    """A pool of agents, and as many citizens at a time as asked for."""

    def __init__(
        self, system: System, *, concurrency: int, mutate: frozenset[str], seed: int
    ) -> None:
        """Prepare. `mutate` holds `duplicate` and/or `reconnect`."""
        self._system = system
        self._dice = random.Random(seed)
        self._duplicate = "duplicate" in mutate
        self._reconnect = "reconnect" in mutate
        self._cases: dict[str, Case] = {}
        self._agents: dict[str, Agent] = {}
        self._places = asyncio.Semaphore(concurrency)
        self._http = httpx.AsyncClient(base_url=system.gateway, timeout=20)

    async def play(
        self, dialogues: Sequence[Dialogue], progress: Callable[[Outcome], None]
    ) -> Outcome:
        """Play all and return the sum. `progress` is called as each one ends."""
        desk = [
            Agent(
                self._system.console,
                user,
                self._cases,
                self._agents,
                random.Random(self._dice.random()),
                duplicate=self._duplicate,
            )
            for user in self._system.users
        ]
        for agent in desk:
            agent.start()
        total = Outcome()
        try:
            for agent in desk:
                await asyncio.wait_for(agent.ready.wait(), 60)

            async def one(dialogue: Dialogue) -> None:
                async with self._places:
                    outcome = await self._dialogue(dialogue)
                total.add(outcome)
                progress(outcome)

            await asyncio.gather(*(one(dialogue) for dialogue in dialogues))
        finally:
            total.drops += sum(agent.drops for agent in desk)
            await asyncio.gather(*(agent.stop() for agent in desk))
            await self._http.aclose()
        return total

    async def _dialogue(self, dialogue: Dialogue) -> Outcome:
        outcome = Outcome(dialogues=1, expected=len(dialogue.turns))
        citizen = Citizen(
            self._system.gateway.replace("http", "ws", 1) + "/ws/citizen",
            self._system.tenant,
            random.Random(self._dice.random()),
            duplicate=self._duplicate,
        )
        case = self._cases[citizen.conversation] = Case(citizen.conversation)
        citizen.start()
        said: list[Said] = []
        try:
            await self._turns(dialogue, citizen, case, said, outcome)
            found = await asyncio.wait_for(self._transcript(citizen), 60)
            rendered = [
                Said(event["id"], event["author"]["kind"], event["body"]["text"])
                for event in citizen.rendered
                if event["body"]["kind"] == "message"
            ]
            outcome.verdict = max(
                compare(said, found), compare(said, rendered), key=lambda v: not v.clean
            )
            outcome.messages = len(found)
        except (TimeoutError, Refused, httpx.HTTPError) as error:
            outcome.unfinished = 1
            left = outcome.expected - sum(outcome.refused.values())
            outcome.verdict = Verdict(lost=left)
            outcome.refused[f"unfinished_{type(error).__name__}"] += 0
        finally:
            outcome.drops += citizen.drops
            await citizen.stop()
            # Kept: a late push about it must not be taken for somebody else's conversation.
        return outcome

    async def _turns(
        self,
        dialogue: Dialogue,
        citizen: Citizen,
        case: Case,
        said: list[Said],
        outcome: Outcome,
    ) -> None:
        await asyncio.wait_for(citizen.open(dialogue.topic), STUCK_S)
        # The line may be long: only the lack of any agent at all for so long is a failure.
        await asyncio.wait_for(case.owned(), STUCK_S * 5)
        for turn in dialogue.turns:
            await asyncio.wait_for(self._turn(turn, citizen, case, said, outcome), STUCK_S)
        await asyncio.wait_for(case.close(), STUCK_S)
        await asyncio.wait_for(citizen.wait_closed(), STUCK_S)

    async def _turn(
        self, turn: Turn, citizen: Citizen, case: Case, said: list[Said], outcome: Outcome
    ) -> None:
        self._maybe_drop(citizen, case)
        by_citizen = turn.sender == "citizen"
        try:
            event, sent_at, masked = await (citizen if by_citizen else case).send(turn.text)
        except Refused as refused:
            outcome.refused[str(refused)] += 1
            return
        outcome.masked += masked
        expected = mask(turn.text).text if masked else turn.text
        said.append(Said(event["id"], turn.sender, expected))
        other = case if by_citizen else citizen
        outcome.latencies_s.append(await other.wait_seen(event["id"]) - sent_at)

    def _maybe_drop(self, citizen: Citizen, case: Case) -> None:
        if not self._reconnect or self._dice.random() > 0.15:
            return
        link = citizen if self._dice.random() < 0.7 else case.owner
        if link is not None:
            # In the middle of what comes next, not neatly between two turns.
            delay_s = self._dice.uniform(0, 0.02)
            loop = asyncio.get_running_loop()
            loop.call_later(delay_s, lambda: loop.create_task(link.drop()))

    async def _transcript(self, citizen: Citizen) -> list[Said]:
        while True:
            try:
                answer = await self._http.get(
                    f"/copy/{citizen.conversation}",
                    params={"format": "json"},
                    headers={"Authorization": f"Bearer {citizen.copy_token}"},
                )
                answer.raise_for_status()
                break
            except httpx.HTTPError:
                await asyncio.sleep(0.5)
        return [
            Said(event["id"], event["author"]["kind"], event["body"]["text"])
            for event in answer.json()["events"]
            if event["body"]["kind"] == "message"
        ]
