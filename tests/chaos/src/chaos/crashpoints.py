"""`python -m chaos.crashpoints`: a process kills itself at each step where dying could lose words.

Each step is a round of its own: so many deaths under load, then rest, then the checker. The last
line on standard output is one JSON object; exit 1 on a violation, 2 when a step was not reached.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from native import distribution
from native.errors import StartError
from native.lock import AlreadyRunningError
from rich.console import Console
from rich.table import Table

from chaos import report, runs, town
from chaos.faults import Stage
from chaos.faults.stage import until
from chaos.load import Crowd, Load
from chaos.memory import Memory
from chaos.points import STEPS
from chaos.result import Result
from chaos.round import WARM_UP_S, Plan, Round
from chaos.scripts import Manners

REACHED_S = 40.0
"""Under load every step is passed many times within so long."""
CROWD = Crowd(citizens=10, agents=6, rate=25, manners=Manners(turns=(3, 8), ignores=0))


async def die_at(step: str, repeat: int, stage: Stage) -> int:
    """Let whoever passes a step next kill itself, so many times; return how often it did."""
    board, (service, _) = stage.town.board, STEPS[step]
    died = 0
    for _ in range(repeat):
        before = board.noted(step)
        board.on(f"kill-{step}")
        try:
            died += await until(lambda seen=before: board.noted(step) > seen, REACHED_S)  # type: ignore[misc]
        finally:
            board.off(f"kill-{step}")
        await stage.town.wait_ready([service])
    return died


async def run(
    steps: Sequence[str],
    repeat: int,
    seed: int,
    folder: Path,
    say: runs.Say,
    *,
    setup: town.Setup,
) -> dict[str, Result]:
    """Return what each step came to."""
    dice = random.Random(seed)
    faults = {step: partial(die_at, step, repeat) for step in steps}
    results = {}
    async with town.running(folder, setup, dice, say) as running:
        load = Load(running, CROWD, dice)
        try:
            await load.sit_down()
            for number, step in enumerate(steps):
                say(f"{step}: {STEPS[step][1]}")
                one = Round(
                    running,
                    load,
                    folder=folder,
                    dice=dice,
                    say=say,
                    memory=Memory(running),
                    faults=faults,
                )
                results[step] = await one.run(Plan(WARM_UP_S, [step], every_fault=True), number)
        finally:
            await load.go_home()
    return results


def _show(results: dict[str, Result], repeat: int, console: Console) -> None:
    table = Table(title="Dying at each step")
    for column in ("step", "what has happened by then", "died", "messages", "violations"):
        table.add_column(column)
    for step, result in results.items():
        found = [f"{name} {what}" for name, all_ in result.violations.items() for what in all_]
        died = f"{result.bites.get(step, 0)} of {repeat}"
        wrong = "\n".join([str(result.wrong), *found[:5]])
        table.add_row(step, STEPS[step][1], died, str(result.messages), wrong)
    console.print(table)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos.crashpoints", description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--steps", default="", help="names, parted by commas; all")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--broker", help="4: RabbitMQ 4 instead of the machine's own")
    parser.add_argument("--folder", type=Path, help="keep the run here")
    return parser.parse_args()


def main() -> int:
    """Run and return the exit code."""
    arguments = _arguments()
    console = Console(stderr=True)
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().getrandbits(32)
    steps = list(filter(None, arguments.steps.split(","))) or list(STEPS)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="prek-crash-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the database's account must pass through
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[{time.monotonic() - began:6.1f} s] {text}", markup=False, highlight=False)

    try:
        if unknown := set(steps) - set(STEPS):
            raise ValueError(f"no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
        setup = town.Setup(distribution=distribution.chosen(arguments.broker))
        results = asyncio.run(run(steps, arguments.repeat, seed, folder, say, setup=setup))
    except (StartError, AlreadyRunningError, ValueError, TimeoutError) as error:
        console.print(f"crash points: {error!r}", style="red", markup=False)
        return 2
    finally:
        if arguments.folder is None:
            runs.remove(folder)
            shutil.rmtree(folder, ignore_errors=True)
    _show(results, arguments.repeat, console)
    wrong = sum(result.wrong for result in results.values())
    unreached = [s for s, result in results.items() if result.bites.get(s, 0) < arguments.repeat]
    print(
        json.dumps(
            {
                "violations": wrong,
                "steps": {step: result.wrong for step, result in results.items()},
                "died": {step: result.bites.get(step, 0) for step, result in results.items()},
                "messages": sum(result.messages for result in results.values()),
                "unreached": unreached,
                "broker": report.broker(report.total(list(results.values()))),
                "seed": seed,
            }
        )
    )
    return 1 if wrong else 2 if unreached else 0


if __name__ == "__main__":
    sys.exit(main())
