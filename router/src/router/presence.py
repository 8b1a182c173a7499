"""Who is there, from the leases in Redis, and when an absence may be believed."""

import contextlib
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog
from redis.asyncio import Redis
from services.contracts.leases import AgentLease, readable, speaking
from services.errors import Transient
from services.leases import REDIS_AWAY

log = structlog.get_logger()

_GENERATION = "router:generation"


class Leases(Protocol):
    """The part of `LeaseTable` that reads."""

    async def live(self, tenant: str) -> dict[str, str]:
        """Return the leases that have not run out."""


class Epoch(Protocol):
    """Tells one life of Redis's memory from the next."""

    async def current(self) -> str:
        """Return a value that changes whenever the memory was lost.

        Raises:
            Transient: Redis did not answer.
        """


class RedisEpoch:
    """A key that whoever finds it missing makes anew: it is gone when the leases are."""

    def __init__(self, redis: Redis) -> None:
        """Use this client."""
        self._redis = redis

    async def current(self) -> str:
        """See `Epoch.current`."""
        mine = secrets.token_hex(8)
        try:
            there = await self._redis.set(_GENERATION, mine, nx=True, get=True)
        except REDIS_AWAY as error:
            raise Transient("redis") from error
        return str(there or mine)


@dataclass(frozen=True, slots=True)
class Seen:
    """The leases of a tenant at one moment."""

    agents: dict[str, AgentLease]
    citizens: frozenset[UUID]
    settled: bool


class Presence:
    """Reads leases, and knows for how long what they say has been whole."""

    def __init__(self, agents: Leases, citizens: Leases, epoch: Epoch, *, settle_s: float) -> None:
        """Prepare; `settle_s` after a start, an outage or a wipe, absences are believed."""
        self._agents = agents
        self._citizens = citizens
        self._epoch = epoch
        self._settle_s = settle_s
        self._known = ""
        self._since: float | None = None
        self._announced = False

    def missing(self) -> str | None:
        """Return None while Redis answers."""
        return "redis" if self._since is None else None

    async def check(self) -> None:
        """Ask Redis for a sign of life, where no tenant does."""
        with contextlib.suppress(Transient):
            await self._whole()

    async def read(self, tenant: str) -> Seen | None:
        """Return who is there, or None while Redis is away."""
        try:
            agents = await self._agents.live(tenant)
            citizens = await self._citizens.live(tenant)
            # Asked last: leases read after a wipe are then never taken for whole.
            settled = await self._whole()
        except Transient:
            self._lost()
            return None
        return Seen(speaking(readable(agents.values())), _conversations(citizens), settled)

    async def _whole(self) -> bool:
        try:
            epoch = await self._epoch.current()
        except Transient:
            self._lost()
            raise
        now = time.monotonic()
        if self._since is None or epoch != self._known:
            log.info("presence_begins", settled_in_s=self._settle_s)
            self._since, self._known, self._announced = now, epoch, False
        return now - self._since >= self._settle_s

    def _lost(self) -> None:
        self._since = None
        if not self._announced:
            log.warning("redis_unavailable", effect="nothing is assigned meanwhile")
            self._announced = True


def _conversations(fields: Iterable[str]) -> frozenset[UUID]:
    found = set()
    for field in fields:
        with contextlib.suppress(ValueError):
            found.add(UUID(field.partition(":")[0]))
    return frozenset(found)
