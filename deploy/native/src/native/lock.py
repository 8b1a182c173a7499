"""One supervisor per folder: a lock the kernel lets go of when its holder dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from native.part import POLL_S

NAME = "supervisor.lock"


class AlreadyRunningError(Exception):
    """A supervisor of this folder runs already."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock inside the block, with our process id in it.

    Raises:
        AlreadyRunningError: Another process holds it.
    """
    with (folder / NAME).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(folder: Path) -> int | None:
    """Return the process id of the folder's supervisor, or None when none runs."""
    try:
        with (folder / NAME).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read() or 0) or None
    except FileNotFoundError:
        pass
    return None


def wait_released(folder: Path, seconds: float) -> bool:
    """Wait until no supervisor runs, and tell whether that came about in time."""
    until = time.monotonic() + seconds
    while holder(folder) is not None:
        if time.monotonic() > until:
            return False
        time.sleep(POLL_S)
    return True
