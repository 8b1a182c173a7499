"""Sign-in, tickets, transcripts and the console's files over HTTP."""

import time
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import httpx
from fastapi import Cookie, Depends, FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from services.contracts import Refusal
from services.errors import Transient
from services.rate import Buckets, Limit
from services.tokens import Signer
from starlette.staticfiles import StaticFiles

from agent_service import passwords
from agent_service.desk import Desk
from agent_service.settings import STATIC, Settings
from agent_service.store import Session
from agent_service.streams import NotReadable

COOKIE = "__Host-prek"
INTERNAL_TOKEN_S = 30
SIGN_INS = Limit(burst=10, per_s=0.2)
"""Tries per address and name."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}


class SignIn(BaseModel):
    """Name and password of a local account."""

    name: str = Field(max_length=64)
    password: str = Field(max_length=256)
    tenant: str | None = Field(default=None, max_length=64)


class Denied(Exception):
    """A request that is turned away, with a code and a status."""

    def __init__(self, code: str, status: int) -> None:
        """Take what the answer says."""
        super().__init__(code)
        self.code, self.status = code, status


class ConsoleFiles(StaticFiles):
    """The console under a strict content policy."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Add the policy."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers.update({**_HEADERS, "Cache-Control": "no-cache"})
        return response


def add_routes(  # noqa: C901, PLR0915 - one short closure per route
    app: FastAPI, *, desk: Desk, settings: Settings, signer: Signer, http: httpx.AsyncClient
) -> None:
    """Add every HTTP route."""
    tries = Buckets(SIGN_INS)

    @app.exception_handler(Denied)
    async def denied(_: Request, error: Denied) -> Response:
        return JSONResponse({"code": error.code}, error.status, _HEADERS)

    @app.exception_handler(Transient)
    async def away(_: Request, _error: Transient) -> Response:
        return JSONResponse({"code": Refusal.BUSY}, 503, _HEADERS)

    def ours(
        x_prek: Annotated[str | None, Header()] = None,
        origin: Annotated[str | None, Header()] = None,
    ) -> None:
        if x_prek != "1" or (origin is not None and origin != settings.public_origin):
            raise Denied(Refusal.ORIGIN_NOT_ALLOWED, 403)

    async def signed_in(
        secret: Annotated[str | None, Cookie(alias=COOKIE)] = None,
    ) -> tuple[Session, str]:
        session = await desk.store.session(secret) if secret else None
        if session is None or secret is None:
            raise Denied(Refusal.TOKEN_INVALID, 401)
        return session, secret

    signed = Annotated[tuple[Session, str], Depends(signed_in)]

    def about(session: Session) -> dict[str, object]:
        directory = desk.directories.get(session.tenant)
        profile = directory.agent(session.agent) if directory else None
        if directory is None or profile is None:
            raise Denied(Refusal.BUSY if directory is None else Refusal.TOKEN_INVALID, 503)
        return {
            "agent": session.agent,
            "name": profile.name,
            "tenant": session.tenant,
            "municipality": directory.name,
            "roles": profile.roles,
        }

    @app.post("/api/session", dependencies=[Depends(ours)])
    async def sign_in(asked: SignIn, request: Request) -> Response:
        """Sign in with a local account; the cookie is the session."""
        tenant = asked.tenant or next(iter(desk.directories), "")
        address = request.headers.get("x-forwarded-for") or (
            request.client.host if request.client else ""
        )
        if wait_s := tries.take(f"{address} {tenant} {asked.name}", time.monotonic()):
            return JSONResponse(
                {"code": Refusal.RATE_LIMITED}, 429, {"Retry-After": str(int(wait_s) + 1)}
            )
        known = await desk.store.password_hash(tenant, asked.name)
        if not await passwords.check(known, asked.password):
            raise Denied("sign_in_failed", 401)
        secret = await desk.store.open_session(tenant, asked.name, settings.session_hours)
        session = await desk.store.session(secret)
        if session is None:
            raise Denied("sign_in_failed", 401)
        response = JSONResponse(about(session), headers=_HEADERS)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(settings.session_hours * 3600),
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
        )
        return response

    @app.get("/api/session")
    async def who(signed: signed) -> Response:
        """Say who is signed in."""
        return JSONResponse(about(signed[0]), headers=_HEADERS)

    @app.delete("/api/session", dependencies=[Depends(ours)])
    async def sign_out(signed: signed) -> Response:
        """Sign out: the session's sockets close at once."""
        session, secret = signed
        await desk.store.end_session(secret)
        desk.close(4001, session.key)
        await desk.people.sign_out((session.tenant, session.agent), [session.key])
        response = Response(status_code=204, headers=_HEADERS)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response

    @app.post("/api/ticket", dependencies=[Depends(ours)])
    async def ticket(signed: signed) -> Response:
        """Return a one-time ticket for the socket, good for 30 s."""
        return JSONResponse({"ticket": await desk.store.make_ticket(signed[1])}, headers=_HEADERS)

    @app.get("/api/conversations/{conversation}/transcript")
    async def transcript(
        conversation: UUID,
        signed: signed,
        format: Literal["txt", "json", "html"] = "txt",  # noqa: A002 - the parameter's name
        language: Literal["nb", "nn", "en"] = "nb",
    ) -> Response:
        """The dialogue, for whoever the ledger lets read it."""
        session, _ = signed
        key = (conversation, "dialogue")
        try:
            await desk.streams.range(session.tenant, session.agent, key, 0)
        except NotReadable:
            raise Denied(Refusal.NOT_FOUND, 404) from None
        claims = {
            "tenant": session.tenant,
            "conversation": str(conversation),
            "scope": "dialogue",
        }
        token = signer.sign("transcript", claims, ttl_s=INTERNAL_TOKEN_S)
        try:
            answer = await http.get(
                f"{settings.transcript_url}/internal/v1/conversations/{conversation}/transcript",
                params={"format": format, "language": language},
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError:
            raise Denied(Refusal.BUSY, 503) from None
        kind = answer.headers.get("content-type", "application/octet-stream")
        disposition = {"Content-Disposition": f'attachment; filename="samtale.{format}"'}
        return Response(answer.content, answer.status_code, {**_HEADERS, **disposition}, kind)

    folder: Path = STATIC / "console"
    app.mount("/", ConsoleFiles(directory=folder, html=True, check_dir=False))
