"""A process is started, frozen, stopped and killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from native.part import Part, Recipe
from native.supervisor import ended, run_once

SLEEP = ["sleep", "60"]
DEAF_PROGRAM = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""
DEAF = [sys.executable, "-c", DEAF_PROGRAM]


def recipe(folder: Path, argv: list[str], stop_s: float = 5) -> Recipe:
    return Recipe("part", argv, folder / "part.log", stop_s=stop_s)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_part_can_be_started_again_after_it_was_stopped(tmp_path: Path) -> None:
    part = Part(recipe(tmp_path, SLEEP))
    first = part.start()
    part.stop()

    assert part.exit_code == -signal.SIGTERM
    assert part.start() != first
    part.kill()
    assert not part.alive


def test_a_part_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    part = Part(recipe(tmp_path, DEAF, stop_s=0.2))
    part.start()
    wait_until(lambda: "deaf" in part.last_words())

    part.stop()

    assert part.exit_code == -signal.SIGKILL


def test_a_frozen_part_does_not_run_until_it_is_thawed(tmp_path: Path) -> None:
    part = Part(recipe(tmp_path, SLEEP))
    process = psutil.Process(part.start())

    part.freeze()
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED)
    part.thaw()
    wait_until(lambda: process.status() != psutil.STATUS_STOPPED)
    part.kill()


def test_a_part_does_not_outlive_whoever_started_it(tmp_path: Path) -> None:
    program = (
        "import sys, signal; from pathlib import Path; from native.part import Part, Recipe;"
        f"part = Part(Recipe('part', {SLEEP!r}, Path({str(tmp_path / 'log')!r})));"
        "print(part.start(), flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        orphan = psutil.Process(int(starter.stdout.readline()))
        wait_until(lambda: orphan.name() == SLEEP[0])  # from then on the kernel knows
        starter.kill()
        psutil.wait_procs([orphan], timeout=5)

        assert not orphan.is_running()


async def test_ended_returns_when_the_process_has(tmp_path: Path) -> None:
    part = Part(recipe(tmp_path, ["true"]))
    part.start()

    await ended(part)

    assert part.exit_code == 0


async def test_a_failed_command_says_its_last_words(tmp_path: Path) -> None:
    part = Part(recipe(tmp_path, ["sh", "-c", "echo no table; exit 3"]))

    with pytest.raises(Exception, match="no table"):
        await run_once([part])
