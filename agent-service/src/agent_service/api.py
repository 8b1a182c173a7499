"""Sign-in, tickets and the console's files over HTTP; and every other route, put together."""

import math
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from services.addresses import address_of
from services.contracts import Refusal
from services.contracts.model import Id
from services.errors import Transient
from starlette.staticfiles import StaticFiles

from agent_service.archive_api import archive_routes
from agent_service.board import Boards
from agent_service.board_api import board_routes
from agent_service.directories import Directories
from agent_service.emergency import Switch
from agent_service.files import Files, file_routes
from agent_service.guards import COOKIE, HEADERS, from_console, seat_by
from agent_service.masking_api import masking_routes
from agent_service.numbers_api import numbers_routes
from agent_service.oidc.api import oidc_routes
from agent_service.oidc.signing import SignIns
from agent_service.outside.admin_api import hook_routes, key_routes
from agent_service.outside.keys import Keys
from agent_service.outside.reading import Reading
from agent_service.outside.rest import rest_app
from agent_service.records import Records
from agent_service.records_api import record_routes
from agent_service.retention_api import retention_routes
from agent_service.routing import Routing
from agent_service.routing_api import routing_routes
from agent_service.search_api import search_routes
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.set_up import SetUp
from agent_service.set_up_api import set_up_routes
from agent_service.settings import STATIC, Settings
from agent_service.store import Lasting, Store


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
    keys: Keys,
    reading: Reading,
    settings: Settings,
) -> None:
    """Add every HTTP route."""
    _add_error_answers(app)
    app.include_router(_session_routes(store, sessions, sign_ins, settings))
    app.include_router(oidc_routes(sign_ins, directories, settings))
    app.include_router(record_routes(sessions, records))
    app.include_router(masking_routes(sessions, records, settings))
    app.include_router(retention_routes(sessions, records, settings))
    app.include_router(archive_routes(sessions, records, settings))
    app.include_router(numbers_routes(sessions, records, settings))
    app.include_router(search_routes(sessions, records, settings))
    app.include_router(board_routes(sessions, boards))
    app.include_router(file_routes(sessions, files, settings))
    app.include_router(routing_routes(sessions, routing, switch, settings))
    app.include_router(set_up_routes(sessions, set_up, settings))
    app.include_router(key_routes(sessions, keys, settings))
    app.include_router(hook_routes(sessions, keys, settings))
    app.mount("/v1", rest_app(keys, reading, settings))
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

    def about(seat: Seat, lasting: Lasting) -> dict[str, object]:
        return _about(seat) | _lasting(seat, lasting) | {"warn_s": settings.session_warn_s}

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
        lasting = await sessions.lasting(seat.session)
        return _kept(secret, lasting, about(seat, lasting))

    @router.get("/session")
    async def who(seat: signed_in) -> Response:
        """Say who is signed in, and for how long yet."""
        lasting = await sessions.lasting(seat.session)
        return JSONResponse(about(seat, lasting), headers=HEADERS)

    @router.post("/session/extend", dependencies=[Depends(ours)])
    async def extend(
        seat: signed_in, secret: Annotated[str, Cookie(alias=COOKIE)] = ""
    ) -> Response:
        """Let the session last as long as a new one would; 409 `not_extendable` where it cannot."""
        lasting = await sessions.extend(seat.session)
        return _kept(secret, lasting, about(seat, lasting))

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


def _kept(secret: str, lasting: Lasting, said: dict[str, object]) -> Response:
    """Return an answer with the cookie, which the browser keeps as long as the session lasts."""
    response = JSONResponse(said, headers=HEADERS)
    age_s = math.ceil(lasting.left_s)
    response.set_cookie(COOKIE, secret, age_s, path="/", secure=True, httponly=True, samesite="lax")
    return response


def _about(seat: Seat) -> dict[str, object]:
    return {
        "agent": seat.profile.id,
        "name": seat.profile.name,
        "tenant": seat.directory.tenant,
        "municipality": seat.directory.name,
        "roles": seat.profile.roles,
    }


def _lasting(seat: Seat, lasting: Lasting) -> dict[str, object]:
    """Return for how long yet, and what can be done about it."""
    again = None
    if lasting.provider is not None and not lasting.extendable:
        again = f"/api/sign-in/{seat.session.tenant}/{lasting.provider}"
    return {"left_s": lasting.left_s, "extendable": lasting.extendable, "again": again}
