"""A set-up as the engine uses it: who is where, and how each kind of enquiry is routed.

All of it follows from the directory alone, so it is worked out once per version and kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from services.contracts import AgentProfile, PlanStep, RoutingPlan, TenantDirectory, Topic

Needs = tuple[tuple[str, int], ...]
"""Skills and the lowest level of each that will do, sorted."""
LEVELS = ("asked", "lower", "anyone")
EMERGENCY_BAND = 0


@dataclass(frozen=True, slots=True)
class Hold:
    """What some agents have in common: by it they are looked up."""

    departments: frozenset[str]
    needs: Needs = ()
    language: str | None = None
    """None: any. Empty: one that nobody speaks."""

    def admits(self, agent: AgentProfile) -> bool:
        """Return whether an agent is one of them."""
        return (
            not self.departments.isdisjoint(agent.answers_in)
            and all(agent.skills.get(skill, 0) >= level for skill, level in self.needs)
            and (self.language is None or self.language in agent.languages)
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan, for one department."""

    after_s: float
    level: str
    language: bool
    departments: frozenset[str]
    """All whose members may take it: the enquiry's own, overflow, and who was borrowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """How enquiries about one topic are routed in the line of one department."""

    plan: str
    """Empty: the default, made of the tenant's times."""
    band: int | None
    """None: as the enquiry says."""
    target_s: float
    department: str
    skills: Mapping[str, int]
    """What is asked for at first."""
    steps: tuple[Step, ...]
    offer_written_s: float | None
    """Waited so long, the citizen is offered a written answer. None: never."""

    def needs(self, level: str) -> Needs:
        """Return what a step's level asks for."""
        if level == "anyone":
            return ()
        asked = level == "asked"
        return tuple(sorted((s, level if asked else 1) for s, level in self.skills.items()))

    def hold(self, step: int, language: str) -> Hold:
        """Return who meets a step, given the citizen's language."""
        one = self.steps[step]
        return Hold(one.departments, self.needs(one.level), language if one.language else None)

    def in_order(self, step: int, language: str, within: frozenset[str]) -> Iterable[Hold]:
        """Yield who meets a step, the better ones first: the level asked for, then the language."""
        one = self.steps[step]
        for level in LEVELS[: LEVELS.index(one.level) + 1]:
            yield Hold(within, self.needs(level), language)
            if not one.language:
                yield Hold(within, self.needs(level))


