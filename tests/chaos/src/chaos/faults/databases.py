"""PostgreSQL and Redis: stopped hard, frozen, emptied."""

import asyncio
import signal
import time
from collections.abc import Mapping
from typing import Final

import psutil
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chaos.faults.brokers import wait_back
from chaos.faults.presence import rebuilt
from chaos.faults.stage import GAP_S, Fault, Stage, refuses, until

FROZEN_S: Final = (3.0, 10.0)


async def stop_database(stage: Stage) -> int:
    """Stop PostgreSQL at once (its immediate mode), so that it must recover from its log."""
    part = stage.town.infrastructure.part("database")
    former = part.pid
    if former is None:
        return 0
    psutil.Process(former).send_signal(signal.SIGQUIT)
    gone = await until(lambda: part.pid != former, 20)
    await wait_back(stage, "database")
    return int(gone)


async def freeze_database(stage: Stage) -> int:
    """Let PostgreSQL hang. It bit when nothing was committed meanwhile."""
    since = len(stage.records)
    infrastructure = stage.town.infrastructure
    await asyncio.to_thread(infrastructure.freeze, "database")
    try:
        await asyncio.sleep(stage.dice.uniform(*FROZEN_S))
    finally:
        await asyncio.to_thread(infrastructure.thaw, "database")
    await stage.town.wait_ready()
    return int(await until(lambda: GAP_S <= stage.gap_s(since) < float("inf"), 30))


async def kill_redis(stage: Stage) -> int:
    """Kill Redis; it comes back empty. How long presence takes to be whole is measured."""
    part, port = stage.town.infrastructure.part("redis"), stage.town.infrastructure.ports["redis"]
    former = part.pid
    began_ns = time.monotonic_ns()
    await asyncio.to_thread(stage.town.infrastructure.kill, "redis")
    gone = await refuses(port) or part.pid != former
    await rebuilt(stage, "kill-redis", began_ns)
    await wait_back(stage, "redis")
    return int(gone)


async def wipe_redis(stage: Stage) -> int:
    """Empty Redis. It bit when leases were there. How long they take to come back is measured."""
    async with Redis.from_url(stage.town.redis_url) as redis:
        before = int(await redis.dbsize())
        began_ns = time.monotonic_ns()
        await redis.flushall()
    await rebuilt(stage, "wipe-redis", began_ns)
    return int(before > 0)


async def freeze_redis(stage: Stage) -> int:
    """Let Redis hang. It bit when it did not answer."""
    infrastructure = stage.town.infrastructure
    await asyncio.to_thread(infrastructure.freeze, "redis")
    try:
        silent = not await _answers(stage.town.redis_url)
        await asyncio.sleep(stage.dice.uniform(*FROZEN_S))
    finally:
        await asyncio.to_thread(infrastructure.thaw, "redis")
    await stage.town.wait_ready()
    return int(silent)


async def _answers(url: str) -> bool:
    try:
        async with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as redis:
            return bool(await redis.ping())
    except (RedisError, OSError):
        return False


FAULTS: Final[Mapping[str, Fault]] = {
    "stop-database": stop_database,
    "freeze-database": freeze_database,
    "kill-redis": kill_redis,
    "wipe-redis": wipe_redis,
    "freeze-redis": freeze_redis,
}
