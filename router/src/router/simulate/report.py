"""`python -m router.simulate.report`: every policy in every scenario, as figures and a picture.

The same seeds as ever, so the same code writes the same file; nothing is chosen by its result.
"""

import argparse
import json
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from router.simulate.compare import FEWEST_SEEDS, FIGURES, compared, stories
from router.simulate.policies import POLICIES
from router.simulate.run import place_names, place_of

MOST_JOBS = 2
"""Processes at a time: a person may be working on the machine."""
JUDGED = ("within_target", "rarest_worst_wait_s")
"""By which ours is to be at least as good as every other."""

Job = tuple[str, str, int, float | None]
"""Scenario, policy, seeds, hours (None: the scenario's)."""
Found = Mapping[str, Mapping[str, Mapping[str, float | bool]]]
"""Per policy, figure and part of it."""


def work(job: Job) -> tuple[str, str, Sequence[Mapping[str, float]]]:
    """Tell the stories of one policy in one scenario."""
    name, policy, seeds, hours = job
    place = place_of(name)
    told = stories(place, policy, range(1, seeds + 1), place.hours if hours is None else hours)
    return name, policy, told[policy]


def all_stories(
    names: Sequence[str], seeds: int, hours: float | None
) -> dict[str, dict[str, Sequence[Mapping[str, float]]]]:
    """Return the figures of every story, per scenario and policy."""
    # The country takes longest, so it begins.
    jobs: list[Job] = [
        (name, policy, seeds, hours)
        for name in sorted(names, key=lambda one: one != "municipalities")
        for policy in POLICIES
    ]
    told: dict[str, dict[str, Sequence[Mapping[str, float]]]] = {
        name: dict.fromkeys(POLICIES, ()) for name in names
    }
    with multiprocessing.get_context("spawn").Pool(MOST_JOBS) as pool:
        for name, policy, figures in pool.imap_unordered(work, jobs):
            told[name][policy] = figures
            sys.stderr.write(f"{name} {policy}\n")
    return told


def verdict(found: Found) -> dict[str, dict[str, list[str]]]:
    """Return, per figure that ours is judged by, whom it is told apart from, and to which side."""
    return {
        figure: {
            "better_than": [one for one, by in _apart(found, figure).items() if by < 0],
            "worse_than": [one for one, by in _apart(found, figure).items() if by > 0],
        }
        for figure in JUDGED
        if figure in found["ours"]
    }


def _apart(found: Found, figure: str) -> dict[str, float]:
    """Return by how much each policy told apart from ours is better than it."""
    return {
        policy: FIGURES[figure] * float(figures[figure]["above_ours"])
        for policy, figures in found.items()
        if figures[figure]["told_apart"]
    }


def main(arguments: list[str] | None = None) -> None:
    """Tell the stories and keep what came of them.

    Raises:
        SystemExit: too few seeds for an interval.
    """
    parser = argparse.ArgumentParser(prog="python -m router.simulate.report")
    parser.add_argument("--folder", type=Path, required=True, help="where to keep it")
    parser.add_argument("--scenario", action="append", choices=place_names())
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--hours", type=float, help="of each story; default: the scenario's")
    options = parser.parse_args(arguments)
    if options.seeds < FEWEST_SEEDS:
        raise SystemExit(f"say at least --seeds {FEWEST_SEEDS}")
    names = options.scenario or place_names()
    told = all_stories(names, options.seeds, options.hours)
    found = {name: compared(told[name]) for name in names}
    keep(options.folder, found, options.seeds)


def keep(folder: Path, found: Mapping[str, Found], seeds: int) -> None:
    """Write the figures and the picture."""
    # Only here: whoever runs a router has no need to draw.
    from router.simulate.picture import draw  # noqa: PLC0415

    scenarios = {
        name: {"verdict": verdict(figures), "policies": figures} for name, figures in found.items()
    }
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"seeds": seeds, "scenarios": scenarios}, indent=1)
    (folder / "comparison.json").write_text(_short(text) + "\n", "utf-8")
    draw(found, folder / "comparison.svg")


def _short(text: str) -> str:
    """Return JSON with its numbers to six digits: more is noise between machines."""
    rounded = json.loads(text, parse_float=lambda digits: float(f"{float(digits):.6g}"))
    return json.dumps(rounded, indent=1)


if __name__ == "__main__":
    main()
