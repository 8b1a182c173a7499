"""What was running: a report is worth little without."""

import os
import platform
import subprocess
from pathlib import Path

import aio_pika
import asyncpg
from native.layout import REPOSITORY
from redis.asyncio import Redis

from chaos.town import Town

_CPUS = Path("/proc/cpuinfo")


async def read(town: Town) -> dict[str, str]:
    """Ask each part for its version while it runs."""
    async with town.broker.channel() as channel:
        broker = _broker(channel)
    database = await asyncpg.connect(town.database_url)
    try:
        postgresql = str(await database.fetchval("SHOW server_version"))
    finally:
        await database.close()
    async with Redis.from_url(town.redis_url, decode_responses=True) as redis:
        found = await redis.info("server")
    return {
        "RabbitMQ": broker,
        "PostgreSQL": postgresql,
        "Redis": str(found["redis_version"]),
        "Python": platform.python_version(),
        "code": _commit(),
        "machine": machine(),
    }


def _broker(channel: aio_pika.abc.AbstractChannel) -> str:
    """Return what the broker says of itself in its first frame."""
    connection = channel._connection.transport  # type: ignore[attr-defined]
    told = connection.connection.server_properties
    return f"{_text(told.get('version'))}, {_text(told.get('platform'))}"


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _commit() -> str:
    """Return the commit of the checkout, with `+` when files differ from it."""
    argv = ["git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def machine() -> str:
    """Return cores we may use, their kind, and the kernel."""
    kinds = [
        line for line in _CPUS.read_text(encoding="utf-8").splitlines() if "model name" in line
    ]
    kind = kinds[0].partition(":")[2].strip() if kinds else platform.machine()
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{len(os.sched_getaffinity(0))} cores, {kind}, Linux {kernel}"
