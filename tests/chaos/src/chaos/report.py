"""The tables for people and the one JSON line for programs."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from replay.report import percentile_ms
from rich.console import Console
from rich.table import Table

from chaos.checker import INVARIANTS, NO_SUBJECT
from chaos.round import Result

FEWEST_PER_S = 20.0
SHOWN = 5
"""Violations of an invariant that are printed."""


def total(results: Sequence[Result]) -> Result:
    """Return the rounds as one."""
    whole = Result(violations={name: [] for name in INVARIANTS})
    for result in results:
        whole.messages += result.messages
        for name, times in result.bites.items():
            whole.bites[name] = whole.bites.get(name, 0) + times
        for code, times in result.refused.items():
            whole.refused[code] = whole.refused.get(code, 0) + times
        whole.harmless += result.harmless
        whole.windows += result.windows
        for name, found in result.violations.items():
            whole.violations.setdefault(name, []).extend(found)
        for name, latencies_s in result.latencies_s.items():
            whole.latencies_s.setdefault(name, []).extend(latencies_s)
    whole.calm_rate = min((result.calm_rate for result in results), default=0.0)
    return whole


def exit_code(whole: Result) -> int:
    """Return 1 on a violation, 2 when a fault did not bite or too little was said, else 0."""
    if whole.wrong:
        return 1
    return 2 if whole.harmless or whole.calm_rate < FEWEST_PER_S else 0


def line(whole: Result, seed: int, **more: Any) -> str:
    """Return the result as one JSON object."""
    calm = whole.latencies_s.get("calm", [])
    return json.dumps(
        {
            "violations": whole.wrong,
            "violated": {name: len(found) for name, found in whole.violations.items() if found},
            "messages": whole.messages,
            "messages_per_s_calm": round(whole.calm_rate, 1),
            "p50_ms_calm": percentile_ms(calm, 0.5),
            "p99_ms_calm": percentile_ms(calm, 0.99),
            "faults": dict(sorted(whole.bites.items())),
            "harmless": sorted(set(whole.harmless)),
            "refused_citizens": dict(sorted(whole.refused.items())),
            "seed": seed,
            **more,
        }
    )


def show(whole: Result, console: Console) -> None:
    """Print latencies per fault window, and the invariants."""
    console.print(_latencies(whole.latencies_s, whole))
    console.print(_invariants(whole.violations))


def _latencies(latencies_s: Mapping[str, Sequence[float]], whole: Result) -> Table:
    table = Table(title="From a send to the other's screen, by what was broken")
    for column in ("window", "times", "bit", "messages", "p50 ms", "p99 ms", "slowest ms"):
        table.add_column(column, justify="left" if column == "window" else "right")
    times = Counter(window.name for window in whole.windows)
    for name in sorted({*latencies_s, *times}, key=lambda n: (n != "calm", n)):
        found = latencies_s.get(name, [])
        table.add_row(
            name,
            str(times[name] or ""),
            str(whole.bites.get(name, "") if name != "calm" else ""),
            str(len(found)),
            *(str(percentile_ms(found, share)) for share in (0.5, 0.99, 1.0)),
        )
    return table


def _invariants(violations: Mapping[str, Sequence[str]]) -> Table:
    table = Table(title="Invariants")
    table.add_column("invariant")
    table.add_column("what")
    table.add_column("violations", justify="right")
    for name, check in INVARIANTS.items():
        found = violations.get(name, [])
        first = (check.__doc__ or "").strip().splitlines()[0].partition(": ")[2]
        table.add_row(name, "\n".join([first, *found[:SHOWN]]), str(len(found)))
    for name, why in NO_SUBJECT.items():
        table.add_row(name, why, "-")
    return table