class Roster:
    """A directory, looked up quickly. What was asked for once is kept."""

    def __init__(self, directory: TenantDirectory) -> None:
        """Index the staff and the plans."""
        self.directory = directory
        self.agents = {agent.id: agent for agent in directory.agents}
        self.versatility = {a.id: len(a.departments) + len(a.skills) for a in directory.agents}
        """For how much each agent is good: who alone can take something rare is kept free."""
        self._topics = {topic.id: topic for topic in directory.topics}
        self._walled = {one.id for one in directory.departments if one.confidential}
        self._named: dict[str, RoutingPlan] = {}
        self._rest: RoutingPlan | None = None
        for plan in directory.plans:
            for topic in plan.topics:
                self._named.setdefault(topic, plan)
            self._rest = self._rest or (None if plan.topics else plan)
        self._speak = set(chain.from_iterable(agent.languages for agent in directory.agents))
        self._skilled: dict[str, list[AgentProfile]] = {}
        for agent in directory.agents:
            for skill in agent.skills:
                self._skilled.setdefault(skill, []).append(agent)
        self._routes: dict[tuple[str | None, str, bool], Route] = {}
        self._holders: dict[Hold, tuple[str, ...]] = {}
        self._choices: dict[tuple[Route, str, int], tuple[Hold, ...]] = {}
        self._rankings: dict[tuple[Route, str, int], tuple[Hold, ...]] = {}

    def language(self, language: str) -> str:
        """Return the language, or nothing if nobody speaks it: so that strangers keep no memory."""
        return language if language in self._speak else ""

    def plan(self, topic: str | None) -> RoutingPlan | None:
        """Return the plan of a topic, or None when the tenant's times are the plan."""
        return self._named.get(topic, self._rest) if topic else self._rest

    def route(self, topic: str | None, department: str, *, handover: bool = False) -> Route:
        """Return how an enquiry is routed while it stands in a department's line."""
        known = topic if topic in self._topics else None
        key = known, department, handover
        found = self._routes.get(key)
        if found is None:
            about = self._topics.get(known) if known else None
            found = self._routes[key] = self._route(about, department, handover=handover)
        return found

    def _route(self, topic: Topic | None, department: str, *, handover: bool) -> Route:
        directory, timing = self.directory, self.directory.timing
        plan = self.plan(topic.id if topic else None)
        emergency = directory.emergency
        lifted = emergency is not None and topic is not None and emergency.topic == topic.id
        band = EMERGENCY_BAND if lifted else plan.priority if plan else None
        steps = plan.steps if plan else default_steps(directory)
        offered = [step.after_s for step in steps if step.offer_written]
        return Route(
            plan=plan.id if plan else "",
            band=band,
            target_s=(plan.target_s if plan else None) or timing.target_s,
            department=department,
            skills=self._skills(plan, topic, department, handover=handover),
            steps=tuple(
                Step(
                    step.after_s,
                    step.level,
                    step.language,
                    self._who(department, () if handover else step.departments),
                )
                for step in steps
            ),
            offer_written_s=min(offered, default=None) if plan else timing.offer_written_after_s,
        )

    def _skills(
        self, plan: RoutingPlan | None, topic: Topic | None, department: str, *, handover: bool
    ) -> Mapping[str, int]:
        """Return what to ask for. Whoever answers for another department need not know its topic.

        A department that is handed something it is not about is asked for no skill at all.
        """
        at_home = topic is not None and topic.department == department
        skills = dict(plan.skills) if plan and (at_home or not handover) else {}
        if topic and at_home:
            skills[f"topic:{topic.id}"] = topic.level
        return skills

    def _who(self, department: str, overflow: Iterable[str]) -> frozenset[str]:
        """Return whose members may answer. Nothing flows over a confidential department's wall."""
        if department in self._walled:
            return frozenset({department})
        emergency = self.directory.emergency
        first = department == self.directory.first_line
        borrowed = emergency.borrowed if emergency and first else ()
        return frozenset({department, *overflow, *borrowed})

    def holders(self, hold: Hold) -> tuple[str, ...]:
        """Return the agents a hold admits."""
        found = self._holders.get(hold)
        if found is None:
            lists = [self._skilled.get(skill, []) for skill, _ in hold.needs]
            few = min(lists, key=len) if lists else self.directory.agents
            found = tuple(agent.id for agent in few if hold.admits(agent))
            self._holders[hold] = found
        return found

    def choices(self, route: Route, language: str, step: int) -> tuple[Hold, ...]:
        """Return where to look for an agent at a step: who meets the strictest step comes first."""
        key = route, language, step
        found = self._choices.get(key)
        if found is None:
            holds = (
                route.in_order(n, language, route.steps[n].departments) for n in range(step + 1)
            )
            found = self._choices[key] = tuple(dict.fromkeys(chain.from_iterable(holds)))
        return found

    def ranking(self, route: Route, language: str, step: int) -> tuple[Hold, ...]:
        """Return the members of a step in order of choice, those who do not meet it last."""
        key = route, language, step
        found = self._rankings.get(key)
        if found is None:
            steps = route.steps
            holds = [
                *chain.from_iterable(
                    route.in_order(n, language, steps[min(n, step)].departments)
                    for n in range(len(steps))
                ),
                *chain.from_iterable(
                    (
                        Hold(steps[step].departments, needs, language),
                        Hold(steps[step].departments, needs),
                    )
                    for needs in map(route.needs, LEVELS)
                ),
            ]
            found = self._rankings[key] = tuple(dict.fromkeys(holds))
        return found


def default_steps(directory: TenantDirectory) -> tuple[PlanStep, ...]:
    """Return the plan of a tenant that has none."""
    timing = directory.timing
    return (
        PlanStep(),
        PlanStep(after_s=timing.lower_level_after_s, level="lower"),
        PlanStep(after_s=timing.generalist_after_s, level="anyone"),
    )
