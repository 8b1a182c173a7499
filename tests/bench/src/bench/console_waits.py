"""How long the threads that make a page's frames ran, and how long they waited for a core.

A frame that is late because of the page is one in which they ran for long; a frame that is late
because of the machine is one in which they were ready and no core was free.

`python -m bench.console_waits PID/TID...` writes a line of the kernel's books every few
milliseconds until it is told to end; `Books` starts it and reads what it wrote. It is a process of
its own, so that it looks when it means to, whatever the bench is doing.
"""

import asyncio
import contextlib
import signal
import sys
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import psutil

EVERY_S: Final = 0.01
_READY: Final = "ready"
MAKERS: Final = {"Compositor": "compositor", "VizCompositorTh": "display"}
"""Threads without which no frame comes to be, besides the page's main one, by their names."""


@dataclass(frozen=True, slots=True)
class Look:
    """The kernel's books of one thread at a moment. All in seconds."""

    at: float
    """`time.monotonic`, which is the clock of a browser's trace too."""
    ran: float
    waited: float
    """Ready to run, and no core was free."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a thread did in a span of time, in milliseconds; the rest of it it slept."""

    ran_ms: float
    waited_ms: float


def spent(looks: Sequence[Look], begin: float, end: float) -> Spent:
    """Return what a thread did between two moments, as near as the looks tell: never less."""
    times = [look.at for look in looks]
    first = looks[max(0, bisect_left(times, begin) - 1)]
    last = looks[min(len(looks) - 1, bisect_left(times, end))]
    return Spent(
        ran_ms=round(1000 * (last.ran - first.ran), 1),
        waited_ms=round(1000 * (last.waited - first.waited), 1),
    )


def makers(browser: Iterable[psutil.Process]) -> dict[str, tuple[int, int]]:
    """Return the threads that make frames, as `name of process`: process and thread."""
    found = {}
    for process in browser:
        kinds = [each for each in process.cmdline() if each.startswith("--type=")]
        if kinds == ["--type=renderer"]:
            found[f"main of {process.pid}"] = (process.pid, process.pid)
        for thread in Path(f"/proc/{process.pid}/task").iterdir():
            name = MAKERS.get((thread / "comm").read_text(encoding="ascii").strip())
            if name is not None:
                found[f"{name} of {process.pid}"] = (process.pid, int(thread.name))
    return found


def of_page(looks: Mapping[str, Sequence[Look]], page: int) -> dict[str, Sequence[Look]]:
    """Return the looks at the threads of one page alone, by what they do.

    Args:
        looks: As `Books.close` returns them, of the threads that `makers` found.
        page: The page's process. The display is the browser's, and so every page's.
    """
    found = {}
    for name, seen in looks.items():
        thread, _, process = name.partition(" of ")
        if seen and (thread == "display" or process == str(page)):
            found[thread] = seen
    return found


class Books:
    """Looks at threads from `open` to `close`."""

    def __init__(self, threads: Mapping[str, tuple[int, int]]) -> None:
        """Prepare.

        Args:
            threads: Process and thread by the name to be given them.
        """
        self._threads = threads
        self._process: asyncio.subprocess.Process | None = None

    async def open(self) -> None:
        """Begin to look."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bench.console_waits"),
            *(f"{pid}/{tid}" for pid, tid in self._threads.values()),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        # It has looked once by now, and ends in good order when it is told to.
        await self._written().readline()

    async def close(self) -> dict[str, list[Look]]:
        """Look no more; return all looks, by the threads' names."""
        if self._process is None:
            return {}
        self._process.send_signal(signal.SIGTERM)
        written = await self._written().read()
        await self._process.wait()
        return read(list(self._threads), written.decode("ascii"))

    def _written(self) -> asyncio.StreamReader:
        if self._process is None or self._process.stdout is None:
            raise RuntimeError("not open")
        return self._process.stdout


def read(names: Sequence[str], written: str) -> dict[str, list[Look]]:
    """Return the looks that were written, by the names of the threads in the order asked."""
    looks: dict[str, list[Look]] = {name: [] for name in names}
    for line in written.splitlines():
        at, *books = line.split()
        for n, name in enumerate(names):
            ran, waited = int(books[2 * n]), int(books[2 * n + 1])
            looks[name].append(Look(float(at), ran / 1e9, waited / 1e9))
    return looks


def _look_until_told(threads: Sequence[str]) -> None:
    told = False

    def tell(_signal: int, _frame: FrameType | None) -> None:
        nonlocal told
        told = True

    signal.signal(signal.SIGTERM, tell)
    books = [
        Path(f"/proc/{pid}/task/{tid}/schedstat") for pid, tid in (t.split("/") for t in threads)
    ]
    last = dict.fromkeys(books, "0 0")
    lines = [_look(last)]
    sys.stdout.write(f"{_READY}\n")
    sys.stdout.flush()
    while not told:
        time.sleep(EVERY_S)
        lines.append(_look(last))
    lines.append(_look(last))
    sys.stdout.write("\n".join(lines) + "\n")


def _look(last: dict[Path, str]) -> str:
    """Return a line, and remember it: of a thread that has ended the last look stands."""
    for book in last:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            last[book] = " ".join(book.read_text(encoding="ascii").split()[:2])
    return f"{time.monotonic():.6f} {' '.join(last.values())}"


if __name__ == "__main__":
    _look_until_told(sys.argv[1:])
