"""`python -m bench`: measure a whole system of its own; the last line is one JSON object.

Two cores that are shared give figures that wander: compare ratios, and medians of several runs.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

import uvloop
from native.system import WholeSystem
from rich.console import Console

from bench import cost, floor, report
from bench.town import Talk, staffed

CALM_THINK_S = 1.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--conversations", type=int, default=50)
    parser.add_argument("--few", type=int, default=10)
    parser.add_argument("--many", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--idle", type=int, default=1_000)
    parser.add_argument("--replicas", type=int, default=2)
    return parser.parse_args()


async def _measure(
    asked: argparse.Namespace, system: WholeSystem, console: Console
) -> report.Result:
    console.print("the floor: hops and a commit, each alone", highlight=False)
    lowest = await floor.measure(system)
    async with staffed(system) as town:

        async def run(many: int, think_s: float) -> report.Run:
            console.print(f"{many} conversations, thinking {think_s:g} s", highlight=False)
            await town.converse(many)
            await town.talk(many, 2, think_s)  # warm
            before = cost.processor_s(system)
            talk: Talk = await town.talk(many, asked.seconds, think_s)
            spent = cost.per_message_ms(before, cost.processor_s(system), talk.messages)
            return report.Run(many, think_s, talk, spent)

        few = await run(asked.few, 0)
        calm = await run(asked.conversations, CALM_THINK_S)
        full = await run(asked.conversations, 0)
        many = await run(asked.many, 0)
        console.print(f"{asked.idle} idle sockets", highlight=False)
        before_bytes = cost.resident_bytes(system, "gateway")
        idle = await town.idle_citizens(asked.idle)
        grown = cost.resident_bytes(system, "gateway") - before_bytes
        await asyncio.gather(*(citizen.close() for citizen in idle))
    return report.Result(
        floor=lowest,
        calm=calm,
        full=full,
        few=few,
        many=many,
        socket_kib=grown / 1024 / asked.idle,
    )


def main() -> int:
    """Measure and report."""
    asked = _arguments()
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="prek-bench-") as folder:
        console.print("starting a system of our own", highlight=False)
        system = WholeSystem(Path(folder) / "run", replicas=asked.replicas, profile="load")
        with system, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(_measure(asked, system, console))
    report.show(result, console)
    sys.stdout.write(json.dumps(report.line(result)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
