"""Has pages set as PDF/A by a program of its own, so that the event loop goes on meanwhile."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from services.errors import Transient

from transcript_service.copies.document import Document
from transcript_service.copies.page import as_html

TYPESETTER: Final = (sys.executable, "-m", "transcript_service.copies.typeset")
AT_ONCE: Final = 2
"""Programs at the same time: who reads and writes in the ledger is not to wait for paper."""
LONGEST_S: Final = 12.0
"""For a turn and the setting: less than the doors wait for us, so that they hear why."""
log = structlog.get_logger()

_KEPT: Final = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "XDG_CACHE_HOME")
"""Of our environment; passwords are not the typesetter's business."""


class CannotPrintError(Transient):
    """The typesetter failed, or took too long."""


class Press:
    """Prints documents, a few at once; others wait their turn."""

    def __init__(
        self,
        *,
        typesetter: Sequence[str] = TYPESETTER,
        at_once: int = AT_ONCE,
        longest_s: float = LONGEST_S,
    ) -> None:
        """Take the program and its bounds; `longest_s` is for a turn and the setting."""
        self._typesetter = typesetter
        self._turns = asyncio.Semaphore(at_once)
        self._longest_s = longest_s

    async def pdf(self, document: Document) -> bytes:
        """Return the copy as PDF/A-2a: the same bytes for the same document.

        Raises:
            CannotPrintError: see there. Nothing of the document is in it.
        """
        page = as_html(document, "print").encode()
        try:
            async with asyncio.timeout(self._longest_s), self._turns:
                return await self._typeset(page, _environment(document))
        except TimeoutError:
            log.warning("copy_not_set", reason="too_long", bytes=len(page))
            raise CannotPrintError("too_long") from None

    async def _typeset(self, page: bytes, environment: Mapping[str, str]) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._typesetter,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # It could quote the page.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        try:
            pdf, _ = await process.communicate(page)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            log.warning("copy_not_set", reason="failed", status=process.returncode)
            raise CannotPrintError("failed")
        return pdf


def _environment(document: Document) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # What is written into the file as its time, and makes its id.
    epoch = str(int(document.made_at.timestamp()))
    return {**kept, "SOURCE_DATE_EPOCH": epoch, "LC_ALL": "C.UTF-8"}
