"""The shell round the core: wakes up, reads, decides, sends."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge, Histogram
from services.bus import Bus, Outgoing, Push
from services.clock import Clock
from services.contracts import (
    DirectoryChanged,
    DirectoryRead,
    Envelope,
    LineRead,
    MakeOffer,
    PositionChanged,
    Query,
    ReadDirectory,
    ReadLine,
    Refused,
    TenantDirectory,
)
from services.contracts.leases import AgentLease
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.leases import LeaseTable
from services.tasks import Tasks
from services.topology import stream_topic

from router.absence import Absences
from router.core.decide import Round, decide
from router.core.view import View
from router.settings import Settings

log = structlog.get_logger()

WAITING = Gauge("prek_line_waiting", "Conversations waiting.", ["tenant"])
OFFERS = Counter("prek_offers_total", "Offers sent.", ["tenant"])
AVAILABLE = Gauge("prek_agents_available", "Agents available.", ["tenant"])
LOAD = Gauge("prek_agents_load", "Slots taken: offers, active and wrap-up.", ["tenant"])
DECIDING_S = Histogram("prek_deciding_seconds", "One round of the core.")

REPEAT_AFTER_S = 2.0
"""A decision already sent is not sent again sooner; the ledger would call it a repeat."""
REDIRECT_EVERY_S = 10.0
FRESH_S = 10.0


class Tenant:
    """One tenant's loop and what it remembers between rounds."""

    def __init__(self, directory: TenantDirectory) -> None:
        """Start with its set-up."""
        self.directory = directory
        self.wake = asyncio.Event()
        self.absences = Absences()
        self.positions: dict[UUID, int] = {}
        self.sent: dict[UUID, float] = {}
        self.last: Round = Round()


