"""What is read from the ledger: ranges, desks, boards, lines, set-ups. Rights are checked here."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts import (
    AgentLoad,
    BoardRead,
    DepartmentWaits,
    DeskRead,
    Event,
    LineRead,
    RangeRead,
    ReceiptRead,
    Summary,
    TenantDirectory,
    WaitsRead,
)
from services.database import Connection, Database

from transcript_service import rows
from transcript_service.audit.table import note_read
from transcript_service.board import read_board
from transcript_service.core import Conversation
from transcript_service.core.rights import (
    agent_may_read,
    citizen_may_read,
    lines_in_view,
)

RANGE = 500
"""Most events in one answer."""
_LAST = 2**31 - 1
"""The highest seq there can be; a reader may claim to have seen more."""

_CONVERSATION = (
    "SELECT ledger.conversation_document(c)::text AS document, clock_timestamp() AS now"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL"
)
_EVENTS = (
    "SELECT e.conversation, e.stream, e.seq, e.client_id, e.sender, e.author, e.epoch, e.time,"
    " b.body FROM ledger.event AS e LEFT JOIN ledger.shown_body AS b"
    " USING (tenant, conversation, stream, seq)"
    " WHERE tenant = $1 AND conversation = $2 AND stream = $3 AND seq > $4"
    " ORDER BY seq LIMIT $5"
)
_MINE = (
    "SELECT ledger.conversation_document(c)::text FROM ledger.conversation AS c"
    # Each by an index of its own: joined by OR they would be looked for in all there ever were.
    " WHERE c.tenant = $1 AND c.id IN ("
    " SELECT id FROM ledger.conversation WHERE tenant = $1 AND owner = $2 UNION ALL"
    " SELECT id FROM ledger.conversation WHERE tenant = $1 AND wrapup_agent = $2 UNION ALL"
    " SELECT id FROM ledger.conversation"
    " WHERE tenant = $1 AND consulted @> ARRAY[$2::text] UNION ALL"
    " SELECT conversation FROM ledger.offer"
    " WHERE tenant = $1 AND agent = $2 AND state = 'pending' UNION ALL"
    " SELECT conversation FROM ledger.handover"
    " WHERE tenant = $1 AND $2 IN (from_agent, agent) AND state = 'pending')"
)
_LINE = (
    "SELECT ledger.conversation_document(c)::text FROM ledger.conversation AS c"
    # Who leads sees what colleagues have, too. Null is every department.
    " WHERE c.tenant = $1 AND (c.state IN ('waiting', 'offered', 'written')"
    " OR c.state = 'active' AND ($3::text[] IS NULL OR c.department = ANY ($3)))"
    " AND ($2::text[] IS NULL OR c.department = ANY ($2))"
    # Who waits at a screen is never hidden by what is in hand, or by a pile of written questions.
    " ORDER BY c.state = 'active', c.due_at NULLS FIRST, c.entered_at, c.id LIMIT 500"
)
_ALL = (
    # One statement is one snapshot: the loads are those of the conversations shown with them.
    "SELECT clock_timestamp() AS now, ("
    " SELECT coalesce(jsonb_agg(ledger.conversation_document(c)), '[]')"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1"
    " AND (c.state <> 'closed' OR c.wrapup_agent IS NOT NULL OR c.alarm IS NOT NULL)"
    ")::text AS conversations, ("
    " SELECT coalesce(jsonb_agg(jsonb_build_object("
    " 'agent', a.id, 'load', a.load, 'capacity', a.capacity)), '[]')"
    " FROM ledger.agent AS a WHERE a.tenant = $1)::text AS loads"
)
_WAITS = (
    "SELECT department, array_agg(waited_s ORDER BY n) AS waited_s FROM ("
    " SELECT c.answered_in AS department,"
    " extract(epoch FROM c.answered_at - c.entered_at)::float8 AS waited_s,"
    " row_number() OVER (PARTITION BY c.answered_in ORDER BY c.answered_at DESC) AS n"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.answered_at > now() - interval '2 hours'"
    ") AS waits WHERE n <= 100 GROUP BY department ORDER BY department"
)
_RECEIPT = "SELECT c.id, c.citizen FROM ledger.conversation AS c WHERE tenant = $1 AND receipt = $2"


@dataclass(frozen=True, slots=True)
class Transcript:
    """All events of one stream, and the conversation's state."""

    conversation: Conversation
    events: tuple[Event, ...]


