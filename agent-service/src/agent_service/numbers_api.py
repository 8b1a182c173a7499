"""Routes of the numbers: what the chat did in some months, other channels, and open data."""

import re
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from services.contracts import Refusal
from services.contracts.model import Id
from services.masking import mask

from agent_service.guards import HEADERS, as_json, from_console, seat_by
from agent_service.records import Records
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

Month = Annotated[str, Query(max_length=40)]
"""`2026-11`. What is no month is `period_invalid`, as the ledger says."""
_MOST_TEXT: Final = 131_072
_MOST_CELLS: Final = 2_000


class Cell(BaseModel):
    """How many came by a channel in a month; null takes back what was said."""

    model_config = ConfigDict(extra="forbid")

    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
    channel: Literal["phone", "email", "desk", "site"]
    n: int | None = Field(ge=0, le=100_000_000)


class Channels(BaseModel):
    """What is said of other channels: a CSV, or cells; one of the two."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$")
    csv: str | None = Field(default=None, max_length=_MOST_TEXT)
    entries: list[Cell] | None = Field(default=None, min_length=1, max_length=_MOST_CELLS)

    @model_validator(mode="after")
    def _one_of_them(self) -> "Channels":
        if (self.csv is None) == (self.entries is None):
            raise ValueError("csv_or_entries")
        return self

    def told(self) -> dict[str, Any]:
        """Return what the ledger is told; where it is from holds no national identity number."""
        said = self.model_dump(exclude_none=True, exclude={"entries"})
        if self.entries is not None:
            said["entries"] = [cell.model_dump() for cell in self.entries]
        return {**said, "source": mask(self.source).text}


def numbers_routes(sessions: Sessions, records: Records, settings: Settings) -> APIRouter:
    """Return the routes. All are for who leads, as figures are; the ledger judges once more."""
    router = APIRouter(prefix="/api/numbers")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.get("")
    async def numbers(
        seat: signed_in,
        first: Annotated[Month, Query(alias="from")] = "",
        last: Annotated[Month, Query(alias="to")] = "",
        department: Id | None = None,
    ) -> Response:
        """How it went in some months, of the departments that are led."""
        _check_leads(seat)
        asked = {"from": first, "to": last}
        if department is not None:
            known = seat.directory.department(department) is not None
            if not (known and seat.profile.leads_in(department)):
                raise Denied(Refusal.NOT_FOUND, 404)
            asked["department"] = department
        answer = await records.ask(seat, "numbers", "GET", "/numbers", params=asked)
        return as_json(answer.content)

    @router.get("/open")
    async def open_data(seat: signed_in) -> Response:
        """What may be published: a file, without a figure about fewer than five people."""
        _check_leads(seat)
        answer = await records.ask(seat, "numbers", "GET", "/numbers/open")
        # A kommunenummer is digits; whatever a set-up says, a header is not broken by it.
        of = re.sub(r"[^0-9]", "", seat.directory.kommunenummer)
        disposition = {"Content-Disposition": f'attachment; filename="prek-{of}.json"'}
        return Response(answer.content, 200, {**HEADERS, **disposition}, "application/json")

    @router.post("/channels", dependencies=[Depends(from_console(settings))])
    async def enter(asked: Channels, seat: signed_in, *, trial: bool = False) -> Response:
        """Keep how many came by other ways. `trial`: only say what is read, and what is wrong."""
        if not seat.profile.leads_in(seat.directory.first_line):
            raise Denied(Refusal.NOT_ALLOWED, 403)
        params = {"trial": str(trial).lower()}
        answer = await records.ask(
            seat,
            "numbers_channels",
            "POST",
            "/numbers/channels",
            params=params,
            json=asked.told(),
        )
        return as_json(answer.content)

    return router


def _check_leads(seat: Seat) -> None:
    if not seat.profile.leads:
        raise Denied(Refusal.NOT_ALLOWED, 403)
