"""One process that we start, watch, and end. Nothing here knows what the process is for."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

STOP_S = 10.0
"""Seconds a process has after SIGTERM before it is killed."""

POLL_S = 0.05
"""Seconds between two looks at whether a process or a port is there yet."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a process is started."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    user: str | None = None
    """Account to run as when we are root. None: as ourselves."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_s: float = STOP_S


class Part:
    """A process and what can be done to it. A stopped part can be started again."""

    def __init__(self, recipe: Recipe) -> None:
        """Prepare a part; `start` starts it."""
        self.recipe = recipe
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        """Return the part's name."""
        return self.recipe.name

    @property
    def pid(self) -> int | None:
        """Return the id of the process that runs now, or None."""
        if self._process is None or self._process.poll() is not None:
            return None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.pid is not None

    @property
    def exit_code(self) -> int | None:
        """Return how the last process ended, or None while it runs or before it did."""
        return None if self._process is None else self._process.poll()

    def start(self) -> int:
        """Start the process and return its id. Wait for its readiness yourself.

        Must be called from a thread that lives as long as the process should: the kernel
        ends the process when the thread that started it ends.
        """
        if self.alive:
            raise RuntimeError(f"{self.name} runs already")
        self.recipe.log.parent.mkdir(parents=True, exist_ok=True)
        with self.recipe.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix(), *self.recipe.argv],
                env={**os.environ, **self.recipe.env},
                cwd=self.recipe.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches only the supervisor, which ends the others in order.
                start_new_session=True,
            )
        return self._process.pid

    def _prefix(self) -> list[str]:
        """Return what runs before the program: other user, and no life after our own."""
        setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin")
        if setpriv is None:
            return []
        prefix = [setpriv]
        if self.recipe.user is not None and os.geteuid() == 0:
            prefix += [f"--reuid={self.recipe.user}", f"--regid={self.recipe.user}"]
            prefix += ["--init-groups"]
        return [*prefix, f"--pdeathsig={self.recipe.stop_signal.name}", "--"]

    def kill(self) -> None:
        """Kill the process and its children at once, as a failing machine would."""
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._reap(STOP_S)

    def freeze(self) -> None:
        """Stop the process and its children from running, without ending them."""
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """Let a frozen process go on."""
        for process in self._tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.recipe.stop_signal)

    def stop(self) -> None:
        """Ask the process to end, and kill it when it has not after its time."""
        self.ask_to_stop()
        if not self._reap(self.recipe.stop_s):
            self.kill()

    def _tree(self) -> list[psutil.Process]:
        """Return the process and all that descend from it."""
        if self.pid is None:
            return []
        try:
            head = psutil.Process(self.pid)
            return [head, *head.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _reap(self, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self, lines: int = 15) -> str:
        """Return the end of the process' log."""
        try:
            text = self.recipe.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


def deadline(seconds: float) -> float:
    """Return the moment on the monotonic clock that lies so many seconds ahead."""
    return time.monotonic() + seconds
