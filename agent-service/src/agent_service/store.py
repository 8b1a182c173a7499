"""What the desk keeps: directories, accounts, sessions and one-time tickets.

`PostgresStore` is the only keeper of a running system; tests of sockets have one in memory.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.contracts import TenantDirectory

from agent_service.core.grants import Grant

TICKET_S = 30
"""How long a ticket for the socket is good."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in agent on one device, known by the digest of the secret in its cookie."""

    tenant: str
    agent: str
    digest: bytes
    grant: Grant | None = None
    """The most it may have, where the groups at a provider say so."""

    @property
    def key(self) -> str:
        """Name it shortly without being its secret."""
        return self.digest.hex()[:16]


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session still lasts."""

    left_s: float
    extendable: bool
    """Whether it can be made to end later: not beyond its total, and not where a provider vouched
    for it once and cannot be asked again."""
    provider: str | None = None
    """Who vouches for it; None for a local account's."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of the books: who made which version of a set-up, when, and what was done."""

    version: int
    by: str
    at: datetime
    what: Mapping[str, Any]
    """`set_up` or `emergency`; with `undo_of`, the version whose change it took back."""


Change = Callable[[TenantDirectory], TenantDirectory | None]
"""Makes the next version of a set-up, or None when it is to stay as it is. It may raise."""


class Store(Protocol):
    """The desk's tables.

    Raises:
        Transient: by every method, while the database is away.
    """

    async def directories(self, known: Mapping[str, int]) -> list[TenantDirectory]:
        """Return the directories that are newer than those known: tenant to version."""

    async def change_directory(
        self, tenant: str, by: str, what: Mapping[str, object], change: Change
    ) -> TenantDirectory | None:
        """Replace a set-up by what `change` makes of it, and note who did what in the books.

        One change at a time. Returns the set-up as it is then; None for a tenant without one.
        """

    async def changes(self, tenant: str, before: int | None, limit: int) -> list[Changed]:
        """Return what was changed, the newest first; only versions below `before`, if it is set."""

    async def password_hash(self, tenant: str, agent: str) -> str | None:
        """Return an account's argon2 hash, or None."""

    async def save_account(self, tenant: str, agent: str, password_hash: str) -> None:
        """Create an account, or give it a new password."""

    async def open_session(self, tenant: str, agent: str, hours: float) -> tuple[str, Session]:
        """Return a new session and its secret, which is kept nowhere else."""

    async def session(self, secret: str) -> Session | None:
        """Return the session a secret opens, or None."""

    async def lasting(self, session: Session, total_s: float | None) -> Lasting | None:
        """Return how long it still lasts; None when it has ended.

        Args:
            session: which.
            total_s: the most seconds from the sign-in to the end; None: no such limit.
        """

    async def extend(self, session: Session, hours: float, total_s: float | None) -> Lasting | None:
        """Let a session last for `hours` from now, within its total, and never shorter than it did.

        Returns:
            How long it lasts then. None, and nothing is changed, when it has ended or a provider
            vouched for it once and cannot be asked again.
        """

    async def end_session(self, session: Session) -> None:
        """Sign out."""

    async def ended(self, sessions: Iterable[Session]) -> set[Session]:
        """Return those that were signed out, have run out, or lost their account."""

    async def make_ticket(self, session: Session) -> str:
        """Return a one-time ticket for the socket of a session."""

    async def use_ticket(self, ticket: str) -> Session | None:
        """Spend a ticket: the first use gets the session, every other gets None."""
