"""Internal HTTP of the numbers: months as they were counted, other channels, open data."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import FastAPI, Header, Query, Request, Response
from pydantic import Field, ValidationError
from services.contracts import AgentProfile, Contract, Refusal, TenantDirectory

from transcript_service.callers import PERIOD_INVALID, Caller, Callers, NotAnswered
from transcript_service.counting import channels
from transcript_service.counting.channel_table import ChannelTable
from transcript_service.counting.channels import Channel, Entry, Fault
from transcript_service.counting.months import Months, month, written
from transcript_service.counting.period import PeriodError
from transcript_service.counting.publishing import document
from transcript_service.counting.report import Report
from transcript_service.counting.routes import departments_of

READ_SCOPE: Final = "numbers"
ENTER_SCOPE: Final = "numbers_channels"
MOST_BYTES: Final = 131_072
_AT_ONCE: Final = 2
"""Sums at the same time: the other connections are for conversations."""
_EVER: Final = Months(date(2000, 1, 1), date(2099, 12, 1))


class _Cell(Contract):
    """One number of a form."""

    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
    channel: Channel
    n: int | None = Field(ge=0, le=channels.MOST)


class _Told(Contract):
    """What somebody says of other channels: as CSV, or cell by cell."""

    source: str = Field(default="", max_length=200, pattern=r"^[^\x00]*$")
    csv: str | None = Field(default=None, max_length=MOST_BYTES)
    entries: tuple[_Cell, ...] = Field(default=(), max_length=2_000)


def add_numbers_routes(app: FastAPI, report: Report, table: ChannelTable, callers: Callers) -> None:
    """Add the routes. Who leads is given the numbers of what they lead."""
    turns = asyncio.Semaphore(_AT_ONCE)

    @app.get("/internal/v1/numbers")
    async def numbers(
        authorization: Annotated[str, Header()] = "",
        first: Annotated[str, Query(alias="from")] = "",
        last: Annotated[str, Query(alias="to")] = "",
        department: str | None = None,
    ) -> Response:
        """How enquiries opened in some months went, and how many came by other ways."""

        async def ask(caller: Caller) -> dict[str, Any]:
            _check_leads(caller)
            wanted = departments_of(caller.profile, caller.directory, department)
            try:
                months = Months.read(first, last)
            except PeriodError:
                raise NotAnswered(PERIOD_INVALID) from None
            async with turns:
                found = await report.of(caller.tenant, months, wanted)
            rows, sources = await table.of(caller.tenant, months)
            return {
                **found,
                "target_s": caller.directory.timing.target_s,
                "channels": rows,
                "sources": sources,
                "may_enter": may_enter(caller.profile, caller.directory),
            }

        return await callers.answer(authorization, READ_SCOPE, ask)

    @app.get("/internal/v1/numbers/open")
    async def open_data(authorization: Annotated[str, Header()] = "") -> Response:
        """What may be published of all quarters that are over."""

        async def ask(caller: Caller) -> dict[str, Any]:
            _check_leads(caller)
            async with turns:
                parts, today = await report.parts(caller.tenant)
            rows, _ = await table.of(caller.tenant, _EVER)
            return document(parts, caller.directory, rows, today)

        return await callers.answer(authorization, READ_SCOPE, ask)

    @app.post("/internal/v1/numbers/channels")
    async def enter(
        request: Request, authorization: Annotated[str, Header()] = "", trial: bool = False
    ) -> Response:
        """Keep what somebody says of other channels, all of it or nothing; or only read it."""

        async def ask(caller: Caller) -> dict[str, Any]:
            if not may_enter(caller.profile, caller.directory):
                raise NotAnswered(Refusal.NOT_ALLOWED)
            told = _told(await request.body())
            entries, faults = _read(told, await table.this_month())
            before = await table.before(caller.tenant, entries)
            saved = bool(entries) and not faults and not trial
            if saved:
                await table.add(caller.tenant, caller.agent, told.source.strip(), entries)
            return _answer(entries, before, faults, saved=saved)

        return await callers.answer(authorization, ENTER_SCOPE, ask)


def may_enter(profile: AgentProfile, directory: TenantDirectory) -> bool:
    """Return whether somebody may say how many came by other ways: who leads the first line.

    They are the municipality's, and it is the first line that phone and desk belong to.
    """
    return profile.leads_in(directory.first_line)


def _check_leads(caller: Caller) -> None:
    if not caller.profile.leads:
        raise NotAnswered(Refusal.NOT_ALLOWED)


def _told(body: bytes) -> _Told:
    try:
        if len(body) > MOST_BYTES:
            raise NotAnswered(Refusal.FRAME_INVALID)
        return _Told.model_validate_json(body)
    except ValidationError:
        raise NotAnswered(Refusal.FRAME_INVALID) from None


def _read(told: _Told, this_month: date) -> channels.Read:
    if told.csv is not None:
        return channels.read(told.csv, this_month)
    entries = [Entry(month(cell.month), cell.channel, cell.n) for cell in told.entries]
    return entries, channels.checked(entries, this_month)


def _answer(
    entries: Sequence[Entry], before: Sequence[int | None], faults: Sequence[Fault], *, saved: bool
) -> dict[str, Any]:
    return {
        "entries": [
            {"month": written(entry.month), "channel": entry.channel, "n": entry.n, "was": was}
            for entry, was in zip(entries, before, strict=True)
        ],
        "errors": [
            {"line": fault.line, "column": fault.column, "code": fault.code} for fault in faults
        ],
        "saved": saved,
    }
