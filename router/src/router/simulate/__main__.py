"""`python -m router.simulate`: one run, as one JSON object."""

import argparse
import json
import sys

from router.simulate.nation import Nation
from router.simulate.policies import POLICIES
from router.simulate.run import place_names, place_of, story
from router.simulate.scenario import Scenario, plain


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    found = argparse.ArgumentParser(prog="python -m router.simulate", description=__doc__)
    found.add_argument("--scenario", help=f"a file, or one of {', '.join(place_names())}")
    found.add_argument("--arrivals-per-hour", type=float)
    found.add_argument("--handle-minutes", type=float)
    found.add_argument("--agents", type=int)
    found.add_argument("--capacity", type=int)
    found.add_argument("--patience-minutes", type=float, help="mean; without it nobody gives up")
    found.add_argument("--hours", type=float, help="default: those of the scenario")
    found.add_argument("--seed", type=int, default=1)
    found.add_argument("--policy", choices=list(POLICIES), default="ours")
    found.add_argument("--json", action="store_true", help="on one line")
    return found


def scenario_of(options: argparse.Namespace) -> Scenario | Nation:
    """Return the scenario the options describe; numbers given beside a file replace the file's.

    Raises:
        SystemExit: too little was said.
    """
    given = {
        name: getattr(options, name)
        for name in ("arrivals_per_hour", "handle_minutes", "patience_minutes")
        if getattr(options, name) is not None
    }
    if options.scenario:
        if options.agents is not None or options.capacity is not None:
            raise SystemExit("the staff of a scenario is in its file")
        place = place_of(options.scenario)
        if isinstance(place, Nation):
            if given:
                raise SystemExit("the numbers of a country are in its file")
            return place
        return Scenario.model_validate({**place.model_dump(), **given})
    missing = {"arrivals_per_hour", "handle_minutes"} - given.keys()
    if missing or options.agents is None or options.capacity is None:
        raise SystemExit("say --scenario, or arrivals, handle time, agents and capacity")
    return plain(agents=options.agents, capacity=options.capacity, **given)


def main(arguments: list[str] | None = None) -> None:
    """Run what the command line asks for and print the figures."""
    options = parser().parse_args(arguments)
    scenario = scenario_of(options)
    hours = scenario.hours if options.hours is None else options.hours
    tally = story(scenario, policy=options.policy, seed=options.seed, hours=hours)
    told = {
        "scenario": scenario.name,
        "policy": options.policy,
        "seed": options.seed,
        "hours": hours,
        **tally.figures(),
    }
    sys.stdout.write(json.dumps(told, indent=None if options.json else 2) + "\n")


if __name__ == "__main__":
    main()
