"""Replicas of the services: killed, frozen, restarted in turn, more of them and fewer again."""

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from functools import partial
from typing import Final

import httpx
import psutil
from native import control
from native.errors import StartError
from native.ports import KEPT, REPLICATED

from chaos.faults.stage import Fault, Stage, until
from chaos.town import REPLICAS

FROZEN_S: Final = (3.0, 12.0)
LONG_S: Final = 20.0
"""Now and then a replica is frozen for longer than its leases last."""
MANY: Final = 2 * REPLICAS
MANY_S: Final = (5.0, 10.0)


async def kill(service: str, stage: Stage) -> int:
    """Kill one replica. It bit when the process is gone."""
    process = await _one(service, stage)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
    gone = await until(lambda: not _runs(process), 10)
    await stage.town.wait_ready([service])
    return int(gone)


async def freeze(service: str, stage: Stage) -> int:
    """Stop one replica from running, then let it go on. It bit when it answered nothing."""
    process = await _one(service, stage)
    long = stage.dice.random() < 0.2
    with contextlib.suppress(psutil.NoSuchProcess):
        process.suspend()
    try:
        silent = await _silent(stage.town.health(service))
        await asyncio.sleep(LONG_S if long else stage.dice.uniform(*FROZEN_S))
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
    await stage.town.wait_ready([service])
    return int(silent)


async def roll(stage: Stage) -> int:
    """Ask every replica to stop, one after the other, as a roll-out does."""
    ended = 0
    for service in REPLICATED:
        for process in stage.town.processes(service):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGTERM)
            ended += await until(lambda one=process: not _runs(one), 20)  # type: ignore[misc]
            await stage.town.wait_ready([service])
    return ended


async def scale(stage: Stage) -> int:
    """Let one service have twice as many replicas for a while. It bit by each that came and went.

    Raises:
        StartError: the launcher could not.
    """
    service = stage.dice.choice(REPLICATED)
    await _ask(stage, service, MANY)
    came = stage.town.processes(service)
    await asyncio.sleep(stage.dice.uniform(*MANY_S))
    await _ask(stage, service, REPLICAS)
    return sum(not _runs(process) for process in came) if len(came) == MANY else 0


async def _ask(stage: Stage, service: str, replicas: int) -> None:
    """Ask the launcher as `make scale` does."""
    request = {"do": "scale", "service": service, "replicas": replicas}
    answer = await asyncio.to_thread(control.ask, stage.town.infrastructure.layout.folder, request)
    if not answer["ok"]:
        raise StartError(answer["error"])


async def _one(service: str, stage: Stage) -> psutil.Process:
    """Choose a replica; another fault may just have ended one of them."""
    await until(lambda: bool(stage.town.processes(service)), 30)
    return stage.dice.choice(stage.town.processes(service))


def _runs(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


async def _silent(addresses: list[str]) -> bool:
    """Tell whether one of these addresses does not answer within a second."""
    async with httpx.AsyncClient(timeout=1) as client:
        for address in addresses:
            try:
                await client.get(address)
            except httpx.TimeoutException:
                return True
            except httpx.HTTPError:
                continue
    return False


FAULTS: Final[Mapping[str, Fault]] = {
    **{f"kill-{service}": partial(kill, service) for service in KEPT},
    **{f"freeze-{service}": partial(freeze, service) for service in REPLICATED},
    "rolling-restart": roll,
    "scale-out-and-in": scale,
}
