"""Presence after Redis lost its memory: how long until every agent at the desk is in it again."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from services.contracts.leases import AGENTS, AgentLease
from services.errors import Transient
from services.leases import LeaseTable, connect_redis

from chaos.checker.evidence import Rebuilt, Window
from chaos.faults.stage import Stage
from chaos.people import TENANT

PATIENCE_S: Final = 30.0
"""A presence that is not whole by then counts as rebuilt after so long."""
LOOK_S: Final = 0.05
AFTER_S: Final = 2.0
"""How long after its healing another fault may still be why presence was late."""


async def rebuilt(stage: Stage, fault: str, began_ns: int) -> None:
    """Watch until every agent with a socket has a lease, and write down how long that took.

    Args:
        stage: where it is written down.
        fault: what emptied Redis.
        began_ns: when it did.
    """
    redis = connect_redis(stage.town.redis_url)
    table = LeaseTable(redis, AGENTS)
    back_ns, now_ns, agents = 0, began_ns, 0
    try:
        while now_ns - began_ns < PATIENCE_S * 1e9:
            leases = await _leases(table)
            now_ns = time.monotonic_ns()
            if leases is not None:
                back_ns = back_ns or now_ns
                here = {agent.agent for agent in stage.load.agents if agent.ready.is_set()}
                agents = len(here)
                if here and not here - leases:
                    break
            await asyncio.sleep(LOOK_S)
    finally:
        await redis.aclose()
    back_ns = back_ns or now_ns
    stage.rebuilt.append(
        Rebuilt(
            fault,
            began_ns=began_ns,
            away_s=round((back_ns - began_ns) / 1e9, 2),
            whole_s=round((now_ns - back_ns) / 1e9, 2),
            agents=agents,
        )
    )


async def _leases(table: LeaseTable) -> set[str] | None:
    """Return the agents with a lease, or None while Redis does not answer."""
    try:
        return {AgentLease.read(text).agent for text in (await table.live(TENANT)).values()}
    except Transient:
        return None


def marked(found: Iterable[Rebuilt], windows: Sequence[Window]) -> list[Rebuilt]:
    """Tell of each whether anything else was broken meanwhile."""
    return [replace(one, alone=not any(_hurts(one, window) for window in windows)) for one in found]


def _hurts(one: Rebuilt, window: Window) -> bool:
    """Tell whether a window is of another fault and lies over the rebuilding."""
    ended_ns = one.began_ns + int((one.away_s + one.whole_s) * 1e9)
    own = window.name == one.fault and window.began_ns <= one.began_ns <= window.ended_ns
    over = window.began_ns < ended_ns and one.began_ns < window.ended_ns + int(AFTER_S * 1e9)
    return over and not own
