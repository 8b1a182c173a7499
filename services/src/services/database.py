"""The pool of connections: opened when PostgreSQL is there, `Transient` while it is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import structlog

from services.errors import Transient
from services.tasks import Tasks

log = structlog.get_logger()

_TIMEOUT_S = 5.0
_AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""`InternalClientError`: a connection that just received the server's last word cannot be used."""
_AWAY_CLASSES = ("08", "28", "3D", "3F", "40", "53", "57")
"""SQLSTATE classes: connection exceptions, no such role, no such database, no such schema,
rollbacks such as a deadlock, insufficient resources, operator intervention."""
_AWAY_STATES = ("25006", "42501", "42P01", "42883")
"""A standby that is not promoted yet; no rights, no table, no function: not migrated yet."""

Connection = Any
"""asyncpg's pooled connection; its stubs name a private class."""


class Database:
    """PostgreSQL as the service's own role.

    Raises:
        Transient: by `connection`, while the database is away.
    """

    def __init__(
        self,
        url: str,
        *,
        application: str,
        probe: str,
        size: int,
        settings: Mapping[str, str] | None = None,
        statement_s: float = _TIMEOUT_S,
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            url: names the role.
            application: what the server calls these connections.
            probe: a statement that succeeds once the service's own tables can be used.
            size: most connections.
            settings: of the server, for these connections.
            statement_s: longest a statement may take.
        """
        self._statement_s = statement_s
        self._url = url
        self._probe = probe
        self._size = size
        self._settings = {"application_name": application, **(settings or {})}
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._tasks = Tasks()
        self._away = "database"

    async def start(self) -> None:
        """Begin to look after the connection."""
        self._tasks.keep("database", self._watch)

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
                    await connection.execute(self._probe)
                if self._away:
                    log.info("database_connected")
                self._away, announced = "", False
            except Transient as error:
                self._away = "database"
                if not announced:
                    log.warning("database_unavailable", error=type(error.__cause__).__name__)
                announced = True
            await asyncio.sleep(1)

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection in autocommit."""
        try:
            pool = self._pool or await self._open()
            async with asyncio.timeout(_TIMEOUT_S):  # the driver's own would make a task of it
                connection = await pool.acquire()
            try:
                async with _discarded(connection):
                    yield connection
            finally:
                await pool.release(connection)
        except Exception as error:
            if is_away(error):
                raise Transient("database") from error
            raise

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=1,
                    max_size=self._size,
                    command_timeout=self._statement_s,
                    timeout=3,
                    reset=_keep,
                    server_settings=self._settings,
                )
        return self._pool


@contextlib.asynccontextmanager
async def _discarded(connection: Connection) -> AsyncIterator[None]:
    """Throw a connection away when it told that the database is away: nobody else gets it.

    The server's last word comes a moment before the end of the connection is seen.
    """
    try:
        yield
    except Exception as error:
        if is_away(error):
            connection.terminate()
        raise


def is_away(error: Exception) -> bool:
    """Return whether an error says that the database is away, and not that we asked nonsense."""
    if isinstance(error, asyncpg.PostgresError):
        state = error.sqlstate or ""
        return state[:2] in _AWAY_CLASSES or state in _AWAY_STATES
    # What the driver cannot encode is an InterfaceError, and a ValueError too.
    return isinstance(error, _AWAY) and not isinstance(error, ValueError)


async def _keep(_connection: Connection) -> None:
    """Give a connection back as it is: our statements leave nothing to reset.

    The driver's own reset would be a third round trip a batch. A transaction that was left open
    is rolled back before this is called.
    """
