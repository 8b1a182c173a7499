"""The table for people and the one JSON line for programs."""

import json
import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from replay.player import Outcome


def percentile_ms(latencies_s: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile in milliseconds, 0 when nothing was measured."""
    if not latencies_s:
        return 0.0
    ordered = sorted(latencies_s)
    rank = max(1, math.ceil(share * len(ordered)))
    return round(ordered[rank - 1] * 1000, 1)


def passed(outcome: Outcome) -> bool:
    """Whether nothing was lost, doubled, moved or changed, and the count is whole."""
    whole = outcome.messages == outcome.expected - sum(outcome.refused.values())
    return outcome.verdict.clean and whole


def line(outcome: Outcome) -> str:
    """Return the result as one JSON object."""
    verdict = outcome.verdict
    return json.dumps(
        {
            "dialogues": outcome.dialogues,
            "expected": outcome.expected,
            "messages": outcome.messages,
            "refused": {code: n for code, n in sorted(outcome.refused.items()) if n},
            "lost": verdict.lost,
            "duplicated": verdict.duplicated,
            "reordered": verdict.reordered,
            "altered": verdict.altered,
            "p50_ms": percentile_ms(outcome.latencies_s, 0.50),
            "p99_ms": percentile_ms(outcome.latencies_s, 0.99),
        }
    )


def show(outcome: Outcome, console: Console, *, took_s: float) -> None:
    """Print the table."""
    table = Table(title="Replay")
    table.add_column("what")
    table.add_column("count", justify="right")
    rows = {
        "dialogues": outcome.dialogues,
        "unfinished": outcome.unfinished,
        "turns": outcome.expected,
        "messages in the transcripts": outcome.messages,
        **{f"refused: {code}": n for code, n in sorted(outcome.refused.items()) if n},
        "national id numbers masked": outcome.masked,
        "sockets dropped": outcome.drops,
        "lost": outcome.verdict.lost,
        "duplicated": outcome.verdict.duplicated,
        "reordered": outcome.verdict.reordered,
        "altered": outcome.verdict.altered,
        "p50 ms": percentile_ms(outcome.latencies_s, 0.5),
        "p99 ms": percentile_ms(outcome.latencies_s, 0.99),
        "seconds": round(took_s, 1),
    }
    for name, value in rows.items():
        table.add_row(name, str(value))
    console.print(table)
