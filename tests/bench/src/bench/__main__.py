"""`python -m bench`: measure a whole system of its own; the last line is one JSON object.

Two cores that are shared give figures that wander: compare ratios, and medians of several runs.
A full run takes three to four minutes and leaves its figures in the clone (docs/performance).
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import uvloop
from native.launch import raise_file_limit
from native.layout import REPOSITORY
from native.system import WholeSystem
from rich.console import Console

from bench import report, results, written
from bench.measure import Wish, measure


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="all of it, short: to try it out")
    parser.add_argument("--seconds", type=float, help="of the longer runs: 15, or 3 if quick")
    parser.add_argument("--idle", type=int, help="idle sockets: 2000, or 200 if quick")
    parser.add_argument("--replicas", type=int, default=1, help="of each service")
    parser.add_argument(
        "--into", type=Path, help="where the figures go: the clone, or .run/bench if quick"
    )
    return parser.parse_args()


def main() -> int:
    """Measure and report."""
    asked = _arguments()
    quick: bool = asked.quick
    wish = Wish(
        seconds=asked.seconds or (3.0 if quick else 15.0),
        idle=asked.idle or (200 if quick else 2_000),
        quick=quick,
    )
    into = asked.into or (REPOSITORY / ".run" / "bench" if quick else REPOSITORY)
    console, began = Console(stderr=True), time.monotonic()

    def tell(text: str) -> None:
        console.print(
            f"[{time.monotonic() - began:5.1f} s] {text}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )

    # Every socket is two files: one of ours, one of a gateway, which inherits the limit.
    raise_file_limit()
    with tempfile.TemporaryDirectory(prefix="prek-bench-") as folder:
        tell("starting a system of our own")
        system = WholeSystem(Path(folder) / "run", replicas=asked.replicas, profile="load")
        with system, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            measured = runner.run(measure(system, wish, tell))
    found = results.document(measured)
    written.write(measured, found, into)
    report.show(found, console)
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
