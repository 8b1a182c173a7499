"""Internal HTTP of holds, for archivists: of conversations they may read."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response
from services.contracts import Contract, Refusal
from services.database import Connection, Database

from transcript_service.callers import HELD_ALREADY, Caller, Callers, NotAnswered
from transcript_service.retention.asking import (
    SCOPE,
    Authorization,
    Reason,
    body_of,
    check_archivist,
)
from transcript_service.retention.holds import Gone, holds, lift_hold, set_hold
from transcript_service.retention.readable import readable


class ToHold(Contract):
    """What is to be held, and why."""

    conversation: UUID
    reason: Reason


class ToLift(Contract):
    """Why a hold is lifted."""

    reason: Reason


def add_hold_routes(app: FastAPI, database: Database, callers: Callers) -> None:
    """Add the routes."""

    @app.get("/internal/v1/retention/holds")
    async def listed(
        authorization: Authorization = "",
        lifted: bool = False,
    ) -> Response:
        """The holds of what may be read: those that stand, or all."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            async with database.connection() as connection:
                found = await holds(connection, caller.tenant, lifted=lifted)
                named = [UUID(hold["conversation"]) for hold in found]
                read = await readable(connection, caller, named)
            mine = [hold for hold in found if UUID(hold["conversation"]) in read]
            return {"holds": mine}

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/retention/holds")
    async def hold(request: Request, authorization: Authorization = "") -> Response:
        """Hold a conversation: it is not erased until the hold is lifted."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            asked = await body_of(request, ToHold)
            async with database.connection() as connection:
                if not await readable(connection, caller, [asked.conversation]):
                    raise NotAnswered(Refusal.NOT_FOUND)
                return await _hold(connection, caller, asked)

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/retention/holds/{conversation}/lifting")
    async def lift(
        conversation: UUID, request: Request, authorization: Authorization = ""
    ) -> Response:
        """Lift the hold that stands."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            asked = await body_of(request, ToLift)
            async with database.connection() as connection:
                read = await readable(connection, caller, [conversation])
                made = read and await lift_hold(
                    connection,
                    caller.tenant,
                    conversation,
                    reason=asked.reason,
                    by=caller.agent,
                )
            if not made:
                raise NotAnswered(Refusal.NOT_FOUND)
            return made

        return await callers.answer(authorization, SCOPE, ask)


async def _hold(connection: Connection, caller: Caller, asked: ToHold) -> dict[str, Any]:
    """Set a hold.

    Raises:
        NotAnswered: the conversation is held already, or is not there any more.
    """
    tenant, conversation = caller.tenant, asked.conversation
    try:
        made = await set_hold(
            connection, tenant, conversation, reason=asked.reason, by=caller.agent
        )
    except Gone:
        raise NotAnswered(Refusal.NOT_FOUND) from None
    if made is None:
        raise NotAnswered(HELD_ALREADY)
    return made
