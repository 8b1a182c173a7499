"""Routes of retention: how long what is kept, holds, wishes to be forgotten, access requests."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from services.contracts import Refusal
from services.contracts.model import Text
from services.masking import mask

from agent_service.guards import HEADERS, as_json, from_console, seat_by
from agent_service.records import Language, Records
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

PACKAGE_S = 85.0
"""So long a package of at most 20 conversations may take to be made: less than the proxy waits."""
_MOST = 200

Reason = Annotated[Text, Field(max_length=500)]
Line = Annotated[Text, Field(max_length=200)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ToHold(_Asked):
    """What is to be held, and why."""

    conversation: UUID
    reason: Reason


class ToLift(_Asked):
    """Why a hold is lifted."""

    reason: Reason


class Access(_Asked):
    """Whose conversations somebody is to be given, and what is to be masked in them."""

    conversations: list[UUID] = Field(default=[], max_length=20)
    receipts: list[Line] = Field(default=[], max_length=20)
    links: list[Annotated[str, Field(max_length=2_000)]] = Field(default=[], max_length=20)
    own: list[Line] = Field(default=[], max_length=50)
    words: list[Line] = Field(default=[], max_length=200)
    notes: bool = False
    files: str = Field(default="own", pattern=r"^(own|all|none)$")
    language: Language = "nb"
    reason: Reason


class _Doors:
    """Who comes in, and how they are answered."""

    def __init__(self, sessions: Sessions, records: Records, settings: Settings) -> None:
        self.records = records
        self.anybody = Annotated[Seat, Depends(seat_by(sessions))]
        self.archivist = Annotated[Seat, Depends(_archivist_by(sessions))]
        self.ours = Depends(from_console(settings))

    async def told(self, seat: Seat, method: str, path: str, **request: Any) -> Response:
        path = f"/retention{path}"
        answer = await self.records.ask(seat, "retention", method, path, **request)
        return as_json(answer.content)


def retention_routes(sessions: Sessions, records: Records, settings: Settings) -> APIRouter:
    """Return the routes. The ledger judges each of them once more."""
    router = APIRouter(prefix="/api/archive")
    doors = _Doors(sessions, records, settings)
    _add_runs(router, doors)
    _add_holds(router, doors)
    _add_access(router, doors)
    return router


def _add_runs(router: APIRouter, doors: _Doors) -> None:
    anybody, archivist = doors.anybody, doors.archivist

    @router.get("/retention")
    async def overview(seat: archivist) -> Response:  # type: ignore[valid-type]
        """The rules in force, and the newest runs."""
        return await doors.told(seat, "GET", "")

    @router.post("/retention/runs", dependencies=[doors.ours])
    async def preview(seat: archivist) -> Response:  # type: ignore[valid-type]
        """Look what is over its time. Nothing is changed."""
        return await doors.told(seat, "POST", "/runs")

    @router.get("/retention/runs/{run}")
    async def show(
        run: UUID,
        seat: archivist,  # type: ignore[valid-type]
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
    ) -> Response:
        """What a run found and did, in pages."""
        params = {"limit": str(limit)} | ({"after": str(after)} if after else {})
        return await doors.told(seat, "GET", f"/runs/{run}", params=params)

    @router.post("/retention/runs/{run}/approval", dependencies=[doors.ours])
    async def approve(run: UUID, seat: archivist) -> Response:  # type: ignore[valid-type]
        """Let a run be carried out."""
        return await doors.told(seat, "POST", f"/runs/{run}/approval")

    @router.get("/retention/conversations/{conversation}")
    async def kept(conversation: UUID, seat: anybody) -> Response:  # type: ignore[valid-type]
        """Why and how long one conversation is kept, for whoever may read it."""
        return await doors.told(seat, "GET", f"/conversations/{conversation}")

    @router.get("/forget")
    async def wishes(seat: anybody) -> Response:  # type: ignore[valid-type]
        """What becomes of wishes to be forgotten, of what one may read."""
        return await doors.told(seat, "GET", "/wishes")


def _add_holds(router: APIRouter, doors: _Doors) -> None:
    archivist = doors.archivist

    @router.get("/holds")
    async def holds(seat: archivist, *, lifted: bool = False) -> Response:  # type: ignore[valid-type]
        """What must not be erased, and why."""
        return await doors.told(seat, "GET", "/holds", params={"lifted": lifted})

    @router.post("/holds", dependencies=[doors.ours])
    async def hold(asked: ToHold, seat: archivist) -> Response:  # type: ignore[valid-type]
        """Hold a conversation."""
        said = {"conversation": str(asked.conversation), "reason": mask(asked.reason).text}
        return await doors.told(seat, "POST", "/holds", json=said)

    @router.post("/holds/{conversation}/lifting", dependencies=[doors.ours])
    async def lift(
        conversation: UUID,
        asked: ToLift,
        seat: archivist,  # type: ignore[valid-type]
    ) -> Response:
        """Lift the hold that stands."""
        said = {"reason": mask(asked.reason).text}
        return await doors.told(seat, "POST", f"/holds/{conversation}/lifting", json=said)


def _add_access(router: APIRouter, doors: _Doors) -> None:
    archivist = doors.archivist

    @router.post("/innsyn/preview", dependencies=[doors.ours])
    async def trial(asked: Access, seat: archivist) -> Response:  # type: ignore[valid-type]
        """What a package would hold, what is masked in it, and what a person must read."""
        return await doors.told(seat, "POST", "/access/preview", json=_said(asked))

    @router.post("/innsyn", dependencies=[doors.ours])
    async def package(asked: Access, seat: archivist) -> Response:  # type: ignore[valid-type]
        """The package: a zip."""
        path, said = "/retention/access", _said(asked)
        answer = await doors.records.ask(
            seat, "retention", "POST", path, json=said, timeout=PACKAGE_S
        )
        disposition = {"Content-Disposition": 'attachment; filename="innsyn.zip"'}
        return Response(answer.content, 200, {**HEADERS, **disposition}, "application/zip")


def _said(asked: Access) -> dict[str, Any]:
    return {**asked.model_dump(mode="json"), "reason": mask(asked.reason).text}


def _archivist_by(sessions: Sessions) -> Any:
    """Return what lets archivists through, before anything else is looked at."""
    seat_of = seat_by(sessions)

    async def archivist(seat: Annotated[Seat, Depends(seat_of)]) -> Seat:
        if "archivist" not in seat.profile.roles:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        return seat

    return archivist
