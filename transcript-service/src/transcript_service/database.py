"""The pool of connections: opened when PostgreSQL is there, `Transient` while it is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import structlog
from services.errors import Transient
from services.tasks import Tasks

log = structlog.get_logger()

_TIMEOUT_S = 5.0
_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError)
_AWAY_CLASSES = ("57", "53", "08")
"""SQLSTATE classes: operator intervention, insufficient resources, connection exceptions."""

Connection = Any
"""asyncpg's pooled connection; its stubs name a private class."""


class Database:
    """PostgreSQL as the service's own role.

    Raises:
        Transient: by `connection`, while the database is away.
    """

    def __init__(self, url: str, *, size: int) -> None:
        """Prepare; nothing is connected yet."""
        self._url = url
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._tasks = Tasks()
        self._away = "database"

    async def start(self) -> None:
        """Begin to look after the connection."""
        self._tasks.spawn("database", self._watch())

    async def stop(self) -> None:
        """Close the pool."""
        await self._tasks.cancel()
        if self._pool is not None:
            with contextlib.suppress(*_AWAY):
                await asyncio.wait_for(self._pool.close(), _TIMEOUT_S)

    def missing(self) -> str | None:
        """Return None while the database answers."""
        return self._away or None

    async def _watch(self) -> None:
        announced = False
        while True:
            try:
                async with self.connection() as connection:
                    await connection.execute("SELECT 1")
                if self._away:
                    log.info("database_connected")
                self._away, announced = "", False
            except Transient:
                self._away = "database"
                if not announced:
                    log.warning("database_unavailable")
                announced = True
            await asyncio.sleep(1)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection in autocommit."""
        try:
            pool = self._pool or await self._open()
            async with pool.acquire(timeout=_TIMEOUT_S) as connection:
                yield connection
        except _AWAY as error:
            raise Transient("database") from error
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] in _AWAY_CLASSES:
                raise Transient("database") from error
            raise

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=1,
                    max_size=self._size,
                    command_timeout=_TIMEOUT_S,
                    timeout=3,
                    server_settings={"application_name": "transcript-service", "jit": "off"},
                )
        return self._pool
