"""Starts the program that writes pictures anew, and believes nothing but its answer."""

import asyncio
import contextlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.errors import Transient

from transcript_service.files import pictures
from transcript_service.files.refused import RefusedFile

LONGEST_S: Final = 60.0
"""Seconds on a clock; its own bound is of processor time, which a busy machine gives slowly."""
_PROGRAM: Final = str(Path(pictures.__file__))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that was written anew, in pixels."""

    width: int
    height: int


class Pictures:
    """Writes pictures anew, a few at a time."""

    def __init__(self, at_once: int) -> None:
        """Take how many may be in hand at the same time; each may take a processor and 1 GB."""
        self._free = asyncio.Semaphore(at_once)

    async def rewrite(self, media_type: str, source: Path, target: Path) -> Drawn:
        """Write a picture anew.

        Raises:
            RefusedFile: `file_broken`, or `file_too_large` for too many pixels.
            Transient: there was no time for it.
        """
        async with self._free:
            said = await _run(media_type, source, target)
        if said is None:
            raise RefusedFile("file_broken")
        if "refusal" in said:
            raise RefusedFile(str(said["refusal"]))
        return Drawn(int(said["width"]), int(said["height"]))


async def _run(media_type: str, source: Path, target: Path) -> dict[str, Any] | None:
    """Return what the program said; None when it ended without an answer, as by its bounds."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        _PROGRAM,
        media_type,
        str(source),
        str(target),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        words, _ = await asyncio.wait_for(program.communicate(), LONGEST_S)
    except TimeoutError:
        raise Transient("pictures") from None
    finally:
        if program.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.wait()
    return json.loads(words) if program.returncode == 0 else None
