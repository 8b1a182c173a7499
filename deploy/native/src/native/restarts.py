"""When a process that ended is started again. Pure: the caller brings the clock."""

from dataclasses import dataclass

DELAYS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each further try. The first ones are quick: a process that dies once must be
back within 2 s. A process that cannot live must not burn the machine."""

STEADY_S = 30.0
"""A process that lived so many seconds was well: its next death counts as the first."""


HASTY_S = 1.0
"""A process that ends in order sooner than this has done nothing: it must not spin."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often a process has died without having been well in between."""

    deaths: int = 0
    delay_s: float = 0.0
    """Seconds to wait before the next start."""

    def ended(self, code: int | None, lived_s: float) -> "Restarts":
        """Return the state after an end.

        An orderly end is no death: somebody asked for it, in a rolling restart for instance.

        Args:
            code: How the process ended; 0 is in order.
            lived_s: Seconds between the last start and the end.
        """
        if code == 0:
            deaths = 0 if lived_s >= STEADY_S else self.deaths
            return Restarts(deaths, DELAYS_S[0] if lived_s < HASTY_S else 0.0)
        deaths = 1 if lived_s >= STEADY_S else self.deaths + 1
        return Restarts(deaths, DELAYS_S[min(deaths, len(DELAYS_S)) - 1])

    @property
    def failing(self) -> bool:
        """Tell whether the process dies again and again, so that someone should look."""
        return self.deaths >= len(DELAYS_S) // 2
