"""A town and its week, as a data file."""

from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import Field
from services.contracts import AgentProfile, Contract, Department, TenantDirectory, Timing, Topic

HOURS_OF_WEEK = 168
HOURS_OF_DAY = 24
WORKDAYS = 5


class TopicShare(Contract):
    """What some of the citizens come with."""

    id: str | None = None
    """None: no topic, to the first line."""
    department: str = "servicetorget"
    """The department that knows it; also where it goes at once when `direct`."""
    direct: bool = False
    level: int = 1
    share: float = 1.0
    """Relative to the other topics."""
    priority: int = 5
    """Band: 1 first, 9 last."""
    handle_minutes: float | None = None
    """Mean; None is that of the scenario."""


class Staff(Contract):
    """So many agents who are alike."""

    agents: int = Field(ge=0)
    departments: tuple[str, ...] = ("servicetorget",)
    capacity: int = Field(default=3, ge=1, le=10)
    skills: dict[str, int] = Field(default_factory=dict)
    languages: tuple[str, ...] = ("nb",)


class Burst(Contract):
    """For some hours, many times as many come."""

    from_hour: int
    """From the start, a Monday at midnight."""
    hours: int
    factor: float


class Scenario(Contract):
    """Everything a run needs but its seed and its length. Hours count from a Monday at midnight."""

    name: str
    about: str = ""
    hours: float = 4 * HOURS_OF_WEEK
    """How long a run is when nobody says."""
    arrivals_per_hour: float
    """In an hour whose weight is 1."""
    weights: dict[int, float] = Field(default_factory=dict)
    """Hour of a workday to its weight; outside those nobody comes or works. Empty: always open."""
    bursts: tuple[Burst, ...] = ()
    handle: Literal["exponential", "constant", "lognormal"] = "exponential"
    handle_minutes: float = Field(gt=0)
    handle_spread: float = 1.0
    """Standard deviation over mean, of a lognormal."""
    patience_minutes: float | None = None
    """Mean; None waits for ever. At closing time everyone who still waits leaves."""
    accept_s: float = 0.0
    """Mean time to accept an offer. Longer than the offer lives is a miss."""
    hand_on_minutes: float | None = None
    """After so long an agent who does not know the topic hands it on to those who do, at its old
    place. None: whoever gets it answers it."""
    away_minutes: float = 5.0
    """How long one who was forced away stays so."""
    first_line: str = "servicetorget"
    topics: tuple[TopicShare, ...] = (TopicShare(),)
    staff: tuple[Staff, ...]
    timing: Timing = Timing(wrapup_s=0)

    def open_at(self, hour: int) -> bool:
        """Return whether agents are at work in an hour from the start."""
        day, hour_of_day = divmod(hour % HOURS_OF_WEEK, HOURS_OF_DAY)
        return not self.weights or (day < WORKDAYS and hour_of_day in self.weights)

    def per_hour(self, hour: int) -> float:
        """Return how many come on average in an hour from the start."""
        if not self.open_at(hour):
            return 0.0
        rate = self.arrivals_per_hour * self.weights.get(hour % HOURS_OF_DAY, 1.0)
        for burst in self.bursts:
            if burst.from_hour <= hour < burst.from_hour + burst.hours:
                rate *= burst.factor
        return rate

    def highest_per_hour(self) -> float:
        """Return a rate that no hour exceeds."""
        if not self.weights and not self.bursts:
            return self.arrivals_per_hour
        factor = max((1.0, *(burst.factor for burst in self.bursts)))
        return self.arrivals_per_hour * max(self.weights.values(), default=1.0) * factor

    def department_of(self, topic: TopicShare) -> str:
        """Return where a conversation stands in line."""
        return topic.department if topic.direct else self.first_line

    def asks_for_skill(self, topic: TopicShare) -> bool:
        """Return whether its line knows the topic. The first line answers for others without."""
        return topic.id is not None and topic.department == self.department_of(topic)

    def rarest(self) -> TopicShare | None:
        """Return the topic whose skill, at the level asked for, the fewest of its line have.

        None where no topic asks for a skill, or everyone has it.
        """
        found = []
        for topic in filter(self.asks_for_skill, self.topics):
            members = [group for group in self.staff if topic.department in group.departments]
            skill = f"topic:{topic.id}"
            holders = sum(g.agents for g in members if g.skills.get(skill, 0) >= topic.level)
            if holders < sum(group.agents for group in members):
                found.append(((holders, -topic.level, topic.id or ""), topic))
        return min(found, key=lambda one: one[0])[1] if found else None

    def directory(self) -> TenantDirectory:
        """Return the set-up as the router gets it."""
        named = {self.first_line, *(topic.department for topic in self.topics)}
        named.update(name for group in self.staff for name in group.departments)
        return TenantDirectory(
            tenant="simulated",
            version=1,
            name=self.name,
            kommunenummer="0000",
            title={"nb": "Prek med oss"},
            first_line=self.first_line,
            departments=tuple(Department(id=name, name={"nb": name}) for name in sorted(named)),
            topics=tuple(
                Topic(
                    id=topic.id,
                    department=topic.department,
                    name={"nb": topic.id},
                    direct=topic.direct,
                    level=topic.level,
                )
                for topic in self.topics
                if topic.id
            ),
            agents=self._agents(),
            timing=self.timing,
        )

    def _agents(self) -> tuple[AgentProfile, ...]:
        groups = [group for group in self.staff for _ in range(group.agents)]
        return tuple(
            AgentProfile(
                id=f"a{number:03}",
                name=f"Agent {number}",
                departments=group.departments,
                skills=group.skills,
                languages=group.languages,
                capacity=group.capacity,
            )
            for number, group in enumerate(groups, start=1)
        )


def plain(
    *,
    arrivals_per_hour: float,
    handle_minutes: float,
    agents: int,
    capacity: int,
    patience_minutes: float | None = None,
) -> Scenario:
    """Return the line of the text books: one skill, no delay, no wrap-up, always open."""
    return Scenario(
        name="plain",
        arrivals_per_hour=arrivals_per_hour,
        handle_minutes=handle_minutes,
        patience_minutes=patience_minutes,
        staff=(Staff(agents=agents, capacity=capacity),),
    )


def read(file: str) -> Scenario:
    """Return a scenario by the path of its file, or by the name of one that comes along.

    Raises:
        OSError: there is no such file.
        pydantic.ValidationError: it is no scenario.
    """
    shipped = resources.files("router.simulate") / "scenarios" / f"{file}.json"
    text = shipped.read_text("utf-8") if shipped.is_file() else Path(file).read_text("utf-8")
    return Scenario.model_validate_json(text)


def names() -> list[str]:
    """Return the names of the scenarios that come along."""
    folder = resources.files("router.simulate") / "scenarios"
    return sorted(item.name.removesuffix(".json") for item in folder.iterdir())
