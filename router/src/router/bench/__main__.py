"""`python -m router.bench`: what decisions cost, as one JSON object, and a table beside it."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from router.bench import country, decisions
from router.bench.office import Office
from router.simulate.nation import read_nation


def measured(*, quick: bool) -> dict[str, Any]:
    """Return all figures. `quick` is for seeing that it runs; its figures say little."""
    if quick:
        office = Office(agents=200, departments=5, skills=20, skills_each=3, waiting=50)
        nation = read_nation().evolve(municipalities=5)
        large, grown = decisions.large(office), decisions.grown((50, 100, 200), rounds=1)
    else:
        nation = read_nation()
        large, grown = decisions.large(), decisions.grown()
    return {
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "large": large,
        "growth": grown,
        "country": country.told(country.load(nation)),
    }


def table(found: Mapping[str, Any]) -> str:
    """Return the figures for a person."""
    large, growth, whole = found["large"], found["growth"], found["country"]
    office, one, median = large["office"], large["decision"], growth["median_ms"]
    rows = [
        f"{office['agents']} agents, {office['skills']} skills, {office['waiting']} waiting",
        f"  one decision, median    {one['median_ms']:9.3f} ms (p99 {one['p99_ms']:.3f})",
        f"  a round, all with room  {large['round_ms']:9.1f} ms",
        f"  a round, nobody free    {large['round_nobody_free_ms']:9.1f} ms",
        f"  a round of one waiting  {large['round_of_one_ms']:9.1f} ms",
        "one line, by agents       median     mean",
        *(
            f"  {point['agents']:6}              {point['median_ms']:9.3f} {point['mean_ms']:8.3f}"
            for point in growth["points"]
        ),
        f"  median grows as agents^{median['exponent']:.2f}: {median['times']:.2f} times",
        f"  a logarithm would grow  {median['times_if_log']:9.2f} times",
        f"{whole['tenants']} tenants, {whole['rounds']} rounds in {whole['seconds']:.0f} s",
        f"  of one core, deciding   {whole['share_deciding']:9.1%}",
        f"  and reading the line    {whole['share_of_core']:9.1%}",
    ]
    return "\n".join(rows) + "\n"


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(prog="python -m router.bench", description=__doc__)
    parser.add_argument("--write", type=Path, help="a file to keep the figures in")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    options = parser.parse_args(arguments)
    found = measured(quick=options.quick)
    text = json.dumps(found, indent=1, default=str) + "\n"
    sys.stderr.write(table(found))
    sys.stdout.write(text)
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
