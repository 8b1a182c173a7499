"""One kind of fault against calm, turn by turn in one run, so that both see the same machine.

Pure but for `none`, the fault that breaks nothing: it tells how much of a difference is noise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from replay.report import percentile_ms

from chaos.checker.evidence import Window

SPAN_S: Final = 6.0
"""Length of a hurt and of a calm turn: within so long presence must be whole."""
REST_S: Final = (4.0, 6.0)
"""After each hurt turn. With it, what is killed every second turn has lived for more than 30 s, so
that the launcher takes each death for the first, and starts it again at once. Drawn, so that the
blows do not keep step with leases that are renewed every 5 s."""
FEWEST: Final = 300
"""With fewer samples a 99th percentile is the noise of three messages."""
BOUND: Final = 1.2
"""Of the specification: Redis away changes the 99th percentile by at most 20 %."""

COMPARISONS: Final[Mapping[str, Sequence[str]]] = {
    "redis": ("kill-redis", "wipe-redis"),
    "none": ("none",),
}
"""What can be compared with calm, and the faults that take turns in it."""

HURT, CALM = "hurt", "calm"


async def none(_stage: object) -> int:
    """Break nothing."""
    return 1


def sort(timed: Sequence[tuple[int, float]], spans: Sequence[Window]) -> dict[str, list[float]]:
    """Return the latencies of each kind of turn.

    Args:
        timed: pairs of when something was sent and how many seconds it took to be shown.
        spans: turns named `hurt` or `calm`; what was sent in none of them is left out.
    """
    found: dict[str, list[float]] = {HURT: [], CALM: []} if spans else {}
    for at_ns, latency_s in timed:
        for span in spans:
            if span.began_ns <= at_ns < span.ended_ns:
                found[span.name].append(latency_s)
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """Latencies while something was broken and while nothing was, in milliseconds."""

    samples: tuple[int, int]
    """(hurt, calm)."""
    p50_ms: tuple[float, float]
    p99_ms: tuple[float, float]

    @property
    def enough(self) -> bool:
        """Whether there are samples enough for a 99th percentile to say anything."""
        return min(self.samples) >= FEWEST

    @property
    def p50_over_calm(self) -> float:
        """Return the ratio of the medians."""
        return _ratio(*self.p50_ms)

    @property
    def p99_over_calm(self) -> float:
        """Return the ratio of the 99th percentiles."""
        return _ratio(*self.p99_ms)

    @property
    def verdict(self) -> str:
        """Say in words what the ratio of the 99th percentiles means."""
        if not self.enough:
            return f"fewer than {FEWEST} samples of one kind: its p99 is noise"
        within = "within" if self.p99_over_calm <= BOUND else "over"
        return f"p99 is {self.p99_over_calm:.2f} times the calm one: {within} the bound of {BOUND}"


def compared(latencies_s: Mapping[str, Sequence[float]]) -> Comparison | None:
    """Return the comparison, or None when the run made none."""
    if not latencies_s:
        return None
    hurt, calm = latencies_s[HURT], latencies_s[CALM]
    return Comparison(
        (len(hurt), len(calm)),
        (percentile_ms(hurt, 0.5), percentile_ms(calm, 0.5)),
        (percentile_ms(hurt, 0.99), percentile_ms(calm, 0.99)),
    )


def _ratio(hurt: float, calm: float) -> float:
    return round(hurt / calm, 3) if calm else 0.0
