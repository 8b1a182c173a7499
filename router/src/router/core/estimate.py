"""How long a citizen may expect to wait, told as a range and only when there is something to go by.

The range is not scaled by the place in line. The samples are whole waits of people who began at
places we do not know, so a factor per place would be invented: it would take the rate at which the
department answers, which a handful of agents with long conversations does not have (the vendors'
formula, handle time times place over agents, is known to be poor in just that case). What the last
ones waited already holds the length of the line they met, and follows it when it grows (Ibrahim and
Whitt, *Real-time delay estimation based on delay history*, 2009). The place is told beside it.

Those who gave up are not among the samples, so in a bad hour the true wait is rather longer.
"""

import math
from collections.abc import Sequence

FEWEST_SAMPLES = 10
"""Fewer recent waits say nothing worth telling."""
SHORTEST_S = 30.0
"""The upper end is never told shorter: nobody is promised to be answered at once."""

_HALF_MINUTE, _MINUTE, _FIVE_MINUTES, _QUARTER = 30.0, 60.0, 300.0, 900.0
_GRIDS = ((120.0, _HALF_MINUTE), (600.0, _MINUTE), (3600.0, _FIVE_MINUTES))
"""Up to so many seconds, steps of so many: what a person can use. Beyond, quarters of an hour."""


def wait_range(waited_s: Sequence[float], position: int) -> tuple[float, float] | None:
    """Return from half to four fifths of the recent waits, in seconds, or None when not known.

    Both ends are whole steps, rounded outwards: the range told never claims to be narrower, or to
    end sooner, than the samples say. `waited_s` need not be sorted. The place changes only whether
    there is anything to tell: who has none (`position` below 1) is told nothing.
    """
    if position < 1 or len(waited_s) < FEWEST_SAMPLES:
        return None
    ordered = sorted(max(wait, 0.0) for wait in waited_s)
    lower, upper = _at_share(ordered, 0.5), _at_share(ordered, 0.8)
    return _rounded(lower, up=False), max(_rounded(upper, up=True), SHORTEST_S)


def _at_share(ordered: Sequence[float], share: float) -> float:
    """Return the smallest wait that at least so large a share did not exceed."""
    return ordered[math.ceil(share * len(ordered)) - 1]


def _rounded(wait_s: float, *, up: bool) -> float:
    step = next((step for until, step in _GRIDS if wait_s <= until), _QUARTER)
    return (math.ceil if up else math.floor)(wait_s / step) * step
