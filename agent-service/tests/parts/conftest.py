"""PostgreSQL and Redis on ports of their own, with the desk's tables in them."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg

# Now, and not by its plugin at the very end: CPython 3.11 may fail to compile it when garbage of
# the tests is collected meanwhile ("AST constructor recursion depth mismatch").
import hypothesis  # noqa: F401
import pytest
from agent_service.postgres import PostgresStore
from native.infrastructure import Infrastructure

SERVICE = "agent-service"


class Desk:
    """The parts, and the service's commands run on them."""

    def __init__(self, parts: Infrastructure, folder: Path) -> None:
        self.parts = parts
        self.users = folder / "users.json"
        self.url = parts.settings(SERVICE)["PREK_DATABASE_URL"]
        self.owner_url = parts.migration_settings(SERVICE)["PREK_MIGRATE_URL"]
        self.redis_url = parts.settings(SERVICE)["PREK_REDIS_URL"]

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of the service's commands."""
        return subprocess.Popen(
            [sys.executable, "-m", "agent_service", *arguments],
            env={**os.environ, **self.parts.migration_settings(SERVICE)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> None:
        """Run one of the service's commands to its good end."""
        done = self.command(*arguments)
        _, errors = done.communicate()
        assert done.returncode == 0, errors.decode()

    def seed(self) -> list[dict[str, object]]:
        """Seed, and return the users it wrote."""
        self.run("seed", "--users-out", str(self.users))
        return json.loads(self.users.read_text())

    async def rows(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Read as the owner, who may see everything."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infrastructure]:
    parts = Infrastructure(tmp_path_factory.mktemp("desk") / "run")
    parts.redis.prepare()
    parts.postgresql.prepare()
    try:
        parts.start_part("redis")
        parts.start_part("database")
        parts.postgresql.furnish()
        yield parts
    finally:
        parts.remove()


@pytest.fixture(scope="session")
def desk(parts: Infrastructure, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The parts with migrated and seeded tables."""
    desk = Desk(parts, tmp_path_factory.mktemp("users"))
    # Two replicas come up together and both migrate; then a third, later.
    together = [desk.command("migrate") for _ in range(2)]
    errors = [process.communicate()[1] for process in together]
    assert [process.returncode for process in together] == [0, 0], errors
    desk.run("migrate")
    desk.seed()
    return desk


@pytest.fixture
async def store(desk: Desk) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(desk.url)
    yield store
    await store.stop()
