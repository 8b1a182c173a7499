"""`python -m chaos`: break a whole system for so many seconds, and judge what it kept.

The last line on standard output is one JSON object; exit 1 on any violation, 2 when a planned
fault did not bite or too little was said while nothing was broken.
"""

import argparse
import asyncio
import datetime as dt
import random
import shlex
import shutil
import sys
import tempfile
import time
from pathlib import Path

from native import distribution
from native.errors import StartError
from native.launch import raise_file_limit
from native.lock import AlreadyRunningError
from rich.console import Console

from chaos import clocks, document, report, runs
from chaos.comparison import COMPARISONS
from chaos.experiments import MUTANTS
from chaos.faults import FAULTS
from chaos.load import Crowd
from chaos.result import Result


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, help="default: drawn, and told")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--faults", default="", help="names, parted by commas; `none`; all")
    what.add_argument("--compare", choices=sorted(COMPARISONS), help="by turns with calm")
    what.add_argument("--mutant", choices=sorted(MUTANTS), help="take one guard out")
    parser.add_argument("--rate", type=float, default=50.0, help="messages a second")
    parser.add_argument("--citizens", type=int, default=30, help="conversations at a time")
    parser.add_argument("--agents", type=int, default=12)
    parser.add_argument("--broker", help="4: RabbitMQ 4 instead of the machine's own")
    parser.add_argument("--folder", type=Path, help="keep the run here, and resume it")
    parser.add_argument("--report", type=Path, help="write the report here, as Markdown")
    return parser.parse_args()


def _faults(text: str) -> list[str]:
    """Return the faults asked for.

    Raises:
        ValueError: naming the one there is not.
    """
    if text == "none":
        return []
    names = list(filter(None, text.split(","))) or sorted(clocks.possible(FAULTS))
    if unknown := set(names) - set(FAULTS):
        raise ValueError(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    if impossible := set(names) - clocks.possible(names):
        raise ValueError(f"{', '.join(impossible)} needs the package {clocks.PACKAGE}")
    return names


def main() -> int:
    """Run and return the exit code."""
    arguments = _arguments()
    console = Console(stderr=True)
    raise_file_limit()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().getrandbits(32)
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="prek-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the database's account must pass through
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[{time.monotonic() - began:6.1f} s] {text}", markup=False, highlight=False)

    try:
        order = runs.Order(
            seconds=arguments.seconds,
            seed=seed,
            faults=COMPARISONS.get(arguments.compare) or _faults(arguments.faults),
            by_turns=bool(arguments.compare),
            every_fault=bool(arguments.faults),
            crowd=Crowd(citizens=arguments.citizens, agents=arguments.agents, rate=arguments.rate),
            mutant=arguments.mutant,
            distribution=distribution.chosen(arguments.broker),
        )
        say(f"seed {seed}")
        if absent := set(FAULTS) - clocks.possible(FAULTS):
            say(f"without {', '.join(absent)}: there is no package {clocks.PACKAGE}")
        if arguments.report:
            arguments.report.parent.mkdir(parents=True, exist_ok=True)
        whole = report.total(asyncio.run(runs.run(order, folder, say)))
    except (StartError, AlreadyRunningError, ValueError, TimeoutError) as error:
        console.print(f"chaos: {error!r}", style="red", markup=False)
        return 2
    finally:
        if arguments.folder is None:
            runs.remove(folder)
            shutil.rmtree(folder, ignore_errors=True)
    report.show(whole, console)
    named = {
        "broker": report.broker(whole),
        "mutant": arguments.mutant,
        "compare": arguments.compare,
    }
    line = report.line(whole, seed, **{name: value for name, value in named.items() if value})
    print(line)
    if arguments.report:
        _keep(arguments, whole, seed, line)
    return report.exit_code(whole)


def _command(arguments: argparse.Namespace, seed: int) -> str:
    """Return the options that make this run again; where its files lay is nobody's business."""
    asked = {
        name: value
        for name, value in vars(arguments).items()
        if value and name not in ("folder", "report", "seed")
    }
    options = [f"--{name}={value}" for name, value in {**asked, "seed": seed}.items()]
    return shlex.join(options)


def _keep(arguments: argparse.Namespace, whole: Result, seed: int, line: str) -> None:
    """Write the report beside the others."""
    ended = dt.datetime.now(dt.UTC)
    facts = {
        "ended": f"{ended:%Y-%m-%d %H:%M} UTC",
        "command": f"python -m chaos {_command(arguments, seed)}",
        "seed": str(seed),
        "asked for": f"{arguments.seconds:.0f} s, {arguments.rate:.0f} messages a second",
    }
    title = f"Chaos of {ended:%d.%m.%Y}, seed {seed}"
    text = document.markdown(whole, title=title, facts=facts, line=line)
    arguments.report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
