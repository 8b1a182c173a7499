"""What decisions rest on, as the database has it: the view `ledger.retention_case`.

Every function takes a connection; serving replicas and the keeper ask alike.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.contracts import Privacy, TenantDirectory
from services.database import Connection

from transcript_service.retention.rules import Case, Decision, decide, shortest_days

PAGE: Final = 1_000
"""Conversations looked at in one statement."""

_FIELDS: Final = (
    "SELECT k.conversation, k.topic, k.department, k.archive, k.closed_at, k.wrapped_up,"
    " k.forget_asked_at, k.held, k.received_at, k.under_way FROM ledger.retention_case AS k"
)
_ONE: Final = f"{_FIELDS} WHERE k.tenant = $1 AND k.conversation = $2"
_ENDED: Final = (
    f"{_FIELDS} WHERE k.tenant = $1 AND k.archive IS NOT NULL AND k.closed_at <= $2"
    " AND (k.closed_at, k.conversation) > ($3, $4) ORDER BY k.closed_at, k.conversation LIMIT $5"
)
_WISHED: Final = (
    f"{_FIELDS} WHERE k.tenant = $1 AND k.forget_asked_at IS NOT NULL"
    " ORDER BY k.forget_asked_at DESC, k.conversation LIMIT $2"
)
_WISHING: Final = (
    "SELECT DISTINCT c.tenant FROM ledger.conversation AS c"
    " WHERE c.forget_asked_at IS NOT NULL AND c.removed_at IS NULL"
)
_FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation, and what a decision about it rests on."""

    conversation: UUID
    department: str
    case: Case


@dataclass(frozen=True, slots=True)
class Decided:
    """A conversation, and what is to be done with it."""

    found: Found
    decision: Decision


async def now(connection: Connection) -> datetime:
    """Return the time, which is the database's."""
    moment: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return moment


async def directory_of(
    connection: Connection, tenant: str, *, after: int = -1
) -> TenantDirectory | None:
    """Return a tenant's set-up if it is newer than a version, or None."""
    document = await connection.fetchval(
        "SELECT document::text FROM ledger.directory WHERE tenant = $1 AND version > $2",
        tenant,
        after,
    )
    return TenantDirectory.read(document) if document else None


async def look(connection: Connection, tenant: str, conversation: UUID) -> Found | None:
    """Return one conversation; None: there is none, or there is none any more."""
    row = await connection.fetchrow(_ONE, tenant, conversation)
    return _found(row) if row else None


async def over_time(
    connection: Connection, tenant: str, privacy: Privacy, as_of: datetime
) -> AsyncIterator[Decided]:
    """Yield what is to be erased at a moment, what ended first coming first."""
    shortest = shortest_days(privacy)
    if shortest is None:
        return
    before = as_of - timedelta(days=shortest)
    after: tuple[datetime, UUID] = (datetime.min.replace(tzinfo=as_of.tzinfo), _FIRST)
    while page := await connection.fetch(_ENDED, tenant, before, *after, PAGE):
        for found in map(_found, page):
            decision = decide(found.case, privacy, as_of)
            if decision.erases:
                yield Decided(found, decision)
        after = page[-1]["closed_at"], page[-1]["conversation"]


async def wished(connection: Connection, tenant: str, most: int) -> Sequence[Found]:
    """Return the conversations whose citizens asked to be forgotten, newest wish first."""
    return [_found(row) for row in await connection.fetch(_WISHED, tenant, most)]


async def tenants_with_wishes(connection: Connection) -> Sequence[str]:
    """Return the tenants of which anybody asked to be forgotten, and is not yet."""
    return [row["tenant"] for row in await connection.fetch(_WISHING)]


def _found(row: Mapping[str, Any]) -> Found:
    return Found(
        row["conversation"],
        row["department"],
        Case(
            topic=row["topic"],
            archive=row["archive"],
            closed_at=row["closed_at"],
            wrapped_up=row["wrapped_up"],
            forget_asked_at=row["forget_asked_at"],
            held=row["held"],
            received_at=row["received_at"],
            under_way=row["under_way"],
        ),
    )
