"""Makes the package of one enquiry, of what the ledger and the store of files have of it."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from services.contracts import Attached, ContactGiven, Event, TenantDirectory
from services.contracts.events import Stream
from services.database import Database

from transcript_service.archive.package import Enclosure, Package, pack
from transcript_service.archive.record import Handed, record_of
from transcript_service.archive.rules import faults_of
from transcript_service.archive.schemas import Schemas
from transcript_service.archive.table import Order
from transcript_service.copies.document import document_of
from transcript_service.copies.exact import as_json
from transcript_service.copies.press import Press
from transcript_service.core import Conversation
from transcript_service.core.contacts import contact_for
from transcript_service.files.store import FileStore, Missing
from transcript_service.files.table import FileTable
from transcript_service.reads import Reads, Transcript

DIALOGUE: Final = "dialogue"
DESK: Final = "desk"
_SET: Final = ("nb", "nn", "en")
"""Languages in which a copy is set; a citizen of another one has it in bokmål."""


class CannotMake(Exception):
    """There is no package to be made as it stands. The code says why, and quotes nothing."""

    def __init__(self, code: str) -> None:
        """Take the code."""
        self.code = code
        super().__init__(code)


class Maker:
    """Makes packages. The same enquiry makes the same bytes.

    Raises:
        Transient: by every method, while the database, the store or the typesetter is away.
    """

    def __init__(
        self,
        database: Database,
        press: Press,
        store: FileStore | None,
        schemas: Schemas | None = None,
    ) -> None:
        """Take what it is made of, and by what it is checked besides our own rules."""
        self._reads = Reads(database)
        self._files = FileTable(database)
        self._press = press
        self._store = store
        self._schemas = schemas

    async def make(self, order: Order, directory: TenantDirectory) -> Package:
        """Return the package, checked.

        Raises:
            CannotMake: the enquiry is not there, a file of it is not, or the package is not as the
                archive would have it.
        """
        found, events = await self._dialogue(order)
        handed = Handed(
            summary=found.summary,
            events=events,
            contact=await self._contact(order, found),
            archive=order.archive,
            version=order.version,
        )
        transcript = Transcript(found, events)
        language = found.summary.language if found.summary.language in _SET else "nb"
        package = pack(
            record_of(handed, directory),
            await self._press.pdf(document_of(transcript, directory, language)),
            as_json(transcript, directory).encode(),
            await self._enclosures(order, events),
        )
        self._check(package)
        return package

    def _check(self, package: Package) -> None:
        faults = list(faults_of(package.files))
        if self._schemas is not None:
            faults += self._schemas.faults_of(package.files)
        if faults:
            raise CannotMake(f"invalid: {faults[0]}")

    async def _dialogue(self, order: Order) -> tuple[Conversation, tuple[Event, ...]]:
        """Return the enquiry and what citizen and agents saw, as it was when it was ordered."""
        streams = sorted(stream for stream in order.upto if stream.startswith(DIALOGUE))
        read = [transcript async for transcript in self._read(order, streams)]
        if not read:
            raise CannotMake("gone")
        events = [event for transcript in read for event in transcript.events]
        events.sort(key=lambda event: (event.time, event.stream, event.seq))
        return read[0].conversation, tuple(events)

    async def _read(self, order: Order, streams: Sequence[Stream]) -> AsyncIterator[Transcript]:
        for stream in streams:
            found = await self._reads.transcript(order.tenant, order.conversation, stream)
            if found is not None:
                last = order.upto[stream]
                kept = tuple(event for event in found.events if event.seq <= last)
                yield Transcript(found.conversation, kept)

    async def _contact(self, order: Order, found: Conversation) -> str | None:
        """Return where a written answer went, if that is what it still says."""
        if found.summary.due_at is None:
            return None
        contact = None
        async for transcript in self._read(order, [s for s in order.upto if s == DESK]):
            for event in transcript.events:
                if isinstance(event.body, ContactGiven):
                    contact = _sound(event.body)
        return contact

    async def _enclosures(self, order: Order, events: Sequence[Event]) -> list[Enclosure]:
        attached = [event.body for event in events if isinstance(event.body, Attached)]
        return [
            Enclosure(body.name, body.media_type, await self._content(order, body))
            for body in attached
        ]

    async def _content(self, order: Order, body: Attached) -> bytes:
        kept = await self._files.shown(order.tenant, order.conversation, body.file)
        if kept is None or self._store is None:
            raise CannotMake("file_missing")
        try:
            pieces = await self._store.open(kept.place)
        except Missing:
            raise CannotMake("file_missing") from None
        return b"".join([piece async for piece in pieces])


def _sound(body: ContactGiven) -> str | None:
    """Return a contact, unless it was masked since."""
    try:
        return contact_for(body.answer_by, body.contact)
    except ValueError:
        return None
