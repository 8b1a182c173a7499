"""A desk with much on it: a full line, everybody's places taken, and words coming all the time."""

import asyncio
import itertools
import json
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import uuid4

import asyncpg
from native.system import WholeSystem
from websockets.exceptions import InvalidStatus

from bench.clients import GIVE_UP_S, Arrivals, Citizen, Desk

CAPACITY: Final = 10
TENANT: Final = "sarpsborg"
UNHURRIED: Final = {
    "wrapup_s": 3600,
    "first_reply_nudge_s": 3600,
    "first_reply_leader_s": 5400,
    "first_reply_requeue_s": 7200,
    "offer_written_after_s": 7200,
}
"""Nothing but what is said and who comes and goes is to change anything while one measures."""
_AGAIN_S: Final = 0.5
TOPICS: Final = ("renovasjon", "parkering", "vei", "kultur-idrett")


@dataclass(frozen=True, slots=True)
class Mix:
    """What happens, in shares; the rest is words."""

    comes_and_goes: float
    """Somebody in line gives up, and somebody else comes."""
    topics: float
    """An owner says what a conversation is about, or that it is about something else."""


WORDS: Final = Mix(comes_and_goes=0.05, topics=0.0)
"""Before an agent: every word in their own conversations is told to them."""
STATES: Final = Mix(comes_and_goes=0.2, topics=0.7)
"""Before a leader, who is told of words only where they listen, and of every change of state."""

_TEXTS: Final = (
    "Hei, jeg lurer på når søppeldunken blir tømt i Storgata neste uke.",
    "Det er tirsdag, om morgenen. Sett den fram kvelden før.",
    "Takk!",
    "Jeg har sendt inn søknaden, men har ikke hørt noe. Hvor lang tid tar det, og kan vi begynne?",
)


