"""`python -m transcript_service verify`: recompute the chain and the loads from the rows."""

import json
from collections.abc import Iterator
from uuid import UUID

import asyncpg

from transcript_service import rows
from transcript_service.core.chain import START, hash_body, link, metadata

_ROWS = (
    "SELECT e.*, b.body, b.salt FROM ledger.event AS e LEFT JOIN ledger.event_body AS b"
    " USING (tenant, conversation, stream, seq)"
    " WHERE tenant = $1 AND conversation = $2 ORDER BY stream, seq"
)
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
FROM ledger.agent AS a
"""


async def verify(url: str, conversation: UUID | None) -> list[str]:
    """Return what is wrong, one line each; nothing when every hash and every load is right."""
    connection = await asyncpg.connect(url)
    try:
        wrong: list[str] = []
        found = await connection.fetch(
            "SELECT tenant, id, heads, last_seq FROM ledger.conversation"
            " WHERE $1::uuid IS NULL OR id = $1 ORDER BY tenant, id",
            conversation,
        )
        for row in found:
            events = await connection.fetch(_ROWS, row["tenant"], row["id"])
            wrong += _chain(row, events)
        for row in await connection.fetch(_LOADS):
            if row["load"] != row["counted"] or row["load"] < 0:
                wrong.append(
                    f"{row['tenant']} {row['id']}: load {row['load']}, counted {row['counted']}"
                )
        return wrong
    finally:
        await connection.close()


def _chain(conversation: asyncpg.Record, events: list[asyncpg.Record]) -> Iterator[str]:
    name = f"{conversation['tenant']} {conversation['id']}"
    last: dict[str, tuple[int, bytes]] = {}
    for row in events:
        stream = row["stream"]
        seq, previous = last.get(stream, (0, START))
        where = f"{name} {stream} {row['seq']}"
        if row["seq"] != seq + 1:
            yield f"{where}: follows {seq}"
        if row["body"] is not None and hash_body(row["salt"], row["body"]) != row["body_hash"]:
            yield f"{where}: the body is not the one that was sealed"
        if row["body"] is not None:
            about = metadata(row["tenant"], rows.event(dict(row)), str(row["cause"]), row["seen"])
            if link(previous, about, row["body_hash"]) != row["hash"]:
                yield f"{where}: the event is not the one that was sealed"
        last[stream] = (row["seq"], row["hash"])
    heads, seqs = json.loads(conversation["heads"]), json.loads(conversation["last_seq"])
    if {s: (n, h.hex()) for s, (n, h) in last.items()} != {s: (seqs[s], heads[s]) for s in heads}:
        yield f"{name}: the head is not the last event"
