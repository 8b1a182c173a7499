"""The network: links cut, half-open, slow, sliced, half-closed."""

import asyncio
from collections.abc import Mapping
from typing import Final

from chaos.faults.stage import Fault, Stage
from chaos.proxy import CALM, Link, Weather

SOME: Final = 3
"""Links hurt at a time."""
SECONDS: Final = (3.0, 12.0)
REFUSED_S: Final = (0.5, 3.0)
DELAY_S, JITTER_S = 0.05, 0.03


def _some(stage: Stage) -> list[Link]:
    """Choose links; at least one that carries messages while everything is well."""
    links = stage.town.links.all
    busy = [pair for pair in links if pair[1] in ("broker", "chat", "console")]
    chosen = {stage.dice.choice(busy), *stage.dice.sample(sorted(links), SOME - 1)}
    return [links[pair] for pair in sorted(chosen)]


async def _under(stage: Stage, weather: Weather, kind: str, seconds: float) -> int:
    """Let some links have a weather for a while; return how often it bit."""
    links = _some(stage)
    before = sum(link.bites[kind] for link in links)
    for link in links:
        await link.turn(weather)
    try:
        await asyncio.sleep(seconds)
    finally:
        for link in links:
            # A line that was dead for long comes back as it was, or only anew.
            if weather.swallow and stage.dice.random() < 0.5:
                link.cut()
            await link.turn(CALM)
    await stage.town.wait_ready()
    return sum(link.bites[kind] for link in links) - before


async def cut(stage: Stage) -> int:
    """Tear connections, and refuse new ones for a moment."""
    links = _some(stage)
    torn = 0
    for link in links:
        await link.turn(Weather(refuse=True))
        torn += link.cut()
    try:
        await asyncio.sleep(stage.dice.uniform(*REFUSED_S))
    finally:
        for link in links:
            await link.turn(CALM)
    await stage.town.wait_ready()
    return torn


async def half_open(stage: Stage) -> int:
    """Let nothing arrive in either direction, and tell nobody."""
    weather = Weather(swallow=frozenset({"up", "down"}))
    return await _under(stage, weather, "swallowed", stage.dice.uniform(*SECONDS))


async def one_way(stage: Stage) -> int:
    """Let nothing arrive in one direction."""
    direction = frozenset({stage.dice.choice(("up", "down"))})
    weather = Weather(swallow=direction)  # type: ignore[arg-type]
    return await _under(stage, weather, "swallowed", stage.dice.uniform(*SECONDS))


async def slow(stage: Stage) -> int:
    """Let everything take longer, and not always as long."""
    weather = Weather(delay_s=DELAY_S, jitter_s=JITTER_S)
    return await _under(stage, weather, "delayed", stage.dice.uniform(*SECONDS))


async def sliced(stage: Stage) -> int:
    """Let the head of everything come one byte at a time."""
    return await _under(stage, Weather(slices=True), "sliced", stage.dice.uniform(*SECONDS))


async def half_close(stage: Stage) -> int:
    """Tell one end of each connection that nothing more will come."""
    closed = sum(link.half_close() for link in _some(stage))
    await asyncio.sleep(stage.dice.uniform(*REFUSED_S))
    await stage.town.wait_ready()
    return closed


FAULTS: Final[Mapping[str, Fault]] = {
    "cut-links": cut,
    "half-open-links": half_open,
    "one-way-links": one_way,
    "slow-links": slow,
    "sliced-links": sliced,
    "half-closed-links": half_close,
}
