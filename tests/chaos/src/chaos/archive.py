"""What the archive holds, read from its own tables after a round."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from chaos.history import digest

_EVENTS = """
SELECT e.conversation::text, e.stream, e.seq, e.client_id::text, e.sender, e.epoch, e.seen, e.kind,
       e.time, b.body
FROM ledger.event AS e JOIN ledger.event_body AS b USING (tenant, conversation, stream, seq)
WHERE e.conversation = ANY ($1::uuid[])
ORDER BY e.conversation, e.stream, e.seq
"""
_CONVERSATIONS = """
SELECT id::text, state, owner, epoch, department, agents, entered_at, last_seq::text,
       clock_timestamp() AS now
FROM ledger.conversation WHERE id = ANY ($1::uuid[])
"""
_AGENTS = """
SELECT a.id, a.load, a.capacity, (
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
_PROFILES = "SELECT tenant, document::text FROM ledger.directory"


@dataclass(frozen=True, slots=True)
class Row:
    """One event."""

    conversation: str
    stream: str
    seq: int
    id: str
    sender: str
    kind: str
    epoch: int = 0
    seen: int = 0
    time: float = 0.0
    """Seconds on the database's clock."""
    digest: str = ""
    agent: str = ""
    """Whom it was offered to, or who owns it from now on."""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation as it is now."""

    id: str
    state: str
    owner: str = ""
    epoch: int = 0
    department: str = ""
    agents: tuple[str, ...] = ()
    """Every agent who ever owned it."""
    waited_s: float = 0.0
    last_seq: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's slots: as the ledger counts them, and counted anew."""

    id: str
    load: int
    capacity: int
    counted: int
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Archive:
    """The rows of some conversations, and every agent."""

    rows: Sequence[Row]
    """By conversation, stream and seq."""
    conversations: Mapping[str, Conversation]
    agents: Mapping[str, Agent]


def _row(found: Mapping[str, Any]) -> Row:
    body = json.loads(found["body"])
    words = body.get("text")
    moment: datetime = found["time"]
    return Row(
        conversation=found["conversation"],
        stream=found["stream"],
        seq=found["seq"],
        id=found["client_id"],
        sender=found["sender"],
        kind=found["kind"],
        epoch=found["epoch"],
        seen=found["seen"],
        time=moment.timestamp(),
        digest=digest(words),
        agent=(body.get("owner") or {}).get("id") or body.get("agent") or "",
        department=body.get("department") or "",
    )


def _conversation(found: Mapping[str, Any]) -> Conversation:
    return Conversation(
        id=found["id"],
        state=found["state"],
        owner=found["owner"] or "",
        epoch=found["epoch"],
        department=found["department"],
        agents=tuple(found["agents"]),
        waited_s=(found["now"] - found["entered_at"]).total_seconds(),
        last_seq=json.loads(found["last_seq"]),
    )


async def read(connection: asyncpg.Connection, conversations: Collection[str]) -> Archive:
    """Read everything about some conversations."""
    ids = sorted(conversations)
    departments: dict[str, frozenset[str]] = {}
    for _tenant, document in await connection.fetch(_PROFILES):
        for agent in json.loads(document)["agents"]:
            departments[agent["id"]] = frozenset(agent["departments"])
    return Archive(
        rows=[_row(dict(found)) for found in await connection.fetch(_EVENTS, ids)],
        conversations={
            found["id"]: _conversation(dict(found))
            for found in await connection.fetch(_CONVERSATIONS, ids)
        },
        agents={
            found["id"]: Agent(**found, departments=departments.get(found["id"], frozenset()))
            for found in await connection.fetch(_AGENTS)
        },
    )


async def known(connection: asyncpg.Connection) -> frozenset[str]:
    """Return every conversation there is."""
    found = await connection.fetch("SELECT id::text FROM ledger.conversation")
    return frozenset(row["id"] for row in found)


async def last_seqs(
    connection: asyncpg.Connection, conversations: Collection[str]
) -> dict[str, int]:
    """Return the highest dialogue seq of some conversations."""
    found = await connection.fetch(
        "SELECT id::text, coalesce((last_seq ->> 'dialogue')::int, 0) AS seq"
        " FROM ledger.conversation WHERE id = ANY ($1::uuid[])",
        sorted(conversations),
    )
    return {row["id"]: row["seq"] for row in found}
