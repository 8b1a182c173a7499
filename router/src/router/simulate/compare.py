"""`python -m router.simulate.compare`: every policy in the same town, before the same citizens.

Each seed is one story, told once per policy; what is compared is the difference within a story, so
that the luck of the day, which is most of the spread, drops out.
"""

import argparse
import json
import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from router.simulate.policies import POLICIES
from router.simulate.run import run
from router.simulate.scenario import Scenario, names, read

FIGURES = ("mean_wait_s", "p95_wait_s", "service_level_20s", "abandoned")
FEWEST_SEEDS = 10
"""Fewer stories make no interval worth printing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a policy's figure is above ours, with its 95 % interval."""

    mean: float
    half_width: float

    @property
    def told_apart(self) -> bool:
        """Whether zero lies outside the interval."""
        return abs(self.mean) > self.half_width


def students_t(freedom: int) -> float:
    """Return the 97.5 % point of Student's t, right to 0.001 from 9 degrees of freedom on.

    Three terms of the expansion around the normal (Abramowitz and Stegun 26.7.5).
    """
    z = statistics.NormalDist().inv_cdf(0.975)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + (z**3 + z) / 4 / freedom + second / freedom**2 + third / freedom**3


def difference(theirs: Sequence[float], ours: Sequence[float]) -> Difference:
    """Return the mean of the paired differences, theirs less ours."""
    pairs = [a - b for a, b in zip(theirs, ours, strict=True)]
    spread = statistics.stdev(pairs) / math.sqrt(len(pairs))
    return Difference(statistics.fmean(pairs), students_t(len(pairs) - 1) * spread)


def stories(scenario: Scenario, policy: str, seeds: range, hours: float) -> list[dict[str, float]]:
    """Return the figures of each seed."""
    return [run(scenario, policy=policy, seed=seed, hours=hours).figures() for seed in seeds]


def compared(scenario: Scenario, seeds: range, hours: float) -> dict[str, dict[str, object]]:
    """Return, per policy and figure, the mean and how far it is from ours."""
    told = {policy: stories(scenario, policy, seeds, hours) for policy in POLICIES}
    return {policy: {name: _figure(told, policy, name) for name in FIGURES} for policy in POLICIES}


def _figure(
    told: dict[str, list[dict[str, float]]], policy: str, name: str
) -> dict[str, float | bool]:
    theirs, ours = ([story[name] for story in told[who]] for who in (policy, "ours"))
    apart = difference(theirs, ours)
    return {
        "mean": statistics.fmean(theirs),
        "above_ours": apart.mean,
        "half_width": apart.half_width,
        "told_apart": apart.told_apart,
    }


def main(arguments: list[str] | None = None) -> None:
    """Print the comparison as JSON.

    Raises:
        SystemExit: too few seeds for an interval.
    """
    parser = argparse.ArgumentParser(prog="python -m router.simulate.compare")
    parser.add_argument("--scenario", required=True, help=f"a file, or one of {', '.join(names())}")
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--hours", type=float, help="of each story; default: the scenario's")
    options = parser.parse_args(arguments)
    if options.seeds < FEWEST_SEEDS:
        raise SystemExit(f"say at least --seeds {FEWEST_SEEDS}")
    scenario = read(options.scenario)
    hours = scenario.hours if options.hours is None else options.hours
    found = compared(scenario, range(1, options.seeds + 1), hours)
    told = {"scenario": scenario.name, "seeds": options.seeds, "hours": hours, "policies": found}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
