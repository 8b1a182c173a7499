"""Leases on a real Redis: they end by its clock, are whole again after a wipe, and fail quickly."""

import asyncio

import pytest
from services.errors import Transient
from services.leases import LeaseTable, connect_redis

pytestmark = pytest.mark.integration

TENANT = "sarpsborg"


@pytest.fixture
def table(redis):
    return LeaseTable(redis, "agents")


async def live_is(table, expected):
    """Wait until these are the live leases, or fail when the deadline is over."""
    async with asyncio.timeout(30):
        while await table.live(TENANT) != expected:  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.01)


async def test_a_lease_is_there_with_what_was_said_of_it(table):
    await table.renew(TENANT, {"kari:1": '{"a": "b|c"}', "ola:1": "åpen 🙂", "per:1": ""}, 15)

    assert await table.live(TENANT) == {"kari:1": '{"a": "b|c"}', "ola:1": "åpen 🙂", "per:1": ""}


async def test_a_lease_that_is_not_renewed_ends_by_itself(table, redis):
    await table.renew(TENANT, {"short": ""}, 0.2)
    await table.renew(TENANT, {"long": ""}, 60)
    await live_is(table, {"long": ""})

    # What ended was taken out of the table too.
    assert await redis.hkeys("lease:agents:sarpsborg") == ["long"]


async def test_a_table_whose_leases_all_ended_is_gone(table, redis):
    await table.renew(TENANT, {"short": ""}, 0.1)
    async with asyncio.timeout(30):
        while await redis.exists("lease:agents:sarpsborg"):  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.01)

    assert await table.live(TENANT) == {}


async def test_a_short_lease_does_not_shorten_the_others(table, redis):
    """The whole table ended with the lease that was renewed last."""
    await table.renew(TENANT, {"long": ""}, 60)
    await table.renew(TENANT, {"short": ""}, 0.1)

    assert await redis.pttl("lease:agents:sarpsborg") > 50_000
    await live_is(table, {"long": ""})


async def test_renewing_replaces_what_was_said_and_begins_the_time_anew(table):
    await table.renew(TENANT, {"kari:1": "available"}, 0.3)
    await table.renew(TENANT, {"kari:1": "away"}, 60)
    await table.renew(TENANT, {"marker": ""}, 0.3)
    await live_is(table, {"kari:1": "away"})


async def test_a_lease_can_be_given_up_before_its_end(table):
    await table.renew(TENANT, {"a": "", "b": ""}, 60)
    await table.release(TENANT, ["a", "never there"])

    assert await table.live(TENANT) == {"b": ""}


async def test_nothing_to_say_is_nothing_to_do(table, redis):
    await table.renew(TENANT, {}, 60)
    await table.release(TENANT, [])

    assert await redis.keys("*") == []


async def test_tenants_and_tables_do_not_share(table, redis):
    await table.renew(TENANT, {"a": "1"}, 60)
    await table.renew("fredrikstad", {"a": "2"}, 60)
    await LeaseTable(redis, "citizens").renew(TENANT, {"a": "3"}, 60)

    assert await table.live(TENANT) == {"a": "1"}
    assert await table.live("fredrikstad") == {"a": "2"}
    assert await LeaseTable(redis, "citizens").live(TENANT) == {"a": "3"}


async def test_a_wiped_redis_is_whole_again_after_one_renewal(table, redis):
    await table.renew(TENANT, {"a": "1"}, 60)
    await redis.flushall()
    await redis.script_flush()

    assert await table.live(TENANT) == {}

    await table.renew(TENANT, {"a": "1"}, 60)

    assert await table.live(TENANT) == {"a": "1"}


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_while_redis_is_away_every_call_fails_for_now_and_works_again_after(
    redis_server, table, how
):
    await table.renew(TENANT, {"a": "1"}, 60)
    if how == "killed":
        await asyncio.to_thread(redis_server.kill, "redis")
    else:
        redis_server.freeze("redis")
    try:
        for call in (
            table.renew(TENANT, {"a": "1"}, 60),
            table.live(TENANT),
            table.release(TENANT, ["a"]),
        ):
            with pytest.raises(Transient):
                await asyncio.wait_for(call, 30)  # each gives up by itself
    finally:
        if how == "killed":
            redis_server.spawn("redis")
            await asyncio.to_thread(redis_server.wait_ready, ("redis",))
        else:
            redis_server.thaw("redis")

    await _eventually_renews(table)

    assert await table.live(TENANT) == {"a": "2"}


async def _eventually_renews(table):
    async with asyncio.timeout(30):
        while True:
            try:
                await table.renew(TENANT, {"a": "2"}, 60)
                await table.live(TENANT)
            except Transient:
                continue
            return


async def test_a_call_is_not_made_twice(redis_server, redis):
    """redis-py would try again by itself, which a caller cannot know."""
    client = connect_redis(redis_server.settings("router")["PREK_REDIS_URL"])

    assert client.connection_pool.connection_kwargs["retry"]._retries == 0

    await client.aclose()


async def test_a_connection_closed_under_the_client_is_redis_away(table, redis, monkeypatch):
    """uvloop says it with an error of no client's; it once ended the loop that renews leases."""

    async def closed(*_args, **_options):
        raise RuntimeError("unable to perform operation on <TCPTransport closed>")

    monkeypatch.setattr(redis, "execute_command", closed)
    for call in (
        table.renew(TENANT, {"kari:1": ""}, 15),
        table.release(TENANT, ["kari:1"]),
        table.live(TENANT),
    ):
        with pytest.raises(Transient):
            await call
