"""Legal holds: set and lifted with a reason, by an archivist. What is held is never erased."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.database import Connection
from services.ids import new_id

from transcript_service.audit.table import Note, note_on
from transcript_service.retention.runs import moment

SET: Final = "hold_set"
LIFTED: Final = "hold_lifted"
MOST: Final = 1_000
"""Holds in one answer."""

_EXISTS: Final = (
    # Whoever erases it holds this row until it is gone, and then it is not found.
    "SELECT 1 FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL FOR SHARE"
)
_SET: Final = (
    "INSERT INTO ledger.hold (tenant, id, conversation, reason, set_by)"
    " VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (tenant, conversation) WHERE lifted_at IS NULL DO NOTHING RETURNING *"
)
_LIFT: Final = (
    "UPDATE ledger.hold SET lifted_by = $3, lifted_why = $4, lifted_at = clock_timestamp()"
    " WHERE tenant = $1 AND conversation = $2 AND lifted_at IS NULL RETURNING *"
)
_LIST: Final = (
    "SELECT h.* FROM ledger.hold AS h WHERE h.tenant = $1 AND ($2 OR h.lifted_at IS NULL)"
    " ORDER BY h.set_at DESC, h.id LIMIT $3"
)
_STANDING: Final = (
    "SELECT h.* FROM ledger.hold AS h"
    " WHERE h.tenant = $1 AND h.conversation = $2 AND h.lifted_at IS NULL"
)


class Gone(Exception):
    """There is no such conversation any more."""


async def set_hold(
    connection: Connection, tenant: str, conversation: UUID, *, reason: str, by: str
) -> dict[str, Any] | None:
    """Hold a conversation. Return the hold; None: it is held already.

    Raises:
        Gone: see there.
    """
    async with connection.transaction():
        if await connection.fetchval(_EXISTS, tenant, conversation) is None:
            raise Gone
        row = await connection.fetchrow(_SET, tenant, new_id(), conversation, reason, by)
        if row is None:
            return None
        await _note(connection, row, by, SET, reason)
    return told(row)


async def lift_hold(
    connection: Connection, tenant: str, conversation: UUID, *, reason: str, by: str
) -> dict[str, Any] | None:
    """Lift the hold that stands. Return it; None: none stands."""
    async with connection.transaction():
        row = await connection.fetchrow(_LIFT, tenant, conversation, by, reason)
        if row is None:
            return None
        await _note(connection, row, by, LIFTED, reason)
    return told(row)


async def holds(connection: Connection, tenant: str, *, lifted: bool) -> list[dict[str, Any]]:
    """Return the holds of a tenant, newest first: those that stand, or all."""
    return [told(row) for row in await connection.fetch(_LIST, tenant, lifted, MOST)]


async def standing(
    connection: Connection, tenant: str, conversation: UUID
) -> dict[str, Any] | None:
    """Return the hold that stands on a conversation, or None."""
    row = await connection.fetchrow(_STANDING, tenant, conversation)
    return told(row) if row else None


async def _note(
    connection: Connection, row: Mapping[str, Any], by: str, action: str, reason: str
) -> None:
    about = {"hold": str(row["id"]), "reason": reason}
    await note_on(connection, Note(row["tenant"], new_id(), by, action, row["conversation"], about))


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a hold as it is told."""
    return {
        "id": str(row["id"]),
        "conversation": str(row["conversation"]),
        "reason": row["reason"],
        "set_by": row["set_by"],
        "set_at": row["set_at"].isoformat(),
        "lifted_by": row["lifted_by"],
        "lifted_at": moment(row["lifted_at"]),
        "lifted_why": row["lifted_why"],
    }
