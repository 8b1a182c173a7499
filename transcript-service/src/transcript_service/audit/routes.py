"""Internal HTTP of the audit: search it, for an archivist; add what only other services know."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import FastAPI, Header, Query, Request, Response
from pydantic import Field, ValidationError
from services.contracts import Contract, Refusal

from transcript_service.audit.table import Audit, Filter, Note
from transcript_service.callers import PERIOD_INVALID, Caller, Callers, NotAnswered
from transcript_service.counting.period import PeriodError, day

SEARCH_SCOPE, NOTE_SCOPE = "audit", "audit_note"
MOST: Final = 200
"""Rows in one answer."""
_MOST_BYTES: Final = 16_384

Who = Annotated[str, Query(pattern=r"^[a-z0-9][a-z0-9_.:\-]{0,80}$")]
Action = Annotated[str, Query(pattern=r"^[a-z_]{1,40}$")]
_Key = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
_Value = Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=500)] | bool | int | None


class _Told(Contract):
    """What another service did for an agent. Nothing that was said in a conversation."""

    id: UUID
    action: Literal["presence_set", "file_fetched"]
    conversation: UUID | None = None
    about: dict[_Key, _Value] = Field(default_factory=dict, max_length=8)


def add_audit_routes(app: FastAPI, audit: Audit, callers: Callers) -> None:
    """Add the routes."""

    @app.get("/internal/v1/audit")
    async def search(
        authorization: Annotated[str, Header()] = "",
        who: Who | None = None,
        action: Action | None = None,
        conversation: UUID | None = None,
        first: Annotated[str | None, Query(alias="from")] = None,
        last: Annotated[str | None, Query(alias="to")] = None,
        before: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    ) -> Response:
        """Rows of the audit, the newest first."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if "archivist" not in caller.profile.roles:
                raise NotAnswered(Refusal.NOT_ALLOWED)
            try:
                since, until = (day(text) if text else None for text in (first, last))
            except PeriodError:
                raise NotAnswered(PERIOD_INVALID) from None
            wanted = Filter(who, action, conversation, since, until, before)
            entries, more = await audit.search(caller.tenant, caller.agent, wanted, limit)
            return {"entries": entries, "more": more}

        return await callers.answer(authorization, SEARCH_SCOPE, ask)

    @app.post("/internal/v1/audit")
    async def note(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        """Remember what another service did for the agent of the token: once per id.

        The answer says since when, and whether it was remembered already.
        """

        async def ask(caller: Caller) -> dict[str, Any]:
            body = await request.body()
            try:
                if len(body) > _MOST_BYTES:
                    raise NotAnswered(Refusal.FRAME_INVALID)
                told = _Told.model_validate_json(body)
            except ValidationError:
                raise NotAnswered(Refusal.FRAME_INVALID) from None
            note = Note(
                caller.tenant, told.id, caller.agent, told.action, told.conversation, told.about
            )
            noted = await audit.note(note)
            if noted is None:
                raise NotAnswered(Refusal.ID_REUSED)
            return {"at": noted.at.isoformat(), "again": noted.again}

        return await callers.answer(authorization, NOTE_SCOPE, ask)
