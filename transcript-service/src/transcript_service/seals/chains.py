"""Recomputes the chain of every conversation from its rows, and names what is wrong with them.

One row after the other: of a conversation no more than its heads is remembered.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.database import Connection

from transcript_service import rows
from transcript_service.core.chain import START, hash_body, link, metadata
from transcript_service.seals.key import Keys
from transcript_service.seals.marks import Tombstone, mark_of, vouched_for

_PAGE: Final = 500
"""Rows fetched at once: an archive is larger than memory, and a body is up to 8 KB."""
_ROWS: Final = """
SELECT c.tenant, c.id AS conversation, c.heads, c.last_seq, c.removed_at,
    to_jsonb(t) - 'signature' AS stone, t.signature AS stone_signature,
    e.stream, e.seq, e.client_id, e.cause, e.sender, e.author, e.epoch, e.seen, e.kind, e.time,
    e.body_hash, e.hash, e.file, e.body, e.salt, e.marks, e.copy, e.sha256
FROM ledger.conversation AS c
LEFT JOIN ledger.tombstone AS t ON t.tenant = c.tenant AND t.conversation = c.id
LEFT JOIN (
    SELECT e.*, b.body, b.salt, m.marks, f.copy, f.sha256
    FROM ledger.event AS e
    LEFT JOIN ledger.event_body AS b USING (tenant, conversation, stream, seq)
    LEFT JOIN (
        SELECT m.tenant, m.conversation, m.stream, m.seq,
            jsonb_agg(to_jsonb(m) ORDER BY m.n) AS marks
        FROM ledger.erasure AS m
        WHERE $1::uuid IS NULL OR m.conversation = $1
        GROUP BY m.tenant, m.conversation, m.stream, m.seq
    ) AS m USING (tenant, conversation, stream, seq)
    LEFT JOIN ledger.file AS f
    ON f.tenant = e.tenant AND f.conversation = e.conversation AND f.id = e.file
) AS e ON e.tenant = c.tenant AND e.conversation = c.id
WHERE $1::uuid IS NULL OR c.id = $1
ORDER BY c.tenant, c.id, e.stream, e.seq
"""
_STRAYS: Final = """
SELECT e.tenant, e.conversation, e.stream, e.seq, 'an event of no conversation' AS what
FROM ledger.event AS e
WHERE ($1::uuid IS NULL OR e.conversation = $1) AND NOT EXISTS (
    SELECT FROM ledger.conversation AS c WHERE c.tenant = e.tenant AND c.id = e.conversation
)
UNION ALL
SELECT b.tenant, b.conversation, b.stream, b.seq, 'a body of no event'
FROM ledger.event_body AS b
WHERE ($1::uuid IS NULL OR b.conversation = $1) AND NOT EXISTS (
    SELECT FROM ledger.event AS e
    WHERE e.tenant = b.tenant AND e.conversation = b.conversation
    AND e.stream = b.stream AND e.seq = b.seq
)
UNION ALL
SELECT m.tenant, m.conversation, m.stream, m.seq, 'a mark at no event'
FROM ledger.erasure AS m
WHERE ($1::uuid IS NULL OR m.conversation = $1) AND NOT EXISTS (
    SELECT FROM ledger.event AS e
    WHERE e.tenant = m.tenant AND e.conversation = m.conversation
    AND e.stream = m.stream AND e.seq = m.seq
)
UNION ALL
SELECT t.tenant, t.conversation, '', 0, 'a tombstone of no conversation'
FROM ledger.tombstone AS t
WHERE ($1::uuid IS NULL OR t.conversation = $1) AND NOT EXISTS (
    SELECT FROM ledger.conversation AS c WHERE c.tenant = t.tenant AND c.id = t.conversation
)
"""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that stands in a dialogue: what was sealed of it, and where its bytes lie."""

    where: str
    tenant: str
    conversation: UUID
    file: UUID
    copy: UUID | None
    """None: it has no row."""
    noted: str | None
    """SHA-256 in its row, in hex."""
    sealed: str
    """SHA-256 in the sealed body, in hex."""


async def chain_faults(
    connection: Connection, conversation: UUID | None, keys: Keys | None
) -> AsyncIterator[str | AttachedFile]:
    """Yield a line for each fault, and each file that stands in a dialogue.

    Args:
        connection: in a transaction.
        conversation: the one to look at; None: all.
        keys: those that marks are checked with; None: only that they are signed at all.
    """
    chain: _Chain | None = None
    async for row in connection.cursor(_ROWS, conversation, prefetch=_PAGE):
        if chain is None or chain.key != (row["tenant"], row["conversation"]):
            for fault in chain.end() if chain else ():
                yield fault
            chain = _Chain(row, keys)
            for fault in chain.begin():
                yield fault
        for found in chain.event(row):
            yield found
    for fault in chain.end() if chain else ():
        yield fault
    async for row in connection.cursor(_STRAYS, conversation, prefetch=_PAGE):
        place = f"{row['stream']} {row['seq']}" if row["stream"] else ""
        yield f"{row['tenant']} {row['conversation']} {place}".rstrip() + f": {row['what']}"


