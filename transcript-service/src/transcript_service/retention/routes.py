"""Internal HTTP of retention: looks, approvals, wishes, and why something is kept."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import FastAPI, Query, Response
from services.contracts import Refusal
from services.database import Connection, Database
from services.ids import new_id

from transcript_service.audit.table import Note, note_on
from transcript_service.callers import PREVIEW_OLD, Caller, Callers, NotAnswered
from transcript_service.retention import runs
from transcript_service.retention.asking import SCOPE, Authorization, check_archivist
from transcript_service.retention.cases import look, now
from transcript_service.retention.holds import standing
from transcript_service.retention.readable import readable, walls
from transcript_service.retention.rules import decide
from transcript_service.retention.wishes import wishes

MOST: Final = 200
"""Conversations of a run in one answer."""
_NEWEST: Final = 20
PREVIEWED: Final = "retention_previewed"
APPROVED: Final = "retention_approved"

Limit = Annotated[int, Query(ge=1, le=MOST)]


def add_retention_routes(app: FastAPI, database: Database, callers: Callers) -> None:
    """Add the routes."""
    _add_runs(app, database, callers)

    @app.get("/internal/v1/retention/conversations/{conversation}")
    async def one(conversation: UUID, authorization: Authorization = "") -> Response:
        """Why and how long one conversation is kept: for whoever may read it."""

        async def ask(caller: Caller) -> dict[str, Any]:
            async with database.connection() as connection:
                if conversation not in await readable(connection, caller, [conversation]):
                    raise NotAnswered(Refusal.NOT_FOUND)
                return await _kept(connection, caller, conversation)

        return await callers.answer(authorization, SCOPE, ask)

    @app.get("/internal/v1/retention/wishes")
    async def wished(authorization: Authorization = "") -> Response:
        """What becomes of wishes to be forgotten: for everybody, of what they may read."""

        async def ask(caller: Caller) -> dict[str, Any]:
            async with database.connection() as connection:
                return await wishes(connection, caller)

        return await callers.answer(authorization, SCOPE, ask)


def _add_runs(app: FastAPI, database: Database, callers: Callers) -> None:
    @app.get("/internal/v1/retention")
    async def overview(authorization: Authorization = "") -> Response:
        """The rules in force, and the newest runs."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            async with database.connection() as connection:
                found = await runs.newest(
                    connection, caller.tenant, walls(caller), None, _NEWEST + 1
                )
            privacy = caller.directory.privacy
            return {
                "erases": caller.directory.archive.erases,
                "kept_days": privacy.kept_days,
                "rules": [rule.model_dump(mode="json") for rule in privacy.retention],
                "runs": found[:_NEWEST],
                "more": len(found) > _NEWEST,
            }

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/retention/runs")
    async def preview(authorization: Authorization = "") -> Response:
        """Look what is over its time. Nothing is changed."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            async with database.connection() as connection:
                wanted = runs.Look(new_id(), "asked", caller.agent, await now(connection))
                await note_on(connection, _note(caller, PREVIEWED, wanted.id))
                await runs.look_for(connection, caller.directory, wanted)
                return await _run(connection, caller, wanted.id)

        return await callers.answer(authorization, SCOPE, ask)

    @app.get("/internal/v1/retention/runs/{run}")
    async def show(
        run: UUID,
        authorization: Authorization = "",
        after: UUID | None = None,
        limit: Limit = 50,
    ) -> Response:
        """What a run found and did, in pages."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            async with database.connection() as connection:
                found = await _run(connection, caller, run)
                groups = await runs.groups(connection, caller.tenant, run)
                steps = await runs.steps(
                    connection, caller.tenant, run, walls(caller), after, limit + 1
                )
            return {
                "run": found,
                "groups": groups,
                "steps": steps[:limit],
                "more": len(steps) > limit,
            }

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/retention/runs/{run}/approval")
    async def approve(run: UUID, authorization: Authorization = "") -> Response:
        """Let a run be carried out. Again: the same answer."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            async with database.connection() as connection:
                return await _approve(connection, caller, run)

        return await callers.answer(authorization, SCOPE, ask)


def _note(caller: Caller, action: str, run: UUID) -> Note:
    return Note(caller.tenant, new_id(), caller.agent, action, None, {"run": str(run)})


async def _approve(connection: Connection, caller: Caller, run: UUID) -> dict[str, Any]:
    """Approve a run, if it may be.

    Raises:
        NotAnswered: there is none, or it was looked at too long ago.
    """
    found = await _run(connection, caller, run)
    if found["state"] == "old":
        raise NotAnswered(PREVIEW_OLD)
    if found["state"] == "previewed":
        # What cannot be noted is not approved.
        await note_on(connection, _note(caller, APPROVED, run))
        await runs.approve(connection, caller.tenant, run, caller.agent)
    return await _run(connection, caller, run)


async def _run(connection: Connection, caller: Caller, run: UUID) -> dict[str, Any]:
    found = await runs.run_of(connection, caller.tenant, run, walls(caller))
    if found is None:
        raise NotAnswered(Refusal.NOT_FOUND)
    return found


async def _kept(connection: Connection, caller: Caller, conversation: UUID) -> dict[str, Any]:
    found = await look(connection, caller.tenant, conversation)
    if found is None:
        raise NotAnswered(Refusal.NOT_FOUND)
    decision = decide(found.case, caller.directory.privacy, await now(connection))
    return {
        "verdict": "erase" if decision.erases else "keep",
        "why": decision.why,
        "due_at": runs.moment(decision.due_at),
        "kept_days": decision.kept_days,
        "legal_basis": decision.legal_basis,
        "forget_asked_at": runs.moment(found.case.forget_asked_at),
        "hold": await standing(connection, caller.tenant, conversation),
    }
