"""The processes we started, on disk, so that a crash of ours leaves none behind for ever."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

import psutil

from native.layout import write_atomically

SAME_START_S = 1.0
"""A process id is reused; with the same start time, to within this, it is the same process."""

STOP_S = 10.0


def write(path: Path, pids: Iterable[int]) -> None:
    """Note which processes run, each with the time it was started."""
    noted = []
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            noted.append({"pid": pid, "started": psutil.Process(pid).create_time()})
    write_atomically(path, json.dumps(noted))


def survivors(path: Path) -> list[psutil.Process]:
    """Return the noted processes that still run. A reused id is not among them."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    found = []
    for entry in noted:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(entry["pid"])
            if abs(process.create_time() - entry["started"]) < SAME_START_S:
                found.append(process)
    return found


def sweep(path: Path) -> int:
    """End what a former life left running, and return how many processes that were."""
    left = survivors(path)
    tree = [*left, *(child for process in left for child in process.children(recursive=True))]
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.resume()
            process.terminate()
    for process in psutil.wait_procs(tree, timeout=STOP_S)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(tree, timeout=STOP_S)
    path.unlink(missing_ok=True)
    return len(left)
