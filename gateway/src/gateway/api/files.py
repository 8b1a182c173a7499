"""Files of the dialogue (`/api/files/…`): who may send and who may save them."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from services.addresses import address_of
from services.contracts import FileRules, Refusal, Refused, StoredFile
from services.errors import ServiceError
from services.file_store import FileRefusedError, FileStoreClient, Offered, drained
from services.tokens import Signer, TokenError
from starlette.requests import ClientDisconnect

from gateway.api.copy import AUDIENCE as COPY
from gateway.api.headers import headers
from gateway.api.refusing import refused
from gateway.directories import Directories
from gateway.limits import Limits
from gateway.metrics import FILES, MASKED
from gateway.settings import GatewaySettings
from gateway.ws.greeting import AUDIENCE as CITIZEN
from gateway.ws.ledger import Ledger

_LARGEST_SEQ: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Claims:
    tenant: str
    citizen: str
    """Empty for a copy token, which speaks for nobody."""
    only: str | None
    """The one conversation the token opens, or None: all of this citizen."""


class Files:
    """Takes files from citizens, and gives them what the dialogue shows."""

    def __init__(
        self,
        settings: GatewaySettings,
        *,
        signer: Signer,
        ledger: Ledger,
        directories: Directories,
        client: httpx.AsyncClient,
        limits: Limits,
    ) -> None:
        """Use these parts; `client` reaches transcript-service, for files alone."""
        self._settings = settings
        self._store = FileStoreClient(client, signer, settings.transcript_url)
        self._signer = signer
        self._ledger = ledger
        self._directories = directories
        self._limits = limits

    async def put(
        self, request: Request, conversation: UUID, file: UUID, token: str, name: str
    ) -> Response:
        """Pass a file on to the store; return what it says of it, or why not."""
        try:
            claims, rules = self._allowed(request, self._claims(token), conversation)
            offered = Offered(claims.tenant, conversation, file, claims.citizen, name)
            stored = await self._store.put(request, offered, rules)
        except FileRefusedError as why:
            await drained(request)
            return _refused("put", why)
        except ClientDisconnect:
            FILES.labels("put", "left").inc()
            return Response(status_code=400)  # to nobody
        FILES.labels("put", "stored").inc()
        MASKED.inc(stored.masked)
        return JSONResponse(
            stored.model_dump(mode="json"), headers=headers(None, Cache_Control="no-store")
        )

    async def get(self, conversation: UUID, file: UUID, token: str) -> Response:
        """Return a file that the dialogue shows, to be saved, or why not."""
        try:
            claims = self._claims(token)
            if claims is None:
                raise FileRefusedError(Refusal.TOKEN_INVALID, 401)
            now = asyncio.get_running_loop().time()
            if wait_s := self._limits.downloads.take(f"{claims.tenant} {conversation}", now):
                raise FileRefusedError(Refusal.RATE_LIMITED, 429, wait_s)
            if not await self._may_read(claims, conversation):
                raise FileRefusedError(Refusal.NOT_FOUND, 404)
            response = await self._store.get(claims.tenant, conversation, file)
        except FileRefusedError as why:
            return _refused("get", why)
        except ServiceError:
            return _refused("get", FileRefusedError(Refusal.BUSY, 503, 2))
        FILES.labels("get", "given").inc()
        return response

    def _allowed(
        self, request: Request, claims: _Claims | None, conversation: UUID
    ) -> tuple[_Claims, FileRules]:
        """Return whose file it is and what the tenant takes.

        Raises:
            FileRefusedError: the token is no citizen's, or of another conversation; too many.
        """
        if claims is None or not claims.citizen:
            raise FileRefusedError(Refusal.TOKEN_INVALID, 401)
        if claims.only not in {None, str(conversation)}:
            raise FileRefusedError(Refusal.NOT_FOUND, 404)
        if wait_s := self._too_often(request, claims):
            raise FileRefusedError(Refusal.RATE_LIMITED, 429, wait_s)
        directory = self._directories.known(claims.tenant)
        if directory is None:
            raise FileRefusedError(Refusal.BUSY, 503, 2)
        return claims, directory.files

    async def _may_read(self, claims: _Claims, conversation: UUID) -> bool:
        if claims.only not in {None, str(conversation)}:
            return False
        if not claims.citizen:
            return True
        answer = await self._ledger.range(claims.tenant, claims.citizen, conversation, _LARGEST_SEQ)
        return not isinstance(answer, Refused)

    def _claims(self, token: str) -> _Claims | None:
        """Return what a tab's token or a copy's says, or None when it is neither."""
        for audience in (CITIZEN, COPY):
            try:
                claims = self._signer.verify(audience, token)
            except TokenError:
                continue
            citizen = str(claims.get("citizen", "")) if audience == CITIZEN else ""
            only = claims.get("conversation")
            return _Claims(str(claims.get("tenant")), citizen, str(only) if only else None)
        return None

    def _too_often(self, request: Request, claims: _Claims) -> float:
        now = asyncio.get_running_loop().time()
        address = address_of(request, self._settings.proxies)
        return self._limits.uploads.take(
            f"{claims.tenant} {claims.citizen}", now
        ) or self._limits.addresses.take(address, now)


def _refused(way: str, why: FileRefusedError) -> JSONResponse:
    FILES.labels(way, str(why.code)).inc()
    wait_s = why.retry_after_s
    wait = {} if wait_s is None else {"Retry_After": str(int(wait_s) + 1)}
    return refused(why.status, why.code, **wait)


def file_routes(files: Files) -> APIRouter:
    """Return the routes of the files."""
    routes = APIRouter()
    always: dict[int | str, dict[str, Any]] = {
        401: {"description": "The token is missing, forged or too old."},
        404: {"description": "There is no such conversation or file for this token."},
        429: {"description": "Too many; see `Retry-After`."},
        503: {"description": "The store is away; see `Retry-After`."},
    }

    @routes.put(
        "/api/files/{conversation}/{file}",
        summary="Put a file into the store, to be shown by `send_file`",
        response_model=StoredFile,
        responses={
            **always,
            403: {"description": "`files_off`: this municipality takes no files."},
            409: {"description": "`files_too_many`, `closed` or `id_reused`."},
            413: {"description": "`file_too_large`."},
            415: {"description": "`file_type_not_allowed`, by the content."},
            422: {"description": "`file_empty`, `file_broken` or `file_infected`."},
        },
    )
    async def put(
        request: Request,
        conversation: UUID,
        file: UUID,
        authorization: Annotated[str, Header()] = "",
        prek_file_name: Annotated[str, Header()] = "",
    ) -> Response:
        """Send the bytes as the body, under an id of your own: sent again it is the same file.

        `Authorization: Bearer` takes the token of `welcome`, `Prek-File-Name` the name in
        percent-encoded UTF-8.
        """
        token = authorization.removeprefix("Bearer ")
        return await files.put(request, conversation, file, token, prek_file_name)

    @routes.get(
        "/api/files/{conversation}/{file}",
        summary="Save a file that the dialogue shows",
        responses={**always, 200: {"description": "The file, as it lies in the store."}},
    )
    async def get(
        conversation: UUID, file: UUID, authorization: Annotated[str, Header()] = ""
    ) -> Response:
        """Send the token of `welcome`, or the copy token of `status`, as `Authorization`."""
        return await files.get(conversation, file, authorization.removeprefix("Bearer "))

    return routes
