"""The tables of keys and webhooks in PostgreSQL."""

import secrets
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.contracts import Milestone
from services.database import Database
from services.ids import new_id

from agent_service.outside.keys import Hook, Key, Scope, digest, new_secret

_CONNECTIONS: Final = 2
MOST_HOOKS: Final = 20
"""Webhooks of a tenant: each is a letter for every milestone."""


class PostgresKeys:
    """See `Keys`. Its pool is opened when the database is there."""

    def __init__(self, url: str) -> None:
        """Prepare; nothing is connected yet."""
        self._database = Database(
            url,
            application="agent-service outside",
            probe="SELECT FROM desk.api_key LIMIT 0",
            size=_CONNECTIONS,
        )

    async def stop(self) -> None:
        """See `Database.stop`."""
        await self._database.stop()

    async def key_of(self, secret: str) -> Key | None:
        """See `Keys.key_of`."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "SELECT id, tenant, name, scopes, made_by, made_at, expires_at, used_on,"
                " date_trunc('hour', now()) IS DISTINCT FROM used_on AS older"
                " FROM desk.api_key WHERE digest = $1"
                " AND ended_at IS NULL AND expires_at > now()",
                digest(secret),
            )
            if row is None:
                return None
            if row["older"]:
                await connection.execute(
                    "UPDATE desk.api_key SET used_on = date_trunc('hour', now()) WHERE id = $1",
                    row["id"],
                )
        return _key(row)

    async def keys(self, tenant: str) -> list[Key]:
        """See `Keys.keys`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, name, scopes, made_by, made_at, expires_at, used_on"
                " FROM desk.api_key WHERE tenant = $1 AND ended_at IS NULL AND expires_at > now()"
                " ORDER BY made_at DESC, id",
                tenant,
            )
        return [_key(row) for row in rows]

    async def make_key(
        self, tenant: str, name: str, scopes: Sequence[Scope], days: int, by: str
    ) -> tuple[str, Key]:
        """See `Keys.make_key`."""
        secret = new_secret()
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "INSERT INTO desk.api_key (id, tenant, name, digest, scopes, made_by, expires_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))"
                " RETURNING id, tenant, name, scopes, made_by, made_at, expires_at, used_on",
                new_id(),
                tenant,
                name,
                digest(secret),
                list(scopes),
                by,
                days,
            )
        return secret, _key(row)

    async def end_key(self, tenant: str, key: UUID) -> bool:
        """See `Keys.end_key`."""
        async with self._database.connection() as connection:
            ended = await connection.fetchval(
                "UPDATE desk.api_key SET ended_at = now()"
                " WHERE tenant = $1 AND id = $2"
                " AND ended_at IS NULL AND expires_at > now() RETURNING true",
                tenant,
                key,
            )
        return bool(ended)

    async def hooks(self, tenant: str) -> list[Hook]:
        """See `Keys.hooks`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, tenant, url, milestones, made_by, made_at FROM desk.webhook"
                " WHERE tenant = $1 ORDER BY made_at, id",
                tenant,
            )
        return [_hook(row) for row in rows]

    async def make_hook(
        self, tenant: str, url: str, milestones: Sequence[Milestone], by: str
    ) -> tuple[str, Hook] | None:
        """See `Keys.make_hook`."""
        secret = secrets.token_urlsafe(32)
        async with self._database.connection() as connection, connection.transaction():
            # One at a time, or two would both find room for the last.
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('hooks ' || $1, 0))", tenant
            )
            row = await connection.fetchrow(
                "INSERT INTO desk.webhook (id, tenant, url, secret, milestones, made_by)"
                " SELECT $1, $2, $3, $4, $5, $6"
                " WHERE (SELECT count(*) FROM desk.webhook WHERE tenant = $2) < $7"
                " RETURNING id, tenant, url, milestones, made_by, made_at",
                new_id(),
                tenant,
                url,
                secret,
                list(milestones),
                by,
                MOST_HOOKS,
            )
        return (secret, _hook(row)) if row is not None else None

    async def end_hook(self, tenant: str, hook: UUID) -> bool:
        """See `Keys.end_hook`."""
        async with self._database.connection() as connection:
            ended = await connection.fetchval(
                "DELETE FROM desk.webhook WHERE tenant = $1 AND id = $2 RETURNING true",
                tenant,
                hook,
            )
        return bool(ended)


def _key(row: Any) -> Key:
    return Key(
        id=row["id"],
        tenant=row["tenant"],
        name=row["name"],
        scopes=tuple(row["scopes"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        used_on=row["used_on"],
    )


def _hook(row: Any) -> Hook:
    return Hook(
        id=row["id"],
        tenant=row["tenant"],
        url=row["url"],
        milestones=tuple(row["milestones"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
    )
