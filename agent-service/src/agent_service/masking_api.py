"""Routes of masking afterwards: words of a conversation that are not to be kept."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from services.contracts.events import Stream

from agent_service.guards import as_json, from_console, seat_by
from agent_service.records import Records
from agent_service.sessions import Seat, Sessions
from agent_service.settings import Settings

_MOST_TEXT = 8_192
_LARGEST = 2**31 - 1


class ToMask(BaseModel):
    """The words themselves, or where they stand in the text; neither: all of it, or the file."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    id: UUID
    stream: Stream
    seq: int = Field(ge=1, le=_LARGEST)
    reason: Literal["third_party", "sensitive", "secret", "mistake"]
    text: str | None = Field(default=None, min_length=1, max_length=_MOST_TEXT)
    begin: int | None = Field(default=None, ge=0, le=_LARGEST, alias="from")
    end: int | None = Field(default=None, ge=1, le=_LARGEST, alias="to")

    @model_validator(mode="after")
    def _one_way(self) -> "ToMask":
        if (self.begin is None) != (self.end is None):
            raise ValueError("from_and_to")
        if self.text is not None and self.begin is not None:
            raise ValueError("text_or_place")
        return self

    def told(self) -> dict[str, Any]:
        """Return what the ledger is asked."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def masking_routes(sessions: Sessions, records: Records, settings: Settings) -> APIRouter:
    """Return the routes. Who may is the ledger's to say."""
    router = APIRouter(prefix="/api/conversations/{conversation}/masks")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.post("", dependencies=[Depends(from_console(settings))])
    async def mask(conversation: UUID, wanted: ToMask, seat: signed_in) -> Response:
        """Have words masked, for everybody and at once; the original is erased within moments."""
        path = f"/conversations/{conversation}/masks"
        answer = await records.ask(seat, "mask", "POST", path, json=wanted.told())
        return as_json(answer.content)

    @router.get("")
    async def masks(conversation: UUID, seat: signed_in) -> Response:
        """What was masked, by whom and why, for who may read it."""
        path = f"/conversations/{conversation}/masks"
        answer = await records.ask(seat, "mask", "GET", path)
        return as_json(answer.content)

    return router
