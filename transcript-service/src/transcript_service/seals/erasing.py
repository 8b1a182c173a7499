"""Takes words out of the ledger, and whole conversations, each under a signed mark.

All of it runs on a connection of the role `transcript_keeper`, in the caller's transaction or in
one of its own. Nothing here decides what is to go.
"""

import json
from typing import Any, Final
from uuid import UUID

import asyncpg
from services.database import Connection
from services.errors import Transient

from transcript_service.core.chain import hash_body
from transcript_service.seals.key import SealKey
from transcript_service.seals.marks import Mark, Tombstone, mark_row, stone_row

_BODIES: Final = """
SELECT b.tenant, b.conversation, b.stream, b.seq, b.body, b.salt, e.hash,
    clock_timestamp() AS now, (
    SELECT coalesce(max(m.n), 0) FROM ledger.erasure AS m
    WHERE m.tenant = b.tenant AND m.conversation = b.conversation
    AND m.stream = b.stream AND m.seq = b.seq
) AS marks
FROM ledger.event_body AS b
JOIN ledger.event AS e USING (tenant, conversation, stream, seq)
WHERE b.tenant = $1 AND b.conversation = $2
ORDER BY b.stream, b.seq
"""
_HEADS: Final = """
SELECT clock_timestamp() AS now, c.last_seq::text AS last_seq, c.heads::text AS heads
FROM ledger.conversation AS c
WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL AND c.state = 'closed'
AND c.wrapup_agent IS NULL
"""
_ERASE: Final = "SELECT ledger.erase_bodies($1, false)"
_REMOVE: Final = "SELECT ledger.remove_conversation($1, false)"
_MOVED_ON: Final = "PK002"
"""What the ledger says when something happened between our reading and our writing."""


async def erase_words(
    connection: Connection,
    key: SealKey,
    tenant: str,
    conversation: UUID,
    *,
    reason: str,
    basis: str,
    by: str,
) -> int:
    """Erase every body and salt of a conversation. Return how many there were.

    Each event keeps its place, with a signed mark, and is read as *(slettet)*. Files that stood in
    it lose their rows; their bytes are the caller's (`files.sweep.erase_files` first).

    Args:
        connection: as the role `transcript_keeper`.
        key: signs the marks.
        tenant: the conversation's.
        conversation: whose words are to go.
        reason: why, in words or by a name of a rule; no word of a citizen's.
        basis: the legal basis.
        by: an agent's id, or the name of what decided it.

    Raises:
        Transient: something was said or erased in it at this moment. Nothing was done.
    """
    async with connection.transaction():
        bodies = await connection.fetch(_BODIES, tenant, conversation)
        marks = [
            Mark(
                tenant=tenant,
                conversation=conversation,
                stream=row["stream"],
                seq=row["seq"],
                n=row["marks"] + 1,
                event=row["hash"],
                gone=hash_body(row["salt"], row["body"]),
                instead=None,
                at=row["now"],
                by=by,
                reason=reason,
                basis=basis,
                key=key.public.id,
            )
            for row in bodies
        ]
        if not marks:
            return 0
        rows = json.dumps([mark_row(mark, key) for mark in marks])
        erased: int = await _done(connection, _ERASE, rows)
        return erased


async def remove_conversation(
    connection: Connection,
    key: SealKey,
    tenant: str,
    conversation: UUID,
    *,
    reason: str,
    basis: str,
    by: str,
) -> bool:
    """Take a conversation out. Return whether there was one.

    False: it is not known, gone already, or not over (a wrap-up still holds a slot). What stays is
    a nameless row for the figures and a signed tombstone; the audit says who had it removed. Files'
    bytes are the caller's (`files.sweep.erase_files` first).

    Args:
        connection: as the role `transcript_keeper`.
        key: signs the tombstone.
        tenant: the conversation's.
        conversation: which is to go.
        reason: why, in words or by a name of a rule; no word of a citizen's.
        basis: the legal basis.
        by: an agent's id, or the name of what decided it.

    Raises:
        Transient: something was said in it at this moment. Nothing was done.
    """
    async with connection.transaction():
        found = await connection.fetchrow(_HEADS, tenant, conversation)
        if found is None:
            return False
        stone = Tombstone(
            tenant=tenant,
            conversation=conversation,
            heads=_heads(json.loads(found["last_seq"]), json.loads(found["heads"])),
            at=found["now"],
            by=by,
            reason=reason,
            basis=basis,
            key=key.public.id,
        )
        removed: bool = await _done(connection, _REMOVE, json.dumps(stone_row(stone, key)))
        return removed


async def _done(connection: Connection, statement: str, document: str) -> Any:
    try:
        return await connection.fetchval(statement, document)
    except asyncpg.PostgresError as error:
        if error.sqlstate == _MOVED_ON:
            raise Transient("conversation") from error
        raise


def _heads(seqs: dict[str, int], hashes: dict[str, str]) -> dict[str, Any]:
    return {stream: {"seq": seq, "hash": hashes.get(stream)} for stream, seq in seqs.items()}
