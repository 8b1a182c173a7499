"""Who is at the desk on this replica, and how: presence, its leases, and its pushes."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from services.bus import Bus, Push
from services.clock import Clock
from services.contracts import Envelope, LineChanged, PresenceChanged
from services.contracts.leases import LEASE_S, RENEW_S, AgentLease
from services.contracts.wire_agent import APresence, DPresence
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.leases import LeaseTable
from services.tasks import Tasks
from services.topology import agent_topic, line_topic

from agent_service.core import presence
from agent_service.core.presence import State

log = structlog.get_logger()

Person = tuple[str, str]
"""(tenant, agent)."""


class People:
    """The agents with a socket here. Their state agrees over devices by `changed_at`."""

    def __init__(self, bus: Bus, leases: LeaseTable, clock: Clock) -> None:
        """Start empty."""
        self._bus = bus
        self._leases = leases
        self._clock = clock
        self._states: dict[Person, State] = {}
        self._devices: dict[Person, set[str]] = {}
        self._counted: dict[str, float] = {}
        self._changed: Callable[[Person, State], None] = lambda *_: None
        self._tasks = Tasks()
        self._redis_away = False

    def on_change(self, listener: Callable[[Person, State], None]) -> None:
        """Call `listener` when an agent's state changed, here or elsewhere."""
        self._changed = listener

    def state(self, person: Person) -> State | None:
        """Return an agent's state as known here."""
        return self._states.get(person)

    async def arrive(self, person: Person, device: str) -> State:
        """Let an agent sit down with a device; a state on another device is taken over."""
        state = self._states.get(person) or await self._elsewhere(person)
        state = state or presence.arrive(self._clock())
        self._states[person] = state
        self._devices.setdefault(person, set()).add(device)
        await self._renew([person])
        await self._wake_router(person, state)
        return state

    def leave(self, person: Person, device: str) -> None:
        """Let a device go; its lease runs out by itself, for a reload comes right back."""
        devices = self._devices.get(person, set())
        devices.discard(device)
        if not devices:
            self._devices.pop(person, None)
            self._states.pop(person, None)

    async def sign_out(self, person: Person, devices: list[str]) -> None:
        """Take the leases back at once."""
        tenant, agent = person
        try:
            await self._leases.release(tenant, [f"{agent}:{device}" for device in devices])
        except Transient:
            log.info("lease_left_to_run_out")

    async def choose(self, person: Person, frame: APresence) -> None:
        """Carry the agent's own choice out."""
        await self._change(
            person, lambda s, now: presence.choose(s, frame.presence, frame.reason, now)
        )

    def missed(self, person: Person, offer: str) -> None:
        """Count an offer that ran out, once however often it is told."""
        self._once(person, f"missed:{offer}", presence.miss)

    def worked(self, person: Person, what: str) -> None:
        """Note that the agent took or ended something, once however often it is told."""
        self._once(person, what, presence.work)

    def drained(self, person: Person, load: int) -> None:
        """Let a draining agent with nothing left go."""
        state = self._states.get(person)
        if state is not None and presence.drained(state, load, self._clock()) is not state:
            self._tasks.spawn(
                "presence",
                self._change(person, lambda s, now: presence.drained(s, load, now)),
            )

    def adopt(self, tenant: str, push: PresenceChanged) -> None:
        """Take a newer state that another device or replica decided."""
        person = (tenant, push.agent)
        mine = self._states.get(person)
        other = State(
            presence=push.presence,  # type: ignore[arg-type]
            reason=push.reason,
            misses=push.misses,
            changed_at=push.changed_at,
            idle_since=push.changed_at,
        )
        if mine is None:
            self._changed(person, other)
        elif presence.newer(mine, other) is other:
            self._states[person] = other
            self._tasks.spawn("leases", self._renew([person]))
            self._changed(person, other)

    def _once(self, person: Person, what: str, change: Callable[[State, datetime], State]) -> None:
        key = f"{person}:{what}"
        if person not in self._states or key in self._counted:
            return
        now = time.monotonic()
        self._counted[key] = now
        for old in [k for k, at in self._counted.items() if now - at > 600]:  # noqa: PLR2004 - s
            del self._counted[old]
        self._tasks.spawn("presence", self._change(person, change))

    async def _change(self, person: Person, change: Callable[[State, datetime], State]) -> None:
        before = self._states.get(person)
        if before is None:
            return
        state = self._states[person] = change(before, self._clock())
        await self._renew([person])
        self._changed(person, state)
        await self._tell(person, state)
        await self._wake_router(person, state)

    async def _tell(self, person: Person, state: State) -> None:
        tenant, agent = person
        body = PresenceChanged(
            agent=agent,
            presence=state.presence,
            reason=state.reason,
            misses=state.misses,
            changed_at=state.changed_at,
        )
        envelope = self._envelope(tenant, agent, body)
        for topic in (agent_topic(tenant, agent), line_topic(tenant)):
            await self._bus.push(Push("agent", topic, envelope))

    async def _wake_router(self, person: Person, state: State) -> None:
        if state.presence != "available":
            return
        try:
            await self._bus.send(self._envelope(*person, LineChanged(why="presence")))
        except ServiceError:
            return  # the router looks by itself every second

    def _envelope(self, tenant: str, agent: str, body: PresenceChanged | LineChanged) -> Envelope:
        return Envelope(
            id=new_id(),
            source="agent",
            tenant=tenant,
            time=self._clock(),
            sender=f"agent:{agent}",
            body=body,
        )

    # Leases

    async def _elsewhere(self, person: Person) -> State | None:
        """Return the state another replica keeps for the agent, from its leases."""
        tenant, agent = person
        try:
            leases = await self._leases.live(tenant)
        except Transient:
            return None
        own = [AgentLease.read(v) for f, v in leases.items() if f.startswith(f"{agent}:")]
        newest = max(own, key=lambda lease: lease.changed_at, default=None)
        if newest is None:
            return None
        return State(
            presence=newest.presence,
            changed_at=newest.changed_at,
            idle_since=newest.idle_since,
            reason=newest.reason,
            misses=newest.misses,
        )

    async def _renew(self, people: list[Person]) -> None:
        by_tenant: dict[str, dict[str, str]] = {}
        for person in people:
            state = self._states.get(person)
            if state is None:
                continue
            for device in self._devices.get(person, ()):
                tenant, agent = person
                lease = AgentLease(
                    agent=agent,
                    session=device,
                    instance=self._bus.instance,
                    presence=state.presence,
                    reason=state.reason,
                    misses=state.misses,
                    idle_since=state.idle_since,
                    changed_at=state.changed_at,
                )
                field = f"{agent}:{device}"
                by_tenant.setdefault(tenant, {})[field] = lease.model_dump_json()
        try:
            for tenant, leases in by_tenant.items():
                await self._leases.renew(tenant, leases, LEASE_S)
        except Transient:
            if not self._redis_away:
                log.warning("redis_unavailable")
            self._redis_away = True
        else:
            if self._redis_away and by_tenant:
                log.info("redis_back")
                self._redis_away = False

    async def start(self) -> None:
        """Begin to assert the leases, in full, every few seconds."""
        self._tasks.spawn("leases", self._renew_for_ever())

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            await self._renew(list(self._states))


def frame(person: Person, state: State) -> DPresence:
    """Return a state as consoles show it."""
    return DPresence(
        agent=person[1], presence=state.presence, reason=state.reason, misses=state.misses
    )
