"""Route of the search: what is looked for stands in the body, and in no address or log."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from services.contracts import ArchiveClass, Outcome, Refusal
from services.contracts.model import Id
from services.masking import mask

from agent_service.guards import as_json, from_console, seat_by
from agent_service.records import Records
from agent_service.sessions import Denied, Seat, Sessions
from agent_service.settings import Settings

_SEARCHING: Final = frozenset({"agent", "leader", "supervisor", "archivist"})

Day = Annotated[str, Field(max_length=40)]
"""`2026-11-27`, as days are in Norway. What is no day is `period_invalid`, as the ledger says."""


class Search(BaseModel):
    """What is looked for, and what the found are to be."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(default="", max_length=500, repr=False)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    department: Id | None = None
    topic: Id | None = None
    agent: Id | None = None
    outcome: Outcome | None = None
    archive: ArchiveClass | Literal["unclassified"] | None = None
    state: Literal["waiting", "offered", "active", "closed", "written"] | None = None
    order: Literal["newest", "best"] = "newest"
    after: str | None = Field(default=None, max_length=300)
    limit: int = Field(default=20, ge=1, le=50)

    def told(self) -> dict[str, Any]:
        """Return what the ledger is asked; no national identity number passes this door."""
        return {**self.model_dump(by_alias=True, exclude_none=True), "q": mask(self.q).text}


def search_routes(sessions: Sessions, records: Records, settings: Settings) -> APIRouter:
    """Return the route. Whose words are found the ledger judges, one conversation at a time."""
    router = APIRouter(prefix="/api")
    signed_in = Annotated[Seat, Depends(seat_by(sessions))]

    @router.post("/search", dependencies=[Depends(from_console(settings))])
    async def search(asked: Search, seat: signed_in) -> Response:
        """Conversations that one may read, by words and filters. That one looked is audited."""
        if _SEARCHING.isdisjoint(seat.profile.roles):
            raise Denied(Refusal.NOT_ALLOWED, 403)
        answer = await records.ask(seat, "search", "POST", "/search", json=asked.told())
        return as_json(answer.content)

    return router
