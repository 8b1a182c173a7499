"""`/v1`: what other systems of the municipality may ask, with a key. Described by its OpenAPI."""

import re
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from httpx import codes
from pydantic import AwareDatetime, BaseModel, BeforeValidator
from services.contracts import ArchiveClass, Refusal
from services.errors import Transient
from services.rate import NO_LIMIT, Buckets, Limit
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from agent_service.guards import HEADERS, as_json
from agent_service.outside.admin_api import PublicHook, made_hook
from agent_service.outside.documents import MadeWebhook, Refused, Webhooks, hook_document
from agent_service.outside.keys import Key, Keys, Scope
from agent_service.outside.reading import Reading
from agent_service.records import Format, Language
from agent_service.sessions import Denied
from agent_service.settings import Settings

TITLE: Final = "Prek med oss: for other systems"
VERSION: Final = "1"
_LIMIT: Final = Limit(burst=60, per_s=10)
"""Requests of a key."""
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_MOST: Final = 200
_MOST_DAYS: Final = 400


_DAY: Final = r"\d{4}-\d\d-\d\d"
_MOMENT: Final = _DAY + r"[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"


def _written_as(pattern: str) -> BeforeValidator:
    """Refuse what pydantic alone takes for a day or a moment: a number of seconds."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, str) and not form.fullmatch(value):
            raise ValueError("form")
        return value

    return BeforeValidator(check)


Day = Annotated[date, _written_as(_DAY)]
Moment = Annotated[AwareDatetime, _written_as(_MOMENT)]


class ClosedConversation(BaseModel):
    """A conversation that is over, without a word of it."""

    conversation: UUID
    reference: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime
    department: str
    topic: str | None
    language: str
    outcome: str | None
    archive: ArchiveClass | None
    rating: str | None
    written: bool


class ClosedConversations(BaseModel):
    """A page of them, the first to end first."""

    conversations: list[ClosedConversation]
    next: UUID | None
    """Give it as `after` for the next page. Null: there is none."""


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Refused} for status in (401, 403, 422, 429, 503, *statuses)}


def rest_app(keys: Keys, reading: Reading, settings: Settings) -> FastAPI:
    """Return the application that is mounted at `/v1`."""
    app = FastAPI(
        title=TITLE,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        description=(
            "What is closed and behind no wall, the figures, and webhooks. Every reading is in the "
            "municipality's audit, under the key that read. See docs/api.md."
        ),
        # What is asked under another spelling is not here, and not elsewhere.
        redirect_slashes=False,
    )
    _add_error_answers(app)
    limit = NO_LIMIT if settings.rate_profile == "load" else _LIMIT
    with_scope = _guard(keys, Buckets(limit))
    _add_archive(app, reading, with_scope("archive.read"))
    _add_statistics(app, reading, with_scope("statistics.read"))
    _add_webhooks(app, keys, settings, with_scope("webhooks.write"))
    return app


def _guard(keys: Keys, buckets: Buckets) -> Callable[[Scope], Any]:
    bearer = HTTPBearer(auto_error=False, description="A key, as an administrator made it.")

    def with_scope(scope: Scope) -> Any:
        async def key(
            shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
        ) -> Key:
            found = await keys.key_of(shown.credentials) if shown else None
            if found is None:
                raise Denied(Refusal.TOKEN_INVALID, 401)
            if wait_s := buckets.take(found.reader, time.monotonic()):
                raise Denied(Refusal.RATE_LIMITED, 429, wait_s)
            if scope not in found.scopes:
                raise Denied(Refusal.NOT_ALLOWED, 403)
            return found

        return Depends(key)

    return with_scope


def _add_archive(app: FastAPI, reading: Reading, allowed: Any) -> None:
    @app.get(
        "/conversations",
        response_model=ClosedConversations,
        responses=_refusals(404),
        tags=["archive"],
    )
    async def conversations(
        key: Annotated[Key, allowed],
        closed_since: Annotated[Moment | None, Query()] = None,
        closed_before: Annotated[Moment | None, Query()] = None,
        archive: Annotated[ArchiveClass | None, Query()] = None,
        after: Annotated[UUID | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    ) -> Response:
        """Return closed conversations, the first to end first, a page at a time."""
        asked = {
            "since": _within(closed_since),
            "until": _within(closed_before),
            "archive": archive,
            "after": str(after) if after else None,
            "limit": limit,
        }
        return as_json(await reading.closed(key, asked))

    @app.get(
        "/conversations/{conversation}",
        responses={
            200: {
                "content": {
                    "application/json": {},
                    "text/plain": {},
                    "text/html": {},
                    "application/pdf": {},
                }
            },
            **_refusals(404),
        },
        response_class=Response,
        tags=["archive"],
    )
    async def conversation(
        key: Annotated[Key, allowed],
        conversation: Annotated[UUID, Path()],
        format: Annotated[Format, Query()] = "json",  # noqa: A002 - the parameter's name
        language: Annotated[Language, Query()] = "nb",
    ) -> Response:
        """Return the dialogue of a closed conversation: `json` is exact, the others are to read."""
        kind, content = await reading.copy(key, conversation, format, language)
        return Response(content, 200, HEADERS, kind)


def _add_statistics(app: FastAPI, reading: Reading, allowed: Any) -> None:
    @app.get("/statistics", responses=_refusals(404), tags=["statistics"])
    async def statistics(
        key: Annotated[Key, allowed],
        first: Annotated[Day, Query(alias="from")],
        days: Annotated[int, Query(ge=1, le=_MOST_DAYS)] = 31,
        department: Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9_.\-]{0,63}$")] = None,
    ) -> dict[str, Any]:
        """Return how enquiries went that were opened on some days in a row, on Norway's clock."""
        begin = max(_FIRST.date(), min(first, _LAST.date()))
        return await reading.statistics(key, begin, begin + timedelta(days - 1), department)


