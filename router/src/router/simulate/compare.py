"""`python -m router.simulate.compare`: every policy in the same town, before the same citizens.

Each seed is one story, told once per policy; what is compared is the difference within a story, so
that the luck of the day, which is most of the spread, drops out.
"""

import argparse
import json
import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.simulate.nation import Nation
from router.simulate.policies import POLICIES
from router.simulate.run import place_names, place_of, story
from router.simulate.scenario import Scenario

FIGURES = {
    "mean_wait_s": -1,
    "p95_wait_s": -1,
    "service_level_20s": 1,
    "within_target": 1,
    "abandoned": -1,
    "fairness": 1,
    "rarest_worst_wait_s": -1,
    "answered_by_able": 1,
}
"""What is compared: 1 where more is better, -1 where less is."""
FEWEST_SEEDS = 10
"""Fewer stories make no interval worth printing."""

Told = Mapping[str, Sequence[Mapping[str, float]]]
"""Per policy the figures of each story."""


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


def stories(place: Scenario | Nation, policy: str, seeds: range, hours: float) -> Told:
    """Return the figures of each seed."""
    return {
        policy: [story(place, policy=policy, seed=seed, hours=hours).figures() for seed in seeds]
    }


def compared(told: Told) -> dict[str, dict[str, dict[str, float | bool]]]:
    """Return, per policy and figure, the mean and how far it is from ours.

    A figure is left out where not every story of both has it, such as a skill nobody asked for.
    """
    return {
        policy: {
            name: _figure([one[name] for one in theirs], [one[name] for one in told["ours"]])
            for name in FIGURES
            if all(name in one for one in (*theirs, *told["ours"]))
        }
        for policy, theirs in told.items()
    }


def _figure(theirs: Sequence[float], ours: Sequence[float]) -> dict[str, float | bool]:
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
    parser.add_argument(
        "--scenario", required=True, help=f"a file, or one of {', '.join(place_names())}"
    )
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--hours", type=float, help="of each story; default: the scenario's")
    options = parser.parse_args(arguments)
    if options.seeds < FEWEST_SEEDS:
        raise SystemExit(f"say at least --seeds {FEWEST_SEEDS}")
    place = place_of(options.scenario)
    hours = place.hours if options.hours is None else options.hours
    told: dict[str, Sequence[Mapping[str, float]]] = {}
    for policy in POLICIES:
        told.update(stories(place, policy, range(1, options.seeds + 1), hours))
    found = {
        "scenario": place.name,
        "seeds": options.seeds,
        "hours": hours,
        "policies": compared(told),
    }
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