class Rounds:
    """Every tenant's loop in this replica."""

    def __init__(
        self,
        bus: Bus,
        *,
        clock: Clock,
        agents: LeaseTable,
        citizens: LeaseTable,
        settings: Settings,
    ) -> None:
        """Wire the parts together."""
        self._bus = bus
        self._clock = clock
        self._agents = agents
        self._citizens = citizens
        self._settings = settings
        self._tenants: dict[str, Tenant] = {}
        self._tasks = Tasks()
        self._redis_since: float | None = None
        self._answered = -FRESH_S

    # Probes

    def missing(self) -> str | None:
        """Return None while the ledger answers."""
        return None if time.monotonic() - self._answered < FRESH_S else "ledger"

    def explain(self, tenant: str, conversation: UUID) -> dict[str, object] | None:
        """Return why a conversation waits or to whom it was offered in the last round."""
        known = self._tenants.get(tenant)
        choice = known.last.choices.get(conversation) if known else None
        if choice is None:
            return None
        return {
            "agent": choice.agent,
            "step": choice.step.name.lower(),
            "candidates": choice.candidates,
            "passed_over": dict(choice.reasons),
        }

    # Waking

    async def on_hints(self, hints: Sequence[Envelope]) -> Sequence[list[Outgoing]]:
        """Wake the tenants that something happened to. A hint is never taken for state."""
        for hint in hints:
            self._wake(hint.tenant)
        return [[] for _ in hints]

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Take a new directory; look again when a decision was refused."""
        match envelope.body:
            case DirectoryChanged(directory=directory):
                self._take(directory)
            case Refused():
                self._wake(envelope.tenant)

    def _wake(self, tenant: str) -> None:
        if (known := self._tenants.get(tenant)) is not None:
            known.wake.set()

    def _take(self, directory: TenantDirectory) -> None:
        known = self._tenants.get(directory.tenant)
        if known is None:
            known = self._tenants[directory.tenant] = Tenant(directory)
            self._tasks.spawn(f"rounds-{directory.tenant}", self._loop(known))
        elif directory.version >= known.directory.version:
            known.directory = directory
        known.wake.set()

    # Life

    async def start(self) -> None:
        """Begin to look for tenants, and to look at them."""
        self._tasks.spawn("directories", self._directories_for_ever())

    async def stop(self) -> None:
        """Decide no more."""
        await self._tasks.cancel()

    async def on_reconnect(self) -> None:
        """Read the directories again: a change may have been missed."""
        await self._read_directories()

    async def _directories_for_ever(self) -> None:
        while True:
            found = await self._read_directories()
            await asyncio.sleep(REDIRECT_EVERY_S if found else 1.0)

    async def _read_directories(self) -> bool:
        try:
            answer = await self._bus.ask(self._question("all", ReadDirectory()))
        except ServiceError:
            return False
        self._answered = time.monotonic()
        if not isinstance(answer, DirectoryRead):
            return False
        for directory in answer.directories:
            self._take(directory)
        return bool(answer.directories)

    async def _loop(self, tenant: Tenant) -> None:
        away = False
        while True:
            try:
                async with asyncio.timeout(self._settings.tick_s):
                    await tenant.wake.wait()
            except TimeoutError:
                pass
            tenant.wake.clear()
            try:
                await self._round(tenant)
                away = False
            except ServiceError as error:
                if not away:
                    log.warning("round_failed", error=type(error).__name__, why=str(error))
                away = True
            await asyncio.sleep(self._settings.shortest_round_s)

    async def _round(self, tenant: Tenant) -> None:
        name = tenant.directory.tenant
        read = await self._bus.ask(self._question(name, ReadLine()))
        if not isinstance(read, LineRead):
            raise Transient("line")
        self._answered = time.monotonic()
        view = await self._view(tenant, read)
        with DECIDING_S.time():
            result = decide(view)
        tenant.last = result
        self._measure(view, result)
        await self._send(tenant, result)
        await self._tell_positions(tenant, result)

    async def _view(self, tenant: Tenant, read: LineRead) -> View:
        agents, citizens = await self._presence(read.tenant)
        if agents is None:
            tenant.absences.forget()
        owners = {s.owner for s in read.conversations if s.state == "active" and s.owner}
        return View(
            directory=tenant.directory,
            conversations=read.conversations,
            loads={load.agent: load.load for load in read.loads},
            capacities={load.agent: load.capacity for load in read.loads},
            agents=agents,
            citizens=citizens,
            now=read.now,
            absent_since=tenant.absences.look(owners, agents, read.now)
            if agents is not None
            else {},
        )

    async def _presence(
        self, tenant: str
    ) -> tuple[dict[str, AgentLease] | None, frozenset[UUID] | None]:
        """Return who is there, or None while Redis is away or too newly back to be believed."""
        try:
            agents = await self._agents.live(tenant)
            citizens = await self._citizens.live(tenant)
        except Transient:
            if self._redis_since is not None:
                log.warning("redis_unavailable")
            self._redis_since = None
            return None, None
        now = time.monotonic()
        if self._redis_since is None:
            log.info("redis_connected")
            self._redis_since = now
        speaking: dict[str, AgentLease] = {}
        for payload in agents.values():
            lease = AgentLease.read(payload)
            known = speaking.get(lease.agent)
            if known is None or lease.changed_at > known.changed_at:
                speaking[lease.agent] = lease
        here = frozenset(UUID(field.split(":", 1)[0]) for field in citizens)
        settled = now - self._redis_since >= self._settings.settle_s
        # Who is seen is there at once; who is not seen may only not have said so yet.
        return speaking, here if settled else None

    async def _send(self, tenant: Tenant, result: Round) -> None:
        now = time.monotonic()
        tenant.sent = {i: at for i, at in tenant.sent.items() if now - at < REPEAT_AFTER_S}
        fresh = [d for d in result.decisions if d.id not in tenant.sent]
        envelopes = [
            Envelope(
                id=decision.id,
                source="router",
                tenant=tenant.directory.tenant,
                time=self._clock(),
                sender="router:0",
                reply_to=self._bus.instance,
                body=decision.command,
            )
            for decision in fresh
        ]
        for decision in fresh:
            tenant.sent[decision.id] = now
        await asyncio.gather(*(self._bus.send(envelope) for envelope in envelopes))
        made = sum(isinstance(decision.command, MakeOffer) for decision in fresh)
        OFFERS.labels(tenant.directory.tenant).inc(made)

    async def _tell_positions(self, tenant: Tenant, result: Round) -> None:
        changed = {c: p for c, p in result.positions.items() if tenant.positions.get(c) != p}
        tenant.positions = result.positions
        for conversation, position in changed.items():
            body = PositionChanged(conversation=conversation, position=position)
            envelope = Envelope(
                id=new_id(),
                source="router",
                tenant=tenant.directory.tenant,
                time=self._clock(),
                sender="router:0",
                body=body,
            )
            topic = stream_topic(conversation, "dialogue")
            await self._bus.push(Push("gateway", topic, envelope))

    def _measure(self, view: View, result: Round) -> None:
        tenant = view.directory.tenant
        WAITING.labels(tenant).set(len(result.positions))
        LOAD.labels(tenant).set(sum(view.loads.values()))
        leases = (view.agents or {}).values()
        AVAILABLE.labels(tenant).set(sum(lease.presence == "available" for lease in leases))

    def _question(self, tenant: str, body: Query) -> Envelope:
        return Envelope(
            id=new_id(),
            source="router",
            tenant=tenant,
            time=self._clock(),
            sender="router:0",
            body=body,
        )
