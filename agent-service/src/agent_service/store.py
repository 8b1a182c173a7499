"""The desk's tables: directory, accounts, sessions and tickets. Secrets lie there as digests."""

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import structlog
from services.contracts import TenantDirectory
from services.errors import Transient
from services.tasks import Tasks

log = structlog.get_logger()

TICKET_S = 30
_TIMEOUT_S = 5
_AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in agent on one device. `key` names it without being its secret."""

    tenant: str
    agent: str
    key: str


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class Store:
    """The tables behind one pool, which is opened when the database is there.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, url: str) -> None:
        """Prepare; nothing is connected yet."""
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._tasks = Tasks()
        self._away = "database"

    async def start(self) -> None:
        """Begin to connect and to look after the connection."""
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
                async with self._connection() as connection:
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
    async def _connection(self) -> AsyncIterator[asyncpg.pool.PoolConnectionProxy]:
        try:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url, min_size=1, max_size=5, command_timeout=_TIMEOUT_S, timeout=3
                )
            async with self._pool.acquire(timeout=_TIMEOUT_S) as connection:
                yield connection
        except _AWAY as error:
            raise Transient("database") from error
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "").startswith(("57", "53", "08")):
                raise Transient("database") from error
            raise

    # Directory

    async def directories(self) -> list[TenantDirectory]:
        """Return every tenant's directory."""
        async with self._connection() as connection:
            rows = await connection.fetch("SELECT document::text FROM desk.directory")
        return [TenantDirectory.read(row[0]) for row in rows]

    async def save_directory(self, directory: TenantDirectory) -> None:
        """Replace a tenant's directory unless a newer one is there."""
        async with self._connection() as connection:
            await connection.execute(
                "INSERT INTO desk.directory (tenant, version, document) VALUES ($1, $2, $3)"
                " ON CONFLICT (tenant) DO UPDATE SET version = excluded.version,"
                " document = excluded.document, changed_at = now()"
                " WHERE desk.directory.version < excluded.version",
                directory.tenant,
                directory.version,
                directory.model_dump_json(),
            )

    # Accounts

    async def password_hash(self, tenant: str, agent: str) -> str | None:
        """Return an account's argon2 hash, or None."""
        async with self._connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT password_hash FROM desk.account WHERE tenant = $1 AND agent = $2",
                tenant,
                agent,
            )
        return found

    async def save_account(self, tenant: str, agent: str, password_hash: str) -> None:
        """Create an account, or give it a new password."""
        async with self._connection() as connection:
            await connection.execute(
                "INSERT INTO desk.account VALUES ($1, $2, $3) ON CONFLICT (tenant, agent)"
                " DO UPDATE SET password_hash = excluded.password_hash",
                tenant,
                agent,
                password_hash,
            )

    # Sessions and tickets

    async def open_session(self, tenant: str, agent: str, hours: float) -> str:
        """Return the secret of a new session."""
        secret = secrets.token_urlsafe(32)
        async with self._connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO desk.session VALUES ($1, $2, $3, now() + make_interval(secs => $4))",
                _digest(secret),
                tenant,
                agent,
                hours * 3600,
            )
        return secret

    async def session(self, secret: str) -> Session | None:
        """Return the session a cookie opens, or None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(
                "SELECT tenant, agent, digest FROM desk.session"
                " WHERE digest = $1 AND expires_at > now()",
                _digest(secret),
            )
        return Session(row[0], row[1], row[2].hex()[:16]) if row else None

    async def end_session(self, secret: str) -> None:
        """Sign out."""
        async with self._connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE digest = $1", _digest(secret))

    async def make_ticket(self, secret: str) -> str:
        """Return a one-time ticket for the socket of a session."""
        ticket = secrets.token_urlsafe(32)
        async with self._connection() as connection:
            await connection.execute("DELETE FROM desk.ticket WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO desk.ticket VALUES ($1, $2, now() + make_interval(secs => $3))",
                _digest(ticket),
                _digest(secret),
                TICKET_S,
            )
        return ticket

    async def use_ticket(self, ticket: str) -> Session | None:
        """Spend a ticket: the first use gets the session, every other gets None."""
        async with self._connection() as connection:
            row = await connection.fetchrow(
                "WITH spent AS (DELETE FROM desk.ticket WHERE digest = $1 AND expires_at > now()"
                " RETURNING session) SELECT s.tenant, s.agent, s.digest FROM desk.session s"
                " JOIN spent ON spent.session = s.digest WHERE s.expires_at > now()",
                _digest(ticket),
            )
        return Session(row[0], row[1], row[2].hex()[:16]) if row else None