class FullDesk:
    """So many conversations with so many agents, and so many citizens in line behind them."""

    def __init__(self, system: WholeSystem, active: int, waiting: int) -> None:
        """Prepare; `full_desk` gives one that is there.

        Args:
            system: With the rate limits of load tests.
            active: Conversations that are going on; every agent has ten of them.
            waiting: Citizens in line when nobody has a place.
        """
        self._addresses = system.addresses
        self._active, self._waiting = active, waiting
        self._arrivals = Arrivals()
        self._owners: defaultdict[str, asyncio.Future[Desk]] = defaultdict(asyncio.Future)
        self.users = system.users("servicetorget")[: active // CAPACITY]
        self._desk = [
            Desk(self._addresses["console"], user, self._owners, self._arrivals)
            for user in self.users
        ]
        self._served: list[Citizen] = []
        self._line: list[Citizen] = []
        self._dice = random.Random(1)
        self._texts = (f"{text} ({n})" for n in itertools.count() for text in _TEXTS)

    async def fill(self) -> None:
        """Have every place taken, and then the line grow."""
        for desk in self._desk:
            await desk.sit_down()
        self._served = [await self._come() for _ in range(self._active)]
        async with asyncio.timeout(GIVE_UP_S + self._active):
            for citizen in self._served:
                await self._owners[citizen.conversation]
        for citizen in self._served:
            await self._say(citizen)
        self._line = [await self._come() for _ in range(self._waiting)]
        for citizen in self._line:
            await self._say(citizen)

    async def go_home(self) -> None:
        """Hang everybody up."""
        people = (*self._served, *self._line, *self._desk)
        await asyncio.gather(*(each.close() for each in people))

    async def talk(
        self, per_s: float, seconds: float, mix: Mix, whose: Sequence[str] = ()
    ) -> float:
        """Have so many events a second; return how many there were.

        Args:
            per_s: Evenly, whatever is answered.
            seconds: For how long.
            mix: Of what.
            whose: Names of the agents whose conversations go on. Nobody: all of them.
        """
        whole = zip(self.users, self._desk, strict=True)
        named = [desk for user, desk in whole if not whose or user["name"] in whose]
        served = [
            citizen for citizen in self._served if await self._owners[citizen.conversation] in named
        ]
        began, many = time.perf_counter(), int(per_s * seconds)
        async with asyncio.TaskGroup() as changes:
            for n in range(many):
                await asyncio.sleep(began + n / per_s - time.perf_counter())
                await self._happen(mix, served, changes)
            took = time.perf_counter() - began
        return many / took

    async def _happen(
        self, mix: Mix, served: Sequence[Citizen], changes: asyncio.TaskGroup
    ) -> None:
        drawn = self._dice.random()
        if drawn < mix.comes_and_goes:
            # Nobody else waits for somebody to get in.
            changes.create_task(self._change_line())
            return None
        citizen = self._dice.choice(served)
        desk = await self._owners[citizen.conversation]
        if drawn < mix.comes_and_goes + mix.topics:
            about = {"conversation": citizen.conversation, "topic": self._dice.choice(TOPICS)}
            return await desk.say({"type": "set_topic", "id": str(uuid4()), **about})
        if self._dice.random() < 0.5:
            return await self._say(citizen)
        return await desk.send(citizen.conversation, str(uuid4()), next(self._texts))

    async def _change_line(self) -> None:
        """Somebody in line gives up, and somebody else comes."""
        left = self._line.pop(self._dice.randrange(len(self._line)))
        new = await self._come()
        self._line.append(new)
        await left.say({"type": "end", "id": str(uuid4())})
        await self._say(new)
        await left.close()

    async def _come(self) -> Citizen:
        """Have somebody come; whom the proxy finds no gateway for at the moment comes again."""
        async with asyncio.timeout(GIVE_UP_S):
            while True:
                citizen = Citizen(self._addresses["gateway"], self._arrivals)
                try:
                    await citizen.begin()
                except InvalidStatus:
                    await asyncio.sleep(_AGAIN_S)
                else:
                    return citizen

    async def _say(self, citizen: Citizen) -> None:
        await citizen.send(str(uuid4()), next(self._texts))


@asynccontextmanager
async def full_desk(system: WholeSystem, active: int, waiting: int) -> AsyncIterator[FullDesk]:
    """Give a desk whose places are all taken, with a line behind them."""
    await _set_up(system)
    desk = FullDesk(system, active, waiting)
    await desk.fill()
    await _until_counted(system, [("active", active), ("waiting", waiting)])
    try:
        yield desk
    finally:
        await desk.go_home()


async def _set_up(system: WholeSystem) -> None:
    """Ten places each, open day and night, and nobody in a hurry."""
    connection = await asyncpg.connect(system.secret("admin", "database_url"))
    try:
        text = await connection.fetchval(
            "SELECT document::text FROM desk.directory WHERE tenant = $1", TENANT
        )
        document = _roomy(json.loads(text))
        await connection.execute(
            "UPDATE desk.directory SET version = $2, document = $3 WHERE tenant = $1",
            *(TENANT, document["version"], json.dumps(document)),
        )
        told = "SELECT version FROM ledger.directory WHERE tenant = $1"
        async with asyncio.timeout(GIVE_UP_S):
            # Another's table tells us nothing.
            while await connection.fetchval(told, TENANT) != document["version"]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    finally:
        await connection.close()


def _roomy(document: dict[str, Any]) -> dict[str, Any]:
    for agent in document["agents"]:
        agent["capacity"] = CAPACITY
    for part in (document, *document["departments"]):
        part["hours"] = None
    document["timing"] |= UNHURRIED
    document["version"] += 1
    return document


async def _until_counted(system: WholeSystem, wanted: list[tuple[str, int]]) -> None:
    """Return when the ledger has so many in each state."""
    connection = await asyncpg.connect(system.secret("admin", "database_url"))
    counted = (
        "SELECT state, count(*) FROM ledger.conversation"
        " WHERE tenant = $1 AND state <> 'closed' GROUP BY state ORDER BY state"
    )
    try:
        async with asyncio.timeout(GIVE_UP_S):
            # Another's table tells us nothing.
            while list(map(tuple, await connection.fetch(counted, TENANT))) != wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    finally:
        await connection.close()


def supervisor(system: WholeSystem) -> Mapping[str, str]:
    """Return whoever leads every department."""
    users = cast("Sequence[Mapping[str, str]]", system.addresses["users"])
    return next(user for user in users if user["role"] == "supervisor")
