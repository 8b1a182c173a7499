"""Tells every open widget who is there and when, as it is now and whenever it changes.

One look per tenant, not per socket. Nobody waits for an answer that the screen said was there.
"""

import asyncio
import contextlib
from typing import Final

from services.clock import Clock
from services.contracts import DirectoryChanged, DirectoryRead, Envelope, TenantDirectory
from services.contracts.wire_citizen import SAvailability

from gateway.core.availability import answering, availability
from gateway.directories import Directories
from gateway.staffing import Staffing
from gateway.ws.visitor import Visitor

LOOK_S: Final = 3.0
"""Seconds between two looks."""
_FRESH_S: Final = 1.0
"""Hours are reckoned at most once in so long per tenant: a crowd of sockets may come at once."""
_AT_ONCE: Final = 10
"""Tenants looked at side by side; fewer than the connections to Redis."""


class Availabilities:
    """The sockets that want to know, by tenant, and what each was told."""

    def __init__(
        self,
        directories: Directories,
        staffing: Staffing,
        clock: Clock,
        *,
        every_s: float = LOOK_S,
    ) -> None:
        """Tell nobody yet. Give `on_push` to the bus after the directories'.

        Args:
            directories: whose hours count.
            staffing: who knows of the desk.
            clock: by which hours are read.
            every_s: seconds between two looks.
        """
        self._every_s = every_s
        self._directories = directories
        self._staffing = staffing
        self._clock = clock
        self._present: dict[str, set[Visitor]] = {}
        self._latest: dict[str, tuple[float, TenantDirectory, SAvailability]] = {}
        self._stirred = asyncio.Event()

    async def now(self, directory: TenantDirectory) -> SAvailability:
        """Return a tenant's availability."""
        staffed = await self._staffing.staffed(directory.tenant, answering(directory))
        at = asyncio.get_running_loop().time()
        if (latest := self._latest.get(directory.tenant)) is not None:
            then, of, told = latest
            if of is directory and told.staffed == staffed and at - then < _FRESH_S:
                return told
        told = availability(directory, staffed=staffed, now=self._clock())
        self._latest[directory.tenant] = (at, directory, told)
        return told

    def join(self, visitor: Visitor, told: SAvailability) -> None:
        """Keep a socket told, which has been told this much."""
        visitor.availability = told
        self._present.setdefault(visitor.tenant, set()).add(visitor)

    def leave(self, visitor: Visitor) -> None:
        """Tell a socket no more."""
        present = self._present.get(visitor.tenant, set())
        present.discard(visitor)
        if not present:
            self._present.pop(visitor.tenant, None)

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Look at once when a set-up changed."""
        if isinstance(envelope.body, DirectoryChanged | DirectoryRead):
            self._stirred.set()

    async def run(self) -> None:
        """Look every few seconds until cancelled."""
        self._staffing.begin()
        slots = asyncio.Semaphore(_AT_ONCE)
        while True:
            self._stirred.clear()
            await asyncio.gather(*(self._look(tenant, slots) for tenant in list(self._present)))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), self._every_s)

    async def _look(self, tenant: str, slots: asyncio.Semaphore) -> None:
        directory = self._directories.known(tenant)
        if directory is None:
            return
        async with slots:
            told = await self.now(directory)
        for visitor in self._present.get(tenant, ()):
            if visitor.availability != told:
                visitor.availability = told
                visitor.outbox.put(told)
