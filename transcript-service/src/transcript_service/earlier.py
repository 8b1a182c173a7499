"""What the citizen of a conversation asked before: those of it that the reader may read, too."""

import json
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import FastAPI, Header, Response
from services.contracts import Refusal
from services.database import Database

from transcript_service import rows
from transcript_service.callers import Caller, Callers, NotAnswered
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read

SCOPE: Final = "earlier"
MOST: Final = 50
"""Conversations in the answer,"""
_LOOKED_AT: Final = 300
"""and of how many of the newest the right to read is looked at."""

_EARLIER: Final = (
    "SELECT clock_timestamp() AS now,"
    " (SELECT ledger.conversation_document(c)::text FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL) AS this,"
    " ARRAY(SELECT ledger.conversation_document(e)::text FROM ledger.conversation AS e"
    " JOIN ledger.conversation AS c ON c.tenant = e.tenant AND c.citizen = e.citizen"
    " AND (e.opened_at, e.id) < (c.opened_at, c.id)"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL"
    " ORDER BY e.opened_at DESC, e.id DESC LIMIT $3) AS earlier"
)


class Earlier:
    """Looks for a citizen's earlier enquiries.

    Raises:
        Transient: while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def before(self, caller: Caller, conversation: UUID) -> list[dict[str, Any]] | None:
        """Return what was asked before, newest first; None for who may not read this one.

        What is behind a wall is not there: not a row, and not in any count.
        """
        async with self._database.connection() as connection:
            found = await connection.fetchrow(_EARLIER, caller.tenant, conversation, _LOOKED_AT)
        if found["this"] is None:
            return None

        def may_read(one: Conversation) -> bool:
            return agent_may_read(one, caller.profile, caller.directory, found["now"])

        if not may_read(rows.conversation(json.loads(found["this"]))):
            return None
        earlier = (rows.conversation(json.loads(document)) for document in found["earlier"])
        return [_told(one) for one in earlier if may_read(one)][:MOST]


def _told(one: Conversation) -> dict[str, Any]:
    summary = one.summary.model_dump(
        mode="json",
        include={
            "conversation", "opened_at", "closed_at", "state", "topic", "department", "outcome",
            "rating",
        },
    )  # fmt: skip
    return {**summary, "agents": list(one.agents)}


def add_earlier_routes(app: FastAPI, earlier: Earlier, callers: Callers) -> None:
    """Add the routes."""

    @app.get("/internal/v1/conversations/{conversation}/earlier")
    async def before(conversation: UUID, authorization: Annotated[str, Header()] = "") -> Response:
        """What the same citizen asked before the conversation that the token names."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if caller.conversation != str(conversation):
                raise NotAnswered(Refusal.NOT_FOUND)
            found = await earlier.before(caller, conversation)
            if found is None:
                raise NotAnswered(Refusal.NOT_FOUND)
            return {"conversations": found}

        return await callers.answer(authorization, SCOPE, ask)
