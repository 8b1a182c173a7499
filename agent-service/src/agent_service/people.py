"""Who is at the desk on this replica, and how: presence, its leases, and its pushes."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import structlog
from pydantic import ValidationError
from services.bus import Bus, Push
from services.clock import Clock
from services.contracts import Envelope, LineChanged, PresenceChanged
from services.contracts.leases import AT_DESK, LEASE_S, RENEW_S, AgentLease, speaking
from services.contracts.wire_agent import APresence
from services.contracts.wire_desk import DPresence
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.masking import mask
from services.tasks import Tasks
from services.topology import line_topic

from agent_service.core import presence
from agent_service.core.presence import State

log = structlog.get_logger()

Person = tuple[str, str]
"""(tenant, agent)."""


class Leases(Protocol):
    """What is asked of `services.leases.LeaseTable`."""

    async def renew(self, tenant: str, leases: Mapping[str, str], ttl_s: float) -> None:
        """Assert leases in full."""

    async def release(self, tenant: str, fields: Sequence[str]) -> None:
        """Give leases up before they end."""

    async def live(self, tenant: str) -> dict[str, str]:
        """Return the leases that have not run out."""


class People:
    """The agents with a socket here. Their state agrees over devices by `changed_at`."""

    def __init__(
        self,
        bus: Bus,
        leases: Leases,
        clock: Clock,
        *,
        departments: Callable[[Person], tuple[str, ...] | None] = lambda _: None,
        renew_s: float = RENEW_S,
    ) -> None:
        """Start empty. `departments` says whom an agent answers for, as it is now."""
        self._bus = bus
        self._leases = leases
        self._clock = clock
        self._departments = departments
        self._renew_s = renew_s
        self._states: dict[Person, State] = {}
        self._devices: dict[Person, set[str]] = {}
        self._changed: Callable[[Person, State], None] = lambda *_: None
        self._tasks = Tasks()
        self._redis_away = False

    def on_change(self, listener: Callable[[Person, State], None]) -> None:
        """Call `listener` when what is shown of an agent changed, here or elsewhere."""
        self._changed = listener

    def state(self, person: Person) -> State | None:
        """Return an agent's state as known here."""
        return self._states.get(person)

    # Coming and going

    async def arrive(self, person: Person, device: str) -> State:
        """Let an agent sit down with a device; a state on another device is taken over."""
        elsewhere = None if person in self._states else await self._elsewhere(person)
        # Another device of the same agent may have arrived meanwhile, and chosen something.
        state = self._states.get(person) or elsewhere or presence.arrive(self._clock())
        self._states[person] = state
        self._devices.setdefault(person, set()).add(device)
        await self._renew([person])
        if state.presence == "available":
            await self._wake_router(person)
        return self._states.get(person, state)

    def leave(self, person: Person, device: str) -> None:
        """Let a device go; its lease runs out by itself, for a reload comes right back."""
        devices = self._devices.get(person, set())
        devices.discard(device)
        if not devices:
            self._devices.pop(person, None)
            self._states.pop(person, None)

    async def sign_out(self, person: Person, device: str) -> None:
        """Let a device go and take its lease back at once."""
        self.leave(person, device)
        tenant, agent = person
        try:
            await self._leases.release(tenant, [f"{agent}:{device}"])
        except Transient:
            log.info("lease_left_to_run_out")

    # What changes a state. Immediate; what follows from it is done in the background.

    def choose(self, person: Person, frame: APresence) -> None:
        """Carry the agent's own choice out."""
        reason = mask(frame.reason).text
        self._change(person, lambda s, now: presence.choose(s, frame.presence, reason, now))

    def missed(self, person: Person, deadline: datetime) -> None:
        """Count an offer that ran out at its deadline."""
        self._change(person, lambda s, now: presence.miss(s, deadline, now))

    def worked(self, person: Person) -> None:
        """Note that the agent took or ended something."""
        self._change(person, presence.work)

    def drained(self, person: Person, load: int) -> None:
        """Let a draining agent with nothing left go."""
        self._change(person, lambda s, now: presence.drained(s, load, now))

    def _change(self, person: Person, change: Callable[[State, datetime], State]) -> None:
        before = self._states.get(person)
        if before is None:
            return
        state = change(before, self._clock())
        if state is not before:
            self._states[person] = state
            self._show(person, before, state)
            self._tasks.spawn("presence", self._spread(person, before, state))

    def adopt(self, tenant: str, push: PresenceChanged) -> None:
        """Take a newer state that another device or replica decided."""
        person = (tenant, push.agent)
        mine = self._states.get(person)
        heard = State(
            presence=push.presence,  # type: ignore[arg-type]
            reason=push.reason,
            misses=push.misses,
            changed_at=push.changed_at,
            idle_since=push.changed_at,
        )
        if mine is None:
            self._changed(person, heard)
        elif presence.newer(mine, heard) is heard:
            self._states[person] = presence.told(mine, heard)
            self._show(person, mine, heard)
            self._tasks.spawn("leases", self._settle(person, mine, heard))

    def _show(self, person: Person, before: State, state: State) -> None:
        if frame(person, before) != frame(person, state):
            self._changed(person, state)

    async def _spread(self, person: Person, before: State, state: State) -> None:
        await self.tell(person, state, by=person[1])
        await self._settle(person, before, state)

    async def _settle(self, person: Person, before: State, state: State) -> None:
        await self._renew([person])
        if state.presence == "available" != before.presence:
            await self._wake_router(person)

    async def tell(self, person: Person, state: State, *, by: str) -> None:
        """Push a state to every replica with consoles of the tenant, those of the agent too.

        `by` is the agent who decided it: a leader may, for another.
        """
        body = PresenceChanged(
            agent=person[1],
            presence=state.presence,
            reason=state.reason,
            misses=state.misses,
            changed_at=state.changed_at,
        )
        topic = line_topic(person[0])
        await self._bus.push(Push("agent", topic, self._envelope((person[0], by), body)))

    async def _wake_router(self, person: Person) -> None:
        try:
            await self._bus.send(self._envelope(person, LineChanged(why="presence")))
        except ServiceError:
            return  # the router looks by itself every second

    def _envelope(self, person: Person, body: PresenceChanged | LineChanged) -> Envelope:
        tenant, agent = person
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
        leases = await self.leases(person[0])
        newest = leases.get(person[1]) if leases else None
        return None if newest is None else state_of(newest)

    async def _renew(self, people: Iterable[Person]) -> None:
        by_tenant: dict[str, dict[str, str]] = {}
        for person in people:
            if (state := self._states.get(person)) is not None:
                by_tenant.setdefault(person[0], {}).update(self._leases_of(person, state))
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

    def _leases_of(self, person: Person, state: State) -> dict[str, str]:
        agent, departments = person[1], self._departments(person)
        return {
            f"{agent}:{device}": AgentLease(
                agent=agent,
                session=device,
                instance=self._bus.instance,
                presence=state.presence,
                reason=state.reason,
                misses=state.misses,
                idle_since=state.idle_since,
                changed_at=state.changed_at,
                departments=departments,
            ).model_dump_json()
            for device in self._devices.get(person, ())
        }

    async def leases(self, tenant: str) -> dict[str, AgentLease] | None:
        """Return what speaks for each who has a device anywhere; None while Redis is away."""
        try:
            leases = await self._leases.live(tenant)
        except Transient:
            return None
        return speaking(_readable(leases.values()))

    async def at_desk(self, tenant: str) -> frozenset[str] | None:
        """Return who is there, on whatever replica; None while Redis is away."""
        latest = await self.leases(tenant)
        if latest is None:
            return None
        return frozenset(a for a, lease in latest.items() if lease.presence in AT_DESK)

    async def start(self) -> None:
        """Begin to assert the leases, in full, every few seconds."""
        self._tasks.keep("leases", self._renew_for_ever)

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._renew_s)
            await self._renew(list(self._states))


def frame(person: Person, state: State) -> DPresence:
    """Return a state as consoles show it."""
    return DPresence(
        agent=person[1], presence=state.presence, reason=state.reason, misses=state.misses
    )


def state_of(lease: AgentLease) -> State:
    """Return the state that a lease asserts."""
    return State(
        presence=lease.presence,
        changed_at=lease.changed_at,
        idle_since=lease.idle_since,
        reason=lease.reason,
        misses=lease.misses,
    )


def _readable(payloads: Iterable[str]) -> Iterable[AgentLease]:
    for payload in payloads:
        try:
            yield AgentLease.read(payload)
        except ValidationError:
            log.warning("lease_unreadable")
