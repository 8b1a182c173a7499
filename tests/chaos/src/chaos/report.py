"""The tables for people and the one JSON line for programs."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from replay.report import percentile_ms
from rich.console import Console
from rich.table import Table

from chaos.checker import INVARIANTS, NO_SUBJECT
from chaos.checker.rest import WHOLE_S
from chaos.comparison import CALM, HURT, compared
from chaos.result import Result, add, extend

FEWEST_PER_S = 20.0
SHOWN = 5
"""Violations of an invariant that are printed."""

Rows = tuple[str, Sequence[str], Sequence[Sequence[str]]]
"""A table: its title, the heads of its columns, its rows."""


def total(results: Sequence[Result]) -> Result:
    """Return the rounds as one."""
    whole = Result(violations={name: [] for name in INVARIANTS})
    for result in results:
        whole.messages += result.messages
        add(whole.bites, result.bites)
        add(whole.refused, result.refused)
        whole.harmless += result.harmless
        whole.windows += result.windows
        whole.rebuilt += result.rebuilt
        extend(whole.violations, result.violations)
        extend(whole.latencies_s, result.latencies_s)
        extend(whole.compared_s, result.compared_s)
        whole.versions |= result.versions
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
            "presence_whole_s": _whole_s(whole),
            **_ratios(whole, more.get("compare", HURT)),
            "faults": dict(sorted(whole.bites.items())),
            "harmless": sorted(set(whole.harmless)),
            "refused_citizens": dict(sorted(whole.refused.items())),
            "seed": seed,
            **more,
        }
    )


def broker(whole: Result) -> str | None:
    """Return the version the broker told of itself, or None when no round got so far."""
    return whole.versions.get("RabbitMQ", "").partition(",")[0] or None


def _whole_s(whole: Result) -> dict[str, list[float]]:
    """Return, per fault that empties Redis, every time presence took to be whole, rising."""
    found: dict[str, list[float]] = {}
    for one in whole.rebuilt:
        found.setdefault(one.fault, []).append(one.whole_s)
    return {fault: sorted(times) for fault, times in sorted(found.items())}


def _ratios(whole: Result, name: str) -> dict[str, Any]:
    made = compared(whole.compared_s)
    if made is None:
        return {}
    return {
        f"{name}_p50_over_calm": made.p50_over_calm,
        f"{name}_p99_over_calm": made.p99_over_calm,
        "p50_ms_by_turns": made.p50_ms,
        "p99_ms_by_turns": made.p99_ms,
        "samples_by_turns": made.samples,
        "p99_is_noise": not made.enough,
    }


def tables(whole: Result) -> Iterator[Rows]:
    """Yield what people want to see, as text."""
    yield _latencies(whole)
    if whole.rebuilt:
        yield _presence(whole)
    if whole.compared_s:
        yield _comparison(whole)
    yield _invariants(whole)


def show(whole: Result, console: Console) -> None:
    """Print the tables."""
    for title, heads, rows in tables(whole):
        table = Table(title=title)
        for number, head in enumerate(heads):
            table.add_column(head, justify="right" if number and rows_are_numbers(rows) else "left")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def rows_are_numbers(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether all cells but the first of each row are numbers or empty."""
    return all(not cell or cell.replace(".", "", 1).isdigit() for row in rows for cell in row[1:])


def _latencies(whole: Result) -> Rows:
    times = Counter(window.name for window in whole.windows)
    rows = []
    for name in sorted({*whole.latencies_s, *times}, key=lambda n: (n != "calm", n)):
        found = whole.latencies_s.get(name, [])
        rows.append(
            (
                name,
                str(times[name] or ""),
                str(whole.bites.get(name, "") if name != "calm" else ""),
                str(len(found)),
                *(str(percentile_ms(found, share)) for share in (0.5, 0.99, 1.0)),
            )
        )
    heads = ("window", "times", "bit", "messages", "p50 ms", "p99 ms", "slowest ms")
    return "From a send to the other's screen, by what was broken", heads, rows


def _presence(whole: Result) -> Rows:
    rows = [
        (
            one.fault,
            str(one.agents),
            f"{one.away_s:.2f}",
            f"{one.whole_s:.2f}",
            _judged(one.whole_s, alone=one.alone),
        )
        for one in whole.rebuilt
    ]
    heads = ("fault", "agents", "Redis away s", "presence whole after s", "judged")
    return f"Presence after Redis lost it (bound {WHOLE_S:.0f} s)", heads, rows


def _judged(whole_s: float, *, alone: bool) -> str:
    if not alone:
        return "no: more was broken"
    return "within" if whole_s <= WHOLE_S else "too late"


def _comparison(whole: Result) -> Rows:
    made = compared(whole.compared_s)
    if made is None:
        return "By turns", (), ()
    rows = [
        (kind, str(made.samples[n]), str(made.p50_ms[n]), str(made.p99_ms[n]))
        for n, kind in enumerate((HURT, CALM))
    ]
    rows.append(("ratio", "", f"{made.p50_over_calm:.2f}", f"{made.p99_over_calm:.2f}"))
    return f"By turns: {made.verdict}", ("turns", "messages", "p50 ms", "p99 ms"), rows


def _invariants(whole: Result) -> Rows:
    rows = []
    for name, check in INVARIANTS.items():
        found = whole.violations.get(name, [])
        first = (check.__doc__ or "").strip().splitlines()[0].partition(": ")[2]
        rows.append((name, "\n".join([first, *found[:SHOWN]]), str(len(found))))
    rows += [(name, why, "-") for name, why in NO_SUBJECT.items()]
    return "Invariants", ("invariant", "what", "violations"), rows