class Reads:
    """Answers questions.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database
        self._directories: dict[str, TenantDirectory] = {}
        """The newest set-up of each tenant read so far: large, and seldom another."""

    async def range(
        self, tenant: str, conversation: UUID, stream: str, after: int, *, reader: str
    ) -> RangeRead | None:
        """Return events after a seq, or None for who may not read (or what does not exist)."""
        async with self._database.connection() as connection:
            read_at = await self._conversation(connection, tenant, conversation)
            if read_at is None or not await self._may_read(connection, *read_at, stream, reader):
                return None
            found, now = read_at
            kind, _, name = reader.partition(":")
            if kind == "agent":
                # What cannot be noted is not read.
                await note_read(connection, found, name, now)
            # The state is read first, so that it is never ahead of the events shown with it.
            from_here = min(max(after, 0), _LAST)
            read = await connection.fetch(
                _EVENTS, tenant, conversation, stream, from_here, RANGE + 1
            )
        events = tuple(rows.event(row) for row in read[:RANGE])
        return RangeRead(
            conversation=conversation,
            stream=stream,
            events=events,
            last_seq=found.summary.last_seq.get(stream, 0),
            more=len(read) > RANGE,
            summary=found.summary,
        )

    async def _may_read(
        self,
        connection: Connection,
        found: Conversation,
        now: datetime,
        stream: str,
        reader: str,
    ) -> bool:
        kind, _, agent = reader.partition(":")
        if kind == "citizen":
            return citizen_may_read(found, reader, stream)
        directory = await self._directory(connection, found.tenant)
        if kind != "agent" or directory is None:
            return False
        return agent_may_read(found, directory.agent(agent), directory, now)

    async def desk(self, tenant: str, agent: str) -> DeskRead | None:
        """Return what an agent's desk shows, or None for an unknown agent."""
        async with self._database.connection() as connection:
            directory = await self._directory(connection, tenant)
            profile = directory.agent(agent) if directory else None
            if profile is None:
                return None
            mine = await connection.fetch(_MINE, tenant, agent)
            line = await connection.fetch(_LINE, tenant, *lines_in_view(profile))
        return DeskRead(
            agent=agent,
            conversations=tuple(_summary(json.loads(row[0])) for row in mine),
            line=tuple(_summary(json.loads(row[0])) for row in line),
        )

    async def board(self, tenant: str, agent: str) -> BoardRead | None:
        """Return the lines and loads of what an agent leads, or None for who leads nothing.

        A supervisor's has walled departments too: it counts, and says nothing of anybody.
        """
        async with self._database.connection() as connection:
            directory = await self._directory(connection, tenant)
            profile = directory.agent(agent) if directory else None
            if directory is None or profile is None or not profile.leads:
                return None
            return await read_board(connection, directory, profile)

    async def line(self, tenant: str) -> LineRead:
        """Return everything the router decides on."""
        async with self._database.connection() as connection:
            found = await connection.fetchrow(_ALL, tenant)
        return LineRead(
            tenant=tenant,
            now=found["now"],
            conversations=tuple(_summary(row) for row in json.loads(found["conversations"])),
            loads=tuple(AgentLoad(**row) for row in json.loads(found["loads"])),
        )

    async def waits(self, tenant: str) -> WaitsRead:
        """Return how long those answered of late had waited, per department."""
        async with self._database.connection() as connection:
            found = await connection.fetch(_WAITS, tenant)
        waits = tuple(
            DepartmentWaits(department=row["department"], waited_s=tuple(row["waited_s"]))
            for row in found
        )
        return WaitsRead(tenant=tenant, waits=waits)

    async def receipt(self, tenant: str, receipt: str) -> ReceiptRead | None:
        """Return which conversation a receipt is of, or None."""
        async with self._database.connection() as connection:
            found = await connection.fetchrow(_RECEIPT, tenant, receipt)
        return ReceiptRead(conversation=found["id"], citizen=found["citizen"]) if found else None

    async def directories(self, tenants: tuple[str, ...]) -> tuple[TenantDirectory, ...]:
        """Return the newest directories of some tenants, or of all."""
        async with self._database.connection() as connection:
            found = await connection.fetch(
                "SELECT document::text FROM ledger.directory"
                " WHERE $1::text[] = '{}' OR tenant = ANY ($1)",
                list(tenants),
            )
        return tuple(TenantDirectory.read(row[0]) for row in found)

    async def transcript(self, tenant: str, conversation: UUID, stream: str) -> Transcript | None:
        """Return a whole stream; the caller has checked the right to it."""
        async with self._database.connection() as connection:
            read_at = await self._conversation(connection, tenant, conversation)
            if read_at is None:
                return None
            read = await connection.fetch(_EVENTS, tenant, conversation, stream, 0, None)
        return Transcript(read_at[0], tuple(rows.event(row) for row in read))

    async def directory(self, tenant: str) -> TenantDirectory | None:
        """Return a tenant's set-up, or None."""
        async with self._database.connection() as connection:
            return await self._directory(connection, tenant)

    async def _directory(self, connection: Connection, tenant: str) -> TenantDirectory | None:
        known = self._directories.get(tenant)
        document = await connection.fetchval(
            "SELECT document::text FROM ledger.directory WHERE tenant = $1 AND version > $2",
            tenant,
            known.version if known else -1,
        )
        if document is None:
            return known
        newest = TenantDirectory.read(document)
        self._directories[tenant] = newest
        return newest

    async def _conversation(
        self, connection: Connection, tenant: str, conversation: UUID
    ) -> tuple[Conversation, datetime] | None:
        """Return a conversation, and the database's clock as it was read."""
        found = await connection.fetchrow(_CONVERSATION, tenant, conversation)
        return (rows.conversation(json.loads(found["document"])), found["now"]) if found else None


def _summary(document: rows.Row) -> Summary:
    return rows.conversation(document).summary


__all__ = ["Reads", "Transcript"]
