"""Which citizens can be reached: leases in Redis, asserted in full every few seconds."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from services.contracts.leases import LEASE_S, RENEW_S
from services.errors import Transient
from services.leases import LeaseTable

log = structlog.get_logger()

Seat = tuple[str, UUID, int]
"""Tenant, conversation, number of the socket."""

_TOGETHER_S = 0.2
"""Comings and goings within so long are told together."""


class Attendance:
    """Keeps the lease table equal to what is attached here. Redis away: the chat goes on."""

    def __init__(self, leases: LeaseTable, instance: str, seats: Callable[[], set[Seat]]) -> None:
        """Take what is attached from `seats`."""
        self._leases = leases
        self._instance = instance
        self._seats = seats
        self._asserted: set[Seat] = set()
        self._changed = asyncio.Event()
        self._away = False

    def stir(self) -> None:
        """Say that something changed."""
        self._changed.set()

    async def run(self) -> None:
        """Renew until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            full = loop.time() >= due
            if full:
                due = loop.time() + RENEW_S
            await self._tell(full=full)
            await asyncio.sleep(_TOGETHER_S)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), max(0.0, due - loop.time()))

    async def _tell(self, *, full: bool) -> None:
        self._changed.clear()
        now = self._seats()
        renewed = self._by_tenant(now if full else now - self._asserted)
        released = self._by_tenant(self._asserted - now)
        try:
            for tenant, fields in renewed:
                await self._leases.renew(tenant, dict.fromkeys(fields, ""), LEASE_S)
            for tenant, fields in released:
                await self._leases.release(tenant, fields)
        except Transient:
            if not self._away:
                log.warning("redis_unavailable")
            self._away = True
            return
        self._asserted = now
        if self._away and (renewed or released):
            log.info("redis_back")
            self._away = False

    async def release(self) -> None:
        """Give every lease up; the last step before the end."""
        asserted, self._asserted = self._asserted, set()
        with contextlib.suppress(Transient):
            for tenant, fields in self._by_tenant(asserted):
                await self._leases.release(tenant, fields)

    def _by_tenant(self, seats: Iterable[Seat]) -> list[tuple[str, list[str]]]:
        grouped = defaultdict(list)
        for tenant, conversation, number in seats:
            grouped[tenant].append(f"{conversation}:{self._instance}-{number}")
        return list(grouped.items())
