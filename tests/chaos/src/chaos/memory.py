"""How the memory of each process grows over a run."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Sequence

import psutil
from native.ports import REPLICATED

from chaos.checker.evidence import Growth
from chaos.town import Town

EVERY_S = 10.0
WARM_UP_S = 600.0
"""Caches and pools fill first; what a process uses then is no leak."""
_MIB = 1024 * 1024

Sample = tuple[float, float]
"""(seconds on the monotonic clock, MiB)."""


def slope_per_h(samples: Sequence[Sample]) -> float:
    """Return the slope of the least-squares line through the samples, in MiB an hour."""
    if len(samples) < 2:
        return 0.0
    mean_x = sum(x for x, _ in samples) / len(samples)
    mean_y = sum(y for _, y in samples) / len(samples)
    spread = sum((x - mean_x) ** 2 for x, _ in samples)
    return 3600 * sum((x - mean_x) * (y - mean_y) for x, y in samples) / spread


def growth(process: str, samples: Sequence[Sample]) -> Growth:
    """Return how a process grew, its warm-up left out."""
    began, ended = samples[0][0], samples[-1][0]
    warm = [sample for sample in samples if sample[0] >= began + WARM_UP_S]
    return Growth(process, ended - began, slope_per_h(warm))


class Memory:
    """Samples every replica for as long as it is not cancelled."""

    def __init__(self, town: Town) -> None:
        """Begin with nothing measured."""
        self._town = town
        self._samples: dict[str, list[Sample]] = defaultdict(list)

    async def watch(self) -> None:
        """Sample for ever."""
        while True:
            for service in REPLICATED:
                for process in self._town.processes(service):
                    with contextlib.suppress(psutil.NoSuchProcess):
                        name = f"{service} {process.pid}"
                        sample = time.monotonic(), process.memory_info().rss / _MIB
                        self._samples[name].append(sample)
            await asyncio.sleep(EVERY_S)

    def growth(self) -> list[Growth]:
        """Return how every process grew until now, also those that have died."""
        return [growth(name, samples) for name, samples in self._samples.items()]