def _add_webhooks(app: FastAPI, keys: Keys, settings: Settings, allowed: Any) -> None:
    @app.get("/webhooks", response_model=Webhooks, responses=_refusals(), tags=["webhooks"])
    async def hooks(key: Annotated[Key, allowed]) -> dict[str, Any]:
        """Return where milestones are told."""
        return {"webhooks": [hook_document(hook) for hook in await keys.hooks(key.tenant)]}

    @app.post(
        "/webhooks",
        status_code=201,
        response_model=MadeWebhook,
        responses=_refusals(409),
        tags=["webhooks"],
    )
    async def make(key: Annotated[Key, allowed], asked: PublicHook) -> dict[str, object]:
        """Have milestones told to an address. The secret that signs them is shown this once."""
        return await made_hook(keys, settings, key.tenant, asked, key.reader)

    @app.delete("/webhooks/{webhook}", status_code=204, responses=_refusals(404), tags=["webhooks"])
    async def end(key: Annotated[Key, allowed], webhook: Annotated[UUID, Path()]) -> None:
        """End a webhook; what is on its way to it is given up."""
        if not await keys.end_hook(key.tenant, webhook):
            raise Denied(Refusal.NOT_FOUND, 404)


def _within(moment: datetime | None) -> str | None:
    """Return a moment as the database can hold it, in UTC: nothing of ours ended elsewhen."""
    return None if moment is None else max(_FIRST, min(moment, _LAST)).astimezone(UTC).isoformat()


def _add_error_answers(app: FastAPI) -> None:
    """Answer every error with a code, and quote nothing of what was sent."""

    @app.exception_handler(Denied)
    async def denied(_: Request, error: Denied) -> Response:
        return _refused(error.code, error.status, error.retry_after_s)

    @app.exception_handler(Transient)
    async def away(_: Request, _error: Transient) -> Response:
        return _refused(Refusal.BUSY, 503, 5)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, _error: RequestValidationError) -> Response:
        return _refused(Refusal.FRAME_INVALID, 422)

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        # A body that is no text at all is as wrong as one that is no JSON.
        unreadable = error.status_code == codes.BAD_REQUEST
        status = int(codes.UNPROCESSABLE_ENTITY) if unreadable else error.status_code
        code = Refusal.NOT_FOUND if status == codes.NOT_FOUND else Refusal.FRAME_INVALID
        answer = _refused(code, status)
        if status == codes.METHOD_NOT_ALLOWED:
            # The framework names those of the first route that has the path.
            answer.headers["Allow"] = ", ".join(sorted(_methods(app, request)))
        return answer


def _methods(app: FastAPI, request: Request) -> set[str]:
    matching = (
        route.methods or ()
        for route in app.routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    )
    return {method for methods in matching for method in methods}


def _refused(code: str, status: int, wait_s: float | None = None) -> Response:
    headers = dict(HEADERS)
    if wait_s is not None:
        headers["Retry-After"] = str(int(wait_s) + 1)
    if status == codes.UNAUTHORIZED:  # RFC 9110, 15.5.2
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse({"code": code}, status, headers)
