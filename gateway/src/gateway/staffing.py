"""Whether somebody is at a tenant's desk, from the agents' leases."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from services.contracts.leases import readable
from services.errors import Transient
from services.leases import LeaseTable

from gateway.core.desk import REBUILT_S, Look, look

FRESH_S: Final = 2.0
"""Redis is asked at most once in so long per tenant; and while it is away, not for anyone."""


class Staffing:
    """Looks at leases, one question at a time per tenant, however many sockets want to know."""

    def __init__(self, leases: LeaseTable, *, fresh_s: float = FRESH_S) -> None:
        """Read this table of agents' leases.

        Args:
            leases: the table.
            fresh_s: an answer is as good as new for so many seconds.
        """
        self._leases = leases
        self._fresh_s = fresh_s
        self._looks: dict[str, Look] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._away_until = float("-inf")
        self._settles_at = float("-inf")

    def begin(self) -> None:
        """Begin now: who is not seen in the first seconds is not believed to be away."""
        self._settles_at = asyncio.get_running_loop().time() + REBUILT_S

    async def staffed(self, tenant: str, answering: Collection[str] | None = None) -> bool | None:
        """Return whether an agent is available; None when Redis does not say.

        Args:
            tenant: whose desk.
            answering: departments whose agents answer whoever asks; None: all of them.
        """
        loop = asyncio.get_running_loop()
        async with self._asking[tenant]:
            before = self._looks.get(tenant, Look())
            if loop.time() < self._away_until:
                return None
            if loop.time() - before.at < self._fresh_s:
                return before.staffed
            try:
                leases = list(readable((await self._leases.live(tenant)).values()))
            except Transient:
                # Back again, it may be empty: nothing follows from who is missing then.
                self._away_until = loop.time() + self._fresh_s
                self._settles_at = self._away_until + REBUILT_S
                return None
            now = loop.time()
            found = look(
                before, leases, now=now, settled=now >= self._settles_at, answering=answering
            )
            self._looks[tenant] = found
            return found.staffed
