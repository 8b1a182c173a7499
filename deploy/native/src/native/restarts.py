"""When a process that died is started again. Pure: the caller brings the clock."""

from dataclasses import dataclass

DELAYS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each further try. The first ones are quick: a process that dies once must be
back within 2 s. A process that cannot live must not burn the machine."""

STEADY_S = 30.0
"""A process that lived so many seconds was well: its next death counts as the first."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often a process has died without having been well in between."""

    deaths: int = 0

    def died(self, lived_s: float) -> "Restarts":
        """Return the state after a death.

        Args:
            lived_s: Seconds between the last start and the death.
        """
        return Restarts(1 if lived_s >= STEADY_S else self.deaths + 1)

    @property
    def delay_s(self) -> float:
        """Return how many seconds to wait before the next start."""
        if self.deaths == 0:
            return 0.0
        return DELAYS_S[min(self.deaths, len(DELAYS_S)) - 1]

    @property
    def failing(self) -> bool:
        """Tell whether the process dies again and again, so that someone should look."""
        return self.deaths >= len(DELAYS_S) // 2
