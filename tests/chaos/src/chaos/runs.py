"""A run: one system, as many rounds as it takes. What a round came to is kept, so runs resume."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from native.distribution import Distribution
from native.infrastructure import Infrastructure
from native.layout import Layout
from native.ports import remembered

from chaos import result as kept_results
from chaos import town as towns
from chaos.experiments import MUTANTS
from chaos.load import Crowd, Load
from chaos.memory import Memory
from chaos.result import Result
from chaos.round import Plan, Round

ROUND_S = 180.0
"""A long run is made of rounds of this length: each comes to rest and is judged by itself."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What a run should do."""

    seconds: float
    seed: int
    faults: Sequence[str]
    every_fault: bool = False
    by_turns: bool = False
    """See `Plan.by_turns`."""
    crowd: Crowd = field(default_factory=Crowd)
    mutant: str | None = None
    distribution: Distribution | None = None
    """Whose RabbitMQ is run. None: the one `PREK_BROKER` asks for."""


def _lengths(seconds: float) -> list[float]:
    rounds = max(1, round(seconds / ROUND_S))
    return [seconds / rounds] * rounds


def _kept(path: Path) -> list[Result]:
    """Return what the rounds of a former life came to."""
    if not path.exists():
        return []
    return list(map(kept_results.read, path.read_text(encoding="utf-8").splitlines()))


async def run(order: Order, folder: Path, say: Say) -> list[Result]:
    """Run every round that is not behind us already, and return what all came to."""
    kept = folder / f"rounds-{order.seed}.jsonl"
    results = _kept(kept)
    experiment = MUTANTS.get(order.mutant or "")
    setup = experiment.setup if experiment else towns.Setup()
    crowd = experiment.crowd if experiment else order.crowd
    dice = random.Random(order.seed)
    setup = replace(setup, distribution=order.distribution)
    async with towns.running(folder, setup, dice, say) as town:
        load = Load(town, crowd, dice)
        memory = Memory(town)
        watching = asyncio.get_running_loop().create_task(memory.watch())
        try:
            say(f"{len(load.agents)} agents sit down")
            await load.sit_down()
            for switch in experiment.switches if experiment else ():
                town.board.on(switch)
            for number, plan in enumerate(_plans(order)):
                if number < len(results):
                    continue
                say(
                    f"round {number + 1}: {plan.seconds:.0f} s, {len(plan.faults)} faults to choose"
                )
                seeded = random.Random(f"{order.seed}:{number}")
                one = Round(town, load, folder=folder, dice=seeded, say=say, memory=memory)
                results.append(await one.run(plan, number))
                with kept.open("a", encoding="utf-8") as file:
                    file.write(results[-1].line() + "\n")
        finally:
            watching.cancel()
            await load.go_home()
    return results


def _plans(order: Order) -> list[Plan]:
    if order.mutant:
        experiment = MUTANTS[order.mutant]
        return [Plan(experiment.seconds, experiment.faults, every_fault=True)]
    return [
        Plan(seconds, order.faults, every_fault=order.every_fault, by_turns=order.by_turns)
        for seconds in _lengths(order.seconds)
    ]


def remove(folder: Path) -> None:
    """Delete a run's data. Nothing of it runs any more."""
    if remembered(Layout(folder.resolve()).ports) is not None:
        Infrastructure(folder).remove()
