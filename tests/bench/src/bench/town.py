"""A town for the measurements: everybody at the desk, so many conversations going on."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from native.system import WholeSystem

from bench.clients import GIVE_UP_S, Arrivals, Citizen, Desk

TEXT = "Hei! Kan jeg levere hageavfall på gjenvinningsstasjonen på lørdag, og hva koster det?"
CAPACITY = 10
PUBLISHED_EVERY_S = 2.0
"""So often the desk looks whether its set-up changed."""
_AT_ONCE = 4
"""Agents who sign in at the same time: checking a password is slow on purpose."""


@dataclass(slots=True)
class Talk:
    """What was measured while people talked."""

    messages: int = 0
    seconds: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    """From a sender's send to the moment the other side could show it."""


class Town:
    """Agents at the desk, and conversations they have taken."""

    def __init__(self, system: WholeSystem) -> None:
        """Prepare; `staffed` gives one that is ready."""
        self.addresses = system.addresses
        self._arrivals = Arrivals()
        self._owners: defaultdict[str, asyncio.Future[Desk]] = defaultdict(asyncio.Future)
        users = [user for user in self.addresses["users"] if user["role"] == "agent"]
        self._desk = [
            Desk(self.addresses["console"], user, self._owners, self._arrivals)
            for user in users
            if "servicetorget" in user["departments"]
        ]
        self._citizens: list[Citizen] = []

    async def sit_down(self) -> None:
        """Let every agent sign in."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(desk: Desk) -> None:
            async with places:
                await desk.sit_down()

        await asyncio.gather(*(one(desk) for desk in self._desk))

    async def converse(self, many: int) -> None:
        """Have at least so many conversations going on."""
        fresh = [
            Citizen(self.addresses["gateway"], self._arrivals)
            for _ in range(many - len(self._citizens))
        ]
        for citizen in fresh:
            await citizen.begin()
        self._citizens += fresh
        async with asyncio.timeout(GIVE_UP_S + many):
            for citizen in fresh:
                await self._owners[citizen.conversation]

    async def talk(self, many: int, seconds: float, think_s: float) -> Talk:
        """Let the first `many` conversations go on, each side answering the other.

        Args:
            many: conversations.
            seconds: how long.
            think_s: pause between an arrival and the answer to it.
        """
        talk, until = Talk(), time.perf_counter() + seconds
        began = time.perf_counter()
        await asyncio.gather(
            *(
                self._dialogue(citizen, talk, until, think_s, n / many)
                for n, citizen in enumerate(self._citizens[:many])
            )
        )
        talk.seconds = time.perf_counter() - began
        return talk

    async def _dialogue(
        self, citizen: Citizen, talk: Talk, until: float, think_s: float, start: float
    ) -> None:
        desk = await self._owners[citizen.conversation]
        await asyncio.sleep(think_s * start)  # not all in step
        by_citizen = True
        while time.perf_counter() < until:
            began = time.perf_counter()
            if by_citizen:
                message = await citizen.send(TEXT)
            else:
                message = await desk.send(citizen.conversation, TEXT)
            shown = await asyncio.wait_for(self._arrivals.expect(message), GIVE_UP_S)
            talk.latencies_s.append(shown - began)
            talk.messages += 1
            by_citizen = not by_citizen
            if think_s:
                await asyncio.sleep(think_s)

    async def idle_citizens(self, many: int) -> Sequence[Citizen]:
        """Return so many connected citizens who do nothing."""
        idle = [Citizen(self.addresses["gateway"], self._arrivals) for _ in range(many)]
        for citizen in idle:
            await citizen.idle()
        return idle

    async def go_home(self) -> None:
        """Hang everybody up."""
        await asyncio.gather(*(socket.close() for socket in (*self._citizens, *self._desk)))


@asynccontextmanager
async def staffed(system: WholeSystem) -> AsyncIterator[Town]:
    """Have a town whose agents may have ten conversations each."""
    await _raise_capacity(system)
    town = Town(system)
    await town.sit_down()
    try:
        yield town
    finally:
        await town.go_home()


async def _raise_capacity(system: WholeSystem) -> None:
    connection = await asyncpg.connect(system.secret("admin", "database_url"))
    try:
        for tenant, document in await connection.fetch(
            "SELECT tenant, document::text FROM desk.directory"
        ):
            directory = json.loads(document)
            directory["version"] += 1
            for agent in directory["agents"]:
                agent["capacity"] = CAPACITY
            await connection.execute(
                "UPDATE desk.directory SET version = $2, document = $3 WHERE tenant = $1",
                tenant,
                directory["version"],
                json.dumps(directory),
            )
        capacity = "SELECT min(capacity) FROM ledger.agent"
        async with asyncio.timeout(GIVE_UP_S):
            while await connection.fetchval(capacity) != CAPACITY:  # noqa: ASYNC110 - another's table
                await asyncio.sleep(PUBLISHED_EVERY_S / 10)
    finally:
        await connection.close()
