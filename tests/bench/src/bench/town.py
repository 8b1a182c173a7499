"""A town for the measurements: everybody at the desk, so many conversations going on."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

import asyncpg
from native.system import WholeSystem

from bench.clients import GIVE_UP_S, Arrivals, Citizen, Desk

CAPACITY = 10
PUBLISHED_EVERY_S = 2.0
"""So often the desk looks whether its set-up changed."""
_AT_ONCE = 4
"""People who come at the same time: checking a password is slow on purpose."""

Say = Callable[[str, str], Awaitable[None]]
"""Takes the message's id and its text."""
_Person = TypeVar("_Person")


async def _each(people: Sequence[_Person], act: Callable[[_Person], Awaitable[None]]) -> None:
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(person: _Person) -> None:
        async with places:
            await act(person)

    await asyncio.gather(*(one(person) for person in people))


class Town:
    """Agents at the desk, and conversations they have taken."""

    def __init__(self, system: WholeSystem) -> None:
        """Prepare; `staffed` gives one that is ready."""
        self.addresses = system.addresses
        self.arrivals = Arrivals()
        self._owners: defaultdict[str, asyncio.Future[Desk]] = defaultdict(asyncio.Future)
        users = [user for user in self.addresses["users"] if user["role"] == "agent"]
        self._desk = [
            Desk(self.addresses["console"], user, self._owners, self.arrivals)
            for user in users
            if "servicetorget" in user["departments"]
        ]
        self._citizens: list[Citizen] = []

    async def sit_down(self) -> None:
        """Let every agent sign in."""
        await _each(self._desk, Desk.sit_down)

    async def converse(self, many: int) -> None:
        """Have at least so many conversations going on."""
        fresh = [
            Citizen(self.addresses["gateway"], self.arrivals)
            for _ in range(many - len(self._citizens))
        ]
        for citizen in fresh:
            await citizen.begin()
        self._citizens += fresh
        async with asyncio.timeout(GIVE_UP_S + many):
            for citizen in fresh:
                await self._owners[citizen.conversation]

    async def dialogues(self, many: int) -> list[tuple[Say, Say]]:
        """Return how the citizen and the owner of each of so many conversations say something."""
        await self.converse(many)
        return [
            (citizen.send, partial((await self._owners[citizen.conversation]).send, name))
            for citizen in self._citizens[:many]
            for name in (citizen.conversation,)
        ]

    async def idle_citizens(self, many: int) -> Sequence[Citizen]:
        """Return so many connected citizens who do nothing."""
        idle = [Citizen(self.addresses["gateway"], self.arrivals) for _ in range(many)]
        await _each(idle, Citizen.idle)
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
