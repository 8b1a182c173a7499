"""The rows of files: `ledger.file`. No row without its bytes (`store`), and none twice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from services.contracts import ConversationState, StoredFile
from services.database import Database

from transcript_service import rows
from transcript_service.core.state import KeptFile
from transcript_service.files.refused import RefusedFile
from transcript_service.files.store import Place

MAX_FILES: Final = 20
MAX_BYTES: Final = 50 * 1024 * 1024
"""Of one conversation, shown or not."""

_LOOK: Final = """
SELECT c.citizen, c.state,
    (SELECT to_jsonb(f)::text FROM ledger.file AS f
    WHERE f.tenant = c.tenant AND f.conversation = c.id AND f.id = $3) AS file,
    (SELECT count(*) FROM ledger.file AS f
    WHERE f.tenant = c.tenant AND f.conversation = c.id) AS files,
    (SELECT coalesce(sum(f.size), 0) FROM ledger.file AS f
    WHERE f.tenant = c.tenant AND f.conversation = c.id) AS bytes
FROM ledger.conversation AS c WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL
"""
_SHOWN: Final = """
SELECT to_jsonb(f)::text AS file FROM ledger.file AS f
WHERE f.tenant = $1 AND f.conversation = $2 AND f.id = $3 AND f.posted_at IS NOT NULL
AND NOT EXISTS (
    SELECT FROM ledger.event AS e
    JOIN ledger.masking AS m USING (tenant, conversation, stream, seq)
    WHERE e.tenant = f.tenant AND e.conversation = f.conversation AND e.file = f.id
    AND m.done_at IS NULL
)
"""
_KNOWN: Final = """
SELECT q.copy, EXISTS (
    SELECT FROM ledger.conversation AS c WHERE c.tenant = q.tenant AND c.id = q.conversation
) AS ours, EXISTS (
    SELECT FROM ledger.file AS f
    WHERE f.tenant = q.tenant AND f.conversation = q.conversation AND f.id = q.id
    AND f.copy = q.copy
) AS kept
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[]) AS q (tenant, conversation, id, copy)
"""
_SWEEP: Final = "SELECT * FROM ledger.sweep_files($1)"
_ERASE: Final = """
DELETE FROM ledger.file WHERE tenant = $1 AND conversation = $2
RETURNING tenant, conversation, id, copy
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known before a file is taken in."""

    citizen: str
    state: ConversationState
    kept: KeptFile | None
    """The file of that id, if it was taken in before."""
    files: int
    bytes: int
    """How much lies there for the conversation."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that stands in a dialogue, and where its bytes lie."""

    file: StoredFile
    place: Place


class FileTable:
    """Reads and writes the rows, as the service's own role.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def look(self, tenant: str, conversation: UUID, file: UUID) -> Seen | None:
        """Return what is known of a conversation and a file of it; None: no such conversation."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_LOOK, tenant, conversation, file)
        if row is None:
            return None
        kept = rows.kept_file(json.loads(row["file"])) if row["file"] else None
        return Seen(row["citizen"], row["state"], kept, row["files"], row["bytes"])

    async def keep(self, place: Place, sender: str, file: StoredFile) -> tuple[KeptFile, UUID]:
        """Write a row, unless there is one. Return the row as it is, and which copy it is of.

        Raises:
            RefusedFile: `not_found`, `closed`, `id_reused` or `files_too_many`.
        """
        document = {
            **file.model_dump(),
            "tenant": place.tenant,
            "conversation": str(place.conversation),
            "id": str(place.file),
            "copy": str(place.copy),
            "sender": sender,
        }
        async with self._database.connection() as connection:
            answer = await connection.fetchval(
                "SELECT ledger.keep_file($1, $2, $3)", json.dumps(document), MAX_FILES, MAX_BYTES
            )
        row = json.loads(answer)
        if "why" in row:
            raise RefusedFile(row["why"])
        return rows.kept_file(row), UUID(row["copy"])

    async def shown(self, tenant: str, conversation: UUID, file: UUID) -> Shown | None:
        """Return a file whose event is committed, or None."""
        async with self._database.connection() as connection:
            found = await connection.fetchval(_SHOWN, tenant, conversation, file)
        if found is None:
            return None
        row = json.loads(found)
        return Shown(rows.kept_file(row).file, _place(row))

    async def sweep(self, most: int) -> list[Place]:
        """Delete the rows of files that nobody has shown for a day. Return where the bytes lie."""
        async with self._database.connection() as connection:
            return [_place(row) for row in await connection.fetch(_SWEEP, most)]

    async def strays(self, places: Sequence[Place]) -> tuple[list[Place], int]:
        """Return the places without a row, and how many belong to conversations nobody knows.

        Those are another database's: a folder must not be emptied because somebody connected it
        to the wrong one.
        """
        async with self._database.connection() as connection:
            found = await connection.fetch(
                _KNOWN,
                [place.tenant for place in places],
                [place.conversation for place in places],
                [place.file for place in places],
                [place.copy for place in places],
            )
        known = {row["copy"]: row for row in found}
        strays = [p for p in places if known[p.copy]["ours"] and not known[p.copy]["kept"]]
        return strays, sum(not row["ours"] for row in found)


async def erase_rows(
    connection: asyncpg.Connection, tenant: str, conversation: UUID
) -> list[Place]:
    """Delete the rows of a conversation's files. Return where the bytes lie.

    Args:
        connection: as the role `transcript_retention`, which alone may.
        tenant: the conversation's.
        conversation: whose files are to go.
    """
    return [_place(row) for row in await connection.fetch(_ERASE, tenant, conversation)]


def _place(row: Any) -> Place:
    ids = (UUID(str(row[name])) for name in ("conversation", "id", "copy"))
    return Place(row["tenant"], *ids)
