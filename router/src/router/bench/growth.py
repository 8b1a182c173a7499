"""How a cost grows with a size: as a power of it, or as its logarithm."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Growth:
    """Two curves through the same points, by least squares."""

    exponent: float
    """Of the power law: 0 does not grow, 1 grows in proportion."""
    times: float
    """By how much the cost of the largest exceeds that of the smallest."""
    times_if_log: float
    """The same, if the cost were the logarithm of the size and nothing else."""

    @property
    def no_faster_than_log(self) -> bool:
        """Whether it grew by no more than the logarithm would, from the smallest to the largest."""
        return self.times <= self.times_if_log


def growth(sizes: Sequence[int], costs: Sequence[float]) -> Growth:
    """Return how costs grow over sizes, which are in order and above 1."""
    logs = [math.log(size) for size in sizes]
    slope, _ = statistics.linear_regression(logs, [math.log(cost) for cost in costs])
    return Growth(slope, costs[-1] / costs[0], logs[-1] / logs[0])
