"""A whole system in a folder of its own, as `make run` starts it: for tests that break it.

It is started and stopped by the launcher's own commands, and known only by what they publish.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from native.layout import REPOSITORY, Layout
from native.part import POLL_S, deadline

START_S = 180.0
"""Seconds a whole system may take to start on a busy machine."""


class WholeSystem:
    """One running system. A context manager; leaving it deletes all its data.

    Raises:
        subprocess.CalledProcessError: by every method that runs the launcher, when it fails.
    """

    def __init__(
        self,
        folder: Path,
        *,
        replicas: int = 2,
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            folder: Where everything of this system lies.
            replicas: Of each service.
            profile: Name of the rate limits' profile. None: the ordinary limits.
            env: Settings besides the launcher's own, such as `PREK_SMTP_URL`. Every process gets
                them.
        """
        self.layout = Layout(folder)
        self._env = dict(env or {})
        self._options = [f"--replicas={replicas}"] + ([f"--profile={profile}"] if profile else [])

    def __enter__(self) -> Self:
        """Start it and return when everything is ready."""
        self.launcher("run", "--detach", *self._options)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop it and delete its data."""
        self.launcher("remove")

    def launcher(self, *arguments: str) -> str:
        """Run a verb of the launcher on this system and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "native", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **self._env, "PREK_RUN_DIR": str(self.layout.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_S,
            check=False,
        )
        if done.returncode:
            error = subprocess.CalledProcessError(done.returncode, arguments)
            error.add_note(done.stdout[-4000:] + done.stderr[-4000:])
            raise error
        return done.stdout

    @property
    def addresses(self) -> Mapping[str, Any]:
        """Return the published addresses as they are now."""
        found: dict[str, Any] = json.loads(self.layout.addresses.read_text(encoding="utf-8"))
        return found

    def users(self, department: str, *, role: str = "agent") -> list[dict[str, Any]]:
        """Return the demonstration's users of a department."""
        return [
            user
            for user in self.addresses["users"]
            if department in user["departments"] and user["role"] == role
        ]

    def process(self, service: str, replica: int = 1) -> dict[str, Any]:
        """Return what is published of one process of a service."""
        return next(
            process
            for process in self.addresses["processes"]
            if (process["service"], process["replica"]) == (service, replica)
        )

    def part(self, name: str) -> dict[str, Any]:
        """Return what is published of `broker`, `database`, `redis` or `proxy`."""
        return next(part for part in self.addresses["infrastructure"] if part["name"] == name)

    def kill(self, service: str, replica: int = 1) -> int:
        """Kill one process of a service, as a failing machine would. Return its former pid."""
        pid = self.process(service, replica)["pid"]
        os.kill(pid, signal.SIGKILL)
        return int(pid)

    def secret(self, owner: str, name: str) -> str:
        """Return a secret setting: `secret("admin", "database_url")`."""
        return (self.layout.secrets / owner / f"prek_{name}").read_text(encoding="utf-8")


def wait_until(seen: Callable[[], bool], seconds: float) -> float | None:
    """Look until something is so. Return the seconds it took, or None when it never was."""
    began, until = time.monotonic(), deadline(seconds)
    while not seen():
        if time.monotonic() > until:
            return None
        time.sleep(POLL_S)
    return time.monotonic() - began
