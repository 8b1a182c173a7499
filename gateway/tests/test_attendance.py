import asyncio
from uuid import UUID

from gateway.attendance import Attendance
from services.errors import Transient

SEAT = ("sarpsborg", UUID(int=1), 7)
FIELD = f"{UUID(int=1)}:g1-7"


class Leases:
    """A lease table one can wait on."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self.away = False
        self.called = asyncio.Condition()

    async def renew(self, tenant, leases, ttl_s) -> None:
        await self._note()
        self.held |= set(leases)

    async def release(self, tenant, fields) -> None:
        await self._note()
        self.held -= set(fields)

    async def _note(self) -> None:
        if self.away:
            raise Transient("redis")
        async with self.called:
            self.called.notify_all()


async def _until(leases: Leases, true) -> None:
    async with asyncio.timeout(5):
        while not true():
            async with leases.called:
                await leases.called.wait()
            await asyncio.sleep(0)


async def test_leases_follow_who_comes_and_goes():
    leases, seats = Leases(), set()
    attendance = Attendance(leases, "g1", lambda: set(seats))
    running = asyncio.get_running_loop().create_task(attendance.run())
    seats.add(SEAT)
    attendance.stir()
    await _until(leases, lambda: FIELD in leases.held)
    seats.clear()
    attendance.stir()
    await _until(leases, lambda: FIELD not in leases.held)
    running.cancel()


async def test_the_end_gives_every_lease_up():
    leases = Leases()
    attendance = Attendance(leases, "g1", lambda: {SEAT})
    await attendance._tell(full=True)
    assert leases.held == {FIELD}
    await attendance.release()
    assert leases.held == set()


async def test_what_redis_forgot_is_asserted_again_in_full():
    leases = Leases()
    attendance = Attendance(leases, "g1", lambda: {SEAT})
    await attendance._tell(full=True)
    leases.away = True
    await attendance._tell(full=True)
    leases.held, leases.away = set(), False
    await attendance._tell(full=True)
    assert leases.held == {FIELD}
