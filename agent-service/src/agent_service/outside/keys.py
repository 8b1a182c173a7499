"""Keys: what another system of a municipality proves itself with, and what it may with it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol
from uuid import UUID

from services.contracts import Milestone

Scope = Literal["archive.read", "statistics.read", "webhooks.write"]
SCOPES: Final[tuple[Scope, ...]] = ("archive.read", "statistics.read", "webhooks.write")
"""`archive.read`: what is closed and behind no wall. `statistics.read`: the figures of the whole
municipality. `webhooks.write`: its own webhooks."""

_PREFIX: Final = "prek_"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: without its secret."""

    id: UUID
    tenant: str
    name: str
    scopes: tuple[Scope, ...]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_on: datetime | None = None
    """The day it was last used, to the hour."""

    @property
    def reader(self) -> str:
        """What the ledger and its audit know it as."""
        return f"key.{self.id.hex[:12]}"


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook: where which milestones are told."""

    id: UUID
    tenant: str
    url: str
    milestones: tuple[Milestone, ...]
    made_by: str
    made_at: datetime


def new_secret() -> str:
    """Return the secret of a new key, which is shown once and kept nowhere."""
    return _PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret. It is random: no slow hash makes it safer."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


class Keys(Protocol):
    """The tables of keys and webhooks.

    Raises:
        Transient: by every method, while the database is away.
    """

    async def key_of(self, secret: str) -> Key | None:
        """Return the key a secret is of, while it is good; note that it was used."""

    async def keys(self, tenant: str) -> list[Key]:
        """Return the keys that are good, the newest first."""

    async def make_key(
        self, tenant: str, name: str, scopes: Sequence[Scope], days: int, by: str
    ) -> tuple[str, Key]:
        """Return a new key and its secret."""

    async def end_key(self, tenant: str, key: UUID) -> bool:
        """End a key for good. Return whether there was one."""

    async def hooks(self, tenant: str) -> list[Hook]:
        """Return a tenant's webhooks, the oldest first."""

    async def make_hook(
        self, tenant: str, url: str, milestones: Sequence[Milestone], by: str
    ) -> tuple[str, Hook] | None:
        """Return a new webhook and the secret that signs what it gets; None: there are too many."""

    async def end_hook(self, tenant: str, hook: UUID) -> bool:
        """End a webhook; what is on its way to it is given up. Return whether there was one."""
