"""Internal HTTP: have words masked, and tell what was."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import FastAPI, Header, Request, Response
from pydantic import Field, ValidationError, model_validator
from services.contracts import Contract, Refusal
from services.contracts.events import Stream

from transcript_service.callers import Caller, Callers, NotAnswered
from transcript_service.core.masking import MaskReason
from transcript_service.seals.masking import Maskings, Wanted

SCOPE: Final = "mask"
_MOST_BYTES: Final = 65_536


class _Asked(Contract):
    """The words themselves, or where they stand; neither: all of them."""

    id: UUID
    stream: Stream
    seq: Annotated[int, Field(ge=1, lt=2**31)]
    reason: MaskReason
    text: Annotated[str, Field(min_length=1)] | None = None
    begin: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(None, alias="from")
    end: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _one_way(self) -> "_Asked":
        if (self.begin is None) != (self.end is None):
            raise ValueError("from and to go together")
        if self.text is not None and self.begin is not None:
            raise ValueError("text, or from and to")
        return self


def add_masking_routes(app: FastAPI, maskings: Maskings, callers: Callers) -> None:
    """Add the routes."""

    @app.post("/internal/v1/conversations/{conversation}/masks")
    async def mask(
        conversation: UUID, request: Request, authorization: Annotated[str, Header()] = ""
    ) -> Response:
        """Have words of one event masked."""

        async def ask(caller: Caller) -> dict[str, Any]:
            wanted = _wanted(conversation, await request.body())
            return {"masked": await maskings.mask(caller, wanted)}

        return await callers.answer(authorization, SCOPE, ask)

    @app.get("/internal/v1/conversations/{conversation}/masks")
    async def masks(conversation: UUID, authorization: Annotated[str, Header()] = "") -> Response:
        """What was masked, by whom and why."""

        async def ask(caller: Caller) -> dict[str, Any]:
            return {"masks": await maskings.of(caller, conversation)}

        return await callers.answer(authorization, SCOPE, ask)


def _wanted(conversation: UUID, body: bytes) -> Wanted:
    try:
        if len(body) > _MOST_BYTES:
            raise NotAnswered(Refusal.FRAME_INVALID)
        asked = _Asked.model_validate_json(body)
    except ValidationError:
        raise NotAnswered(Refusal.FRAME_INVALID) from None
    place = None if asked.begin is None or asked.end is None else (asked.begin, asked.end)
    return Wanted(asked.id, conversation, asked.stream, asked.seq, asked.reason, asked.text, place)
