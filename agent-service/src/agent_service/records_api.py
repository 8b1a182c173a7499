"""Routes of what is on record: copies, earlier enquiries, figures, the audit."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from services.contracts.model import Id

from agent_service.guards import HEADERS, as_json, seat_by
from agent_service.records import Format, Language, Records
from agent_service.sessions import Seat, Sessions

Day = Annotated[str, Query(max_length=40)]
"""`2026-11-27`, as days are in Norway. What is no day is `period_invalid`, as the ledger says."""
_MOST_LINES = 200


def record_routes(sessions: Sessions, records: Records) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.get("/conversations/{conversation}/transcript")
    async def transcript(
        conversation: UUID,
        seat: signed_in,
        format: Format = "txt",  # noqa: A002 - the parameter's name
        language: Language = "nb",
    ) -> Response:
        """The dialogue, for whoever the ledger lets read it."""
        answer = await records.transcript(seat, conversation, format, language)
        kind = answer.headers.get("content-type", "application/octet-stream")
        disposition = {"Content-Disposition": f'attachment; filename="samtale.{format}"'}
        return Response(answer.content, 200, {**HEADERS, **disposition}, kind)

    @router.get("/conversations/{conversation}/earlier")
    async def earlier(conversation: UUID, seat: signed_in) -> Response:
        """What the same citizen asked before, as far as one may read it."""
        return as_json(await records.earlier(seat, conversation))

    @router.get("/statistics")
    async def statistics(
        seat: signed_in,
        first: Annotated[Day, Query(alias="from")] = "",
        last: Annotated[Day, Query(alias="to")] = "",
        department: Id | None = None,
    ) -> Response:
        """How it went in some days, for leaders."""
        return as_json(await records.statistics(seat, {"from": first, "to": last}, department))

    @router.get("/audit")
    async def audit(
        seat: signed_in,
        who: Annotated[str | None, Query(pattern=r"^[a-z0-9][a-z0-9_.:\-]{0,80}$")] = None,
        action: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")] = None,
        conversation: UUID | None = None,
        first: Annotated[Day | None, Query(alias="from")] = None,
        last: Annotated[Day | None, Query(alias="to")] = None,
        before: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_LINES)] = 50,
    ) -> Response:
        """Who read, searched, exported or broke the glass, for archivists. The newest first."""
        asked = {
            "who": who,
            "action": action,
            "conversation": conversation,
            "from": first,
            "to": last,
            "before": before,
        }
        given = {name: str(value) for name, value in asked.items() if value is not None}
        return as_json(await records.audit(seat, {**given, "limit": limit}))

    return router
