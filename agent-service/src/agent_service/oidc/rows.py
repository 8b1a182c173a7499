"""What is kept of sign-ins by a provider, and its rows in PostgreSQL.

Secrets lie there as digests; a refresh token, which has to be used again, lies there sealed.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, Field
from services.contracts.model import Id
from services.database import Database

from agent_service.core.grants import Grant
from agent_service.core.identity import LoggedOut

_CONNECTIONS = 2
SIGN_IN_S: Final = 600
"""A sign-in that takes longer begins anew; two factors and a lost phone fit in."""
CHECK_S: Final = 900
"""How often a provider is asked whether somebody still may."""
_RETRY_S: Final = 60
_LOGOUT_KEPT_S: Final = 3_600
"""Longer than a logout token can be used."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sign-in that has been begun in a browser."""

    tenant: str
    provider: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who a provider says somebody is, and what its groups allow."""

    tenant: str
    provider: str
    agent: str
    subject: str
    sid: str | None
    grant: Grant | None
    """None: the set-up alone says who may what."""
    refresh_token: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A session of which the provider is to be asked again."""

    digest: bytes
    vouched: Vouched
    overdue: bool
    """The provider has been away for an hour."""


class Identity(BaseModel):
    """Which agent somebody is, in the words of a provider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: Id
    provider: Id
    person: str = Field(min_length=1, max_length=255)
    agent: Id


class OidcRows:
    """The tables. Its pool is opened when the database is there.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, url: str, signing_key: str) -> None:
        """Prepare; nothing is connected yet."""
        self._database = Database(
            url,
            application="agent-service sign-in",
            probe="SELECT FROM desk.sign_in LIMIT 0",
            size=_CONNECTIONS,
        )
        key = hashlib.sha256(b"refresh tokens of desk.session\0" + signing_key.encode()).digest()
        self._key = OctKey.import_key(key)

    async def stop(self) -> None:
        """See `Database.stop`."""
        await self._database.stop()

    async def begin(self, under_way: UnderWay) -> str:
        """Keep a sign-in that begins, and return the secret its browser comes back with."""
        secret = secrets.token_urlsafe(32)
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.sign_in WHERE expires_at < now()")
            await connection.execute(
                "INSERT INTO desk.sign_in"
                " VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))",
                _digest(secret),
                under_way.tenant,
                under_way.provider,
                under_way.state,
                under_way.nonce,
                under_way.verifier,
                SIGN_IN_S,
            )
        return secret

    async def take(self, secret: str) -> UnderWay | None:
        """Return the sign-in a secret stands for: the first time, and never again."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                "DELETE FROM desk.sign_in WHERE digest = $1 AND expires_at > now()"
                " RETURNING tenant, provider, state, nonce, verifier",
                _digest(secret),
            )
        return UnderWay(*row) if row else None

    async def agent(self, tenant: str, provider: str, person: str) -> str | None:
        """Return which agent a person was said to be, or None."""
        async with self._database.connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT agent FROM desk.identity"
                " WHERE tenant = $1 AND provider = $2 AND person = $3",
                tenant,
                provider,
                person,
            )
        return found

    async def replace_identities(self, identities: Sequence[Identity]) -> None:
        """Let the providers named have these people and no others."""
        named = {(each.tenant, each.provider) for each in identities}
        async with self._database.connection() as connection, connection.transaction():
            for tenant, provider in sorted(named):
                await connection.execute(
                    "DELETE FROM desk.identity WHERE tenant = $1 AND provider = $2",
                    tenant,
                    provider,
                )
            await connection.executemany(
                "INSERT INTO desk.identity VALUES ($1, $2, $3, $4)",
                [(each.tenant, each.provider, each.person, each.agent) for each in identities],
            )

    async def open_session(self, vouched: Vouched, hours: float) -> str | None:
        """Return the secret of a new session; None when the provider has ended it already."""
        secret = secrets.token_urlsafe(32)
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE expires_at < now()")
            opened = await connection.fetchval(
                "INSERT INTO desk.session (digest, tenant, agent, expires_at, provider, subject,"
                " sid, roles, departments, refresh, checked_at, check_at)"
                " SELECT $1, $2, $3, now() + make_interval(secs => $4), $5, $6, $7, $8, $9, $10,"
                " now(), now() + make_interval(secs => $11)"
                " WHERE NOT EXISTS (SELECT FROM desk.logout AS l"
                "  WHERE l.tenant = $2 AND l.provider = $5 AND l.sid = $7) RETURNING 1",
                _digest(secret),
                vouched.tenant,
                vouched.agent,
                hours * 3_600,
                vouched.provider,
                vouched.subject,
                vouched.sid,
                *_columns(vouched.grant),
                self._sealed(vouched.refresh_token),
                CHECK_S,
            )
        return secret if opened else None

    async def provider_of(self, digest: bytes) -> str | None:
        """Return the provider that vouches for a session; None for a local account's."""
        async with self._database.connection() as connection:
            found: str | None = await connection.fetchval(
                "SELECT provider FROM desk.session WHERE digest = $1", digest
            )
        return found

    async def log_out(self, tenant: str, provider: str, who: LoggedOut) -> int | None:
        """End the sessions a provider has ended. Return how many; None when it said so before."""
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute("DELETE FROM desk.logout WHERE expires_at < now()")
            news = await connection.fetchval(
                "INSERT INTO desk.logout VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))"
                " ON CONFLICT DO NOTHING RETURNING 1",
                tenant,
                provider,
                who.jti,
                who.sid,
                _LOGOUT_KEPT_S,
            )
            if news is None:
                return None
            ended = await connection.fetch(
                # A provider that names a session may not have told its name at the sign-in.
                "DELETE FROM desk.session WHERE tenant = $1 AND provider = $2"
                " AND CASE WHEN $3::text IS NULL THEN sid = $4"
                "  ELSE subject = $3 AND coalesce(sid = $4, true) END RETURNING 1",
                tenant,
                provider,
                who.subject,
                who.sid,
            )
        return len(ended)

    async def due(self, most: int) -> list[Due]:
        """Return sessions to ask about now. Another replica gets others."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "UPDATE desk.session SET check_at = now() + make_interval(secs => $2)"
                " WHERE digest IN (SELECT digest FROM desk.session WHERE refresh IS NOT NULL"
                "  AND check_at <= now() AND expires_at > now() ORDER BY check_at LIMIT $1"
                "  FOR UPDATE SKIP LOCKED)"
                " RETURNING *, checked_at < now() - interval '1 hour' AS overdue",
                most,
                _RETRY_S,
            )
        return [self._due(row) for row in rows]

    async def checked(self, digest: bytes, refresh_token: str) -> None:
        """Note that somebody still may, and by which token to ask the next time."""
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE desk.session SET refresh = $2, checked_at = now(),"
                " check_at = now() + make_interval(secs => $3) WHERE digest = $1",
                digest,
                self._sealed(refresh_token),
                CHECK_S,
            )

    async def end(self, digest: bytes) -> None:
        """End a session."""
        async with self._database.connection() as connection:
            await connection.execute("DELETE FROM desk.session WHERE digest = $1", digest)

    def _due(self, row: Any) -> Due:
        vouched = Vouched(
            tenant=row["tenant"],
            provider=row["provider"],
            agent=row["agent"],
            subject=row["subject"],
            sid=row["sid"],
            grant=grant_of(row["roles"], row["departments"]),
            refresh_token=self._opened(row["refresh"]),
        )
        return Due(row["digest"], vouched, row["overdue"])

    def _sealed(self, token: str | None) -> str | None:
        if token is None:
            return None
        return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, token.encode(), self._key)

    def _opened(self, sealed: str) -> str | None:
        try:
            plain = jwe.decrypt_compact(sealed, self._key).plaintext
        except (JoseError, ValueError):
            return None  # sealed by a key that is no longer in use
        return None if plain is None else plain.decode()


def grant_of(roles: Sequence[str] | None, departments: Sequence[str] | None) -> Grant | None:
    """Return what two columns of a session say."""
    if roles is None:
        return None
    return Grant(frozenset(roles), None if departments is None else frozenset(departments))


def _columns(grant: Grant | None) -> tuple[list[str] | None, list[str] | None]:
    if grant is None:
        return None, None
    departments = None if grant.departments is None else sorted(grant.departments)
    return sorted(grant.roles), departments


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
