"""Internal HTTP of access requests, for archivists: a trial, and the package."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import IO, Any, Final

from fastapi import FastAPI, Response
from fastapi import Request as Asked
from fastapi.responses import StreamingResponse
from services.contracts import Refusal
from services.database import Connection, Database
from services.ids import new_id
from services.tokens import Signer

from transcript_service.audit.table import Note, note_on
from transcript_service.callers import TOO_MUCH, Caller, Callers, NotAnswered
from transcript_service.retention.access.choosing import MOST, Request, choose
from transcript_service.retention.access.contents import Contents, Given
from transcript_service.retention.access.package import Packer
from transcript_service.retention.asking import SCOPE, Authorization, body_of, check_archivist
from transcript_service.retention.cases import now

MOST_FILE_BYTES: Final = 50 * 1024 * 1024
"""Of all files in a package over HTTP; for more there is `python -m transcript_service innsyn`."""
_PIECE: Final = 256 * 1024
TRIED: Final = "access_previewed"
GIVEN: Final = "access_given"


class Desk:
    """Where archivists ask for packages."""

    def __init__(
        self, database: Database, signer: Signer, contents: Contents, packer: Packer
    ) -> None:
        """Take the parts."""
        self.database = database
        self._signer = signer
        self._contents = contents
        self._packer = packer
        self._turn = asyncio.Semaphore(1)

    async def given(
        self, connection: Connection, caller: Caller, request: Request, action: str
    ) -> tuple[list[Given], tuple[str, ...]]:
        """Return what a package holds, and what was not found. It is in the audit before that."""
        chosen = await choose(connection, caller, self._signer, request)
        if action == TRIED or not chosen.not_found:
            about = request.model_dump(include={"reason", "notes", "files", "language"})
            for one in chosen.conversations:
                note = Note(
                    caller.tenant,
                    new_id(),
                    caller.agent,
                    action,
                    one.summary.conversation,
                    about,
                )
                await note_on(connection, note)
        found = await self._contents.of(connection, caller, request, chosen.conversations)
        return found, chosen.not_found

    async def package(self, caller: Caller, request: Request, most_bytes: int | None) -> IO[bytes]:
        """Return the package; the caller closes it.

        Raises:
            NotAnswered: something that was named is not there, or there is nothing; too much.
            Transient: it takes too long, or something is away.
        """
        async with self.database.connection() as connection:
            found, missing = await self.given(connection, caller, request, GIVEN)
            at = await now(connection)
        if missing or not found:
            raise NotAnswered(Refusal.NOT_FOUND)
        if most_bytes is not None and _bytes(found) > most_bytes:
            raise NotAnswered(TOO_MUCH)
        async with self._turn:
            return await self._packer.pack(caller, request, found, at)


def add_access_routes(app: FastAPI, desk: Desk, callers: Callers) -> None:
    """Add the routes."""

    @app.post("/internal/v1/retention/access/preview")
    async def preview(request: Asked, authorization: Authorization = "") -> Response:
        """What a package would hold, what is masked, and what a person must read."""

        async def ask(caller: Caller) -> dict[str, Any]:
            wanted = await _wanted(caller, request)
            async with desk.database.connection() as connection:
                found, missing = await desk.given(connection, caller, wanted, TRIED)
            return {
                "conversations": [given.told() for given in found],
                "not_found": list(missing),
            }

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/retention/access")
    async def give(request: Asked, authorization: Authorization = "") -> Response:
        """The package, as a zip."""

        async def ask(caller: Caller) -> Response:
            wanted = await _wanted(caller, request)
            package = await desk.package(caller, wanted, MOST_FILE_BYTES)
            return StreamingResponse(_pieces(package), media_type="application/zip")

        return await callers.answer(authorization, SCOPE, ask)


async def _wanted(caller: Caller, request: Asked) -> Request:
    check_archivist(caller)
    wanted = await body_of(request, Request)
    named = len(wanted.conversations) + len(wanted.receipts) + len(wanted.links)
    if not 1 <= named <= MOST:
        raise NotAnswered(Refusal.FRAME_INVALID)
    return wanted


def _bytes(found: Sequence[Given]) -> int:
    files = (sent for given in found for sent in given.files if sent.included)
    return sum(sent.shown.file.size for sent in files)


async def _pieces(package: IO[bytes]) -> AsyncIterator[bytes]:
    with package:
        while piece := await asyncio.to_thread(package.read, _PIECE):
            yield piece
