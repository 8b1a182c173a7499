"""What a run comes to."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
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
    target_us: int = 60 * US
    """The service target."""
    within_target: int = 0
    by_agent: Counter[str] = field(default_factory=Counter)
    """Answers given. An agent who gave none is not in it."""
    alike: tuple[tuple[str, ...], ...] = ()
    """Agents in groups of the same departments, skills and capacity."""
    asked: int = 0
    """Citizens answered who asked for a skill,"""
    able: int = 0
    """and whose first answer came from one who has it at the level asked for."""
    rare: "array[int]" = field(default_factory=lambda: array("q"))
    """Waits of those who ask for the rarest skill, until one who has it answers or they give up."""
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
            self.within_target += wait_us <= self.target_us
        else:
            self.abandoned += 1

    def ends(self) -> list[tuple[int, bool]]:
        """Return each wait that ended, and whether by an answer."""
        return [(us, bool(how)) for us, how in zip(self.waits, self.outcomes, strict=True)]

    def add(self, other: "Tally") -> None:
        """Count another town in."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.waits.extend(other.waits)
        self.outcomes.extend(other.outcomes)
        self.rare.extend(other.rare)
        # Agents of two towns may have the same id.
        town = f"{len(self.alike)}:"
        self.by_agent.update({town + agent: n for agent, n in other.by_agent.items()})
        self.alike += tuple(tuple(town + agent for agent in group) for group in other.alike)

    def fairness(self) -> float:
        """Return how evenly agents who are alike share the answers: 1 evenly, 1/n all to one of n.

        Jain's index of each group, weighed by the answers of the group.
        """
        shares = [[self.by_agent[agent] for agent in group] for group in self.alike]
        several = [share for share in shares if len(share) > 1 and any(share)]
        total = sum(sum(share) for share in several)
        return sum(_jain(share) * sum(share) for share in several) / total if total else 1.0

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
            "within_target": self.within_target / ended,
            "fairness": self.fairness(),
            "occupancy": self.busy / self.staffed if self.staffed else 0.0,
            **({"answered_by_able": self.able / self.asked} if self.asked else {}),
            **({"rarest_worst_wait_s": max(self.rare) / US} if self.rare else {}),
        }


_COUNTS = (
    *("arrived", "answered", "abandoned", "missed_offers", "refused", "waited", "within_20s"),
    *("within_target", "asked", "able", "busy", "staffed", "rounds"),
)
"""What of a tally is added up."""


def _jain(shares: Iterable[int]) -> float:
    values = list(shares)
    return sum(values) ** 2 / (len(values) * sum(value**2 for value in values))


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that so large a share does not exceed; 0 of nothing."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else 0
