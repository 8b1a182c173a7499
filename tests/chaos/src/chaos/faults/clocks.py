"""Wall clocks that are wrong by an hour, on one replica of each service at the same time."""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil
from native.furniture import MODULE
from native.ports import REPLICATED

from chaos import clocks
from chaos.faults.stage import Fault, Stage, until

WRONG_S: Final = (8.0, 14.0)
STARTED_S: Final = 60.0
TAIL: Final = 4096
"""Bytes at the end of a log in which its last whole line lies."""


async def wrong_clocks(stage: Stage) -> int:
    """Let one replica of each service be an hour ahead or behind. Its log's times tell."""
    wrong = {service: stage.dice.choice(sorted(clocks.DIRECTIONS)) for service in REPLICATED}
    for service, direction in wrong.items():
        stage.town.board.on(clocks.switch(MODULE[service], direction))
    try:
        for service in REPLICATED:
            await _again(stage, stage.town.processes(service)[:1], service)
    finally:
        for service, direction in wrong.items():
            stage.town.board.off(clocks.switch(MODULE[service], direction))
    await asyncio.sleep(stage.dice.uniform(*WRONG_S))
    bit = 0
    for service in REPLICATED:
        worn = [one for one in stage.town.processes(service) if clocks.wears(one.pid)]
        bit += sum(abs(_ahead_s(stage, one.pid)) > clocks.OFF_S / 2 for one in worn)
        await _again(stage, worn, service)
    return bit


async def _again(stage: Stage, processes: list[psutil.Process], service: str) -> None:
    """Ask replicas to stop, and wait until the launcher has started others in their place."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
        former = process.pid
        await until(lambda gone=former: gone not in _pids(stage, service), STARTED_S)  # type: ignore[misc]
    await stage.town.wait_ready([service])


def _pids(stage: Stage, service: str) -> set[int]:
    return {process.pid for process in stage.town.processes(service)}


def _ahead_s(stage: Stage, pid: int) -> float:
    """Return by how much the newest time in a replica's log is ahead of our own clock."""
    return newest_s(_log(stage, pid)) - time.time()


def _log(stage: Stage, pid: int) -> Path:
    layout = stage.town.infrastructure.layout
    processes = json.loads(layout.addresses.read_text(encoding="utf-8"))["processes"]
    one = next(state for state in processes if state["pid"] == pid)
    return layout.logs / f"{one['service']}-{one['replica']}.log"


def newest_s(log: Path) -> float:
    """Return the time of the last line of a log that has one, in seconds since 1970; 0 if none."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL))
        lines = file.read().splitlines()
    for line in reversed(lines):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            at = datetime.fromisoformat(json.loads(line)["timestamp"])
            return at.astimezone(UTC).timestamp()
    return 0.0


FAULTS: Final[Mapping[str, Fault]] = {clocks.FAULT: wrong_clocks}
