"""Internal HTTP of the figures: for who leads, of what they lead."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Query, Response
from services.contracts import AgentProfile, Refusal, TenantDirectory

from transcript_service.callers import PERIOD_INVALID, Caller, Callers, NotAnswered
from transcript_service.counting.figures import Statistics
from transcript_service.counting.period import Period, PeriodError

SCOPE: Final = "statistics"
_AT_ONCE: Final = 2
"""Counts at the same time: the other connections are for conversations."""


def add_statistics_routes(app: FastAPI, statistics: Statistics, callers: Callers) -> None:
    """Add the routes."""
    turns = asyncio.Semaphore(_AT_ONCE)

    @app.get("/internal/v1/statistics")
    async def figures(
        authorization: Annotated[str, Header()] = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
        department: str | None = None,
    ) -> Response:
        """How enquiries opened in some days went."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if not caller.profile.leads:
                raise NotAnswered(Refusal.NOT_ALLOWED)
            wanted = departments_of(caller.profile, caller.directory, department)
            try:
                period = Period.read(first, last)
            except PeriodError:
                raise NotAnswered(PERIOD_INVALID) from None
            target_s = caller.directory.timing.target_s
            async with turns:
                return await statistics.of(caller.tenant, period, wanted, target_s)

        return await callers.answer(authorization, SCOPE, ask)


def departments_of(
    profile: AgentProfile, directory: TenantDirectory, asked: str | None
) -> tuple[str, ...] | None:
    """Return whose enquiries are counted; None: everybody's, also of departments that are gone.

    Raises:
        NotAnswered: there is no such department, or somebody else leads it.
    """
    if asked is not None:
        if directory.department(asked) is None or not profile.leads_in(asked):
            raise NotAnswered(Refusal.NOT_FOUND)
        return (asked,)
    return None if profile.leads_all else profile.departments
