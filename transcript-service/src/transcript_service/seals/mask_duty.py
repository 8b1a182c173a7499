"""The keeper's duty `masks`: the original of what is masked is erased, under a signed mark."""

import json
from typing import Any, Final
from uuid import UUID

import asyncpg
import structlog
from services.database import Connection, Database

from transcript_service.core.chain import hash_body
from transcript_service.core.masking import Edit, NothingToMask, apply
from transcript_service.files.store import FileStore, Place
from transcript_service.keeper.pace import Pace
from transcript_service.seals.key import SealKey
from transcript_service.seals.marks import Mark, mark_row

log = structlog.get_logger()

BASIS: Final = "gdpr-5-1-c"
"""Data minimisation: what is not needed is not kept."""
_MOST: Final = 200

_PENDING: Final = """
SELECT m.tenant, m.id FROM ledger.masking AS m WHERE m.done_at IS NULL ORDER BY m.n LIMIT $1
"""
_ONE: Final = """
SELECT m.tenant, m.id, m.conversation, m.stream, m.seq, m.by, m.reason, m.edit::text AS edit,
    m.shown, b.body, b.salt, e.hash, e.file, f.copy, clock_timestamp() AS now, (
    SELECT coalesce(max(k.n), 0) FROM ledger.erasure AS k
    WHERE k.tenant = m.tenant AND k.conversation = m.conversation
    AND k.stream = m.stream AND k.seq = m.seq
) AS marks
FROM ledger.masking AS m
JOIN ledger.event AS e USING (tenant, conversation, stream, seq)
JOIN ledger.event_body AS b USING (tenant, conversation, stream, seq)
LEFT JOIN ledger.file AS f
ON f.tenant = m.tenant AND f.conversation = m.conversation AND f.id = e.file
WHERE m.tenant = $1 AND m.id = $2 AND m.done_at IS NULL
"""
_ERASE: Final = "SELECT ledger.erase_bodies($1, false)"


class Masks:
    """Erases originals.

    Raises:
        Transient: the database or the store of files is away. What was done stays done.
    """

    name = "masks"
    pace = Pace(5.0)

    def __init__(self, database: Database, key: SealKey, files: FileStore | None) -> None:
        """Take the ledger as role `transcript_keeper`, the key, and where bytes of files lie."""
        self._database = database
        self._key = key
        self._files = files

    async def once(self) -> None:
        """Erase the originals of all that was asked for, each in a transaction of its own."""
        async with self._database.connection() as connection:
            pending = await connection.fetch(_PENDING, _MOST)
            for tenant, masking in pending:
                place = await self._erase(connection, tenant, masking)
                if place is not None and self._files is not None:
                    await self._files.delete(place)

    async def _erase(self, connection: Connection, tenant: str, masking: UUID) -> Place | None:
        """Erase one. Return where bytes lie that are nobody's now."""
        row = await connection.fetchrow(_ONE, tenant, masking)
        if row is None:
            return None  # erased meanwhile, with all other words
        try:
            body = apply(row["body"], Edit.read(json.loads(row["edit"])))
        except NothingToMask:
            body = None
        if body is None or body != row["shown"]:
            # It is read as masked all the same. The service asked for something else than it shows.
            log.error("mask_at_odds", tenant=tenant, masking=str(masking))
            return None
        try:
            await connection.fetchval(_ERASE, json.dumps([self._row(row, body)]))
        except asyncpg.PostgresError as error:
            if error.sqlstate != "PK002":
                raise
            return None  # another took words out of it at this moment: the next round sees
        if row["copy"] is None or Edit.read(json.loads(row["edit"])).part:
            return None
        return Place(tenant, row["conversation"], row["file"], row["copy"])

    def _row(self, row: Any, body: str) -> dict[str, Any]:
        gone = hash_body(row["salt"], row["body"])
        salt = self._key.salt(gone)
        mark = Mark(
            tenant=row["tenant"],
            conversation=row["conversation"],
            stream=row["stream"],
            seq=row["seq"],
            n=row["marks"] + 1,
            event=row["hash"],
            gone=gone,
            instead=hash_body(salt, body),
            at=row["now"],
            by=row["by"],
            reason=row["reason"],
            basis=BASIS,
            key=self._key.public.id,
        )
        more = {"body": body, "salt": "\\x" + salt.hex(), "masking": str(row["id"])}
        return {**mark_row(mark, self._key), **more}
