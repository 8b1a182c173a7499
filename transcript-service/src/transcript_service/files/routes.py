"""Internal HTTP of files: put one in, get one out, for our own services with a token of a minute.

Nobody's browser comes here. What is given out is told to be saved and never to be run, whoever
passes it on.
"""

import time
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import structlog
from fastapi import FastAPI, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from services.contracts import Refusal, StoredFile
from services.errors import Transient
from services.tokens import Signer, TokenError
from starlette.requests import ClientDisconnect

from transcript_service.files.intake import Intake, Offered
from transcript_service.files.measures import TAKEN, TAKING_S
from transcript_service.files.names import disposition, from_header
from transcript_service.files.refused import RefusedFile
from transcript_service.files.store import FileStore, Missing
from transcript_service.files.table import FileTable
from transcript_service.reads import Reads

log = structlog.get_logger()

AUDIENCE: Final = "transcript"
PUT_SCOPE, GET_SCOPE = "file.put", "file.get"
RETRY_AFTER_S: Final = "2"

_STATUS: Final = {
    Refusal.TOKEN_INVALID: 401,
    Refusal.FILES_OFF: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.CLOSED: 409,
    Refusal.FILES_TOO_MANY: 409,
    Refusal.ID_REUSED: 409,
    Refusal.FILE_TOO_LARGE: 413,
    Refusal.FILE_TYPE: 415,
    Refusal.FILE_EMPTY: 422,
    Refusal.FILE_BROKEN: 422,
    Refusal.FILE_INFECTED: 422,
    Refusal.BUSY: 503,
}


@dataclass(frozen=True, slots=True)
class Files:
    """What the routes work with."""

    intake: Intake
    table: FileTable
    store: FileStore


def add_file_routes(app: FastAPI, files: Files | None, reads: Reads, signer: Signer) -> None:
    """Add the routes. Without a store no file is taken, and the sender is told so."""

    @app.put("/internal/v1/conversations/{conversation}/files/{file}")
    async def put(
        conversation: UUID,
        file: UUID,
        request: Request,
        authorization: Annotated[str, Header()] = "",
        prek_file_name: Annotated[str, Header()] = "",
        prek_file_masked: Annotated[int, Header(ge=0)] = 0,
    ) -> Response:
        """Take a file of the sender whom the token names."""
        claims = _claims(signer, authorization, conversation, PUT_SCOPE)
        if isinstance(claims, Refusal):
            return _refuse(claims)
        if files is None:
            return _refuse(Refusal.FILES_OFF)
        offered = Offered(
            tenant=str(claims.get("tenant")),
            conversation=conversation,
            file=file,
            sender=str(claims.get("sender")),
            name=from_header(prek_file_name),
            masked=prek_file_masked,
        )
        return await _take(files, reads, offered, request)

    @app.get("/internal/v1/conversations/{conversation}/files/{file}")
    async def get(
        conversation: UUID, file: UUID, authorization: Annotated[str, Header()] = ""
    ) -> Response:
        """Give a file out whose event is committed."""
        claims = _claims(signer, authorization, conversation, GET_SCOPE)
        if isinstance(claims, Refusal):
            return _refuse(claims)
        if files is None:
            return _refuse(Refusal.NOT_FOUND)
        return await _give(files, str(claims.get("tenant")), conversation, file)


def _claims(
    signer: Signer, authorization: str, conversation: UUID, scope: str
) -> dict[str, Any] | Refusal:
    """Return what the token says, or why it opens nothing here."""
    try:
        claims = signer.verify(AUDIENCE, authorization.removeprefix("Bearer "))
    except TokenError:
        return Refusal.TOKEN_INVALID
    if claims.get("conversation") != str(conversation) or claims.get("scope") != scope:
        return Refusal.NOT_FOUND
    return claims


async def _take(files: Files, reads: Reads, offered: Offered, request: Request) -> Response:
    began = time.monotonic()
    try:
        directory = await reads.directory(offered.tenant)
        if directory is None:
            return _refuse(Refusal.NOT_FOUND)
        stored = await files.intake.take(offered, directory.files, request.stream())
    except RefusedFile as refused:
        return _refuse(refused.code)
    except Transient as error:
        log.warning("file_not_taken", away=str(error))
        return _refuse(Refusal.BUSY)
    except ClientDisconnect:
        TAKEN.labels("left").inc()
        return Response(status_code=400)  # to nobody
    TAKEN.labels("stored").inc()
    TAKING_S.labels(stored.media_type).observe(time.monotonic() - began)
    return Response(stored.model_dump_json(), media_type="application/json")


async def _give(files: Files, tenant: str, conversation: UUID, file: UUID) -> Response:
    try:
        shown = await files.table.shown(tenant, conversation, file)
        if shown is None:
            return _refuse(Refusal.NOT_FOUND)
        pieces = await files.store.open(shown.place)
    except Missing:
        # Erased between the two, or the folder is not the one that replicas share.
        log.warning("file_missing", file=str(file))
        return _refuse(Refusal.NOT_FOUND)
    except Transient as error:
        log.warning("file_not_given", away=str(error))
        return _refuse(Refusal.BUSY)
    return StreamingResponse(pieces, headers=_headers(shown.file))


def _headers(file: StoredFile) -> dict[str, str]:
    return {
        "Content-Type": file.media_type,
        "Content-Length": str(file.size),
        "Content-Disposition": disposition(file.name),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store",
    }


def _refuse(code: Refusal) -> Response:
    TAKEN.labels(code.value).inc()
    headers = {"Retry-After": RETRY_AFTER_S} if code is Refusal.BUSY else None
    return JSONResponse({"code": code}, _STATUS[code], headers)
