"""`python -m transcript_service verify`: recompute the chain and the loads from the rows."""

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

import asyncpg

from transcript_service import rows
from transcript_service.core.chain import START, hash_body, link, metadata

_ROWS = """
SELECT c.tenant, c.id AS conversation, c.heads, c.last_seq, e.stream, e.seq, e.client_id, e.cause,
    e.sender, e.author, e.epoch, e.seen, e.kind, e.time, e.body_hash, e.hash, e.body, e.salt,
    e.erased_at
FROM ledger.conversation AS c
LEFT JOIN (
    SELECT e.*, b.body, b.salt, m.at AS erased_at
    FROM ledger.event AS e
    LEFT JOIN ledger.event_body AS b USING (tenant, conversation, stream, seq)
    LEFT JOIN ledger.erasure AS m USING (tenant, conversation, stream, seq)
) AS e ON e.tenant = c.tenant AND e.conversation = c.id
WHERE $1::uuid IS NULL OR c.id = $1
ORDER BY c.tenant, c.id, e.stream, e.seq
"""
_PAGE = 1_000
"""Rows fetched at once: an archive is larger than memory."""
_LOADS = """
SELECT a.tenant, a.id, a.load, a.capacity, (
    SELECT count(*) FROM ledger.offer AS o
    WHERE o.tenant = a.tenant AND o.agent = a.id AND o.state = 'pending'
) + (
    SELECT count(*) FROM ledger.conversation AS c
    WHERE c.tenant = a.tenant AND c.owner = a.id AND c.state = 'active'
) + (
    SELECT count(*) FROM ledger.conversation AS c
    WHERE c.tenant = a.tenant AND c.wrapup_agent = a.id
) AS counted
FROM ledger.agent AS a ORDER BY a.tenant, a.id
"""


async def verify(url: str, conversation: UUID | None) -> list[str]:
    """Return what is wrong, one line each; nothing when every hash and every load is right."""
    connection = await asyncpg.connect(url)
    try:
        # One snapshot: a ledger at work is not at odds with itself between two of our reads.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return await _verify(connection, conversation)
    finally:
        await connection.close()


async def _verify(connection: asyncpg.Connection, conversation: UUID | None) -> list[str]:
    wrong: list[str] = []
    events: list[asyncpg.Record] = []
    async for row in connection.cursor(_ROWS, conversation, prefetch=_PAGE):
        if events and _of(row) != _of(events[0]):
            wrong += _chain(events)
            events = []
        events.append(row)
    if events:
        wrong += _chain(events)
    for row in await connection.fetch(_LOADS):
        if row["load"] != row["counted"]:
            wrong.append(
                f"{row['tenant']} {row['id']}: load {row['load']}, counted {row['counted']}"
            )
    return wrong


def _of(row: asyncpg.Record) -> tuple[str, UUID]:
    return (row["tenant"], row["conversation"])


def _chain(events: Sequence[asyncpg.Record]) -> Iterator[str]:
    """Yield the faults of one conversation; one without events has one row without a seq."""
    conversation = events[0]
    name = f"{conversation['tenant']} {conversation['conversation']}"
    last: dict[str, tuple[int, str]] = {}
    for row in events:
        if row["seq"] is None:
            break
        seq, previous = last.get(row["stream"], (0, START.hex()))
        where = f"{name} {row['stream']} {row['seq']}"
        if row["seq"] != seq + 1:
            yield f"{where}: follows {seq}"
        yield from (f"{where}: {fault}" for fault in _event(row, bytes.fromhex(previous)))
        last[row["stream"]] = (row["seq"], row["hash"].hex())
    heads, seqs = json.loads(conversation["heads"]), json.loads(conversation["last_seq"])
    if last != {s: (seqs.get(s), heads.get(s)) for s in {**heads, **seqs}}:
        yield f"{name}: the head is not the last event"


def _event(row: asyncpg.Record, previous: bytes) -> Iterator[str]:
    """Yield the faults of one event. An erased body leaves the rest of it to be checked."""
    if row["body"] is None and row["erased_at"] is None:
        yield "the body is gone without a mark"
    if row["body"] is not None:
        if row["erased_at"] is not None:
            yield "the body is marked as erased, yet it is there"
        if hash_body(row["salt"], row["body"]) != row["body_hash"]:
            yield "the body is not the one that was sealed"
    # What the body says is sealed by its hash; it need not even be readable here.
    event = rows.event({**row, "body": None})
    about = metadata(row["tenant"], event, row["kind"], row["cause"], row["seen"])
    if link(previous, about, row["body_hash"]) != row["hash"]:
        yield "the event is not the one that was sealed"
