"""The tables for people and the one JSON line for programs."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.floor import Floor
from bench.town import Talk


@dataclass(frozen=True, slots=True)
class Run:
    """One way of talking, measured."""

    conversations: int
    think_s: float
    talk: Talk
    processor_ms: dict[str, float]
    """Processor milliseconds a message, per service."""

    @property
    def per_s(self) -> float:
        """Return messages a second."""
        return self.talk.messages / self.talk.seconds

    @property
    def processor_sum_ms(self) -> float:
        """Return what a message costs in all, the load generator included."""
        return sum(self.processor_ms.values())


@dataclass(frozen=True, slots=True)
class Result:
    """All that was measured."""

    floor: Floor
    calm: Run
    full: Run
    few: Run
    many: Run
    socket_kib: float


def percentile_ms(latencies_s: Sequence[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    cuts = statistics.quantiles(latencies_s, n=100, method="inclusive")
    return cuts[percent - 1] * 1000


def line(result: Result) -> dict[str, Any]:
    """Return the figures that are compared from one run to the next."""
    calm_ms = percentile_ms(result.calm.talk.latencies_s, 50)
    return {
        "floor_ms": {
            "queue": round(result.floor.queue_ms, 2),
            "commit": round(result.floor.commit_ms, 2),
            "push": round(result.floor.push_ms, 2),
            "sum": round(result.floor.sum_ms, 2),
        },
        "calm_p50_ms": round(calm_ms, 2),
        "calm_p99_ms": round(percentile_ms(result.calm.talk.latencies_s, 99), 2),
        "calm_over_floor": round(calm_ms / result.floor.sum_ms, 2),
        "sustained_per_s": round(result.full.per_s, 1),
        "sustained_p50_ms": round(percentile_ms(result.full.talk.latencies_s, 50), 1),
        "processor_ms_per_message": {
            name: round(ms, 2) for name, ms in sorted(result.full.processor_ms.items())
        },
        "processor_many_over_few": round(
            result.many.processor_sum_ms / result.few.processor_sum_ms, 2
        ),
        "idle_socket_kib": round(result.socket_kib, 1),
    }


def show(result: Result, console: Console) -> None:
    """Print the tables."""
    table = Table(title="The message path")
    for heading in ("conversations", "think s", "messages/s", "p50 ms", "p99 ms", "cpu ms/message"):
        table.add_column(heading, justify="right")
    for run in (result.few, result.calm, result.full, result.many):
        table.add_row(
            str(run.conversations),
            f"{run.think_s:g}",
            f"{run.per_s:.1f}",
            f"{percentile_ms(run.talk.latencies_s, 50):.1f}",
            f"{percentile_ms(run.talk.latencies_s, 99):.1f}",
            f"{run.processor_sum_ms:.2f}",
        )
    console.print(table)
    costs = Table(title="Processor time a message, all conversations at full speed")
    costs.add_column("who")
    costs.add_column("ms", justify="right")
    for name, ms in sorted(result.full.processor_ms.items(), key=lambda item: -item[1]):
        costs.add_row(name, f"{ms:.2f}")
    console.print(costs)
    found = result.floor
    console.print(
        f"floor {found.sum_ms:.1f} ms (queue {found.queue_ms:.1f}, commit {found.commit_ms:.1f}, "
        f"push {found.push_ms:.1f}); an idle socket {result.socket_kib:.1f} KiB",
        highlight=False,
    )
