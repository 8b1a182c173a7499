"""The tenants' set-ups: read from our tables, kept in memory, published to the ledger."""

import asyncio
from collections.abc import Callable

import structlog
from pydantic import ValidationError
from services.bus import Bus
from services.clock import Clock
from services.contracts import Envelope, PublishDirectory, TenantDirectory, derived_id
from services.errors import ServiceError
from services.ids import NAMESPACE
from services.tasks import Tasks

from agent_service.store import Store

log = structlog.get_logger()


class Directories:
    """Every tenant's directory as this replica knows it."""

    def __init__(self, bus: Bus, store: Store, clock: Clock, *, check_s: float) -> None:
        """Know none yet; `start` begins to look every `check_s` seconds."""
        self._check_s = check_s
        self._bus = bus
        self._store = store
        self._clock = clock
        self._known: dict[str, TenantDirectory] = {}
        self._read: dict[str, int] = {}
        self._published: dict[str, int] = {}
        self._changed: Callable[[TenantDirectory], None] = lambda _: None
        self._tasks = Tasks()

    def on_change(self, listener: Callable[[TenantDirectory], None]) -> None:
        """Call `listener` with a directory that replaced an older one."""
        self._changed = listener

    def of(self, tenant: str) -> TenantDirectory | None:
        """Return a tenant's directory, or None while it is not known."""
        return self._known.get(tenant)

    def departments_of(self, person: tuple[str, str]) -> tuple[str, ...] | None:
        """Return the departments an agent answers for, given by tenant and id; None if unknown."""
        directory = self._known.get(person[0])
        profile = directory.agent(person[1]) if directory else None
        return profile.answers_in if profile else None

    @property
    def tenants(self) -> list[str]:
        """Return every tenant known."""
        return list(self._known)

    async def look(self) -> None:
        """Read what is new in the tables, and publish what was not yet.

        Raises:
            Transient: the database or the broker is away.
        """
        for directory in await self._store.directories(self._read):
            self._read[directory.tenant] = directory.version
            self._take(directory)
        for directory in self._known.values():
            if self._published.get(directory.tenant) != directory.version:
                await self._publish(directory)

    def heard(self, directory: TenantDirectory) -> None:
        """Take a set-up the ledger tells of, sooner than the tables are looked at.

        One we do not know at all is left to the tables: they are what we answer for. So are those
        we know, in the end: a ledger that is older than we are tells what it knows of a set-up.
        """
        known = self._known.get(directory.tenant)
        if known is not None and known.version < directory.version:
            self._take(directory)

    def _take(self, directory: TenantDirectory) -> None:
        former = self._known.get(directory.tenant)
        # A reading of the tables may come late: what was heard meanwhile is newer.
        if former is not None and (former.version > directory.version or former == directory):
            return
        self._known[directory.tenant] = directory
        if former is not None:
            self._changed(directory)

    async def publish_all(self) -> None:
        """Say every set-up again: a new broker or ledger may not know them."""
        self._published.clear()
        try:
            for directory in list(self._known.values()):
                await self._publish(directory)
        except ServiceError:
            log.info("directory_unpublished")  # the next look says the rest

    async def _publish(self, directory: TenantDirectory) -> None:
        """Say a set-up to the ledger; said twice it changes nothing."""
        envelope = Envelope(
            id=derived_id(NAMESPACE, f"directory:{directory.tenant}:{directory.version}"),
            source="agent",
            tenant=directory.tenant,
            time=self._clock(),
            sender="system:directory",
            body=PublishDirectory(directory=directory),
        )
        await self._bus.send(envelope)
        self._published[directory.tenant] = directory.version

    async def start(self) -> None:
        """Begin to look."""
        self._tasks.keep("directories", self._look_for_ever)

    async def stop(self) -> None:
        """End looking."""
        await self._tasks.cancel()

    async def _look_for_ever(self) -> None:
        announced = False
        while True:
            try:
                await self.look()
                announced = False
            except ServiceError:
                pass  # store and bus say themselves that they are away
            except ValidationError:
                # Written by another version of this service; what is known goes on being served.
                if not announced:
                    log.error("directory_unreadable")  # noqa: TRY400 - a trace would quote it
                announced = True
            await asyncio.sleep(self._check_s)
