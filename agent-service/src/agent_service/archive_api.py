"""Routes of the archive, for archivists: what is on its way there, and what is to be done."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from services.contracts import Refusal
from services.masking import mask

from agent_service.guards import HEADERS, as_json, from_console, seat_by
from agent_service.records import Records
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

PACKAGE_S = 85.0
"""So long a package may take to be made: less than the proxy waits."""
_MOST = 200

State = Literal["unclassified", "waiting", "on_its_way", "received", "failed"]
_NUMBER = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
Number = Annotated[str, Field(min_length=1, max_length=100, pattern=_NUMBER)]


class ByHand(BaseModel):
    """By which numbers the archive has it."""

    model_config = ConfigDict(extra="forbid")

    case_number: Number | None = None
    record_number: Number


def archive_routes(sessions: Sessions, records: Records, settings: Settings) -> APIRouter:
    """Return the routes. The ledger judges each of them once more."""
    router = APIRouter(prefix="/api/archive/exports")
    archivist = Annotated[Seat, Depends(_archivist_by(sessions))]
    ours = Depends(from_console(settings))

    async def asked(seat: Seat, method: str, path: str, **request: Any) -> Response:
        path = f"/archive/exports{path}"
        answer = await records.ask(seat, "archive", method, path, **request)
        return as_json(answer.content)

    @router.get("")
    async def listed(
        state: State,
        seat: archivist,
        department: str | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    ) -> Response:
        """A page of closed enquiries by their state before the archive."""
        params = {"state": state, "limit": str(limit)}
        params |= {"department": department} if department else {}
        params |= {"after": str(after)} if after else {}
        return await asked(seat, "GET", "", params=params)

    @router.get("/{conversation}")
    async def opened(conversation: UUID, seat: archivist) -> Response:
        """What became of one, each time that it was handed over."""
        return await asked(seat, "GET", f"/{conversation}")

    @router.post("/{conversation}/retry", dependencies=[ours])
    async def retry(conversation: UUID, seat: archivist) -> Response:
        """Have one that failed made and sent anew."""
        return await asked(seat, "POST", f"/{conversation}/retry")

    @router.post("/{conversation}/receipt", dependencies=[ours])
    async def by_hand(
        conversation: UUID,
        said: ByHand,
        seat: archivist,
    ) -> Response:
        """Say that the archive has it."""
        numbers = {
            name: None if number is None else mask(number).text
            for name, number in said.model_dump().items()
        }
        return await asked(seat, "POST", f"/{conversation}/receipt", json=numbers)

    @router.get("/{conversation}/package")
    async def package(conversation: UUID, seat: archivist) -> Response:
        """The package: a zip."""
        path = f"/archive/exports/{conversation}/package"
        answer = await records.ask(seat, "archive", "GET", path, timeout=PACKAGE_S)
        disposition = {"Content-Disposition": f'attachment; filename="arkiv-{conversation}.zip"'}
        return Response(answer.content, 200, {**HEADERS, **disposition}, "application/zip")

    return router


def _archivist_by(sessions: Sessions) -> Any:
    """Return what lets archivists through, before anything else is looked at."""
    seat_of = seat_by(sessions)

    async def archivist(seat: Annotated[Seat, Depends(seat_of)]) -> Seat:
        if "archivist" not in seat.profile.roles:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        return seat

    return archivist
