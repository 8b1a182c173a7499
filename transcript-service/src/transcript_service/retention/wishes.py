"""What becomes of citizens' wishes to be forgotten, for agents and archivists."""

from typing import Any, Final
from uuid import UUID

from services.contracts import Privacy, TenantDirectory
from services.database import Connection, Database

from transcript_service.callers import Caller
from transcript_service.retention.cases import look, now, wished
from transcript_service.retention.readable import readable, walls
from transcript_service.retention.rules import Wish, decide, wish_of
from transcript_service.retention.runs import moment

MOST: Final = 500
"""Wishes that are looked at, the newest, and erased ones that are told of."""

_ERASED: Final = (
    "SELECT s.conversation, s.settled_at FROM ledger.retention_step AS s"
    " WHERE s.tenant = $1 AND s.why IN ('forget', 'forget_archived') AND s.result = 'erased'"
    " AND s.settled_at > now() - interval '30 days' AND s.department <> ALL ($2::text[])"
    " ORDER BY s.settled_at DESC, s.conversation LIMIT $3"
)


async def wishes(connection: Connection, caller: Caller) -> dict[str, Any]:
    """Return the wishes about conversations that the caller may read, and what becomes of them.

    What was erased is told to archivists: nobody can read it any more, and somebody is asked.
    """
    found = await wished(connection, caller.tenant, MOST)
    read = await readable(connection, caller, [one.conversation for one in found])
    at = await now(connection)
    told = [
        {
            "conversation": str(one.conversation),
            "asked_at": moment(one.case.forget_asked_at),
            "closed_at": moment(one.case.closed_at),
            "topic": one.case.topic,
            "department": one.department,
            "archive": one.case.archive,
            "state": wish_of(decide(one.case, caller.directory.privacy, at)),
        }
        for one in found
        if one.conversation in read
    ]
    if "archivist" not in caller.profile.roles:
        return {"wishes": told, "erased": []}
    gone = await connection.fetch(_ERASED, caller.tenant, walls(caller), MOST)
    erased = [
        {"conversation": str(row["conversation"]), "erased_at": moment(row["settled_at"])}
        for row in gone
    ]
    return {"wishes": told, "erased": erased}


class Answers:
    """Answers citizens who asked to be forgotten, where they read their copy.

    Raises:
        Transient: while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def of(
        self, tenant: str, conversation: UUID, directory: TenantDirectory | None
    ) -> Wish | None:
        """Return what becomes of a wish; None: there is none, or nothing is there any more."""
        async with self._database.connection() as connection:
            found = await look(connection, tenant, conversation)
            if found is None or found.case.forget_asked_at is None:
                return None
            privacy = directory.privacy if directory else Privacy()
            return wish_of(decide(found.case, privacy, await now(connection)))
