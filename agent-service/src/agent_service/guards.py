"""Who may ask over HTTP, and what every answer carries."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Cookie, Header, Response
from services.contracts import Refusal

from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

COOKIE = "__Host-prek"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}


def as_json(content: bytes | str) -> Response:
    """Return an answer that is JSON already, as another of our services said it."""
    return Response(content, 200, HEADERS, "application/json")


def from_console(settings: Settings) -> Callable[..., None]:
    """Return what turns away what another site's page made a browser send."""

    def ours(
        x_prek: Annotated[str | None, Header()] = None,
        origin: Annotated[str | None, Header()] = None,
    ) -> None:
        if x_prek != "1" or (origin is not None and origin != settings.public_origin):
            raise Denied(Refusal.ORIGIN_NOT_ALLOWED, 403)

    return ours


def seat_by(sessions: Sessions) -> Callable[..., Awaitable[Seat]]:
    """Return what finds out who is signed in."""

    async def seat(secret: Annotated[str | None, Cookie(alias=COOKIE)] = None) -> Seat:
        return await sessions.seat(secret)

    return seat
