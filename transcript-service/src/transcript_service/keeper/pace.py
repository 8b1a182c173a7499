"""How long a duty rests between two rounds."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Rest between two rounds of a duty.

    Attributes:
        every_s: The least, and all there is for a duty that is soon done.
        rests: So many times as long as the round took, so that a duty with much to do never takes
            more than a fixed share of the database.
        most_s: And no longer than this.
    """

    every_s: float
    rests: float = 0.0
    most_s: float = math.inf

    def after(self, took_s: float) -> float:
        """Return the seconds of rest after a round that took so long."""
        return min(max(self.every_s, self.rests * took_s), self.most_s)
