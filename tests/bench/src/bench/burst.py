"""`python -m bench.burst`: a burst on several routers, and what the loss of one of them costs.

The last line is one JSON object. Times are what the desks saw: from the first citizen's `open`
until so many conversations had an agent, and from a router's loss until the next slot was filled.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
from native.launch import raise_file_limit
from native.system import WholeSystem
from replay.citizen import Citizen
from replay.desk import Agent, Case

AGENTS: Final = 8
CAPACITY: Final = 3
CITIZENS: Final = 200
ROUTERS: Final = 3
PATIENCE_S: Final = 60.0
"""How long one step may take before the measurement gives up."""

Loss = Callable[[WholeSystem, int], None]


@dataclass(slots=True)
class Burst:
    """What was seen."""

    filled_s: float
    """From the first `open` until every slot was taken."""
    lost_s: dict[str, list[float]] = field(default_factory=dict)
    """Per kind of loss, seconds until the slot that was freed then was filled again."""


async def staff_first_line(system: WholeSystem) -> list[dict[str, Any]]:
    """Put eight of the demonstration's agents, and nobody else, at the first line."""
    users = [user for user in system.addresses["users"] if user["role"] == "agent"][:AGENTS]
    names = {user["name"] for user in users}
    connection = await asyncpg.connect(system.secret("admin", "database_url"))
    try:
        document = json.loads(await connection.fetchval("SELECT document FROM desk.directory"))
        document["version"] += 1
        for agent in document["agents"]:
            mine = agent["id"] in names
            agent["departments"] = [document["first_line"]] if mine else []
            agent["capacity"] = CAPACITY
        await connection.execute(
            "UPDATE desk.directory SET version = $1, document = $2",
            document["version"],
            json.dumps(document),
        )
        async with asyncio.timeout(PATIENCE_S):
            while await _told(connection) != document["version"]:  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.1)
    finally:
        await connection.close()
    return users


async def _told(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT max(version) FROM ledger.directory"))


class Crowd:
    """Citizens who ask at once, and desks that take whatever is offered."""

    def __init__(self, system: WholeSystem, users: Sequence[Mapping[str, Any]]) -> None:
        """Prepare everybody."""
        self.cases: dict[str, Case] = {}
        self.owned = asyncio.Queue[tuple[Case, float]]()
        agents: dict[str, Agent] = {}
        addresses = system.addresses
        console = addresses["console"].rstrip("/")
        self.desks = [
            Agent(console, dict(user), self.cases, agents, random.Random(n), duplicate=False)
            for n, user in enumerate(users)
        ]
        socket = addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
        self.citizens = [
            Citizen(socket, "sarpsborg", random.Random(n), duplicate=False) for n in range(CITIZENS)
        ]
        self._watching: list[asyncio.Task[None]] = []

    async def arrive(self) -> None:
        """Let all sockets be welcomed; nobody has asked anything yet."""
        for link in (*self.desks, *self.citizens):
            link.start()
        async with asyncio.timeout(PATIENCE_S):
            for link in (*self.desks, *self.citizens):
                await link.ready.wait()

    async def ask(self) -> float:
        """Let every citizen ask at once; return the loop's time just before."""
        loop = asyncio.get_running_loop()
        for citizen in self.citizens:
            case = self.cases[citizen.conversation] = Case(citizen.conversation)
            self._watching.append(loop.create_task(self._watch(case)))
        began = loop.time()
        await asyncio.gather(*(citizen.open("") for citizen in self.citizens))
        return began

    async def _watch(self, case: Case) -> None:
        await case.owned()
        self.owned.put_nowait((case, asyncio.get_running_loop().time()))

    async def next_owned(self) -> tuple[Case, float]:
        """Wait until one more conversation has its agent; return it, and when."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.owned.get()

    async def leave(self) -> None:
        """Hang up."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*(link.stop() for link in (*self.desks, *self.citizens)))


@asynccontextmanager
async def crowd(system: WholeSystem, users: Sequence[Mapping[str, Any]]) -> AsyncIterator[Crowd]:
    """Have a crowd in front of a running system."""
    people = Crowd(system, users)
    try:
        await people.arrive()
        yield people
    finally:
        await people.leave()


def kill(system: WholeSystem, replica: int) -> None:
    """Kill a router; the launcher starts another."""
    system.kill("router", replica)


def freeze(system: WholeSystem, replica: int) -> None:
    """Stop a router's process from running, without a word to anybody."""
    os.kill(system.process("router", replica)["pid"], signal.SIGSTOP)


def thaw(system: WholeSystem, replica: int) -> None:
    """Let it go on."""
    os.kill(system.process("router", replica)["pid"], signal.SIGCONT)


async def burst(people: Crowd) -> tuple[Burst, list[Case]]:
    """Let all ask at once and wait until every slot is taken."""
    began = await people.ask()
    seen = [await people.next_owned() for _ in range(AGENTS * CAPACITY)]
    return Burst(filled_s=seen[-1][1] - began), [case for case, _ in seen]


async def lose(system: WholeSystem, people: Crowd, held: list[Case], loss: Loss, n: int) -> float:
    """Lose a router, free a slot, and return after how many seconds it was filled again."""
    lost_at = asyncio.get_running_loop().time()
    loss(system, n)
    await held.pop(0).close()
    case, at = await people.next_owned()
    held.append(case)
    return at - lost_at


async def measure(system: WholeSystem) -> Burst:
    """Fill all slots, then lose each router in both ways."""
    users = await staff_first_line(system)
    async with crowd(system, users) as people:
        found, held = await burst(people)
        for replica in range(1, ROUTERS + 1):
            frozen = await lose(system, people, held, freeze, replica)
            thaw(system, replica)
            found.lost_s.setdefault("freeze", []).append(frozen)
        for replica in range(1, ROUTERS + 1):
            killed = await lose(system, people, held, kill, replica)
            found.lost_s.setdefault("kill", []).append(killed)
        return found


def main() -> int:
    """Measure some times over, each in a system of its own."""
    parser = argparse.ArgumentParser(prog="bench.burst", description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    repeat: int = parser.parse_args().repeat
    raise_file_limit()
    runs = []
    for n in range(repeat):
        with (
            tempfile.TemporaryDirectory(prefix="prek-burst-") as folder,
            WholeSystem(Path(folder) / "run", profile="load") as system,
        ):
            system.launcher("scale", "router", str(ROUTERS))
            runs.append(asyncio.run(measure(system)))
        sys.stderr.write(f"run {n + 1}: all slots filled after {runs[-1].filled_s:.2f} s\n")
    lost = {kind: [s for run in runs for s in run.lost_s[kind]] for kind in ("freeze", "kill")}
    result = {
        "routers": ROUTERS,
        "citizens": CITIZENS,
        "slots": AGENTS * CAPACITY,
        "filled_s": [round(run.filled_s, 3) for run in runs],
        "filled_median_s": round(statistics.median(run.filled_s for run in runs), 3),
        **{f"after_{kind}_s": [round(s, 3) for s in times] for kind, times in lost.items()},
    }
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
