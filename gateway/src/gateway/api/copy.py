"""The citizen's own copy in writing (`/copy/…`), opened by the token that came with closing."""

import asyncio
from typing import Annotated, Final, Literal
from uuid import UUID

import httpx
import structlog
from fastapi import APIRouter, Header, Query, Response
from services.contracts import Refusal
from services.tokens import Signer, TokenError

from gateway.api.headers import headers
from gateway.api.refusing import refused
from gateway.limits import Limits
from gateway.settings import GatewaySettings

log = structlog.get_logger()

AUDIENCE: Final = "copy"
TOKEN_S: Final = 30 * 24 * 3600
_INTERNAL_AUDIENCE = "transcript"
_INTERNAL_S = 30
_TYPES = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
}
_FORGET: Final = "Prek-Forget"
_WISHES: Final = frozenset({"open", "held", "to_classify", "to_archive", "erasing"})
"""What may become of a wish to be forgotten; the page `/svar` says it in words."""

Format = Literal["txt", "json", "html", "pdf"]
Language = Literal["nb", "nn", "en"]


class Copies:
    """Makes the tokens and fetches the transcripts."""

    def __init__(
        self, settings: GatewaySettings, signer: Signer, client: httpx.AsyncClient, limits: Limits
    ) -> None:
        """Fetch over `client` from transcript-service."""
        self._url = settings.transcript_url.rstrip("/")
        self._signer = signer
        self._client = client
        self._limits = limits

    def token(self, tenant: str, conversation: UUID) -> str:
        """Return a read-only token for one conversation's copy."""
        claims = {"tenant": tenant, "conversation": str(conversation)}
        return self._signer.sign(AUDIENCE, claims, ttl_s=TOKEN_S)

    async def fetch(
        self, conversation: UUID, token: str, form: Format, language: Language, now: float
    ) -> Response:
        """Return the transcript as a download, or why not as `{"code": …}`."""
        try:
            claims = self._signer.verify(AUDIENCE, token)
        except TokenError:
            return refused(401, Refusal.TOKEN_INVALID)
        if claims.get("conversation") != str(conversation):
            return refused(401, Refusal.TOKEN_INVALID)
        if wait_s := self._limits.messages.take(f"copy {conversation}", now):
            return refused(429, Refusal.RATE_LIMITED, Retry_After=str(int(wait_s) + 1))
        inner = {
            "tenant": claims.get("tenant"),
            "conversation": str(conversation),
            "scope": "dialogue",
            "language": language,
        }
        try:
            answer = await self._client.get(
                f"{self._url}/internal/v1/conversations/{conversation}/transcript",
                params={"format": form, "language": language},
                headers={
                    "Authorization": "Bearer "
                    + self._signer.sign(_INTERNAL_AUDIENCE, inner, ttl_s=_INTERNAL_S)
                },
            )
        except httpx.HTTPError as error:
            log.warning("transcript_unavailable", error=type(error).__name__)
            return refused(503, Refusal.BUSY, Retry_After="2")
        return _passed_on(answer, conversation, form)


def _passed_on(answer: httpx.Response, conversation: UUID, form: Format) -> Response:
    if answer.status_code == httpx.codes.NOT_FOUND:
        return refused(404, Refusal.NOT_FOUND)
    if answer.status_code != httpx.codes.OK:
        log.warning("transcript_unavailable", status=answer.status_code)
        return refused(503, Refusal.BUSY, Retry_After="2")
    name = f"prek-med-oss-{conversation}.{form}"
    forget = answer.headers.get(_FORGET, "")
    wish = {_FORGET: forget} if forget in _WISHES else {}
    # Only a file: opened here, a page of a citizen's words would run under our own origin.
    download = headers(
        {"sandbox": ""},
        Cache_Control="no-store",
        Content_Disposition=f'attachment; filename="{name}"',
    )
    return Response(answer.content, media_type=_TYPES[form], headers={**download, **wish})


def copy_routes(copies: Copies) -> APIRouter:
    """Return the route of the copy."""
    routes = APIRouter()

    @routes.get(
        "/copy/{conversation}",
        summary="Download a closed conversation",
        responses={
            401: {"description": "The copy token is missing, forged, too old or another's."},
            404: {"description": "There is no such conversation any more."},
            429: {"description": "Too many downloads; see `Retry-After`."},
            503: {"description": "The archive is away; see `Retry-After`."},
        },
    )
    async def download(
        conversation: UUID,
        authorization: Annotated[str, Header()] = "",
        form: Annotated[Format, Query(alias="format")] = "txt",
        language: Language = "nb",
    ) -> Response:
        """Send the copy token (`status.token` of the socket) as `Authorization: Bearer`.

        `Prek-Forget` in the answer: what becomes of the citizen's wish to be forgotten.
        """
        token = authorization.removeprefix("Bearer ")
        now = asyncio.get_running_loop().time()
        return await copies.fetch(conversation, token, form, language, now)

    return routes
