"""What a run comes to."""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from router.simulate.draws import US

SERVICE_LEVEL_US = 20 * US


@dataclass(slots=True)
class Tally:
    """Everything counted while a run goes on. Times in microseconds."""

    arrived: int = 0
    answered: int = 0
    abandoned: int = 0
    missed_offers: int = 0
    refused: int = 0
    """Offers the simulated ledger would not have: over capacity, or no longer waiting."""
    waited: int = 0
    """Those answered or given up who had to wait at all."""
    within_20s: int = 0
    waits: "array[int]" = field(default_factory=lambda: array("q"))
    """Of everyone who was answered or gave up, in the order in which that happened."""
    outcomes: bytearray = field(default_factory=bytearray)
    """Beside `waits`: 1 answered, 0 gave up."""
    busy: int = 0
    """Slots in use times microseconds, of agents at work."""
    staffed: int = 0
    """The same of all slots."""
    rounds: int = 0

    @property
    def in_line(self) -> int:
        """Who is neither answered nor gone."""
        return self.arrived - self.answered - self.abandoned

    def end_of_wait(self, wait_us: int, *, answered: bool) -> None:
        """Count one who waits no longer."""
        self.waits.append(wait_us)
        self.outcomes.append(answered)
        self.waited += wait_us > 0 or not answered
        if answered:
            self.answered += 1
            self.within_20s += wait_us <= SERVICE_LEVEL_US
        else:
            self.abandoned += 1

    def ends(self) -> list[tuple[int, bool]]:
        """Return each wait that ended, and whether by an answer."""
        return [(us, bool(how)) for us, how in zip(self.waits, self.outcomes, strict=True)]

    def figures(self) -> dict[str, float]:
        """Return the figures, by name. Shares are of everyone whose wait has ended."""
        waits, ended = sorted(self.waits), max(len(self.waits), 1)
        return {
            "conversations": self.arrived,
            "answered": self.answered,
            "abandoned": self.abandoned,
            "in_line_at_end": self.in_line,
            "missed_offers": self.missed_offers,
            "mean_wait_s": sum(waits) / ended / US,
            "p50_wait_s": percentile(waits, 0.50) / US,
            "p95_wait_s": percentile(waits, 0.95) / US,
            "probability_of_wait": self.waited / ended,
            "service_level_20s": self.within_20s / ended,
            "occupancy": self.busy / self.staffed if self.staffed else 0.0,
        }


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that so large a share does not exceed; 0 of nothing."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0