@dataclass(slots=True)
class _Chain:
    """One conversation, as far as its rows have come."""

    first: Row
    keys: Keys | None
    last: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, UUID]:
        return (self.first["tenant"], self.first["conversation"])

    @property
    def name(self) -> str:
        return "{} {}".format(*self.key)

    def begin(self) -> Iterator[str]:
        """Yield what is wrong with the conversation's own row."""
        removed, stone = self.first["removed_at"] is not None, self.first["stone"]
        if removed and stone is None:
            yield f"{self.name}: was taken out without a tombstone"
        if stone is not None:
            if not removed:
                yield f"{self.name}: has a tombstone, and is there"
            why = self._not_vouched_for(json.loads(stone))
            if why:
                yield f"{self.name}: the tombstone {why}"

    def _not_vouched_for(self, stone: Row) -> str | None:
        if self.keys is None:
            return None
        signed = Tombstone(
            **{
                **{name: stone[name] for name in Tombstone.__slots__},
                "conversation": self.first["conversation"],
                "at": datetime.fromisoformat(stone["at"]),
            }
        )
        return vouched_for(signed, self.first["stone_signature"], self.keys)

    def event(self, row: Row) -> Iterator[str | AttachedFile]:
        """Yield what is wrong with one event; a conversation without any has one row without."""
        if row["seq"] is None:
            return
        seq, previous = self.last.get(row["stream"], (0, START.hex()))
        where = f"{self.name} {row['stream']} {row['seq']}"
        if row["seq"] != seq + 1:
            yield f"{where}: follows {seq}"
        yield from (f"{where}: {fault}" for fault in _body(row, self.keys))
        # What the body says is sealed by its hash; it need not even be readable here.
        event = rows.event({**row, "body": None})
        about = metadata(row["tenant"], event, row["kind"], row["cause"], row["seen"])
        if link(bytes.fromhex(previous), about, row["body_hash"]) != row["hash"]:
            yield f"{where}: the event is not the one that was sealed"
        self.last[row["stream"]] = (row["seq"], row["hash"].hex())
        if row["file"] is not None and row["body"] is not None and row["marks"] is None:
            yield from _attached(row, where)

    def end(self) -> Iterator[str]:
        """Yield what is wrong with the heads."""
        heads, seqs = json.loads(self.first["heads"]), json.loads(self.first["last_seq"])
        if self.first["removed_at"] is not None and self.last:
            yield f"{self.name}: was taken out, and events of it are there"
        elif self.last != {s: (seqs.get(s), heads.get(s)) for s in {**heads, **seqs}}:
            yield f"{self.name}: the head is not the last event"


def _body(row: Row, keys: Keys | None) -> Iterator[str]:
    """Yield the faults of a body and its marks. An erased one leaves the rest to be checked."""
    stands: bytes | None = row["body_hash"]
    marks = json.loads(row["marks"]) if row["marks"] else []
    for n, document in enumerate(marks, 1):
        mark = mark_of(_read_mark(document), row["hash"])
        signature = bytes.fromhex(document["signature"][2:]) if document["signature"] else None
        if keys is not None or signature is None:
            why = vouched_for(mark, signature, keys or {})
            if why:
                yield f"the mark {n} {why}"
        if (mark.n, mark.gone) != (n, stands):
            yield f"the mark {n} is not of the body that stood there"
        stands = mark.instead
    if row["body"] is None:
        if not marks:
            yield "the body is gone without a mark"
        elif stands is not None:
            yield "what stood instead of the body is gone without a mark"
        return
    if stands is None:
        yield "the body is marked as erased, yet it is there"
    elif hash_body(row["salt"], row["body"]) != stands:
        yield "the body is not the one that was sealed"


def _read_mark(document: dict[str, Any]) -> dict[str, Any]:
    return {
        **document,
        "conversation": UUID(document["conversation"]),
        "at": datetime.fromisoformat(document["at"]),
        "gone": bytes.fromhex(document["gone"][2:]),
        "instead": bytes.fromhex(document["instead"][2:]) if document["instead"] else None,
    }


def _attached(row: Row, where: str) -> Iterator[AttachedFile]:
    try:
        sealed = str(json.loads(row["body"])["sha256"])
    except (ValueError, KeyError, TypeError):
        return  # then the body is not the one that was sealed, which is said already
    yield AttachedFile(
        where, row["tenant"], row["conversation"], row["file"], row["copy"], row["sha256"], sealed
    )
