"""Taking a file in: received, looked at, scanned, written anew if it is a picture, kept.

It is spooled to a folder of the process's own first, and reaches the store only when nothing speaks
against it. Bytes before row: whatever dies in between leaves bytes that the sweep deletes, and a
sender who asks again.
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from services.contracts import FileRules, StoredFile
from services.contracts.files import PICTURES
from services.errors import Transient

from transcript_service.files.drawing import Pictures
from transcript_service.files.names import clean_name
from transcript_service.files.refused import RefusedFile
from transcript_service.files.scanner import Scanner
from transcript_service.files.sniff import sniff
from transcript_service.files.store import FileStore, Place
from transcript_service.files.table import MAX_BYTES, MAX_FILES, FileTable

AT_ONCE: Final = 16
"""Files in hand in one process; more are told to come again. Each may take 20 MB of the spool."""
PICTURES_AT_ONCE: Final = 2
RECEIVING_S: Final = 300.0
"""For the whole of a file: 10 MB at 0.7 Mbit/s."""
_CLOSED: Final = "closed"


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that somebody wants to put into the store."""

    tenant: str
    conversation: UUID
    file: UUID
    sender: str
    name: str
    """As given, its numbers masked by the door."""
    masked: int
    """How many those were."""


class Intake:
    """Takes files in.

    Raises:
        RefusedFile: by `take`, with the code its sender is told.
        Transient: by `take`, while database, store or scanner is away, or too much is in hand.
    """

    def __init__(
        self,
        table: FileTable,
        store: FileStore,
        scanner: Scanner,
        *,
        spool: Path | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        """Take where files go and who looks at them.

        Args:
            table: the rows.
            store: the bytes.
            scanner: looks for what is harmful.
            spool: where half-received files lie. None: the machine's folder for such.
            pictures: writes pictures anew. None: a new one.
        """
        self._table = table
        self._store = store
        self._scanner = scanner
        self._spool = spool
        self._pictures = pictures or Pictures(PICTURES_AT_ONCE)
        self._in_hand = 0

    async def take(
        self, offered: Offered, rules: FileRules, content: AsyncIterable[bytes]
    ) -> StoredFile:
        """Take a file in and return how it lies in the store. Asked again, the same answer."""
        async with self._place_in_hand():
            if (known := await self._known(offered, rules)) is not None:
                return known
            with tempfile.TemporaryDirectory(dir=self._spool, prefix="prek-file-") as folder:
                received = Path(folder) / "received"
                await _receive(content, received, rules.max_bytes)
                return await self._keep(offered, rules, received)

    async def _known(self, offered: Offered, rules: FileRules) -> StoredFile | None:
        """Return the file if it was taken in before; refuse what need not be received at all."""
        seen = await self._table.look(offered.tenant, offered.conversation, offered.file)
        if seen is None:
            raise RefusedFile("not_found")
        if offered.sender.startswith("citizen:") and offered.sender != seen.citizen:
            raise RefusedFile("not_found")
        if seen.kept is not None:
            if seen.kept.sender != offered.sender:
                raise RefusedFile("id_reused")
            return seen.kept.file
        if not rules.allowed:
            raise RefusedFile("files_off")
        if seen.state == _CLOSED:
            raise RefusedFile("closed")
        if seen.files >= MAX_FILES or seen.bytes >= MAX_BYTES:
            raise RefusedFile("files_too_many")
        return None

    async def _keep(self, offered: Offered, rules: FileRules, received: Path) -> StoredFile:
        media_type = await asyncio.to_thread(sniff, received)
        if media_type not in rules.types:
            raise RefusedFile("file_type_not_allowed")
        # Before any decoder sees it.
        scan = await self._scanner.scan(received)
        width = height = None
        final = received
        if media_type in PICTURES:
            final = received.with_name("anew")
            drawn = await self._pictures.rewrite(media_type, received, final)
            width, height = drawn.width, drawn.height
        size, sha256 = await asyncio.to_thread(_measure, final)
        file = StoredFile(
            file=str(offered.file),
            name=clean_name(offered.name, media_type),
            media_type=media_type,
            size=size,
            sha256=sha256,
            scan=scan,
            width=width,
            height=height,
            masked=offered.masked,
        )
        place = Place(offered.tenant, offered.conversation, offered.file, uuid4())
        await self._store.put(place, final)
        return await self._write(place, offered, file)

    async def _write(self, place: Place, offered: Offered, file: StoredFile) -> StoredFile:
        """Write the row. Bytes that it does not speak of are deleted again.

        When the database fails, nobody knows whether it wrote: the bytes stay, and the sweep
        decides.
        """
        try:
            kept, copy = await self._table.keep(place, offered.sender, file)
        except RefusedFile:
            await self._store.delete(place)
            raise
        if copy != place.copy:
            await self._store.delete(place)
            if kept.sender != offered.sender:
                raise RefusedFile("id_reused")
        return kept.file

    @asynccontextmanager
    async def _place_in_hand(self) -> AsyncIterator[None]:
        if self._in_hand >= AT_ONCE:
            raise Transient("files in hand")
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1


async def _receive(content: AsyncIterable[bytes], target: Path, most: int) -> None:
    """Write what comes in, and no more than is allowed."""
    size = 0
    try:
        async with asyncio.timeout(RECEIVING_S):
            with target.open("wb") as file:
                async for piece in content:
                    size += len(piece)
                    if size > most:
                        raise RefusedFile("file_too_large")
                    file.write(piece)
    except TimeoutError:
        raise RefusedFile("file_broken") from None
    except OSError as error:
        raise Transient("spool") from error
    if size == 0:
        raise RefusedFile("file_empty")


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return path.stat().st_size, digest.hexdigest()
