"""Citizens and agents who talk while the system is broken under them."""

import asyncio
import contextlib
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from replay.desk import Agent, Case
from replay.link import Refused

from chaos.clients import Faulty
from chaos.history import History
from chaos.people import TownAgent, TownCitizen
from chaos.scripts import Manners, Script
from chaos.town import Town

SIGN_IN_S = 120.0
AT_ONCE = 2
"""Agents who sign in at the same time: checking a password is slow on purpose."""
SPECIALISTS = ("byggesak-plan", "barnehage-skole", "velferd-nav")
PRY_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who talks, and how much."""

    citizens: int = 30
    """Conversations at a time."""
    agents: int = 12
    """Of the first line; two specialists of each other department come on top."""
    rate: float = 50.0
    """Messages a second in all, while nothing is broken."""
    manners: Manners = field(default_factory=Manners)
    faulty: Faulty = field(default_factory=Faulty)


class Pace:
    """Lets so many through a second; what was not used is not saved up."""

    def __init__(self, rate: float) -> None:
        """Begin now."""
        self._gap_s = 1 / rate
        self._next = 0.0

    async def __call__(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now) + self._gap_s
        await asyncio.sleep(self._next - self._gap_s - now)


class Load:
    """The people of one run. `sit_down` once, then one `begin` and `end` a round."""

    def __init__(self, town: Town, crowd: Crowd, dice: random.Random) -> None:
        """Prepare the desk. What happens before the first round is written nowhere."""
        self._town = town
        self._crowd = crowd
        self._dice = dice
        self._history = History(Path(os.devnull))
        self._cases: dict[str, Case] = {}
        self._known: dict[str, Agent] = {}
        self._hurry = asyncio.Event()
        self._talking: set[asyncio.Task[None]] = set()
        self._pace = Pace(crowd.rate)
        self.citizens: dict[str, TownCitizen] = {}
        """Every citizen of this round, by conversation; those who left too."""
        self.agents = [self._agent(user) for user in self._staff()]

    def _staff(self) -> Sequence[dict[str, object]]:
        users = self._town.users
        first = [user for user in users if "servicetorget" in user["departments"]]
        found = first[: self._crowd.agents]
        for department in SPECIALISTS:
            found += [user for user in users if department in user["departments"]][:2]
        return found

    def _agent(self, user: dict[str, object]) -> TownAgent:
        console = self._town.console
        port = self._town.links.port("agents", "console")
        agent = TownAgent(
            console,
            f"ws://localhost:{port}/ws/agent",
            user,
            self._cases,
            self._known,
            random.Random(self._dice.random()),
            self._history,
            self._crowd.faulty,
        )
        agent.declines = self._crowd.manners.declines
        agent.ignores = self._crowd.manners.ignores
        return agent

    async def sit_down(self) -> None:
        """Sign every agent in."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(agent: TownAgent) -> None:
            async with places:
                agent.start()
                await agent.ready.wait()

        async with asyncio.timeout(SIGN_IN_S):
            await asyncio.gather(*map(one, self.agents))

    def begin(self, history: History) -> None:
        """Begin to talk, and write to this history."""
        self._history.close()
        self._history = history
        self.citizens.clear()
        self._cases.clear()
        self._hurry.clear()
        for agent in self.agents:
            agent.begin_round(history)
        loop = asyncio.get_running_loop()
        seats = [
            self._seat(random.Random(self._dice.random())) for _ in range(self._crowd.citizens)
        ]
        for work in (*seats, self._pry(random.Random(self._dice.random()))):
            task = loop.create_task(work)
            self._talking.add(task)

    async def _seat(self, dice: random.Random) -> None:
        """One place at a time: a conversation, and then the next."""
        await asyncio.sleep(dice.uniform(0, 2))
        former: TownCitizen | None = None
        while not self._hurry.is_set():
            citizen = self._citizen(dice)
            if former is not None and dice.random() < self._crowd.manners.comes_back:
                citizen.come_back_as(former)
            case = self._cases[citizen.conversation] = Case(citizen.conversation)
            self.citizens[citizen.conversation] = citizen
            citizen.start()
            script = Script(
                citizen,
                case,
                manners=self._crowd.manners,
                dice=dice,
                pace=self._pace,
                hurry=self._hurry,
                departments=sorted({d for agent in self.agents for d in agent.departments}),
            )
            with contextlib.suppress(Refused):  # reported by code; the citizen watches on
                await script.play()
                await self._see_out(citizen)
            former = citizen

    async def _see_out(self, citizen: TownCitizen) -> None:
        """Hang up once the citizen has been told that it is closed."""
        if citizen.left:
            return
        await citizen.wait_closed()
        async with citizen.changed:
            await citizen.changed.wait_for(
                lambda: bool(citizen.rendered) and citizen.rendered[-1]["body"]["kind"] == "closed"
            )
        await citizen.stop()

    def _citizen(self, dice: random.Random) -> TownCitizen:
        return TownCitizen(
            self._town.chat,
            random.Random(dice.random()),
            self._history,
            self._crowd.faulty,
            duplicate=dice.random() < 0.3,
        )

    async def _pry(self, dice: random.Random) -> None:
        """Now and then a stranger tries to read along, at either door."""
        while not self._hurry.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), PRY_EVERY_S)
            open_ones = [c for c, case in self._cases.items() if case.state == "active"]
            if not open_ones:
                continue
            stranger = self._citizen(dice)
            stranger.pry(dice.choice(open_ones))
            stranger.start()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), PRY_EVERY_S)
            await stranger.stop()
            specialist = dice.choice(
                [a for a in self.agents if "servicetorget" not in a.departments]
            )
            await specialist.pry(dice.choice(open_ones))

    def connected(self) -> list[TownCitizen | TownAgent]:
        """Return every client with an open socket."""
        people: list[TownCitizen | TownAgent] = [*self.citizens.values(), *self.agents]
        return [client for client in people if client.ready.is_set()]

    async def end(self, patience_s: float) -> int:
        """Let conversations come to an end; return how many did not in time."""
        self._hurry.set()
        done, left = await asyncio.wait(self._talking, timeout=patience_s)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._talking.clear()
        for task in done:
            if (error := task.exception()) is not None:
                raise error
        return len(left)

    async def hang_up(self) -> None:
        """Close every citizen's socket."""
        await asyncio.gather(*(citizen.stop() for citizen in self.citizens.values()))

    async def go_home(self) -> None:
        """Close every socket."""
        for task in self._talking:
            task.cancel()
        await asyncio.gather(*self._talking, return_exceptions=True)
        await self.hang_up()
        await asyncio.gather(*(agent.stop() for agent in self.agents))
        self._history.close()
