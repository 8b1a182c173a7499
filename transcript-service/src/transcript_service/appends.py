"""The short way of words: what was said is written, if all that it was decided on still holds.

Nearly every command is a message in a conversation that this replica wrote to before. It changes
nothing of the conversation but its version, its last seq and the head of its chain, so it needs
neither the locks on agents nor the savepoints of `ledger.commit_batch`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

import asyncpg
from services.contracts import Attached
from services.database import Connection

from transcript_service import rows
from transcript_service.core import Conversation, Sealed, Unit

APPEND: Final = """
WITH moved AS (
    UPDATE ledger.conversation AS c
    SET version = c.version + 1,
        last_seq = c.last_seq || jsonb_build_object($3::text, $4::integer),
        heads = c.heads || jsonb_build_object($3::text, encode($14::bytea, 'hex'))
    WHERE c.tenant = $1 AND c.id = $2 AND c.version = $17::bigint
    AND c.heads ->> $3 IS NOT DISTINCT FROM $18::text
    AND clock_timestamp() - $12::timestamptz BETWEEN interval '-1 second' AND interval '1 second'
    AND NOT EXISTS (
        SELECT FROM ledger.directory AS d WHERE d.tenant = $1 AND d.version > $19::integer
    )
    AND NOT EXISTS (
        SELECT FROM ledger.event AS e
        WHERE e.tenant = $1 AND e.conversation = $2 AND e.cause = $6 AND e.sender = $7
    )
    AND NOT EXISTS (
        SELECT FROM ledger.handled AS h
        WHERE h.tenant = $1 AND h.conversation = $2 AND h.client_id = $6 AND h.sender = $7
    )
    RETURNING c.id
), said AS (
    INSERT INTO ledger.event (
        tenant, conversation, stream, seq, client_id, cause, sender, author, epoch, seen, kind,
        time, body_hash, hash
    )
    SELECT $1::text, m.id, $3, $4, $5::uuid, $6::uuid, $7::text, $8::text::jsonb, $9::integer,
        $10::integer, $11::text, $12, $13::bytea, $14
    FROM moved AS m
), words AS (
    INSERT INTO ledger.event_body (tenant, conversation, stream, seq, body, salt)
    SELECT $1, m.id, $3, $4, $15::text, $16::bytea FROM moved AS m
)
SELECT clock_timestamp() AS now, EXISTS (SELECT FROM moved) AS written,
    CASE WHEN NOT EXISTS (SELECT FROM moved) THEN (
        SELECT ledger.conversation_document(c)::text FROM ledger.conversation AS c
        WHERE c.tenant = $1 AND c.id = $2::uuid
    ) END AS document
"""
"""One event. Of a conversation where something stands in the way, the newest state is returned."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of one unit."""

    written: int
    """So many of its events, from the first on."""
    newest: Conversation | None
    """The conversation as it is now; None when what stood in the way is not told by that."""
    now: datetime
    """The database's clock."""


async def append(
    connection: Connection, units: Sequence[Unit], directories: Mapping[str, int]
) -> list[Appended]:
    """Write units of words, in one round trip and one transaction. Return what became of each.

    An event is written if its conversation is as it was decided on; after one that is not, no
    other of its unit is. Nothing is returned when nothing was written because one of the events
    can never be: who tries them one by one can tell which.

    Args:
        connection: in autocommit.
        units: see `is_words`; in the order in which every replica locks conversations.
        directories: version, per tenant, of the set-up that was decided on.
    """
    events = [_events(unit, directories[unit.after.tenant]) for unit in units]
    try:
        answers = iter(await connection.fetchmany(APPEND, [one for few in events for one in few]))
    except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
        return []
    return [_appended(unit, list(islice(answers, len(unit.sealed)))) for unit in units]


def _appended(unit: Unit, answers: Sequence[asyncpg.Record]) -> Appended:
    written = sum(answer["written"] for answer in answers)
    now = answers[-1]["now"]
    if written == len(answers):
        return Appended(written, unit.after, now)
    newest = rows.conversation(json.loads(answers[written]["document"]))
    # Of the version that was expected: a repeat, a newer set-up or a clock that is off.
    newer = newest.summary.version > unit.began + written
    return Appended(written, newest if newer else None, now)


def is_words(unit: Unit) -> bool:
    """Return whether a unit changes nothing but that something more was said, in single events."""
    before, after = unit.before, unit.after
    return (
        before is not None
        and bool(unit.sealed)
        and not (unit.offers or unit.handovers or unit.blocks or unit.handled)
        # A file's row learns that it is shown.
        and not any(isinstance(sealed.entry.event.body, Attached) for sealed in unit.sealed)
        and not any(unit.loads.values())
        and (before.citizen, before.agents) == (after.citizen, after.agents)
        and after.summary.version == unit.began + len(unit.sealed)
        and before.summary.evolve(version=after.summary.version, last_seq=after.summary.last_seq)
        == after.summary
    )


def _events(unit: Unit, directory: int) -> list[tuple[Any, ...]]:
    """Return the statement's arguments for each event."""
    heads: dict[str, str] = dict(unit.before.heads) if unit.before else {}
    events = []
    for n, sealed in enumerate(unit.sealed):
        stream = sealed.entry.event.stream
        guards = (unit.began + n, heads.get(stream), directory)
        events.append((unit.after.tenant, *_columns(sealed), *guards))
        heads[stream] = sealed.hash.hex()
    return events


def _columns(sealed: Sealed) -> tuple[Any, ...]:
    entry, event = sealed.entry, sealed.entry.event
    return (
        event.conversation,
        event.stream,
        event.seq,
        event.id,
        entry.cause,
        event.sender,
        event.author.model_dump_json(),
        event.epoch,
        entry.seen,
        event.body.kind,
        event.time,
        sealed.body_hash,
        sealed.hash,
        sealed.body,
        sealed.salt,
    )
