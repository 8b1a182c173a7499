"""`/api/set-up`: the whole set-up as one document, for administrators' tools and screens."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from services.contracts import Refusal

from agent_service.guards import HEADERS, from_console, seat_by
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.set_up import Faulty, SetUp
from agent_service.settings import Settings

MAX_BYTES = 8 * 1024 * 1024
"""Ten thousand agents are some four megabytes."""


def set_up_routes(sessions: Sessions, set_up: SetUp, settings: Settings) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]
    ours = Depends(from_console(settings))

    @router.get("/set-up")
    async def export(seat: signed_in) -> Response:
        """The set-up in force, as `PUT` takes it."""
        directory = await set_up.current(seat)
        return Response(directory.model_dump_json(indent=1), 200, HEADERS, "application/json")

    @router.put("/set-up", dependencies=[ours])
    async def replace(request: Request, seat: signed_in, *, trial: bool = False) -> Response:
        """Put another in force, with the version of the one it was made from.

        `trial`: only say what the linter finds. Errors refuse it, warnings do not.
        """
        try:
            saved = await set_up.replace(seat, await _body(request), trial=trial)
        except Faulty as faulty:
            told = {"code": faulty.code, "findings": list(faulty.findings)}
            return JSONResponse(told, faulty.status, HEADERS)
        return JSONResponse(
            {"version": saved.directory.version, "findings": list(saved.findings)}, 200, HEADERS
        )

    return router


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise Denied(Refusal.FRAME_TOO_LARGE, 413)
    return bytes(body)
