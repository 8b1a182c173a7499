"""The keeper's duties: each by itself, by one keeper at a time, and none ends another."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from services.database import Database
from services.errors import Transient
from transcript_service.keeper.duties import SOON_S, Duties
from transcript_service.keeper.pace import Pace
from transcript_service.postgres import keeper_database

pytestmark = pytest.mark.integration


class Counted:
    """A duty that counts its rounds, and waits or fails where it is told to."""

    pace = Pace(60.0, rests=9, most_s=600.0)

    def __init__(self, name: str, error: Exception | None = None) -> None:
        self.name = name
        self.rounds = 0
        self.began, self.may_end = asyncio.Event(), asyncio.Event()
        self.may_end.set()
        self._error = error

    async def once(self) -> None:
        self.rounds += 1
        self.began.set()
        await self.may_end.wait()
        if self._error is not None:
            raise self._error


@pytest.fixture
async def databases(app_url: str) -> AsyncIterator[list[Database]]:
    """Of two keepers."""
    found = [keeper_database(app_url, size=2) for _ in range(2)]
    yield found
    for database in found:
        await database.stop()


async def test_one_keeper_at_a_time_does_a_duty(databases: list[Database]):
    duty = Counted("alone")
    duty.may_end.clear()
    first = asyncio.create_task(Duties(databases[0], [duty]).round(duty))
    await duty.began.wait()

    assert await Duties(databases[1], [duty]).round(duty) == 60.0
    assert duty.rounds == 1

    duty.may_end.set()
    await first
    await Duties(databases[1], [duty]).round(duty)
    assert duty.rounds == 2


async def test_the_rest_is_as_long_as_the_round_asks_for(databases: list[Database]):
    times = iter((100.0, 112.0))
    duties = Duties(databases[0], [], now_s=lambda: next(times))
    assert await duties.round(Counted("long")) == 9 * 12.0


@pytest.mark.parametrize(
    ("error", "rest_s"), [(Transient("store"), SOON_S), (ZeroDivisionError(), 60.0)]
)
async def test_what_fails_is_tried_again_and_frees_the_duty(
    databases: list[Database], error: Exception, rest_s: float
):
    failing = Counted("failing", error)
    assert await Duties(databases[0], [failing]).round(failing) == rest_s

    assert await Duties(databases[1], [failing]).round(failing) == rest_s
    assert failing.rounds == 2


async def test_a_duty_that_fails_ends_no_other(databases: list[Database]):
    failing, steady = Counted("failing too", ZeroDivisionError()), Counted("steady")
    rested = asyncio.Event()

    async def rest(_: float) -> None:
        if failing.rounds > 1 and steady.rounds > 1:
            rested.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    duties = Duties(databases[0], [failing, steady], rest)
    await duties.start()
    await asyncio.wait_for(rested.wait(), 10)
    await duties.stop()
