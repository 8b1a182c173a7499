"""Which conversations somebody may read, of some that are named."""

import json
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.database import Connection

from transcript_service import rows
from transcript_service.callers import Caller
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read, walled_off

_NAMED: Final = (
    "SELECT ledger.conversation_document(c)::text AS document, clock_timestamp() AS now"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.id = ANY ($2::uuid[]) AND c.removed_at IS NULL"
)


async def readable(
    connection: Connection, caller: Caller, named: Sequence[UUID]
) -> dict[UUID, Conversation]:
    """Return those that are there and that the caller may read, by id."""
    found = await connection.fetch(_NAMED, caller.tenant, list(named))
    read = ((rows.conversation(json.loads(row["document"])), row["now"]) for row in found)
    return {
        one.summary.conversation: one
        for one, now in read
        if agent_may_read(one, caller.profile, caller.directory, now)
    }


def walls(caller: Caller) -> list[str]:
    """Return the departments that are walled off from the caller."""
    return [
        of.id
        for of in caller.directory.departments
        if walled_off(of.id, caller.profile, caller.directory)
    ]
