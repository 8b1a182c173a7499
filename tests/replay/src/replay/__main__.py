"""`python -m replay FILE`: play recorded dialogues through the running system.

The last line on standard output is one JSON object; exit 1 when anything was lost, duplicated,
reordered or altered, 2 when the file or the system is not usable.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from replay import dialogues, report
from replay.player import Outcome, Player, System

MUTATIONS = {"duplicate", "reconnect"}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="replay", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--concurrency", type=int, default=10)
    parser.add_argument("--mutate", default="", help="duplicate,reconnect")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--addresses", type=Path, default=Path(".run/addresses.json"))
    parser.add_argument("--tenant", default="sarpsborg")
    return parser.parse_args()


def _system(addresses: Path, tenant: str) -> System:
    data = json.loads(addresses.read_text("utf-8"))
    return System(
        gateway=data["gateway"].rstrip("/"),
        console=data["console"].rstrip("/"),
        tenant=tenant,
        users=[user for user in data["users"] if user["role"] == "agent"],
    )


async def _play(arguments: argparse.Namespace, console: Console) -> Outcome:
    recorded = dialogues.read(arguments.file)
    mutate = frozenset(filter(None, arguments.mutate.split(",")))
    if unknown := mutate - MUTATIONS:
        raise dialogues.DialogueError(f"unknown mutation: {', '.join(sorted(unknown))}")
    player = Player(
        _system(arguments.addresses, arguments.tenant),
        concurrency=max(1, arguments.concurrency),
        mutate=mutate,
        seed=arguments.seed,
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("dialogues", total=len(recorded))
        return await player.play(recorded, lambda _: progress.advance(task))


def main() -> int:
    """Run and return the exit code."""
    arguments = _arguments()
    console = Console(stderr=True)
    started = time.monotonic()
    try:
        outcome = asyncio.run(_play(arguments, console))
    except (OSError, KeyError, ValueError) as error:
        console.print(f"replay: {error}", style="red", markup=False)
        return 2
    report.show(outcome, console, took_s=time.monotonic() - started)
    print(report.line(outcome))
    return 0 if report.passed(outcome) else 1


if __name__ == "__main__":
    sys.exit(main())
