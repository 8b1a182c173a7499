"""What a fault may touch, and how it sees that it bit."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise

from chaos.checker.evidence import Rebuilt
from chaos.history import Op, Record
from chaos.load import Load
from chaos.town import LOOK_S, Town

GAP_S = 1.0
"""Nothing committed for so long, at many messages a second, is a gap in the log."""


@dataclass(slots=True)
class Stage:
    """The system and its people while they are hurt."""

    town: Town
    load: Load
    dice: random.Random
    records: list[Record]
    """The round's history as it grows."""
    poison: set[bytes] = field(default_factory=set)
    """Garbage that was published, to be told from honest dead letters."""
    rebuilt: list[Rebuilt] = field(default_factory=list)
    """How presence came back, each time that Redis had lost it."""

    def many(self, op: Op, since: int = 0) -> int:
        """Return how many steps of a kind were recorded from a position of the history on."""
        return sum(record.op is op for record in self.records[since:])

    def gap_s(self, since: int) -> float:
        """Return the longest time without a commit from a position of the history on."""
        times = [record.at_ns for record in self.records[since:] if record.op is Op.COMMITTED]
        if not times:
            return float("inf")
        times = [self.records[max(0, since - 1)].at_ns, *times]
        return max((b - a for a, b in pairwise(times)), default=0) / 1e9


Fault = Callable[[Stage], Awaitable[int]]
"""Hurts, waits, heals what it hurt, and returns how often it bit."""


async def until(seen: Callable[[], bool], seconds: float) -> bool:
    """Look until something is so; tell whether it came to be."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not seen():  # noqa: ASYNC110 - what is looked at tells nobody
                await asyncio.sleep(LOOK_S / 4)
    return seen()


async def refuses(port: int) -> bool:
    """Tell whether nobody listens on a loopback port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return True
    writer.close()
    return False
