"""Internal HTTP of search. What is looked for is in the body: no address and no log has it."""

from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Header, Request, Response
from pydantic import Field, ValidationError
from services.contracts import ArchiveClass, Contract, Outcome, Refusal
from services.contracts.model import Id

from transcript_service.callers import PERIOD_INVALID, Caller, Callers, NotAnswered
from transcript_service.counting.period import PeriodError, day
from transcript_service.search.finding import CursorError, Finding, Order, Place, Question
from transcript_service.search.reach import Filters

SCOPE: Final = "search"
MOST: Final = 50
"""Results of one page."""
_SEARCHING: Final = frozenset({"agent", "leader", "supervisor", "archivist"})
_MOST_BYTES: Final = 8_192

Day = Annotated[str, Field(max_length=40)]


class _Search(Contract):
    q: str = Field(default="", max_length=500, repr=False)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    department: Id | None = None
    topic: Id | None = None
    agent: Id | None = None
    outcome: Outcome | None = None
    archive: ArchiveClass | Literal["unclassified"] | None = None
    state: Literal["waiting", "offered", "active", "closed", "written"] | None = None
    order: Order = "newest"
    after: str | None = Field(default=None, max_length=300)
    limit: int = Field(default=20, ge=1, le=MOST)


def add_search_routes(app: FastAPI, finding: Finding, callers: Callers) -> None:
    """Add the route."""

    @app.post("/internal/v1/search")
    async def search(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        """Conversations that the caller may read, by words and filters."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if _SEARCHING.isdisjoint(caller.profile.roles):
                raise NotAnswered(Refusal.NOT_ALLOWED)
            return await finding.find(caller, _question(await request.body()))

        return await callers.answer(authorization, SCOPE, ask)


def _question(body: bytes) -> Question:
    """Return what is asked.

    Raises:
        NotAnswered: it is no question.
    """
    try:
        if len(body) > _MOST_BYTES:
            raise NotAnswered(Refusal.FRAME_INVALID)
        asked = _Search.model_validate_json(body)
        after = Place.read(asked.after, asked.order) if asked.after else None
        first, last = (day(text) if text else None for text in (asked.first, asked.last))
    except (ValidationError, CursorError):
        raise NotAnswered(Refusal.FRAME_INVALID) from None
    except PeriodError:
        raise NotAnswered(PERIOD_INVALID) from None
    if first is not None and last is not None and first > last:
        raise NotAnswered(PERIOD_INVALID)
    filters = Filters(
        asked.department, asked.topic, asked.agent, asked.outcome, asked.archive, asked.state
    )
    return Question(asked.q, filters, first, last, asked.order, after, asked.limit)
