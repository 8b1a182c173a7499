"""Runs of retention and their steps: made, shown, approved. Who carries them out is the keeper.

A run is a look at what is over its time. It changes nothing: what it found are its steps, and each
is decided once more in the transaction that erases (`carrying`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from services.contracts import TenantDirectory
from services.database import Connection

from transcript_service.retention.cases import Decided, over_time

Kind = Literal["asked", "nightly", "wish"]
State = Literal["previewed", "running", "done", "old"]

MOST: Final = 5_000
"""Conversations in one run: what is left is the next one's."""
GOOD_FOR: Final = timedelta(hours=24)
"""So long a look may be approved; then somebody looks again."""
KEPT: Final = timedelta(days=7)
"""So long a look that nobody approved is kept."""
KEEPER: Final = "keeper"
"""Who makes and approves what needs no archivist."""

_MAKE: Final = (
    "INSERT INTO ledger.retention_run"
    " (tenant, id, kind, made_by, as_of, rules, more, approved_by, approved_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $8::text IS NOT NULL"
    " THEN clock_timestamp() END) ON CONFLICT (tenant, id) DO NOTHING RETURNING id"
)
_STEPS: Final = (
    "INSERT INTO ledger.retention_step"
    " (tenant, run, conversation, topic, department, archive, why, due_at, kept_days, legal_basis)"
    " SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],"
    " $8::timestamptz[], $9::integer[], $10::text[])"
)
_RUNS: Final = (
    "SELECT r.*, clock_timestamp() AS now, s.count, s.erased, s.left, s.walled"
    " FROM ({which}) AS r, LATERAL ("
    " SELECT count(*) AS count,"
    " count(*) FILTER (WHERE s.result IN ('erased', 'gone')) AS erased,"
    " count(*) FILTER (WHERE s.result = 'left') AS left,"
    " count(*) FILTER (WHERE s.department = ANY ($2::text[])) AS walled"
    " FROM ledger.retention_step AS s WHERE s.tenant = r.tenant AND s.run = r.id"
    ") AS s ORDER BY r.made_at DESC, r.id"
)
_ONE: Final = _RUNS.format(which="SELECT * FROM ledger.retention_run WHERE tenant = $1 AND id = $3")
_NEWEST: Final = _RUNS.format(
    which="SELECT * FROM ledger.retention_run WHERE tenant = $1"
    " AND ($3::timestamptz IS NULL OR made_at < $3) ORDER BY made_at DESC, id LIMIT $4"
)
_GROUPS: Final = (
    "SELECT s.archive, s.topic, s.why, s.legal_basis, s.kept_days, count(*) AS count,"
    " count(*) FILTER (WHERE s.result IN ('erased', 'gone')) AS erased,"
    " count(*) FILTER (WHERE s.result = 'left') AS left"
    " FROM ledger.retention_step AS s WHERE s.tenant = $1 AND s.run = $2"
    " GROUP BY s.archive, s.topic, s.why, s.legal_basis, s.kept_days"
    " ORDER BY s.archive, s.topic NULLS FIRST, s.why, s.legal_basis, s.kept_days"
)
_PAGE: Final = (
    "SELECT s.conversation, s.topic, s.department, s.archive, s.why, s.due_at, s.result, s.left_why"
    " FROM ledger.retention_step AS s WHERE s.tenant = $1 AND s.run = $2"
    " AND s.department <> ALL ($3::text[]) AND ($4::uuid IS NULL OR s.conversation > $4)"
    " ORDER BY s.conversation LIMIT $5"
)
_APPROVE: Final = (
    "UPDATE ledger.retention_run SET approved_by = $3, approved_at = clock_timestamp()"
    " WHERE tenant = $1 AND id = $2 AND approved_at IS NULL"
    " AND clock_timestamp() < made_at + $4 RETURNING id"
)
_FORGET_OLD: Final = (
    "DELETE FROM ledger.retention_run WHERE approved_at IS NULL AND made_at < now() - $1::interval"
)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks for what, and by which moment."""

    id: UUID
    kind: Kind
    by: str
    as_of: datetime

    @property
    def approved_by(self) -> str | None:
        """Who has approved it already."""
        return None if self.kind == "asked" else KEEPER


async def look_for(connection: Connection, directory: TenantDirectory, look: Look) -> int | None:
    """Find what is over its time and make a run of it. Return how many conversations.

    None: there is a run of that id already.
    """
    found: list[Decided] = []
    more = False
    async for decided in over_time(connection, directory.tenant, directory.privacy, look.as_of):
        if more := len(found) == MOST:
            break
        found.append(decided)
    return await make(connection, directory, look, found, more=more)


async def make(
    connection: Connection,
    directory: TenantDirectory,
    look: Look,
    found: Sequence[Decided],
    *,
    more: bool,
) -> int | None:
    """Write a run with its steps. Return how many, or None: there is a run of that id already."""
    tenant, columns = directory.tenant, _columns(found)
    async with connection.transaction():
        made = await connection.fetch(
            _MAKE,
            tenant,
            look.id,
            look.kind,
            look.by,
            look.as_of,
            directory.version,
            more,
            look.approved_by,
        )
        if not made:
            return None
        await connection.execute(_STEPS, tenant, look.id, *columns)
    return len(found)


async def approve(connection: Connection, tenant: str, run: UUID, by: str) -> None:
    """Approve a run that may be. One that is approved already, or is too old, stays as it is."""
    await connection.execute(_APPROVE, tenant, run, by, GOOD_FOR)


async def has_more(connection: Connection, tenant: str, run: UUID) -> bool:
    """Return whether there was more than a run could take."""
    more: bool = await connection.fetchval(
        "SELECT more FROM ledger.retention_run WHERE tenant = $1 AND id = $2", tenant, run
    )
    return more


async def forget_old(connection: Connection) -> None:
    """Delete looks that nobody approved in time."""
    await connection.execute(_FORGET_OLD, KEPT)


async def run_of(
    connection: Connection, tenant: str, run: UUID, walls: Sequence[str]
) -> dict[str, Any] | None:
    """Return one run as it is told; of departments in `walls` conversations are only counted."""
    row = await connection.fetchrow(_ONE, tenant, list(walls), run)
    return _told(row) if row else None


async def newest(
    connection: Connection, tenant: str, walls: Sequence[str], before: datetime | None, most: int
) -> list[dict[str, Any]]:
    """Return the newest runs that were made before a moment, or of all."""
    found = await connection.fetch(_NEWEST, tenant, list(walls), before, most)
    return [_told(row) for row in found]


async def groups(connection: Connection, tenant: str, run: UUID) -> list[dict[str, Any]]:
    """Return how many conversations of a run go by which rule."""
    return [dict(row) for row in await connection.fetch(_GROUPS, tenant, run)]


async def steps(
    connection: Connection,
    tenant: str,
    run: UUID,
    walls: Sequence[str],
    after: UUID | None,
    most: int,
) -> list[dict[str, Any]]:
    """Return a run's conversations after one, by id; none of those behind walls."""
    found = await connection.fetch(_PAGE, tenant, run, list(walls), after, most)
    return [_step(row) for row in found]


def _columns(found: Sequence[Decided]) -> list[list[Any]]:
    rows = [
        (
            decided.found.conversation,
            decided.found.case.topic,
            decided.found.department,
            decided.found.case.archive,
            decided.decision.why,
            decided.decision.due_at,
            decided.decision.kept_days,
            decided.decision.legal_basis,
        )
        for decided in found
    ]
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * 8


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "state": _state(row),
        "made_by": row["made_by"],
        "made_at": row["made_at"].isoformat(),
        "as_of": row["as_of"].isoformat(),
        "approved_by": row["approved_by"],
        "approved_at": moment(row["approved_at"]),
        "ended_at": moment(row["ended_at"]),
        **{name: row[name] for name in ("count", "erased", "left", "walled", "more")},
    }


def _state(row: Mapping[str, Any]) -> State:
    if row["ended_at"] is not None:
        return "done"
    if row["approved_at"] is not None:
        return "running"
    return "previewed" if row["now"] < row["made_at"] + GOOD_FOR else "old"


def _step(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **dict(row),
        "conversation": str(row["conversation"]),
        "due_at": moment(row["due_at"]),
    }


def moment(at: datetime | None) -> str | None:
    """Return a time as JSON has it."""
    return at.isoformat() if at else None
