"""Files of the dialogue (`/api/files/…`) for those at the desk: who may send and who may save."""

from typing import Annotated, Final
from uuid import UUID

import httpx
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import Counter
from services.contracts import Refusal
from services.file_store import FileRefusedError, FileStoreClient, Offered, drained
from services.tokens import Signer
from starlette.requests import ClientDisconnect

from agent_service.guards import HEADERS, from_console, seat_by
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings
from agent_service.streams import NotReadable, Streams

FILES = Counter("prek_desk_files_total", "Files passed on, by way and outcome.", ["way", "code"])
_LARGEST_SEQ: Final = 2**31 - 1
"""After the last event there is: the answer holds the state alone."""


class Files:
    """Takes files from who has the conversation, gives them to whoever may read it."""

    def __init__(
        self, streams: Streams, signer: Signer, client: httpx.AsyncClient, url: str
    ) -> None:
        """Reach the transcript-service at `url`; `client` is for files alone."""
        self._streams = streams
        self._store = FileStoreClient(client, signer, url)

    async def put(
        self, request: Request, seat: Seat, conversation: UUID, file: UUID, name: str
    ) -> Response:
        """Pass a file of the owner on; return what the store says of it.

        Raises:
            FileRefusedError: not the owner's, or not taken.
            Transient: the ledger did not answer.
        """
        owner = await self._owner(seat, conversation)
        if owner != seat.session.agent:
            raise FileRefusedError(Refusal.NOT_ALLOWED, 403)
        sender = f"agent:{seat.session.agent}"
        offered = Offered(seat.session.tenant, conversation, file, sender, name)
        stored = await self._store.put(request, offered, seat.directory.files)
        FILES.labels("put", "stored").inc()
        return JSONResponse(stored.model_dump(mode="json"), headers=HEADERS)

    async def get(self, seat: Seat, conversation: UUID, file: UUID) -> Response:
        """Return a file that the dialogue shows, to be saved.

        Raises:
            FileRefusedError: not to be read, or not there.
            Transient: the ledger did not answer.
        """
        await self._owner(seat, conversation)
        response = await self._store.get(seat.session.tenant, conversation, file)
        FILES.labels("get", "given").inc()
        return response

    async def _owner(self, seat: Seat, conversation: UUID) -> str | None:
        """Return who has a conversation that the agent may read."""
        person = (seat.session.tenant, seat.session.agent)
        try:
            read = await self._streams.range(person, (conversation, "dialogue"), _LARGEST_SEQ)
        except NotReadable:
            raise FileRefusedError(Refusal.NOT_FOUND, 404) from None
        return read.summary.owner


def file_routes(sessions: Sessions, files: Files, settings: Settings) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]
    ours = Depends(from_console(settings))

    @router.put("/files/{conversation}/{file}", dependencies=[ours])
    async def put(
        request: Request,
        conversation: UUID,
        file: UUID,
        seat: signed_in,
        prek_file_name: Annotated[str, Header()] = "",
    ) -> Response:
        """Put a file into the store under an id of your own, to be shown by `send_file`."""
        try:
            return await files.put(request, seat, conversation, file, prek_file_name)
        except FileRefusedError as refused:
            await drained(request)
            raise _denied("put", refused) from None
        except ClientDisconnect:
            FILES.labels("put", "left").inc()
            return Response(status_code=400)  # to nobody

    @router.get("/files/{conversation}/{file}")
    async def get(conversation: UUID, file: UUID, seat: signed_in) -> Response:
        """Save a file that the dialogue shows."""
        try:
            return await files.get(seat, conversation, file)
        except FileRefusedError as refused:
            raise _denied("get", refused) from None

    return router


def _denied(way: str, refused: FileRefusedError) -> Denied:
    FILES.labels(way, str(refused.code)).inc()
    return Denied(refused.code, refused.status, refused.retry_after_s)
