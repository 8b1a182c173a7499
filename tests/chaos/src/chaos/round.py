"""One round: people talk, the schedule hurts, everything heals, and the checker judges."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import asyncpg

from chaos import archive, comparison, quiet, versions
from chaos.checker import Evidence, Facts, judge
from chaos.checker.evidence import Window
from chaos.comparison import REST_S, SPAN_S
from chaos.faults import FAULTS, Fault, Stage
from chaos.faults.presence import marked
from chaos.history import History, Op
from chaos.load import Load
from chaos.memory import Memory
from chaos.result import Result
from chaos.schedule import PAUSE_S, groups
from chaos.town import Town

WARM_UP_S = 4.0
"""Calm before the first fault."""
AFTER_S = 2.0
"""How long after its healing what is slow still counts as a fault's doing."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a round should do."""

    seconds: float
    faults: Sequence[str]
    every_fault: bool = False
    """Go on until each of them was let loose as often as it is named, however long it takes."""
    by_turns: bool = False
    """Let the faults loose in their order, a calm turn as long as the hurt one after each."""


class Round:
    """Runs one round on a system that is up, with people who have sat down."""

    def __init__(
        self,
        town: Town,
        load: Load,
        *,
        folder: Path,
        dice: random.Random,
        say: Say,
        memory: Memory,
        faults: Mapping[str, Fault] = FAULTS,
    ) -> None:
        """Prepare; its history is written to the folder. `faults`: what there is to choose."""
        self._memory = memory
        self._faults = {"none": comparison.none, **faults}
        self._town = town
        self._load = load
        self._folder = folder
        self._dice = dice
        self._say = say
        self._spans: list[Window] = []

    async def run(self, plan: Plan, number: int) -> Result:
        """Run it and return what it came to. The load closes the history when it ends."""
        history = History(self._folder / f"history-{number}.jsonl")
        result = Result()
        async with self._database() as database:
            former = await archive.known(database)
        before = await quiet.open_files(self._town)
        stage = Stage(self._town, self._load, self._dice, history.records)
        self._load.begin(history)
        try:
            began_ns = time.monotonic_ns()
            await self._hurt(plan, stage, result)
            ended_ns = time.monotonic_ns()
            await self._town.links.heal()
            unfinished = await quiet.settle(self._town, self._load, self._say)
        finally:
            await self._load.hang_up()
        self._say(f"judging {len(history.records)} steps")
        facts = await quiet.measure(self._town, stage.poison, before, self._memory)
        result.versions = await versions.read(self._town)
        result.rebuilt = marked(stage.rebuilt, result.windows)
        facts = replace(facts, rebuilt=result.rebuilt)
        healed_ns = max([began_ns, *(window.ended_ns for window in result.windows)])
        evidence = await self._evidence(history, former, facts, healed_ns)
        result.violations = judge(evidence)
        if unfinished:
            self._say(f"{unfinished} conversations did not come to an end")
        timed = _measure(evidence, result, began_ns, ended_ns)
        result.compared_s = comparison.sort(timed, self._spans)
        return result

    async def _evidence(
        self, history: History, former: Collection[str], facts: Facts, healed_ns: int
    ) -> Evidence:
        # What a former round or run left open is none of this one's business.
        records = [record for record in history.records if record.conversation not in former]
        ids = {record.conversation for record in records if record.conversation}
        async with self._database() as database:
            rows = await archive.read(database, ids)
        present = frozenset(agent.agent for agent in self._load.agents)
        return Evidence(records, rows, healed_ns, present, facts)

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self._town.database_url)
        try:
            yield connection
        finally:
            await connection.close()

    async def _hurt(self, plan: Plan, stage: Stage, result: Result) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + plan.seconds
        await asyncio.sleep(min(WARM_UP_S, plan.seconds))
        if not plan.faults:
            await asyncio.sleep(max(0.0, until - loop.time()))
            return
        if plan.by_turns:
            await self._take_turns(plan, stage, result, until)
            return
        missing = Counter(plan.faults) if plan.every_fault else Counter()
        for group in groups(plan.faults, self._dice):
            if loop.time() >= until and not +missing:
                return
            await asyncio.gather(*(self._let_loose(name, stage, result) for name in group))
            missing.subtract(group)
            await asyncio.sleep(AFTER_S + self._dice.uniform(*PAUSE_S))

    async def _take_turns(self, plan: Plan, stage: Stage, result: Result, until: float) -> None:
        names = cycle(plan.faults)
        while asyncio.get_running_loop().time() < until:
            began_ns = time.monotonic_ns()
            turn = asyncio.sleep(SPAN_S)
            await asyncio.gather(self._let_loose(next(names), stage, result), turn)
            await asyncio.sleep(self._dice.uniform(*REST_S))
            calm_ns = time.monotonic_ns()
            await asyncio.sleep(SPAN_S)
            length_ns = int(SPAN_S * 1e9)
            self._spans += [
                Window(comparison.HURT, began_ns, began_ns + length_ns),
                Window(comparison.CALM, calm_ns, calm_ns + length_ns),
            ]

    async def _let_loose(self, name: str, stage: Stage, result: Result) -> None:
        began_ns = time.monotonic_ns()
        bit = await self._faults[name](stage)
        window = Window(name, began_ns, time.monotonic_ns())
        result.windows.append(window)
        result.bites[name] = result.bites.get(name, 0) + bit
        if not bit:
            result.harmless.append(name)
        took_s = (window.ended_ns - began_ns) / 1e9
        self._say(f"{name}: bit {bit} times, {took_s:.1f} s")


def _measure(
    evidence: Evidence, result: Result, began_ns: int, ended_ns: int
) -> list[tuple[int, float]]:
    """Count messages, compute the latencies of each window, and return when each was sent."""
    shown: dict[str, int] = {}
    for (who, _conversation, _stream), records in evidence.screens.items():
        for record in records:
            sent = evidence.sent.get(record.id)
            if sent is not None and sent.who != who:
                shown.setdefault(record.id, record.at_ns)
    result.messages = sum(row.kind == "message" for row in evidence.archive.rows)
    result.refused = dict(
        Counter(
            record.code
            for record in evidence.records
            if record.op is Op.REFUSED and record.who.startswith("citizen:")
        )
    )
    calm, timed = 0, []
    for sent in evidence.sent.values():
        if sent.code != "send" or sent.id not in shown:
            continue
        names = [w.name for w in result.windows if _in(w, sent.at_ns)] or ["calm"]
        calm += names == ["calm"] and sent.at_ns < ended_ns
        latency_s = (shown[sent.id] - sent.at_ns) / 1e9
        timed.append((sent.at_ns, latency_s))
        for name in names:
            result.latencies_s.setdefault(name, []).append(latency_s)
    calm_s = _calm_s(result.windows, began_ns, ended_ns)
    result.calm_rate = calm / calm_s if calm_s else 0.0
    return timed


def _in(window: Window, at_ns: int) -> bool:
    return window.began_ns <= at_ns <= window.ended_ns + int(AFTER_S * 1e9)


def _calm_s(windows: Sequence[Window], began_ns: int, ended_ns: int) -> float:
    """Return the seconds outside every window."""
    calm_ns, at_ns = 0, began_ns
    for window in sorted(windows, key=lambda w: w.began_ns):
        calm_ns += max(0, window.began_ns - at_ns)
        at_ns = max(at_ns, window.ended_ns + int(AFTER_S * 1e9))
    return (calm_ns + max(0, ended_ns - at_ns)) / 1e9
