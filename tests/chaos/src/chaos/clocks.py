"""Processes whose wall clock is wrong: Debian's libfaketime, loaded by a replica that starts.

Monotonic clocks stay true: no machine's timers jump because somebody sets its clock.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from chaos.board import Board

OFF_S: Final = 3600
"""Seconds a wrong clock is ahead or behind."""
DIRECTIONS: Final[Mapping[str, str]] = {"ahead": f"+{OFF_S}", "behind": f"-{OFF_S}"}

FAULT: Final = "wrong-clocks"
"""The fault that needs the library."""
PACKAGE: Final = "libfaketime"
_NAME: Final = "libfaketimeMT.so.1"


def library() -> Path | None:
    """Return the library, or None where the package is not installed."""
    return next(iter(sorted(Path("/usr/lib").glob(f"*/faketime/{_NAME}"))), None)


def possible(names: Iterable[str]) -> set[str]:
    """Return the faults that can be let loose on this machine."""
    return {name for name in names if name != FAULT or library() is not None}


def switch(module: str, direction: str) -> str:
    """Return the switch of the board by which the next start of a service gets a wrong clock."""
    return f"clock-{module}-{direction}"


def start_wrong(module: str, switches: Board) -> None:
    """Start this process again with a wrong clock, if one is asked for. Then it does not return.

    It keeps its process id: who watches it sees one start.
    """
    for direction, offset in DIRECTIONS.items():
        found = library()
        if found is not None and switches.take(switch(module, direction)):
            argv = [sys.executable, *sys.orig_argv[1:]]
            os.execve(sys.executable, argv, _environment(offset, found))  # noqa: S606 - it is ourselves


def _environment(offset: str, found: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LD_PRELOAD": str(found),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def wears(pid: int) -> bool:
    """Tell whether a process runs with the library."""
    try:
        return _NAME in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    except OSError:
        return False
