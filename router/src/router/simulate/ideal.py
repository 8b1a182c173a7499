"""An ideal line: first come, first served, by servers who are all alike (Kiefer, Wolfowitz 1955).

It takes a few microseconds a conversation where a whole decision takes a hundred, so it can be run
as long as the formulas need; and on the same draws the router has to give everybody the same wait.
Times are microseconds.
"""

import heapq
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice, repeat

from router.simulate.draws import HOUR_US, stream

Citizen = tuple[int, int, int | None]
"""Moment of arrival, handle time, patience (None waits for ever)."""


def waits(citizens: Iterable[Citizen], servers: int) -> Iterator[tuple[int, bool]]:
    """Yield for each citizen, in order of arrival, the wait and whether they were answered."""
    free_us = [0] * servers
    for at_us, handle_us, patience_us in citizens:
        wait_us = max(free_us[0] - at_us, 0)
        if patience_us is not None and patience_us < wait_us:
            # Who gives up takes no server, so nobody behind them waits for it.
            yield patience_us, False
            continue
        heapq.heapreplace(free_us, at_us + wait_us + handle_us)
        yield wait_us, True


def exponential(
    seed: int, count: int, *, per_hour: float, handle_minutes: float, patience_minutes: float | None
) -> Iterator[Citizen]:
    """Yield so many citizens, all of whose times are exponential."""
    between = _times(seed, "arrivals", per_hour / HOUR_US)
    handle = _times(seed, "handle", 60 / handle_minutes / HOUR_US)
    patience: Iterator[int | None] = repeat(None)
    if patience_minutes:
        patience = _times(seed, "patience", 60 / patience_minutes / HOUR_US)
    yield from islice(zip(accumulate(between), handle, patience, strict=False), count)


def _times(seed: int, name: str, rate: float) -> Iterator[int]:
    draw = stream(seed, f"ideal:{name}").expovariate
    while True:
        yield int(draw(rate))
