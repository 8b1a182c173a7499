"""The agents of a simulated town, as their leases and the ledger's loads show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.contracts import AgentLoad, AgentProfile
from services.contracts.leases import AgentLease

MISSES_ALLOWED = 1
"""Offers missed in a row before an agent is forced away at the next one, as in agent-service."""

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
"""When every simulation begins: a Monday."""


def moment(us: int) -> datetime:
    """Return a time of the simulation, in microseconds, as the engine takes it."""
    return BEGIN + timedelta(microseconds=us)


@dataclass(slots=True)
class Desk:
    """One agent. Change it through `Desks`, which keeps the counts."""

    profile: AgentProfile
    load: int = 0
    at_work: bool = False
    forced_away: bool = False
    misses: int = 0
    idle_since_us: int = 0
    turn: int = 0
    """Number of the latest offer this agent was given; 0 for none."""

    @property
    def available(self) -> bool:
        """Whether offers may come."""
        return self.at_work and not self.forced_away

    @property
    def room(self) -> int:
        """How many offers may come now."""
        return max(self.profile.capacity - self.load, 0) if self.available else 0


@dataclass
class Desks:
    """All of them, with what follows from them kept up to date instead of counted anew."""

    profiles: Iterable[AgentProfile]
    by_id: dict[str, Desk] = field(init=False)
    open: dict[str, int] = field(init=False)
    """Per department how many agents have room."""
    room: int = field(init=False, default=0)
    """Slots free in the whole town."""
    staffed: int = field(init=False, default=0)
    """Slots of the agents who are at work."""
    busy: int = field(init=False, default=0)
    """Slots in use of the agents who are at work."""

    def __post_init__(self) -> None:
        """Begin with nobody at work."""
        self.by_id = {profile.id: Desk(profile) for profile in self.profiles}
        self.open = {}
        self._turns = 0
        self._loads = {name: self._load(desk) for name, desk in self.by_id.items()}
        self._leases: dict[str, AgentLease] = {}
        self._stale: set[str] = set(self.by_id)

    # What the engine sees

    def loads(self) -> tuple[AgentLoad, ...]:
        """Return the ledger's loads."""
        self._refresh()
        return tuple(self._loads.values())

    def leases(self) -> Mapping[str, AgentLease]:
        """Return the leases; the mapping goes on living, so read it at once."""
        self._refresh()
        return self._leases

    def _refresh(self) -> None:
        for name in self._stale:
            desk = self.by_id[name]
            self._loads[name] = self._load(desk)
            self._leases[name] = self._lease(desk)
        self._stale.clear()

    def _load(self, desk: Desk) -> AgentLoad:
        profile = desk.profile
        return AgentLoad(agent=profile.id, load=desk.load, capacity=profile.capacity)

    def _lease(self, desk: Desk) -> AgentLease:
        here = "forced_away" if desk.forced_away else "available"
        idle_since = moment(desk.idle_since_us)
        return AgentLease(
            agent=desk.profile.id,
            session="simulated",
            instance="simulated",
            presence=here if desk.at_work else "draining",
            misses=desk.misses,
            idle_since=idle_since,
            changed_at=idle_since,
        )

    # What happens to an agent

    def take(self, agent: str) -> None:
        """Hold a slot for an offer."""
        self._turns += 1
        self.by_id[agent].turn = self._turns
        self._move(agent, load=1)

    def release(self, agent: str) -> None:
        """Let a slot go."""
        self._move(agent, load=-1)

    def worked(self, agent: str, us: int) -> None:
        """Note that the agent took or ended a conversation: last in the idle order."""
        desk = self.by_id[agent]
        desk.misses, desk.idle_since_us = 0, us
        self._stale.add(agent)

    def missed(self, agent: str, us: int) -> bool:
        """Note a miss; return whether it forced the agent away."""
        desk = self.by_id[agent]
        desk.misses, desk.idle_since_us = desk.misses + 1, us
        self._stale.add(agent)
        if desk.misses <= MISSES_ALLOWED or not desk.available:
            return False
        self._move(agent, forced_away=True)
        return True

    def returned(self, agent: str) -> None:
        """Note that one who was forced away is back."""
        self.by_id[agent].misses = 0
        self._move(agent, forced_away=False)

    def shift(self, *, at_work: bool) -> None:
        """Let everybody come, or drain."""
        for name in self.by_id:
            self._move(name, at_work=at_work)

    def _move(
        self,
        agent: str,
        *,
        load: int = 0,
        at_work: bool | None = None,
        forced_away: bool | None = None,
    ) -> None:
        desk = self.by_id[agent]
        self._count(desk, -1)
        desk.load += load
        desk.at_work = desk.at_work if at_work is None else at_work
        desk.forced_away = desk.forced_away if forced_away is None else forced_away
        self._count(desk, 1)
        self._stale.add(agent)

    def _count(self, desk: Desk, sign: int) -> None:
        room = desk.room
        self.room += sign * room
        if desk.at_work:
            self.staffed += sign * desk.profile.capacity
            self.busy += sign * desk.load
        if room:
            for department in desk.profile.departments:
                self.open[department] = self.open.get(department, 0) + sign
