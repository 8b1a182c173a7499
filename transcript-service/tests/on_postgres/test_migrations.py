"""The schema's steps: run once, run again, run by two at once, from any step to the last."""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from native.infrastructure import Infrastructure
from transcript_service.migrations import versions
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads
from transcript_service.verify import verify

from services import errors

pytestmark = pytest.mark.integration

LAST = max(path.name for path in Path(versions.__file__).parent.glob("[0-9]*.py"))[:4]
"""The number of the newest step."""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A database server with roles and no tables."""
    parts = Infrastructure(tmp_path_factory.mktemp("fresh") / "run")
    parts.postgresql.prepare()
    parts.start_part("database")
    parts.postgresql.furnish()
    yield parts
    parts.remove()


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """A database server whose tables are of the step before the last."""
    parts = Infrastructure(tmp_path_factory.mktemp("older") / "run")
    parts.postgresql.prepare()
    parts.start_part("database")
    parts.postgresql.furnish()
    command = "from transcript_service.migrate import migrate; migrate('0003')"
    environment = {**os.environ, **parts.migration_settings("transcript-service")}
    subprocess.run([sys.executable, "-c", command], env=environment, check=True, timeout=60)
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
    assert await step(fresh) == LAST
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


_ACTIVE = """
INSERT INTO ledger.conversation (
    tenant, id, version, citizen, state, department, language, priority, owner, epoch, opened_at,
    entered_at, last_seq, heads, missed, agents
) VALUES (
    't', '00000000-0000-7000-8000-000000000001', 3, 'citizen:c1', 'active', 'torget', 'nb', 5,
    'kari', 1, now(), now(), '{}', '{}', '{}', '{kari}'
)
"""


async def test_what_was_going_on_before_the_last_step_goes_on_after_it(older, migrating):
    admin = await asyncpg.connect(older.admin_settings()["PREK_DATABASE_URL"])
    await admin.execute(_ACTIVE)
    await admin.close()
    before = await step(older)
    process = migrating(older)
    words, _ = process.communicate(timeout=60)
    database = ledger_database(older.settings("transcript-service")["PREK_DATABASE_URL"], size=1)
    (read,) = (await Reads(database).line("t")).conversations
    await database.stop()

    assert process.returncode == 0, words
    assert (before, await step(older)) == ("0003", LAST)
    assert (read.state, read.owner, read.nudged_at, read.rating) == ("active", "kari", None, None)
    assert (read.outcome, read.archive, read.glimpses) == (None, None, ())
