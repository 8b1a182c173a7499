"""Times as counts in buckets, so that the percentiles of any months together are sums.

A bucket is a fourth of an octave: its end is 19 % after its beginning, and so a percentile read
from buckets is at most 19 % from the time it stands for. The first bucket is all below a second,
the last all over two months.
"""

import math
from collections.abc import Mapping
from typing import Final

PER_OCTAVE: Final = 4
LAST: Final = 90
"""Begins after 58 days."""


def bucket(seconds: float) -> int:
    """Return the bucket of a time; what is below zero (two clocks) is in the first."""
    if seconds < 1:
        return 0
    return min(LAST, 1 + math.floor(PER_OCTAVE * math.log2(seconds)))


def bounds(number: int) -> tuple[float, float]:
    """Return where a bucket begins and ends, in seconds."""
    if number == 0:
        return 0.0, 1.0
    return 2 ** ((number - 1) / PER_OCTAVE), 2 ** (number / PER_OCTAVE)


def percentile(counts: Mapping[int, int], part: float) -> float | None:
    """Return the time below which a part of all lie, in seconds; None where there are none.

    It is in the bucket of the one that is `ceil(part * all)` from the shortest, and within it as
    far from its beginning as that one is among those in it.

    Args:
        counts: how many in each bucket.
        part: above 0, at most 1.
    """
    rank = math.ceil(part * sum(counts.values()))
    before = 0
    for number in sorted(counts):
        here = counts[number]
        if here and before + here >= rank:
            begins, ends = bounds(number)
            return begins + (ends - begins) * (rank - before - 0.5) / here
        before += here
    return None
