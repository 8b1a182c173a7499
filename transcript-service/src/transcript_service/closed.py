"""The list of closed conversations, for other systems of the municipality that have a key."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import FastAPI, Header, Query, Response
from services.contracts import ArchiveClass, Refusal
from services.database import Database

from transcript_service import rows
from transcript_service.callers import Caller, Callers, NotAnswered
from transcript_service.copies.document import reference
from transcript_service.core.rights import walled_off

SCOPE: Final = "closed"
MOST: Final = 200
"""Conversations in one answer."""

_CLOSED: Final = (
    "SELECT ledger.conversation_document(c)::text AS document FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.state = 'closed' AND c.removed_at IS NULL"
    " AND ($2::timestamptz IS NULL OR c.closed_at >= $2)"
    " AND ($3::timestamptz IS NULL OR c.closed_at < $3)"
    " AND ($4::timestamptz IS NULL OR (c.closed_at, c.id) > ($4, $5::uuid))"
    " AND ($6::text IS NULL OR c.archive = $6)"
    " AND c.department <> ALL ($7::text[])"
    " ORDER BY c.closed_at, c.id LIMIT $8"
)
_PLACE: Final = (
    # A conversation that was taken out meanwhile keeps its place.
    "SELECT closed_at FROM ledger.conversation WHERE tenant = $1 AND id = $2 AND state = 'closed'"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of them; None: all."""

    since: datetime | None
    until: datetime | None
    archive: ArchiveClass | None
    after: UUID | None
    """The last one of the page before."""
    limit: int


class Closed:
    """Lists what is closed.

    Raises:
        Transient: while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def page(self, caller: Caller, asked: Asked) -> dict[str, Any]:
        """Return a page of them, the first to end first, and where the next one begins.

        What is behind a wall is not there.

        Raises:
            NotAnswered: there is no such page.
        """
        walls = [
            department.id
            for department in caller.directory.departments
            if walled_off(department.id, caller.profile, caller.directory)
        ]
        async with self._database.connection() as connection:
            at = None
            if asked.after is not None:
                at = await connection.fetchval(_PLACE, caller.tenant, asked.after)
                if at is None:
                    raise NotAnswered(Refusal.NOT_FOUND)
            found = await connection.fetch(
                _CLOSED,
                caller.tenant,
                asked.since,
                asked.until,
                at,
                asked.after,
                asked.archive,
                walls,
                asked.limit + 1,
            )
        page = [json.loads(row["document"]) for row in found[: asked.limit]]
        more = len(found) > asked.limit
        return {
            "conversations": [_told(document) for document in page],
            "next": page[-1]["id"] if more else None,
        }


def _told(document: rows.Row) -> dict[str, Any]:
    summary = rows.conversation(document).summary
    told = summary.model_dump(
        mode="json",
        include={
            "conversation", "opened_at", "closed_at", "topic", "department", "language", "outcome",
            "archive", "rating",
        },
    )  # fmt: skip
    written = summary.due_at is not None
    return {**told, "reference": reference(summary.conversation), "written": written}


def add_closed_routes(app: FastAPI, closed: Closed, callers: Callers) -> None:
    """Add the route."""

    @app.get("/internal/v1/closed")
    async def page(
        authorization: Annotated[str, Header()] = "",
        since: datetime | None = None,
        until: datetime | None = None,
        archive: ArchiveClass | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Response:
        """Closed conversations, for who may read them all."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if "archivist" not in caller.profile.roles:
                raise NotAnswered(Refusal.NOT_ALLOWED)
            if any(each is not None and each.tzinfo is None for each in (since, until)):
                raise NotAnswered(Refusal.FRAME_INVALID)
            return await closed.page(caller, Asked(since, until, archive, after, limit))

        return await callers.answer(authorization, SCOPE, ask)
