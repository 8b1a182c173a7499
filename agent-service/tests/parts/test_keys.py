"""The tables of keys and webhooks in PostgreSQL, and milestones on their way to a webhook."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from agent_service.alerts import Outcome
from agent_service.core.matters import MILESTONES_GIVE_UP, Matter
from agent_service.outside.keys import digest
from agent_service.outside.rows import MOST_HOOKS, PostgresKeys
from agent_service.postgres_alerts import PostgresAlerts

pytestmark = pytest.mark.integration

HERE, THERE = "sarpsborg", "fredrikstad"


@pytest.fixture
async def clean(desk):
    connection = await asyncpg.connect(desk.owner_url)
    await connection.execute("TRUNCATE desk.api_key, desk.webhook, desk.alert CASCADE")
    yield connection
    await connection.close()


@pytest.fixture
async def keys(desk, clean):
    keys = PostgresKeys(desk.url)
    yield keys
    await keys.stop()


@pytest.fixture
async def alerts(desk, clean):
    alerts = PostgresAlerts(desk.url)
    yield alerts
    await alerts.stop()


def milestone():
    return Matter(
        about="milestone", milestone="closed", conversation=uuid4(), said_at=datetime.now(UTC)
    )


async def test_a_secret_opens_its_key_and_lies_nowhere(keys, clean):
    secret, key = await keys.make_key(HERE, "Sak og arkiv", ["archive.read"], 30, "ada")

    assert secret.startswith("prek_")
    found = await keys.key_of(secret)
    assert (found.id, found.tenant, found.scopes) == (key.id, HERE, ("archive.read",))
    assert await keys.key_of(secret + "x") is None
    row = await clean.fetchrow("SELECT * FROM desk.api_key")
    assert row["digest"] == digest(secret)
    assert secret not in str(dict(row))
    assert row["used_on"] is not None


@pytest.mark.parametrize("secret", ["", "prek_", "\x00", "\ud800", "å" * 5_000])
async def test_what_is_no_secret_opens_nothing(keys, secret):
    assert await keys.key_of(secret) is None


async def test_a_key_is_ended_by_its_own_municipality_alone_and_stays_in_the_books(keys, clean):
    secret, key = await keys.make_key(HERE, "Sak", ["statistics.read"], 30, "ada")

    assert not await keys.end_key(THERE, key.id)
    assert [each.id for each in await keys.keys(HERE)] == [key.id]
    assert await keys.keys(THERE) == []
    assert await keys.end_key(HERE, key.id)
    assert not await keys.end_key(HERE, key.id)
    assert await keys.key_of(secret) is None
    assert await keys.keys(HERE) == []
    assert await clean.fetchval("SELECT count(*) FROM desk.api_key") == 1


async def test_the_service_forgets_no_key(desk, keys):
    await keys.make_key(HERE, "Sak", ["statistics.read"], 30, "ada")
    service = await asyncpg.connect(desk.url)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("DELETE FROM desk.api_key")
    await service.close()


async def test_two_who_ask_at_once_make_no_more_webhooks_than_there_may_be(keys):
    async def make(n):
        return await keys.make_hook(HERE, f"https://x{n}.example/", ["closed"], "ada")

    made = await asyncio.gather(*(make(n) for n in range(MOST_HOOKS + 5)))

    assert sum(each is not None for each in made) == MOST_HOOKS
    assert len(await keys.hooks(HERE)) == MOST_HOOKS
    assert await keys.hooks(THERE) == []


async def test_a_milestone_is_told_to_who_wants_it_and_signed_with_its_own_secret(keys, alerts):
    first, hook = await keys.make_hook(HERE, "https://x.example/", ["closed", "opened"], "ada")
    await keys.make_hook(HERE, "https://y.example/", ["opened"], "ada")
    await keys.make_hook(THERE, "https://z.example/", ["closed"], "ada")
    (addressee,) = await alerts.hooks(HERE, "closed")
    told = []

    async def send(alert):
        told.append((alert.address, alert.secret))
        return Outcome.SENT

    await alerts.add(uuid4(), HERE, milestone(), addressee, "due")
    assert addressee.hook == hook.id
    assert await alerts.send_one(send, "webhook") == "sent"
    assert told == [("https://x.example/", first)]


async def test_what_is_on_its_way_to_a_webhook_that_is_gone_has_no_secret(keys, alerts, clean):
    _, hook = await keys.make_hook(HERE, "https://x.example/", ["closed"], "ada")
    (addressee,) = await alerts.hooks(HERE, "closed")
    await alerts.add(uuid4(), HERE, milestone(), addressee, "due")
    assert not await keys.end_hook(THERE, hook.id)
    assert await keys.end_hook(HERE, hook.id)
    secrets = []

    async def send(alert):
        secrets.append(alert.secret)
        return Outcome.NEVER

    assert await alerts.send_one(send, "webhook") == "failed"
    assert secrets == [""]


async def test_a_milestone_is_tried_for_a_week(keys, alerts, clean):
    await keys.make_hook(HERE, "https://x.example/", ["closed"], "ada")
    (addressee,) = await alerts.hooks(HERE, "closed")
    await alerts.add(uuid4(), HERE, milestone(), addressee, "due")

    left = await clean.fetchval("SELECT give_up_at - created_at FROM desk.alert")
    assert abs(left - MILESTONES_GIVE_UP).total_seconds() < 1
