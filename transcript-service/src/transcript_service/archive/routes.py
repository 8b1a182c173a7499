"""Internal HTTP of the archive, for archivists: what is where, and what is to be done about it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import FastAPI, Query, Request, Response
from pydantic import Field
from services.contracts import Contract, Refusal
from services.database import Connection, Database
from services.ids import new_id

from transcript_service.archive import listing, table
from transcript_service.archive.listing import Asked, NoSuchPage, Shown
from transcript_service.archive.making import CannotMake, Maker
from transcript_service.archive.receipts import Receipt
from transcript_service.archive.table import Order
from transcript_service.audit.table import Note, note_on
from transcript_service.callers import NOT_FAILED, NOT_WAITING, Caller, Callers, NotAnswered
from transcript_service.retention.asking import Authorization, body_of, check_archivist
from transcript_service.retention.readable import readable, walls

SCOPE: Final = "archive"
"""Of the token."""
MOST: Final = 200
LISTED: Final = "archive_listed"
OPENED: Final = "archive_opened"
RETRIED: Final = "archive_retried"
CONFIRMED: Final = "archive_confirmed"
DOWNLOADED: Final = "archive_downloaded"

_NUMBER: Final = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
Number = Annotated[str, Field(min_length=1, max_length=100, pattern=_NUMBER)]

_UPTO: Final = (
    "SELECT c.archive, c.last_seq::text AS upto, x.conversation, x.version, x.archive AS handed,"
    " x.state, x.upto::text AS handed_upto FROM ledger.conversation AS c"
    " LEFT JOIN ledger.export AS x ON x.tenant = c.tenant AND x.conversation = c.id"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.archive IN ('archive', 'journal')"
    " AND c.state = 'closed' AND c.removed_at IS NULL ORDER BY x.version DESC NULLS LAST LIMIT 1"
)


class ByHand(Contract):
    """By which numbers the archive has it."""

    case_number: Number | None = None
    record_number: Number


def add_archive_routes(app: FastAPI, database: Database, maker: Maker, callers: Callers) -> None:
    """Add the routes. What an archivist asks for is in the audit before it is answered."""

    @app.get("/internal/v1/archive/exports")
    async def listed(
        state: Shown,
        authorization: Authorization = "",
        department: str | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Response:
        """A page of enquiries by their state before the archive."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            asked = Asked(state, department, after, limit)
            about = {"state": state} | ({"department": department} if department else {})
            async with database.connection() as connection:
                await note_on(connection, _note(caller, LISTED, None, about))
                try:
                    found = await listing.page(connection, caller.tenant, walls(caller), asked)
                except NoSuchPage:
                    raise NotAnswered(Refusal.NOT_FOUND) from None
            return {"way": caller.directory.archive.way, **found}

        return await callers.answer(authorization, SCOPE, ask)

    @app.get("/internal/v1/archive/exports/{conversation}")
    async def opened(conversation: UUID, authorization: Authorization = "") -> Response:
        """What became of one enquiry, each time it was handed over."""

        async def ask(caller: Caller) -> dict[str, Any]:
            async with database.connection() as connection:
                found = await _one(connection, caller, conversation)
                await note_on(connection, _note(caller, OPENED, conversation))
                told = await listing.versions(connection, caller.tenant, conversation)
            return {"export": found, "versions": told}

        return await callers.answer(authorization, SCOPE, ask)

    _add_doing(app, database, callers)
    _add_package(app, database, maker, callers)


def _add_doing(app: FastAPI, database: Database, callers: Callers) -> None:
    @app.post("/internal/v1/archive/exports/{conversation}/retry")
    async def retry(conversation: UUID, authorization: Authorization = "") -> Response:
        """Have one that failed made and sent anew."""

        async def ask(caller: Caller) -> dict[str, Any]:
            async with database.connection() as connection:
                await _one(connection, caller, conversation)
                async with connection.transaction():
                    await note_on(connection, _note(caller, RETRIED, conversation))
                    if not await table.ask_again(connection, caller.tenant, conversation):
                        raise NotAnswered(NOT_FAILED)
                return {"export": await _one(connection, caller, conversation)}

        return await callers.answer(authorization, SCOPE, ask)

    @app.post("/internal/v1/archive/exports/{conversation}/receipt")
    async def by_hand(
        conversation: UUID, request: Request, authorization: Authorization = ""
    ) -> Response:
        """Say that it is in the archive: somebody put it there, or knows that it arrived."""

        async def ask(caller: Caller) -> dict[str, Any]:
            check_archivist(caller)
            said = await body_of(request, ByHand)
            receipt = Receipt(said.case_number, said.record_number)
            async with database.connection() as connection:
                await _one(connection, caller, conversation)
                async with connection.transaction():
                    about = {"record_number": said.record_number}
                    await note_on(connection, _note(caller, CONFIRMED, conversation, about))
                    noted = await table.note_by_hand(
                        connection, caller.tenant, conversation, receipt, caller.agent
                    )
                    if not noted:
                        raise NotAnswered(NOT_WAITING)
                return {"export": await _one(connection, caller, conversation)}

        return await callers.answer(authorization, SCOPE, ask)


def _add_package(app: FastAPI, database: Database, maker: Maker, callers: Callers) -> None:
    @app.get("/internal/v1/archive/exports/{conversation}/package")
    async def package(conversation: UUID, authorization: Authorization = "") -> Response:
        """The package as it was handed over, or as it would be."""

        async def ask(caller: Caller) -> Response:
            async with database.connection() as connection:
                await _one(connection, caller, conversation)
                order = await order_for(connection, caller.tenant, conversation)
                if order is None:
                    raise NotAnswered(Refusal.NOT_FOUND)
                about = {"version": order.version}
                await note_on(connection, _note(caller, DOWNLOADED, conversation, about))
            try:
                made = await maker.make(order, caller.directory)
            except CannotMake:
                raise NotAnswered(Refusal.NOT_FOUND) from None
            disposition = f'attachment; filename="{order.key}.zip"'
            return Response(
                made.zipped,
                media_type="application/zip",
                headers={"Content-Disposition": disposition},
            )

        return await callers.answer(authorization, SCOPE, ask)


async def order_for(connection: Connection, tenant: str, conversation: UUID) -> Order | None:
    """Return what a package is made by: the newest export, or the enquiry as it is now; or None."""
    row = await connection.fetchrow(_UPTO, tenant, conversation)
    if row is None:
        return None
    handed = {"archive": row["handed"], "upto": row["handed_upto"]}
    now = {"archive": row["archive"], "upto": row["upto"], "version": 1}
    is_new = row["version"] is None
    about = {**row, **(now if is_new else handed), "conversation": conversation}
    return table.order_of(tenant, {**about, "sha256": None, "answer_at": None, "attempts": 0})


async def _one(connection: Connection, caller: Caller, conversation: UUID) -> dict[str, Any]:
    """Return one enquiry's state, to archivists who may read it.

    Raises:
        NotAnswered: it is somebody else, or there is nothing of it for them.
    """
    check_archivist(caller)
    if not await readable(connection, caller, [conversation]):
        raise NotAnswered(Refusal.NOT_FOUND)
    found = await listing.one(connection, caller.tenant, walls(caller), conversation)
    if found is None:
        raise NotAnswered(Refusal.NOT_FOUND)
    return found


def _note(
    caller: Caller, action: str, conversation: UUID | None, about: dict[str, Any] | None = None
) -> Note:
    return Note(caller.tenant, new_id(), caller.agent, action, conversation, about or {})
