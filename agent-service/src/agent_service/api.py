"""Sign-in, tickets and the console's files over HTTP; and every other route, put together."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from services.addresses import address_of
from services.contracts import Refusal
from services.contracts.model import Id
from services.errors import Transient
from starlette.staticfiles import StaticFiles

from agent_service.board import Boards
from agent_service.board_api import board_routes
from agent_service.directories import Directories
from agent_service.emergency import Switch
from agent_service.files import Files, file_routes
from agent_service.guards import COOKIE, HEADERS, from_console, seat_by
from agent_service.oidc.api import oidc_routes
from agent_service.oidc.signing import SignIns
from agent_service.records import Records
from agent_service.records_api import record_routes
from agent_service.routing import Routing
from agent_service.routing_api import routing_routes
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.set_up import SetUp
from agent_service.set_up_api import set_up_routes
from agent_service.settings import STATIC, Settings
from agent_service.store import Store


class SignIn(BaseModel):
    """Name and password of a local account."""

    name: Id
    password: str = Field(max_length=256)
    tenant: Id | None = None
    """Only needed where there are several."""


class ConsoleFiles(StaticFiles):
    """The console under a strict content policy."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Add the policy."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update({**HEADERS, "Cache-Control": "no-cache"})
        return response


def add_routes(
    app: FastAPI,
    *,
    store: Store,
    sessions: Sessions,
    sign_ins: SignIns,
    directories: Directories,
    records: Records,
    boards: Boards,
    files: Files,
    routing: Routing,
    switch: Switch,
    set_up: SetUp,
    settings: Settings,
) -> None:
    """Add every HTTP route."""
    _add_error_answers(app)
    app.include_router(_session_routes(store, sessions, sign_ins, settings))
    app.include_router(oidc_routes(sign_ins, directories, settings))
    app.include_router(record_routes(sessions, records))
    app.include_router(board_routes(sessions, boards))
    app.include_router(file_routes(sessions, files, settings))
    app.include_router(routing_routes(sessions, routing, switch, settings))
    app.include_router(set_up_routes(sessions, set_up, settings))
    folder: Path = STATIC / "console"
    app.mount("/", ConsoleFiles(directory=folder, html=True, check_dir=False))


def _add_error_answers(app: FastAPI) -> None:
    @app.exception_handler(Denied)
    async def denied(_: Request, error: Denied) -> Response:
        wait_s = error.retry_after_s
        headers = {} if wait_s is None else {"Retry-After": str(int(wait_s) + 1)}
        return JSONResponse({"code": error.code}, error.status, HEADERS | headers)

    @app.exception_handler(Transient)
    async def away(_: Request, _error: Transient) -> Response:
        return JSONResponse({"code": Refusal.BUSY}, 503, HEADERS)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, _error: RequestValidationError) -> Response:
        # The framework's own answer would quote what was sent, a password too.
        return JSONResponse({"code": Refusal.FRAME_INVALID}, 422, HEADERS)


def _session_routes(
    store: Store, sessions: Sessions, sign_ins: SignIns, settings: Settings
) -> APIRouter:
    ours = from_console(settings)
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.post("/session", dependencies=[Depends(ours)])
    async def sign_in(asked: SignIn, request: Request) -> Response:
        """Sign in with a local account; the cookie is the session."""
        secret, seat = await sessions.sign_in(
            asked.name,
            asked.password,
            tenant=asked.tenant,
            address=address_of(request, settings.proxies),
        )
        response = JSONResponse(_about(seat), headers=HEADERS)
        age_s = int(settings.session_hours * 3600)
        response.set_cookie(
            COOKIE, secret, age_s, path="/", secure=True, httponly=True, samesite="lax"
        )
        return response

    @router.get("/session")
    async def who(seat: signed_in) -> Response:
        """Say who is signed in."""
        return JSONResponse(_about(seat), headers=HEADERS)

    @router.delete("/session", dependencies=[Depends(ours)])
    async def sign_out(seat: signed_in) -> Response:
        """Sign out: the session's sockets close at once. Says where one signs out there too."""
        onward = await sign_ins.farewell(seat.session)
        await sessions.sign_out(seat.session)
        if onward is None:
            response = Response(status_code=204, headers=HEADERS)
        else:
            response = JSONResponse({"onward": onward}, headers=HEADERS)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response

    @router.post("/ticket", dependencies=[Depends(ours)])
    async def ticket(seat: signed_in) -> Response:
        """Return a one-time ticket for the socket, good for 30 s."""
        return JSONResponse({"ticket": await store.make_ticket(seat.session)}, headers=HEADERS)

    return router


def _about(seat: Seat) -> dict[str, object]:
    return {
        "agent": seat.profile.id,
        "name": seat.profile.name,
        "tenant": seat.directory.tenant,
        "municipality": seat.directory.name,
        "roles": seat.profile.roles,
    }
