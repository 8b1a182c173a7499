"""Signing in and out, and shutting the sockets of sessions that have ended anywhere."""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from services.addresses import is_loopback
from services.contracts import AgentProfile, Refusal, TenantDirectory
from services.contracts.wire_citizen import CLOSE_TOKEN
from services.errors import Transient
from services.rate import Buckets, Limit
from services.tasks import Tasks

from agent_service import passwords
from agent_service.desk import Desk
from agent_service.directories import Directories
from agent_service.store import Lasting, Session, Store

log = structlog.get_logger()

_PER_NAME = Limit(burst=10, per_s=0.2)
"""Tries per name from one address that failed: who knows the password may come and go."""
_PER_ADDRESS = Limit(burst=100, per_s=0.5)
"""Tries from one address over all names: a town hall at eight in the morning, and no more."""


NOT_EXTENDABLE: Final = "not_extendable"
"""The session lasts no longer than it does: one has to sign in again."""


class Denied(Exception):
    """A request that is turned away, with a code and an HTTP status."""

    def __init__(self, code: str, status: int, retry_after_s: float | None = None) -> None:
        """Take what the answer says."""
        super().__init__(code)
        self.code, self.status, self.retry_after_s = code, status, retry_after_s


@dataclass(frozen=True, slots=True)
class Seat:
    """Who a session belongs to, and where."""

    session: Session
    profile: AgentProfile
    directory: TenantDirectory


class Sessions:
    """The sessions of local accounts."""

    def __init__(
        self,
        store: Store,
        directories: Directories,
        desk: Desk,
        *,
        hours: float,
        check_s: float,
        local_off: Collection[str] = (),
        total_hours: Mapping[str, float] | None = None,
    ) -> None:
        """Let sessions live for `hours` from the sign-in; look every `check_s` seconds.

        At the tenants of `local_off` nobody signs in by a password, and at those of `total_hours`
        a session is extended to that many hours from the sign-in at the most.
        """
        self._total_s = {tenant: each * 3600 for tenant, each in (total_hours or {}).items()}
        self._local_off = local_off
        self._check_s = check_s
        self._store = store
        self._directories = directories
        self._desk = desk
        self._hours = hours
        self._per_name = Buckets(_PER_NAME)
        self._per_address = Buckets(_PER_ADDRESS)
        self._tasks = Tasks()

    async def sign_in(
        self, name: str, password: str, *, tenant: str | None, address: str
    ) -> tuple[str, Seat]:
        """Return the secret of a new session, and whose it is.

        Raises:
            Denied: not now, or not with this name and password.
            Transient: the database is away.
        """
        tenant = tenant or self._only_tenant()
        if tenant in self._local_off:
            raise Denied("sign_in_failed", 401)
        account = f"{address} {tenant} {name}"
        self._count_try(address, account)
        known = await self._store.password_hash(tenant, name)
        directory = self._directories.of(tenant)
        if not await passwords.check(known, password) or known is None:
            raise Denied("sign_in_failed", 401)
        if directory is None:
            raise Denied(Refusal.BUSY, 503)
        if (profile := directory.agent(name)) is None:
            raise Denied("sign_in_failed", 401)
        if (renewed := await passwords.renewed(known, password)) is not None:
            await self._store.save_account(tenant, name, renewed)
        secret, session = await self._store.open_session(tenant, name, self._hours)
        self._per_name.give_back(account)
        return secret, Seat(session, profile, directory)

    def _only_tenant(self) -> str:
        """Return the tenant of an installation that has but one, so that nobody need name it."""
        tenants = self._directories.tenants
        if not tenants:
            raise Denied(Refusal.BUSY, 503)
        return tenants[0] if len(tenants) == 1 else ""

    def _count_try(self, address: str, account: str) -> None:
        now = time.monotonic()
        wait_s = self._per_name.take(account, now)
        # Programs on this machine are no crowd; a proxy here tells whom it speaks for.
        if not wait_s and not is_loopback(address):
            wait_s = self._per_address.take(address, now)
        if wait_s:
            raise Denied(Refusal.RATE_LIMITED, 429, wait_s)

    async def seat(self, secret: str | None) -> Seat:
        """Return whose session a cookie opens.

        Raises:
            Denied: nobody's.
            Transient: the database is away.
        """
        session = await self._store.session(secret) if secret else None
        if session is None:
            raise Denied(Refusal.TOKEN_INVALID, 401)
        return self.seated(session)

    def seated(self, session: Session) -> Seat:
        """Return whose session it is.

        Raises:
            Denied: of someone who is no longer there, or of a tenant not yet known here.
        """
        directory = self._directories.of(session.tenant)
        if directory is None:
            raise Denied(Refusal.BUSY, 503)
        profile = directory.agent(session.agent)
        if profile is None or not (session.grant is None or session.grant.covers(profile)):
            raise Denied(Refusal.TOKEN_INVALID, 401)
        return Seat(session, profile, directory)

    async def lasting(self, session: Session) -> Lasting:
        """Return how long a session still lasts.

        Raises:
            Denied: it has ended.
            Transient: the database is away.
        """
        lasting = await self._store.lasting(session, self._total_s.get(session.tenant))
        if lasting is None:
            raise Denied(Refusal.TOKEN_INVALID, 401)
        return lasting

    async def extend(self, session: Session) -> Lasting:
        """Let a session last as long as a new one would, because a person asked for it.

        A provider that is asked about it again goes on being asked: its no ends it as before.

        Raises:
            Denied: it has ended, or does not last longer than it does.
            Transient: the database is away.
        """
        if not (await self.lasting(session)).extendable:
            raise Denied(NOT_EXTENDABLE, 409)
        total_s = self._total_s.get(session.tenant)
        lasting = await self._store.extend(session, self._hours, total_s)
        if lasting is None:
            raise Denied(Refusal.TOKEN_INVALID, 401)
        log.info("session_extended", tenant=session.tenant, seconds=round(lasting.left_s))
        return lasting

    async def sign_out(self, session: Session) -> None:
        """End a session. Its sockets close at once; on other replicas when they look next.

        Raises:
            Transient: the database is away; the session goes on.
        """
        await self._store.end_session(session)
        await self._shut(session)

    async def _shut(self, session: Session) -> None:
        for console in self._desk.consoles(session.tenant):
            if console.session == session:
                console.outbox.finish(CLOSE_TOKEN)
        await self._desk.people.sign_out((session.tenant, session.agent), session.key)

    async def look(self) -> None:
        """Close the sockets of sessions that were ended elsewhere, have run out, or may no more.

        Raises:
            Transient: the database is away.
        """
        sitting = {console.session for console in self._desk.consoles()}
        if sitting:
            ended = await self._store.ended(sitting)
            for session in ended | {each for each in sitting if self._has_outgrown(each)}:
                await self._shut(session)

    def _has_outgrown(self, session: Session) -> bool:
        """Return whether the set-up has come to give somebody more than a provider lets them."""
        directory = self._directories.of(session.tenant)
        profile = directory.agent(session.agent) if directory else None
        grant = session.grant
        return grant is not None and profile is not None and not grant.covers(profile)

    async def start(self) -> None:
        """Begin to look."""
        self._tasks.keep("sessions", self._look_for_ever)

    async def stop(self) -> None:
        """End looking."""
        await self._tasks.cancel()

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._check_s)
            try:
                await self.look()
            except Transient:
                log.debug("sessions_not_looked_at")  # the store says itself that it is away
