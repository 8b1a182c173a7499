"""The schema's steps: run once, run again, run by two at once, from any step to the last."""

import asyncpg
import pytest
from native.infrastructure import Infrastructure
from transcript_service.postgres import ledger_database
from transcript_service.verify import verify

from services import errors

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A database server with roles and no tables."""
    parts = Infrastructure(tmp_path_factory.mktemp("fresh") / "run")
    parts.postgresql.prepare()
    parts.start_part("database")
    parts.postgresql.furnish()
    yield parts
    parts.remove()


async def step(parts):
    connection = await asyncpg.connect(parts.admin_settings()["PREK_DATABASE_URL"])
    try:
        return await connection.fetchval("SELECT version_num FROM ledger.alembic_version")
    finally:
        await connection.close()


async def test_before_the_first_step_the_database_is_away_and_then_two_migrate_at_once(
    fresh, migrating
):
    """Commands that come too early wait; they are no dead letters."""
    url = fresh.settings("transcript-service")["PREK_DATABASE_URL"]
    database = ledger_database(url, size=1)
    with pytest.raises(errors.Transient):
        async with database.connection() as connection:
            await connection.fetchval("SELECT ledger.load_batch('{}')")
    running = [migrating(fresh) for _ in range(2)]
    words = [process.communicate(timeout=60)[0] for process in running]

    assert [process.returncode for process in running] == [0, 0], words
    assert await step(fresh) == "0002"
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT ledger.load_batch('{}')") is not None
    await database.stop()
    assert await verify(url, None) == []


async def test_migrating_again_changes_nothing(parts, migrating, app_url):
    before = await step(parts)
    process = migrating(parts)
    words, _ = process.communicate(timeout=60)

    assert process.returncode == 0, words
    assert await step(parts) == before
