"""`/api/set-up`: the whole set-up as one document, for administrators' tools and screens."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from services.contracts import Refusal

from agent_service.guards import HEADERS, as_json, from_console, seat_by
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.set_up import ChangedSince, Faulty, Saved, SetUp
from agent_service.settings import Settings
from agent_service.store import Changed

MAX_BYTES = 8 * 1024 * 1024
"""Ten thousand agents are some four megabytes."""
_MOST_CHANGES = 50
_LARGEST_VERSION = 2**53 - 1
"""What JavaScript can count to."""

Version = Annotated[int, Field(ge=0, le=_LARGEST_VERSION)]


class Undo(BaseModel):
    """Which change to take back."""

    version: Version
    """The one it led to."""
    now: Version
    """The one in force, as the administrator sees it."""


def set_up_routes(sessions: Sessions, set_up: SetUp, settings: Settings) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]
    ours = Depends(from_console(settings))

    @router.get("/set-up")
    async def export(seat: signed_in) -> Response:
        """The set-up in force, as `PUT` takes it."""
        directory = await set_up.current(seat)
        return as_json(directory.model_dump_json(indent=1))

    @router.put("/set-up", dependencies=[ours])
    async def replace(request: Request, seat: signed_in, *, trial: bool = False) -> Response:
        """Put another in force, with the version of the one it was made from.

        `trial`: only say what the linter finds. Errors refuse it, warnings do not.
        """
        try:
            saved = await set_up.replace(seat, await _body(request), trial=trial)
        except Faulty as faulty:
            return _faulty(faulty)
        return _saved(saved)

    @router.get("/set-up/changes")
    async def changes(
        seat: signed_in,
        before: Annotated[int | None, Query(ge=0, le=_LARGEST_VERSION)] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_CHANGES)] = 20,
    ) -> Response:
        """What was changed, by whom and when, the newest first."""
        history = await set_up.changes(seat, before, limit)
        told = {"changes": [_changed(one) for one in history.changes], "more": history.more}
        return JSONResponse(told, 200, HEADERS)

    @router.post("/set-up/undo", dependencies=[ours])
    async def undo(asked: Undo, seat: signed_in) -> Response:
        """Put back what a change replaced, unless it was changed once more."""
        try:
            return _saved(await set_up.undo(seat, asked.version, asked.now))
        except Faulty as faulty:
            return _faulty(faulty)
        except ChangedSince as since:
            told = {"code": since.code, "parts": list(since.parts)}
            return JSONResponse(told, since.status, HEADERS)

    @router.post("/set-up/simulate", dependencies=[ours])
    async def simulate(request: Request, seat: signed_in) -> Response:
        """How a day would go by the set-up in force and by this one."""
        try:
            outcomes = await set_up.simulate(seat, await _body(request))
        except Faulty as faulty:
            return _faulty(faulty)
        return as_json(outcomes)

    return router


def _saved(saved: Saved) -> Response:
    told = {"version": saved.directory.version, "findings": list(saved.findings)}
    return JSONResponse(told, 200, HEADERS)


def _faulty(faulty: Faulty) -> Response:
    told = {"code": faulty.code, "findings": list(faulty.findings)}
    return JSONResponse(told, faulty.status, HEADERS)


def _changed(change: Changed) -> dict[str, Any]:
    at = change.at.isoformat()
    return {"version": change.version, "by": change.by, "at": at, "what": dict(change.what)}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Denied(Refusal.FRAME_TOO_LARGE, 413)
    return bytes(body)
