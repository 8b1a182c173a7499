"""Files of the dialogue (`/api/files/…`) for those at the desk: who may send and who may save."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import Counter
from services.clock import Clock
from services.contracts import Refusal, Summary
from services.file_store import FileRefusedError, FileStoreClient, Offered, drained
from services.ids import NAMESPACE
from starlette.requests import ClientDisconnect

from agent_service.core.view import mine
from agent_service.guards import HEADERS, from_console, seat_by
from agent_service.records import Records
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings
from agent_service.streams import NotReadable, Streams

FILES = Counter("prek_desk_files_total", "Files passed on, by way and outcome.", ["way", "code"])
FILE_FETCHED: Final = "file_fetched"
_LARGEST_SEQ: Final = 2**31 - 1
"""After the last event there is: the answer holds the state alone."""


class Files:
    """Takes files from who has the conversation, gives them to whoever may read it."""

    def __init__(
        self, streams: Streams, records: Records, store: FileStoreClient, clock: Clock
    ) -> None:
        """Take what knows who may read, the audit, the way to the store, and the time."""
        self._streams = streams
        self._records = records
        self._store = store
        self._clock = clock

    async def put(
        self, request: Request, seat: Seat, conversation: UUID, file: UUID, name: str
    ) -> Response:
        """Pass a file of the owner on; return what the store says of it.

        Raises:
            FileRefusedError: not the owner's, or not taken.
            Transient: the ledger did not answer.
        """
        summary = await self._read(seat, conversation)
        if summary.owner != seat.session.agent:
            raise FileRefusedError(Refusal.NOT_ALLOWED, 403)
        sender = f"agent:{seat.session.agent}"
        offered = Offered(seat.session.tenant, conversation, file, sender, name)
        stored = await self._store.put(request, offered, seat.directory.files)
        FILES.labels("put", "stored").inc()
        return JSONResponse(stored.model_dump(mode="json"), headers=HEADERS)

    async def get(self, seat: Seat, conversation: UUID, file: UUID) -> Response:
        """Return a file that the dialogue shows, to be saved.

        That somebody whom the conversation does not concern opened it is in the audit before they
        are given a byte of it.

        Raises:
            FileRefusedError: not to be read, or not there.
            Denied: it could not be noted.
            Transient: the ledger did not answer.
        """
        summary = await self._read(seat, conversation)
        agent = seat.session.agent
        response = await self._store.get(seat.session.tenant, conversation, file)
        if not (summary.owner == agent or mine(summary, agent)):
            try:
                await self._note(seat, conversation, file)
            except Denied:
                if response.background is not None:
                    await response.background()  # closes what the store gave
                raise
        FILES.labels("get", "given").inc()
        return response

    async def _note(self, seat: Seat, conversation: UUID, file: UUID) -> None:
        """Note it once an hour, as the ledger does of words that are read."""
        person = (seat.session.tenant, seat.session.agent)
        note = note_id(person, file, self._clock())
        await self._records.note(person, note, FILE_FETCHED, {"file": str(file)}, conversation)

    async def _read(self, seat: Seat, conversation: UUID) -> Summary:
        """Return the state of a conversation that the agent may read."""
        person = (seat.session.tenant, seat.session.agent)
        try:
            read = await self._streams.range(person, (conversation, "dialogue"), _LARGEST_SEQ)
        except NotReadable:
            raise FileRefusedError(Refusal.NOT_FOUND, 404) from None
        return read.summary


def note_id(person: tuple[str, str], file: UUID, now: datetime) -> UUID:
    """Return under which id it is noted that somebody opened a file in this hour."""
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    return uuid5(NAMESPACE, f"audit file {person[0]} {person[1]} {file} {hour}")


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
