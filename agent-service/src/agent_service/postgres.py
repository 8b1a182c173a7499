"""The desk's tables in PostgreSQL. Secrets lie there as digests."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from services.contracts import TenantDirectory
from services.database import Database

from agent_service.oidc.rows import grant_of
from agent_service.store import TICKET_S, Change, Changed, Lasting, Session

_CONNECTIONS = 5
# A provider is asked about a session again and again, and so may keep it up, by a refresh token.
_KEPT_UP = "(provider IS NULL OR refresh IS NOT NULL)"
_TOTAL_ENDS = "began_at + make_interval(secs => $2::float8)"
"""Null without a total."""
_LASTING = (
    "extract(epoch FROM expires_at - now())::float8,"
    # Less than a minute more is not worth anybody's while.
    f" {_KEPT_UP} AND coalesce({_TOTAL_ENDS} > expires_at + interval '1 minute', true), provider"
)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _session(row: Any) -> Session:
    tenant, agent, digest, roles, departments = row
    return Session(tenant, agent, digest, grant_of(roles, departments))


class PostgresStore:
    """See `Store`. Its pool is opened when the database is there.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, url: str) -> None:
        """Prepare; nothing is connected yet."""
        self._database = Database(
            url,
            application="agent-service",
            probe="SELECT FROM desk.directory LIMIT 0",
            size=_CONNECTIONS,
        )

    async def start(self) -> None:
        """See `Database.start`."""
        await self._database.start()

    async def stop(self) -> None:
        """See `Database.stop`."""
        await self._database.stop()

    def missing(self) -> str | None:
        """See `Database.missing`."""
        return self._database.missing()

    # Directory

    async def directories(self, known: Mapping[str, int]) -> list[TenantDirectory]:
        """See `Store.directories`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT document::text FROM desk.directory AS d WHERE NOT EXISTS ("
                " SELECT FROM unnest($1::text[], $2::bigint[]) AS known (tenant, version)"
                " WHERE known.tenant = d.tenant AND known.version >= d.version)",
                list(known.keys()),
                list(known.values()),
            )
        return [TenantDirectory.read(row[0]) for row in rows]

    async def save_directory(self, directory: TenantDirectory) -> None:
        """Replace a tenant's directory unless a newer one is there."""
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO desk.directory (tenant, version, document) VALUES ($1, $2, $3)"
                " ON CONFLICT (tenant) DO UPDATE SET version = excluded.version,"
                " document = excluded.document, changed_at = now()"
                " WHERE desk.directory.version < excluded.version",
                directory.tenant,
                directory.version,
                directory.model_dump_json(),
            )

    async def change_directory(
        self, tenant: str, by: str, what: Mapping[str, object], change: Change
    ) -> TenantDirectory | None:
        """See `Store.change_directory`."""
        async with self._database.connection() as connection, connection.transaction():
            document = await connection.fetchval(
                "SELECT document::text FROM desk.directory WHERE tenant = $1 FOR UPDATE", tenant
            )
            if document is None:
                return None
            directory = TenantDirectory.read(document)
            changed = change(directory)
            if changed is None:
                return directory
            await connection.execute(
                "UPDATE desk.directory SET version = $2, document = $3, changed_at = now()"
                " WHERE tenant = $1",
                tenant,
                changed.version,
                changed.model_dump_json(),
            )
            await connection.execute(
                "INSERT INTO desk.change (tenant, version, by, what) VALUES ($1, $2, $3, $4)",
                tenant,
                changed.version,
                by,
                json.dumps(what, ensure_ascii=False),
            )
        return changed

    async def changes(self, tenant: str, before: int | None, limit: int) -> list[Changed]:
        """See `Store.changes`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT version, by, at, what::text FROM desk.change"
                " WHERE tenant = $1 AND version < coalesce($2::bigint, version + 1)"
                " ORDER BY version DESC LIMIT $3",
                tenant,
                before,
                limit,
            )
        return [Changed(version, by, at, json.loads(what)) for version, by, at, what in rows]

    # Accounts

    async def password_hash(self, tenant: str, agent: str) -> str | None:
        """See `Store.password_hash`."""
        async with self._database.connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT password_hash FROM desk.account WHERE tenant = $1 AND agent = $2",
                tenant,
                agent,
            )
        return found

    async def save_account(self, tenant: str, agent: str, password_hash: str) -> None:
        """See `Store.save_account`."""
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO desk.account VALUES ($1, $2, $3) ON CONFLICT (tenant, agent)"
                " DO UPDATE SET password_hash = excluded.password_hash",
                tenant,
                agent,
                password_hash,
            )

    # Sessions and tickets

    async def open_session(self, tenant: str, agent: str, hours: float) -> tuple[str, Session]:
        """See `Store.open_session`."""
        secret = secrets.token_urlsafe(32)
        session = Session(tenant, agent, _digest(secret))
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO desk.session (digest, tenant, agent, account, expires_at)"
                " VALUES ($1, $2, $3, $3, now() + make_interval(secs => $4))",
                session.digest,
                tenant,
                agent,
                hours * 3600,
            )
        return secret, session

    async def session(self, secret: str) -> Session | None:
        """See `Store.session`."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT tenant, agent, digest, roles, departments FROM desk.session"
                " WHERE digest = $1 AND expires_at > now()",
                _digest(secret),
            )
        return _session(row) if row else None

    async def lasting(self, session: Session, total_s: float | None) -> Lasting | None:
        """See `Store.lasting`."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                f"SELECT {_LASTING} FROM desk.session"  # noqa: S608 - nothing from outside
                " WHERE digest = $1 AND expires_at > now()",
                session.digest,
                total_s,
            )
        return Lasting(*row) if row else None

    async def extend(self, session: Session, hours: float, total_s: float | None) -> Lasting | None:
        """See `Store.extend`."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "UPDATE desk.session SET expires_at = greatest(expires_at,"  # noqa: S608 - as above
                f" least(now() + make_interval(secs => $3), {_TOTAL_ENDS}))"
                f" WHERE digest = $1 AND expires_at > now() AND {_KEPT_UP} RETURNING {_LASTING}",
                session.digest,
                total_s,
                hours * 3600,
            )
        return Lasting(*row) if row else None

    async def end_session(self, session: Session) -> None:
        """See `Store.end_session`."""
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE digest = $1", session.digest)

    async def ended(self, sessions: Iterable[Session]) -> set[Session]:
        """See `Store.ended`."""
        asked = {session.digest: session for session in sessions}
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT digest FROM unnest($1::bytea[]) AS asked (digest) WHERE NOT EXISTS ("
                " SELECT FROM desk.session AS s"
                " WHERE s.digest = asked.digest AND s.expires_at > now())",
                list(asked),
            )
        return {asked[row[0]] for row in rows}

    async def make_ticket(self, session: Session) -> str:
        """See `Store.make_ticket`. Of a session that has just ended it opens nothing."""
        ticket = secrets.token_urlsafe(32)
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.ticket WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO desk.ticket SELECT $1, digest, now() + make_interval(secs => $3)"
                " FROM desk.session WHERE digest = $2",
                _digest(ticket),
                session.digest,
                TICKET_S,
            )
        return ticket

    async def use_ticket(self, ticket: str) -> Session | None:
        """See `Store.use_ticket`."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "WITH spent AS (DELETE FROM desk.ticket WHERE digest = $1 AND expires_at > now()"
                " RETURNING session) SELECT s.tenant, s.agent, s.digest, s.roles, s.departments"
                " FROM desk.session s"
                " JOIN spent ON spent.session = s.digest WHERE s.expires_at > now()",
                _digest(ticket),
            )
        return _session(row) if row else None
