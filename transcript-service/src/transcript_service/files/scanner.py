"""Asks ClamAV's daemon whether a file is harmful (clamd's command `INSTREAM`)."""

import asyncio
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from services.contracts.files import Scan
from services.errors import Transient

from transcript_service.files.refused import RefusedFile

TIMEOUT_S: Final = 30.0
"""For a whole scan: its connection, 10 MB and an answer."""
_PIECE: Final = 256 * 1024
_LONGEST_ANSWER: Final = 4096


class Scanner(Protocol):
    """Looks for what is harmful."""

    async def scan(self, path: Path) -> Scan:
        """Return what was found: nothing, or that nothing was looked for.

        Raises:
            RefusedFile: `file_infected`.
            Transient: it cannot be asked. The file is not taken unseen.
        """


class NoScanner:
    """Where no scanner is set up: what is stored says so."""

    async def scan(self, path: Path) -> Scan:
        """Look for nothing."""
        del path
        return "unscanned"


class Clamd:
    """The daemon at an address: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`.

    Its `StreamMaxLength` (25 MB or more unless somebody lowered it) must let 10 MB pass.
    """

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Take the address.

        Raises:
            ValueError: it is none.
        """
        parts = urlsplit(address)
        if parts.scheme == "tcp" and parts.hostname and parts.port:
            self._tcp: tuple[str, int] | None = (parts.hostname, parts.port)
        elif parts.scheme == "unix" and parts.path:
            self._tcp = None
        else:
            raise ValueError("PREK_CLAMD must be tcp://host:port or unix:///path")
        self._path = parts.path
        self._timeout_s = timeout_s

    async def scan(self, path: Path) -> Scan:
        """Send the file and wait for the verdict."""
        try:
            async with asyncio.timeout(self._timeout_s):
                said = await self._ask(path)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as e:
            raise Transient("clamd") from e
        # The answer may quote what was found, but never more than its name.
        if said.endswith(b"FOUND"):
            raise RefusedFile("file_infected")
        if not said.endswith(b"OK"):
            raise Transient("clamd")
        return "clean"

    async def _ask(self, path: Path) -> bytes:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            with path.open("rb") as file:
                while piece := file.read(_PIECE):
                    writer.write(len(piece).to_bytes(4, "big") + piece)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").strip()
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._tcp is not None:
            return await asyncio.open_connection(*self._tcp, limit=_LONGEST_ANSWER)
        return await asyncio.open_unix_connection(self._path, limit=_LONGEST_ANSWER)


def scanner_at(address: str) -> Scanner:
    """Return the scanner at an address, or none where there is no address."""
    return Clamd(address) if address else NoScanner()
