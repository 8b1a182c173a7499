"""A large office at one moment, made from a seed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from services.contracts import (
    AgentLoad,
    AgentProfile,
    Department,
    LineRead,
    Summary,
    TenantDirectory,
    Topic,
)
from services.contracts.leases import AgentLease

from router.core import Attendance, Recent, Roster, View

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LANGUAGES = (("nb",), ("nb", "nn"), ("nb", "en"))


@dataclass(frozen=True, slots=True)
class Office:
    """How large it is."""

    agents: int
    departments: int
    skills: int
    """One for each topic; topics are shared out evenly among the departments."""
    skills_each: int
    """Skills of an agent, all of the agent's own department."""
    waiting: int
    capacity: int = 3
    full: bool = False
    """Whether nobody has room. Else everybody has, for one at least."""

    def view(self, seed: int = 1) -> View:
        """Return everything a round looks at."""
        random = Random(seed)  # noqa: S311  (a made-up office guards nothing)
        directory = self._directory(random)
        agents = directory.agents
        line = LineRead.model_construct(
            tenant="office",
            now=NOW,
            conversations=tuple(self._waiting(random, n) for n in range(self.waiting)),
            loads=tuple(self._load(random, agent) for agent in agents),
        )
        here = frozenset(one.conversation for one in line.conversations)
        leases = {agent.id: _lease(agent.id, random) for agent in agents}
        attendance = Attendance(leases, here, settled=True)
        return View(directory, line, attendance, Recent(), Roster(directory))

    def _directory(self, random: Random) -> TenantDirectory:
        names = [f"d{n:03}" for n in range(self.departments)]
        return TenantDirectory(
            tenant="office",
            version=1,
            name="Office",
            kommunenummer="0000",
            title={"nb": "Prek med oss"},
            first_line=names[0],
            departments=tuple(Department(id=name, name={"nb": name}) for name in names),
            topics=tuple(self._topic(n) for n in range(self.skills)),
            agents=tuple(self._agent(random, n) for n in range(self.agents)),
        )

    def _topic(self, n: int) -> Topic:
        department = f"d{n % self.departments:03}"
        name, level = {"nb": f"t{n}"}, n % 3 + 1
        return Topic(id=f"t{n}", department=department, name=name, direct=True, level=level)

    def _agent(self, random: Random, n: int) -> AgentProfile:
        home = n % self.departments
        known = range(home, self.skills, self.departments)
        chosen = random.sample(known, min(self.skills_each, len(known)))
        return AgentProfile(
            id=f"a{n:05}",
            name=f"Agent {n}",
            departments=(f"d{home:03}",),
            skills={f"topic:t{topic}": random.randint(1, 5) for topic in chosen},
            languages=random.choice(LANGUAGES),
            capacity=self.capacity,
        )

    def _load(self, random: Random, agent: AgentProfile) -> AgentLoad:
        load = self.capacity if self.full else random.randrange(self.capacity)
        return AgentLoad(agent=agent.id, load=load, capacity=self.capacity)

    def _waiting(self, random: Random, n: int) -> Summary:
        topic = random.randrange(self.skills)
        came = NOW - timedelta(seconds=random.uniform(1, 40))
        return Summary(
            conversation=UUID(int=n + 1),
            version=1,
            state="waiting",
            topic=f"t{topic}",
            department=f"d{topic % self.departments:03}",
            language=random.choice(("nb", "nn", "en")),
            opened_at=came,
            entered_at=came,
            last_seq={"dialogue": 1},
        )


def _lease(agent: str, random: Random) -> AgentLease:
    idle_since = NOW - timedelta(seconds=random.uniform(0, 3600))
    return AgentLease(
        agent=agent,
        session="made-up",
        instance="made-up",
        presence="available",
        idle_since=idle_since,
        changed_at=idle_since,
    )
