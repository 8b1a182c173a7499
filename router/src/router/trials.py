"""Tries a set-up in the simulator, in a process of its own: rounds must not wait for it."""

import asyncio
import contextlib
import os
import sys
from typing import Final

from pydantic import ValidationError
from services.errors import Transient

from router.simulate.trial import UNREADABLE, Trial

LONGEST_S: Final = 50.0
"""Seconds on a clock. A town of some 40 agents takes 3 of a free processor, and of a busy one a
trial gets a tenth."""


class TrialRefusedError(Exception):
    """What is to be tried is no two set-ups."""


class Trials:
    """Runs one trial at a time."""

    def __init__(self, *, longest_s: float = LONGEST_S) -> None:
        """Give each so many seconds."""
        self._longest_s = longest_s
        self._running = False

    async def run(self, asked: bytes) -> bytes:
        """Return what came of it, as JSON.

        Raises:
            TrialRefusedError: these are no two set-ups.
            Transient: another one is running, or this one took too long or broke.
        """
        if self._running:
            raise Transient("trial")
        self._running = True
        try:
            return await self._run(asked)
        finally:
            self._running = False

    async def _run(self, asked: bytes) -> bytes:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "router.simulate.trial",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of our settings: it needs no broker and no key.
            env={"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
        )
        try:
            async with asyncio.timeout(self._longest_s):
                told, _ = await program.communicate(asked)
            if program.returncode == UNREADABLE:
                raise TrialRefusedError
            if program.returncode:
                raise Transient("trial")
            return Trial.read(told).model_dump_json().encode()
        except (TimeoutError, ValidationError):
            raise Transient("trial") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.wait()
