"""The rows of the audit: `ledger.audit`. The service's role may add to it and read it, no more."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from services.database import Connection, Database
from services.ids import NAMESPACE, new_id

from transcript_service.core import Conversation
from transcript_service.core.state import involved

READ: Final = "read"
SEARCHED: Final = "audit_searched"
EXPORTED: Final = "exported"

_ADD: Final = (
    "INSERT INTO ledger.audit (tenant, id, who, action, conversation, about)"
    " VALUES ($1, $2, $3, $4, $5, $6::jsonb) ON CONFLICT (tenant, id) DO NOTHING RETURNING at"
)
_SAME: Final = (
    "SELECT a.at, a.who = $3 AND a.action = $4 AND a.conversation IS NOT DISTINCT FROM $5"
    " AND a.about = $6::jsonb AS same FROM ledger.audit AS a WHERE a.tenant = $1 AND a.id = $2"
)
_SEARCH: Final = (
    "SELECT a.id, a.at, a.who, a.action, a.conversation, a.about::text AS about"
    " FROM ledger.audit AS a WHERE a.tenant = $1"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are looked for; None: any."""

    who: str | None = None
    action: str | None = None
    conversation: UUID | None = None
    first: date | None = None
    last: date | None = None
    """Both days included, as days are in Norway."""
    before: UUID | None = None
    """Rows older than this one: the next page."""

    def said(self) -> dict[str, str]:
        """Return what was looked for, as the audit keeps it."""
        fields = {
            "who": self.who,
            "action": self.action,
            "conversation": self.conversation,
            "from": self.first,
            "to": self.last,
            "before": self.before,
        }
        return {name: str(value) for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be remembered: who did what, about which conversation."""

    tenant: str
    id: UUID
    who: str
    action: str
    conversation: UUID | None
    about: Mapping[str, Any]

    def values(self) -> tuple[Any, ...]:
        """Return the columns, in the order of the statements above."""
        about = json.dumps(self.about)
        return (self.tenant, self.id, self.who, self.action, self.conversation, about)


@dataclass(frozen=True, slots=True)
class Noted:
    """A row that is there."""

    at: datetime
    """By the database's clock."""
    again: bool
    """It was there before."""


async def note_read(
    connection: Connection, conversation: Conversation, agent: str, now: datetime
) -> None:
    """Note that an agent reads a conversation that does not concern them at the moment.

    Whoever has it, is offered it or is asked about it reads it as a matter of course, and is in its
    events. Of everybody else there is one row an agent, conversation and hour, by an id that is
    derived from these.

    Args:
        connection: on which the words are read next: what cannot be noted is not read.
        conversation: as it is now.
        agent: who reads.
        now: by the database's clock.
    """
    if agent in involved(conversation):
        return
    tenant, id_ = conversation.key
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    derived = uuid5(NAMESPACE, f"audit read {tenant} {agent} {id_} {hour}")
    await connection.fetch(_ADD, *Note(tenant, derived, agent, READ, id_, {}).values())


async def note_on(connection: Connection, note: Note) -> None:
    """Add a row in the caller's transaction, if there is one of it."""
    await connection.fetch(_ADD, *note.values())


class Audit:
    """Adds to the audit, and searches it.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def note(self, note: Note) -> Noted | None:
        """Add a row, once. Return None when its id stands for something else already."""
        async with self._database.connection() as connection:
            if (at := await connection.fetchval(_ADD, *note.values())) is not None:
                return Noted(at, again=False)
            there = await connection.fetchrow(_SAME, *note.values())
        return Noted(there["at"], again=True) if there["same"] else None

    async def search(
        self, tenant: str, who: str, wanted: Filter, most: int
    ) -> tuple[list[dict[str, Any]], bool]:
        """Return the newest rows first, and whether there are more. The search itself is noted.

        Args:
            tenant: whose audit.
            who: searches.
            wanted: which rows.
            most: rows in the answer.
        """
        note = Note(tenant, new_id(), who, SEARCHED, None, wanted.said())
        statement, values = _statement(tenant, wanted)
        async with self._database.connection() as connection:
            # Noted first: a search that cannot be noted finds nothing.
            await connection.fetch(_ADD, *note.values())
            found = await connection.fetch(f"{statement} LIMIT {most + 1:d}", *values)
        return [_entry(row) for row in found[:most]], len(found) > most


def _statement(tenant: str, wanted: Filter) -> tuple[str, list[Any]]:
    """Return the search with what is asked for and nothing else: so it goes by that index."""
    there = "AT TIME ZONE 'Europe/Oslo'"
    clauses: tuple[tuple[str, Any], ...] = (
        ("a.who = {}", wanted.who),
        ("a.action = {}", wanted.action),
        ("a.conversation = {}", wanted.conversation),
        (f"a.at >= {{}}::date::timestamp {there}", wanted.first),
        (f"a.at < ({{}}::date + 1)::timestamp {there}", wanted.last),
        (
            "a.n < (SELECT b.n FROM ledger.audit AS b WHERE b.tenant = $1 AND b.id = {})",
            wanted.before,
        ),
    )
    statement, values = _SEARCH, [tenant]
    for clause, value in clauses:
        if value is not None:
            values.append(value)
            statement += " AND " + clause.format(f"${len(values)}")
    return statement + " ORDER BY a.n DESC", values


def _entry(row: Any) -> dict[str, Any]:
    conversation = row["conversation"]
    return {
        "id": str(row["id"]),
        "at": row["at"].isoformat(),
        "who": row["who"],
        "action": row["action"],
        "conversation": str(conversation) if conversation else None,
        "about": json.loads(row["about"]),
    }
