"""Every tenant's rounds in this replica: who the tenants are, and which of them to wake."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

from services.bus import Bus, Outgoing
from services.clock import Clock
from services.contracts import (
    DirectoryChanged,
    DirectoryRead,
    Envelope,
    ReadDirectory,
    Refused,
    TenantDirectory,
    Why,
)
from services.errors import ServiceError
from services.ids import new_id
from services.tasks import Tasks

from router.presence import Presence
from router.settings import Settings
from router.tenant import TenantRounds

FRESH_S = 10.0
"""The ledger is taken for gone when it has answered nothing for so long."""
_READ_AGAIN_S = 30.0
_NONE_YET_S = 1.0


class Rounds:
    """The tenants known to this replica."""

    def __init__(self, bus: Bus, *, presence: Presence, clock: Clock, settings: Settings) -> None:
        """Wire the parts together."""
        self._bus = bus
        self._presence = presence
        self._clock = clock
        self._settings = settings
        self._tenants: dict[str, TenantRounds] = {}
        self._tasks = Tasks()
        self._look = asyncio.Event()
        self._answered_at: float | None = None

    def missing(self) -> str | None:
        """Return None while the ledger answers."""
        answers = [self._answered_at, *(t.answered_at for t in self._tenants.values())]
        latest = max((at for at in answers if at is not None), default=None)
        fresh = latest is not None and time.monotonic() - latest < FRESH_S
        return None if fresh else "ledger"

    def explain(self, tenant: str, conversation: UUID) -> Why | None:
        """Return why a conversation waits, or to whom it was offered last, as of the last round."""
        rounds = self._tenants.get(tenant)
        return rounds.explain(conversation) if rounds else None

    # Waking

    async def on_hints(self, hints: Sequence[Envelope]) -> Sequence[list[Outgoing]]:
        """Wake the tenants that something happened to."""
        for hint in hints:
            self._wake(hint.tenant)
        return [[] for _ in hints]

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Take a new set-up; look again when a decision was refused."""
        match envelope.body:
            case DirectoryChanged(directory=directory):
                self._take(directory)
            case Refused(about=about, code=code) if envelope.tenant in self._tenants:
                self._tenants[envelope.tenant].refused(about, code)

    async def on_reconnect(self) -> None:
        """Look everywhere: a change may have been missed."""
        self._look.set()
        for tenant in self._tenants:
            self._wake(tenant)

    def _wake(self, tenant: str) -> None:
        if tenant in self._tenants:
            self._tenants[tenant].wake()
        else:
            self._look.set()

    def _take(self, directory: TenantDirectory) -> None:
        known = self._tenants.get(directory.tenant)
        if known is None:
            known = self._tenants[directory.tenant] = TenantRounds(
                directory,
                bus=self._bus,
                presence=self._presence,
                clock=self._clock,
                settings=self._settings,
                tasks=self._tasks,
            )
            self._tasks.keep(f"rounds-{directory.tenant}", known.run)
        elif directory.version > known.directory.version:
            known.take(directory)
            known.wake()

    # Life

    async def start(self) -> None:
        """Begin to look for tenants, and to look at them."""
        self._tasks.keep("directories", self._watch_directories)

    async def stop(self) -> None:
        """Decide no more."""
        await self._tasks.cancel()

    async def _watch_directories(self) -> None:
        while True:
            self._look.clear()
            await self._presence.check()
            await self._read_directories()
            try:
                async with asyncio.timeout(_READ_AGAIN_S if self._tenants else _NONE_YET_S):
                    await self._look.wait()
            except TimeoutError:
                continue
            # A hint about a tenant we do not get to know must not make a hot loop.
            await asyncio.sleep(self._settings.shortest_round_s)

    async def _read_directories(self) -> None:
        question = Envelope(
            id=new_id(),
            source="router",
            tenant="all",
            time=self._clock(),
            sender="router:0",
            body=ReadDirectory(),
        )
        try:
            answer = await self._bus.ask(question)
        except ServiceError:
            return
        self._answered_at = time.monotonic()
        if isinstance(answer, DirectoryRead):
            for directory in answer.directories:
                self._take(directory)
