"""The desk's own parts away at the start, lost, and back: said once, and got over."""

import asyncio

import pytest
from agent_service.core.presence import State
from agent_service.people import People
from agent_service.postgres import PostgresStore
from services.clock import utc_now
from services.contracts.leases import AGENTS, AgentLease
from services.errors import Transient
from services.leases import LeaseTable, connect_redis
from services.testing import MemoryBroker, MemoryBus

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

KARI = ("sarpsborg", "kari")


def said(capsys, so_far):
    """Add what was logged since to `so_far`, and return it all."""
    so_far.append(capsys.readouterr().out)
    return "".join(so_far)


async def test_a_database_that_is_away_at_the_start_is_said_once_and_got_over(
    desk, eventually, capsys
):
    log = []
    await asyncio.to_thread(desk.parts.stop_part, "database")
    store = PostgresStore(desk.url)
    await store.start()
    try:
        await eventually(lambda: "database_unavailable" in said(capsys, log))
        absent = store.missing()
        with pytest.raises(Transient):
            await store.session("x")
        await asyncio.to_thread(desk.parts.start_part, "database")
        await eventually(lambda: store.missing() is None)

        assert absent == "database"
        assert await store.directories({})

        await asyncio.to_thread(desk.parts.kill, "database")
        await eventually(lambda: store.missing() == "database")
        await asyncio.to_thread(desk.parts.start_part, "database")
        await eventually(lambda: store.missing() is None)

        assert await store.directories({})
        lines = said(capsys, log)
        assert lines.count("database_unavailable") == 2  # once for each time
        assert lines.count("database_connected") == 2
    finally:
        await store.stop()
        if not desk.parts.part("database").alive:
            await asyncio.to_thread(desk.parts.start_part, "database")


@pytest.fixture
async def redis(desk):
    client = connect_redis(desk.redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def people(redis):
    bus = MemoryBus(MemoryBroker(), source="agent", instance="agent-1")
    await bus.start()
    people = People(bus, LeaseTable(redis, AGENTS), utc_now, renew_s=0.05)
    await people.start()
    yield people
    await people.stop()
    await bus.stop()


async def live(redis):
    leases = await LeaseTable(redis, AGENTS).live("sarpsborg")
    return {name: AgentLease.read(payload) for name, payload in leases.items()}


async def until_live(redis, is_so):
    """Return the leases as soon as they are as wanted."""
    async with asyncio.timeout(20):
        while not is_so(found := await live(redis)):  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.01)
    return found


async def test_leases_are_whole_again_one_renewal_after_redis_was_wiped(redis, people):
    await people.arrive(KARI, "a")
    await people.arrive(KARI, "b")
    await people.arrive(("sarpsborg", "ola"), "c")
    names = {"kari:a", "kari:b", "ola:c"}
    before = await until_live(redis, lambda found: set(found) == names)
    await redis.flushall()
    after = await until_live(redis, lambda found: set(found) == names)

    assert after == before


async def test_a_device_that_goes_leaves_a_lease_to_run_out_and_one_that_signs_out_none(
    redis, people
):
    await people.arrive(KARI, "a")
    await people.arrive(KARI, "b")
    await people.sign_out(KARI, "a")

    assert set(await live(redis)) == {"kari:b"}

    people.leave(KARI, "b")

    assert set(await live(redis)) == {"kari:b"}
    assert people.state(KARI) is None
    assert 0 < await redis.pttl("lease:agents:sarpsborg") <= 15_000


async def test_the_state_kept_in_redis_is_taken_over_to_the_letter(redis, people):
    state = await people.arrive(KARI, "a")
    people.missed(KARI, utc_now())
    missed = people.state(KARI)
    await until_live(redis, lambda found: found["kari:a"].misses == 1)
    people.leave(KARI, "a")
    again = await people.arrive(KARI, "b")

    assert isinstance(missed, State)
    assert missed != state
    assert again == missed


async def test_a_redis_that_hangs_costs_an_arrival_seconds_and_nothing_else(desk, redis, people):
    desk.parts.freeze("redis")
    try:
        state = await people.arrive(KARI, "a")
    finally:
        desk.parts.thaw("redis")

    assert state.presence == "available"
    assert "kari:a" in await until_live(redis, lambda found: "kari:a" in found)
