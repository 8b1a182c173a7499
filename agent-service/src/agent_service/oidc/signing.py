"""Signing in at a provider, being signed out there, and asking it whether somebody still may."""

import asyncio
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import httpx
import structlog
from services.contracts import Refusal
from services.errors import Transient
from services.rate import Buckets, Limit
from services.tasks import Tasks

from agent_service.core import identity
from agent_service.core.identity import Fault
from agent_service.directories import Directories
from agent_service.oidc.remote import Remote, Signed, Tokens
from agent_service.oidc.rows import Due, OidcRows, UnderWay, Vouched
from agent_service.oidc.settings import Provider
from agent_service.oidc.vouching import grant_by, identified, may, unbelieved
from agent_service.sessions import Denied, Sessions
from agent_service.store import Session

log = structlog.get_logger()

_BEGUN = Limit(burst=100, per_s=2)
"""Sign-ins begun from one address: a town hall at eight in the morning, and no more."""
_LOGGED_OUT = Limit(burst=500, per_s=20)
"""Logout tokens from one address."""
_AT_ONCE: Final = 16
_CHECK_EVERY_S: Final = 15.0
_AGENT_ID = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,63}")
_LOGOUT_TOKEN: Final = ("logout+jwt", "jwt", None)


class SignIns:
    """The providers of all tenants."""

    def __init__(
        self,
        providers: Sequence[Provider],
        http: httpx.AsyncClient,
        rows: OidcRows,
        sessions: Sessions,
        directories: Directories,
        *,
        origin: str,
        hours: float,
        now: Callable[[], float],
    ) -> None:
        """Ask nothing yet.

        Args:
            providers: each under its own tenant and name.
            http: how they are asked.
            rows: what is kept.
            sessions: of which some end.
            directories: who works where.
            origin: where browsers reach the console.
            hours: how long a session lives at the most.
            now: seconds since 1970.
        """
        self._rows = rows
        self._sessions = sessions
        self._directories = directories
        self._origin = origin
        self._hours = hours
        self._now = now
        self._begun = Buckets(_BEGUN)
        self._logged_out = Buckets(_LOGGED_OUT)
        self._tasks = Tasks()
        self._remotes = {
            each.key: Remote(
                each,
                http,
                redirect_uri=f"{origin}/api/sign-in/{each.tenant}/{each.id}/callback",
            )
            for each in providers
        }

    def offered(self, tenant: str | None) -> list[Provider]:
        """Return where one may sign in: at a tenant, or anywhere."""
        found = (remote.provider for remote in self._remotes.values())
        return [each for each in found if tenant in (None, each.tenant)]

    def _remote(self, tenant: str, provider: str) -> Remote:
        remote = self._remotes.get((tenant, provider))
        if remote is None:
            raise Denied(Refusal.NOT_FOUND, 404)
        return remote

    # Signing in

    async def begin(self, tenant: str, provider: str, address: str) -> tuple[str, str]:
        """Return where to send a browser, and the secret with which it comes back.

        Raises:
            Denied: no such provider, or too many at once.
            Fault: the provider makes no sense.
            Transient: the provider or the database is away.
        """
        remote = self._remote(tenant, provider)
        if wait_s := self._begun.take(address, time.monotonic()):
            raise Denied(Refusal.RATE_LIMITED, 429, wait_s)
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        url = await remote.authorization_url(state=state, nonce=nonce, verifier=verifier)
        secret = await self._rows.begin(UnderWay(tenant, provider, state, nonce, verifier))
        return url, secret

    async def finish(
        self, tenant: str, provider: str, secret: str | None, answer: Mapping[str, str]
    ) -> str:
        """Return the secret of the session that a provider's answer opens.

        Raises:
            Denied: no such provider.
            Fault: the answer is not to be believed, or the person may not come in.
            Transient: the provider or the database is away.
        """
        remote = self._remote(tenant, provider)
        under_way = await self._rows.take(secret) if secret else None
        if under_way is None:
            raise Fault("not_begun")
        if (under_way.tenant, under_way.provider) != remote.provider.key or not hmac.compare_digest(
            answer.get("state", "").encode(), under_way.state.encode()
        ):
            raise Fault("wrong_state")
        metadata = await remote.metadata()
        identity.check_response_issuer(
            answer.get("iss"),
            metadata.issuer,
            promised=metadata.authorization_response_iss_parameter_supported,
        )
        if "error" in answer:
            raise Fault("denied" if answer["error"] == "access_denied" else "refused")
        tokens = await remote.redeem(answer.get("code", ""), under_way.verifier)
        vouched = await self._vouched(remote, tokens, under_way.nonce)
        opened = await self._rows.open_session(vouched, self._hours)
        if opened is None:
            raise Fault("logged_out")
        return opened

    async def _vouched(self, remote: Remote, tokens: Tokens, nonce: str) -> Vouched:
        provider = remote.provider
        signed, subject = await identified(remote, tokens, now=self._now(), nonce=nonce)
        sid = signed.claims.get("sid")
        return Vouched(
            tenant=provider.tenant,
            provider=provider.id,
            agent=await self._agent(provider, signed),
            subject=subject,
            sid=sid if isinstance(sid, str) else None,
            grant=grant_by(provider, signed),
            refresh_token=tokens.refresh_token,
        )

    async def _agent(self, provider: Provider, signed: Signed) -> str:
        """Return who it is at the desk: by the list of identities, or under the very same id."""
        person = signed.claims.get(provider.person_claim)
        directory = self._directories.of(provider.tenant)
        if directory is None:
            raise Transient("directory")
        if not isinstance(person, str) or not person:
            raise Fault("no_person")
        named = await self._rows.agent(*provider.key, person)
        agent = named or (person if _AGENT_ID.fullmatch(person) else None)
        profile = directory.agent(agent) if agent else None
        if profile is None:
            raise Fault("unknown_person")
        if provider.groups and not may(grant_by(provider, signed), profile):
            raise Fault("no_access")
        return profile.id

    # Signing out

    async def farewell(self, session: Session) -> str | None:
        """Return where a browser signs out of the provider too; None when it need not.

        Raises:
            Transient: the database is away.
        """
        provider = await self._rows.provider_of(session.digest) if self._remotes else None
        remote = self._remotes.get((session.tenant, provider or ""))
        if remote is None:
            return None
        try:
            return await remote.farewell(f"{self._origin}/")
        except (Fault, Transient):
            return None  # signed out here all the same

    async def log_out(self, token: str, address: str) -> None:
        """End the sessions a logout token names: here at once, on other replicas when they look.

        Raises:
            Denied: too many at once.
            Fault: it is not to be believed.
            Transient: the provider or the database is away.
        """
        if wait_s := self._logged_out.take(address, time.monotonic()):
            raise Denied(Refusal.RATE_LIMITED, 429, wait_s)
        named = self._named(token)
        if not named:
            raise Fault("wrong_issuer")
        for remote in named:
            signed = await remote.signed(token, _LOGOUT_TOKEN)
            provider = remote.provider
            who = identity.check_logout_token(signed.claims, provider.expected, now=self._now())
            ended = await self._rows.log_out(*provider.key, who)
            if ended is None:
                raise Fault("replayed")
            log.info("signed_out_by_provider", tenant=provider.tenant, sessions=ended)
        await self._sessions.look()

    def _named(self, token: str) -> list[Remote]:
        """Return whose token it claims to be, and of no others; not yet believed."""
        claims = unbelieved(token)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        return [
            remote
            for remote in self._remotes.values()
            if remote.provider.issuer == claims.get("iss")
            and remote.provider.client_id in audiences
        ]

    # Asking again

    async def check(self) -> None:
        """Ask about the sessions of which it is time to ask.

        Raises:
            Transient: the database is away.
        """
        more = True
        while more:
            listed = await self._rows.due(_AT_ONCE)
            ended = await asyncio.gather(*(self._ended(due) for due in listed))
            if any(ended):
                await self._sessions.look()
            more = len(listed) == _AT_ONCE

    async def _ended(self, due: Due) -> bool:
        """Ask about a session, end it when the answer is no, and return whether it ended."""
        try:
            await self._check(due)
        except Fault as fault:
            log.info("session_ended", tenant=due.vouched.tenant, code=fault.code)
        except Transient:
            # Nobody is thrown out of a conversation because a provider has a bad minute.
            if not due.overdue:
                return False
            log.info("session_ended", tenant=due.vouched.tenant, code="provider_away")
        else:
            return False
        await self._rows.end(due.digest)
        return True

    async def _check(self, due: Due) -> None:
        vouched = due.vouched
        remote = self._remotes.get((vouched.tenant, vouched.provider))
        if remote is None or vouched.refresh_token is None:
            raise Fault("no_provider")
        tokens = await remote.refresh(vouched.refresh_token)
        if tokens.id_token is not None:
            signed, _ = await identified(
                remote, tokens, now=self._now(), nonce=None, subject=vouched.subject
            )
            if remote.provider.groups and grant_by(remote.provider, signed) != vouched.grant:
                raise Fault("no_access")
        await self._rows.checked(due.digest, tokens.refresh_token or vouched.refresh_token)

    async def start(self) -> None:
        """Begin to ask again, where there is a provider."""
        if self._remotes:
            self._tasks.keep("oidc", self._check_for_ever)

    async def stop(self) -> None:
        """End asking."""
        await self._tasks.cancel()

    async def _check_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_CHECK_EVERY_S)
            try:
                await self.check()
            except Transient:
                log.debug("sessions_not_checked")  # the store says itself that it is away
