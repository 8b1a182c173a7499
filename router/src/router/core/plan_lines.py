"""Whom each plan lets answer, as its data say: what the linter weighs.

The engine decides about one enquiry at a time; this looks at all that could come.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.contracts import AgentProfile, PlanStep, TenantDirectory, Topic

from router.core.routes import default_steps


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Enquiries that are all routed alike: of one plan, in the line of one department."""

    plan: str
    """Empty: the default that is made of the tenant's times."""
    steps: Sequence[PlanStep]
    department: str
    needs: Mapping[str, int]
    """Skill to the level asked for at first."""
    topic: str = ""


def plan_lines(directory: TenantDirectory) -> Iterator[PlanLine]:
    """Yield the line of every topic, and of enquiries without one."""
    yield _line_of(directory, None)
    for topic in directory.topics:
        yield _line_of(directory, topic)


def _line_of(directory: TenantDirectory, topic: Topic | None) -> PlanLine:
    plan = directory.plan(topic.id if topic else None)
    needs = dict(plan.skills) if plan else {}
    department = directory.first_line
    if topic:
        if directory.leads_straight(topic):
            department = topic.department
        # The first line answers for others without knowing their topics.
        if topic.department == department:
            needs[f"topic:{topic.id}"] = topic.level
    name, steps = (plan.id, plan.steps) if plan else ("", default_steps(directory))
    return PlanLine(name, steps, department, needs, topic.id if topic else "")


class Staff:
    """A tenant's agents by department, so that thousands of lines are looked through at once."""

    def __init__(self, directory: TenantDirectory) -> None:
        """Sort the agents."""
        self.directory = directory
        self.skills = {skill for agent in directory.agents for skill in agent.skills}
        """What anybody at all can do."""
        self._by_department: dict[str, list[AgentProfile]] = {}
        for agent in directory.agents:
            for name in set(agent.answers_in):
                self._by_department.setdefault(name, []).append(agent)

    def members(self, departments: Collection[str]) -> list[AgentProfile]:
        """Return who is a member of any of the departments."""
        if len(departments) == 1:
            return self._by_department.get(next(iter(departments)), [])
        lists = [self._by_department.get(name, []) for name in sorted(departments)]
        return list({agent.id: agent for members in lists for agent in members}.values())

    def able(self, line: PlanLine, step: PlanStep) -> list[AgentProfile]:
        """Return who meets a step, whatever the citizen's language."""
        departments = {line.department, *step.departments}
        emergency = self.directory.emergency
        if emergency and line.department == self.directory.first_line:
            departments.update(emergency.borrowed)
        lowest = _lowest(line.needs, step)
        return [agent for agent in self.members(departments) if _meets(agent, lowest)]


def _lowest(needs: Mapping[str, int], step: PlanStep) -> Mapping[str, int]:
    if step.level == "anyone":
        return {}
    return {skill: level if step.level == "asked" else 1 for skill, level in needs.items()}


def _meets(agent: AgentProfile, lowest: Mapping[str, int]) -> bool:
    return all(agent.skills.get(skill, 0) >= level for skill, level in lowest.items())
