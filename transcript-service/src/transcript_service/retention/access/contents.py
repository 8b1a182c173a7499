"""What a package holds: each conversation without other people, its files, and how long it is kept.

All of it is put together before anything is set or zipped, so that a trial says exactly what the
package will be.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.contracts import DIALOGUE, Attached, Event
from services.database import Connection

from transcript_service.callers import Caller
from transcript_service.copies.document import reference
from transcript_service.core import Conversation
from transcript_service.files.table import FileTable, Shown
from transcript_service.reads import Reads, Transcript
from transcript_service.retention.access.choosing import Request
from transcript_service.retention.access.others import KINDS, Kind, Rules, without_others
from transcript_service.retention.access.words import texts
from transcript_service.retention.cases import look, now
from transcript_service.retention.rules import Decision, decide
from transcript_service.retention.runs import moment

_SAFE: Final = 80
"""Longest name of a file in the package, in characters."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a conversation."""

    shown: Shown
    by: str
    """`citizen` or `agent`."""
    included: bool
    name: str
    """In the package; no path, and no two alike."""


@dataclass(frozen=True, slots=True)
class Given:
    """One conversation as it is given out."""

    conversation: Conversation
    streams: tuple[tuple[str, Transcript], ...]
    """By stream, other people masked."""
    files: tuple[Sent, ...]
    masked: Counter[Kind]
    to_read: int
    """Texts of others that a person must read, for no rule finds every name."""
    kept: Decision

    @property
    def reference(self) -> str:
        """What people call it."""
        return reference(self.conversation.summary.conversation)

    def told(self) -> dict[str, Any]:
        """Return what is in it, without a word of it."""
        summary = self.conversation.summary
        return {
            "conversation": str(summary.conversation),
            "reference": self.reference,
            "opened_at": moment(summary.opened_at),
            "closed_at": moment(summary.closed_at),
            "topic": summary.topic,
            "events": sum(len(transcript.events) for _, transcript in self.streams),
            "masked": {kind: self.masked[kind] for kind in KINDS},
            "files": [
                {
                    "name": sent.shown.file.name,
                    "size": sent.shown.file.size,
                    "by": sent.by,
                    "included": sent.included,
                }
                for sent in self.files
            ],
            "to_read": self.to_read,
            "kept": {
                "why": self.kept.why,
                "due_at": moment(self.kept.due_at),
                "kept_days": self.kept.kept_days,
                "legal_basis": self.kept.legal_basis,
            },
        }


def rules_of(request: Request) -> Rules:
    """Return what is masked, in the words of the package's language."""
    said = texts(request.language)
    return Rules(request.own, request.words, {kind: said[f"sign_{kind}"] for kind in KINDS})


class Contents:
    """Puts together what a package holds.

    Raises:
        Transient: while the database is away.
    """

    def __init__(self, reads: Reads, table: FileTable) -> None:
        """Take what reads words, and what knows files."""
        self._reads = reads
        self._table = table

    async def of(
        self,
        connection: Connection,
        caller: Caller,
        request: Request,
        chosen: Sequence[Conversation],
    ) -> list[Given]:
        """Return the conversations as they are given out; the right to them was checked."""
        return [await self._one(connection, caller, request, one) for one in chosen]

    async def _one(
        self,
        connection: Connection,
        caller: Caller,
        request: Request,
        conversation: Conversation,
    ) -> Given:
        tenant, id_ = conversation.key
        rules, counted, to_read = rules_of(request), Counter[Kind](), 0
        streams, events = [], list[Event]()
        for stream in sorted(conversation.summary.last_seq):
            if not (request.notes or stream.startswith(DIALOGUE)):
                continue
            found = await self._reads.transcript(tenant, id_, stream)
            if found is None:
                continue
            masked, here, read = without_others(found.events, rules)
            counted, to_read = counted + here, to_read + read
            streams.append((stream, Transcript(found.conversation, masked)))
            events += found.events
        return Given(
            conversation,
            tuple(streams),
            tuple([sent async for sent in self._files(request, tenant, id_, events)]),
            counted,
            to_read,
            await self._kept(connection, caller, id_),
        )

    async def _files(
        self, request: Request, tenant: str, conversation: UUID, events: Sequence[Event]
    ) -> AsyncIterator[Sent]:
        n = 0
        for event in events:
            if not isinstance(event.body, Attached):
                continue
            shown = await self._table.shown(tenant, conversation, event.body.file)
            if shown is None:
                continue
            n += 1
            by = event.author.kind
            included = request.files == "all" or (request.files == "own" and by == "citizen")
            yield Sent(shown, by, included, f"{n:02d}-{shown.file.name[-_SAFE:]}")

    async def _kept(self, connection: Connection, caller: Caller, conversation: UUID) -> Decision:
        found = await look(connection, caller.tenant, conversation)
        if found is None:
            return Decision("open")
        return decide(found.case, caller.directory.privacy, await now(connection))
