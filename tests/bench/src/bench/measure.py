"""The order of the measurements on one running system."""

import asyncio
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiormq
import asyncpg
from native.system import WholeSystem

from bench import cost, floor, load, search
from bench.figures import Idle, Measured, Run, spent
from bench.town import Town, staffed

PACE_PER_S = 50.0
"""Of the end-to-end runs and of the paced floor."""
END_TO_END = (1, 50, 200)
MANY = 100
"""Conversations while the rate grows."""
RATES = (50.0, 200.0)
"""Messages a second below the largest, for what one costs."""
FIRST_PER_S = 300.0
MOST_PER_S = 2_000.0
TRIALS, CONFIRMATIONS = 6, 4
CROWDS, CROWDS_PER_S = (10, 50, 200), 100.0
CLOSED = 50
REST_S = 10.0
"""How long the idle sockets are looked at."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How much to measure."""

    seconds: float
    """Of an end-to-end run and of the confirmation; the others take a third."""
    idle: int
    """Sockets."""
    quick: bool

    @property
    def shorter_s(self) -> float:
        """Return how long the other runs take."""
        return self.seconds / 3


class _Bench:
    """The measurements on one town."""

    def __init__(self, system: WholeSystem, town: Town, wish: Wish, tell: Tell) -> None:
        self._system = system
        self._town = town
        self._wish = wish
        self._tell = tell

    async def run(self, many: int, per_s: float | None, seconds: float) -> Run:
        dialogues, arrivals = await self._town.dialogues(many), self._town.arrivals
        before = cost.processor_s(self._system)
        if per_s is None:
            talk = await load.closed(dialogues, arrivals, seconds)
        else:
            talk = await load.offered(dialogues, arrivals, per_s, seconds)
        used = spent(before, cost.processor_s(self._system))
        run = Run(many, per_s, talk, used)
        pace = "as fast as they answer" if per_s is None else f"{per_s:g} a second"
        self._tell(
            f"{many} conversations, {pace}: {talk.per_s:.1f}/s, p50 {run.p50_ms:.1f} ms, "
            f"p99 {run.p99_ms:.1f} ms" + ("" if talk.whole else f", not whole: {_amiss(run)}")
        )
        return run

    async def end_to_end(self) -> list[Run]:
        await self.run(max(END_TO_END), PACE_PER_S, self._wish.shorter_s)  # warm
        return [await self.run(many, PACE_PER_S, self._wish.seconds) for many in END_TO_END]

    async def largest(self) -> tuple[list[Run], Run | None]:
        """Return every run at a growing rate, and the one that was sustained."""
        short = [await self.run(MANY, rate, self._wish.shorter_s) for rate in RATES]
        trials = 3 if self._wish.quick else TRIALS
        tried, rate = await self._ask(
            search.largest(FIRST_PER_S, MOST_PER_S, trials), self._wish.shorter_s
        )
        self._tell("the largest of them for longer")
        longer, held = await self._ask(search.confirmed(rate, CONFIRMATIONS), self._wish.seconds)
        return short + tried + longer, longer[-1] if held else None

    async def _ask(self, asking: search.Search, seconds: float) -> tuple[list[Run], float]:
        runs: list[Run] = []
        try:
            rate = next(asking)
            while True:
                runs.append(await self.run(MANY, rate, seconds))
                rate = asking.send(runs[-1].talk.sustained)
        except StopIteration as found:
            return runs, float(found.value)

    async def crowds(self) -> list[Run]:
        return [await self.run(many, CROWDS_PER_S, self._wish.shorter_s) for many in CROWDS]

    async def idle(self) -> Idle:
        self._tell(f"{self._wish.idle} idle sockets")
        before = _of_gateways(cost.memory_bytes(self._system))
        idle = await self._town.idle_citizens(self._wish.idle)
        used, began = _of_gateways(cost.processor_s(self._system)), time.perf_counter()
        await asyncio.sleep(self._wish.shorter_s if self._wish.quick else REST_S)
        used = _of_gateways(cost.processor_s(self._system)) - used
        rested = time.perf_counter() - began
        grown = _of_gateways(cost.memory_bytes(self._system)) - before
        await asyncio.gather(*(citizen.close() for citizen in idle))
        return Idle(self._wish.idle, int(grown), used, rested)


def _amiss(run: Run) -> str:
    talk = run.talk
    return (
        f"{talk.lost} lost, {talk.doubled} doubled, {talk.refused} refused, "
        f"{talk.held_back} held back"
    )


def _of_gateways(figures: "dict[str, int] | dict[str, float]") -> float:
    return sum(value for name, value in figures.items() if name.startswith("gateway-"))


async def measure(system: WholeSystem, wish: Wish, tell: Tell) -> Measured:
    """Measure everything on a system that was just started. About four minutes, or one if quick."""
    tell("the floor: hops, a commit and an echo, each alone")
    lowest = await floor.measure(
        system,
        rounds=200 if wish.quick else 1_000,
        paced=50 if wish.quick else 250,
        per_s=PACE_PER_S,
    )
    async with staffed(system) as town:
        bench = _Bench(system, town, wish, tell)
        end_to_end = await bench.end_to_end()
        trials, sustained = await bench.largest()
        memory = cost.memory_bytes(system)
        closed = await bench.run(CLOSED, None, wish.shorter_s)
        crowds = await bench.crowds()
        idle = await bench.idle()
    return Measured(
        machine=await _machine(system),
        floor=lowest,
        end_to_end=end_to_end,
        trials=_by_rate(trials),
        sustained=sustained,
        closed=closed,
        crowds=crowds,
        memory_bytes=memory,
        idle=idle,
    )


def _by_rate(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: run.offered_per_s or 0)


async def _machine(system: WholeSystem) -> dict[str, str | int]:
    """Return what the figures depend on."""
    broker = await aiormq.connect(system.secret("admin", "amqp_url"))
    database = await asyncpg.connect(system.secret("admin", "database_url"))
    facts: dict[str, str | int] = {
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
        "broker": f"RabbitMQ {_text(broker.server_properties['version'])}",
        "database": "PostgreSQL " + ".".join(map(str, database.get_server_version()[:2])),
    }
    await broker.close()
    await database.close()
    return facts


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
