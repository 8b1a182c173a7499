"""What is wrong with a set-up before an enquiry meets it, and with who is there while they do.

`lint` needs the set-up alone: run it on a plan that is to go live, and on every new version.
`lint_attendance` needs to know who is at the desk: run it all day.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from services.contracts import (
    AgentProfile,
    Department,
    OpeningHours,
    PlanStep,
    TenantDirectory,
)

from router.core.finding import Finding, Severity
from router.core.plan_lines import PlanLine, Staff, plan_lines

__all__ = ["Finding", "lint", "lint_attendance"]


def lint(directory: TenantDirectory) -> tuple[Finding, ...]:
    """Return what is wrong with the set-up itself, worst first, each once."""
    staff = Staff(directory)
    found = dict.fromkeys(
        (
            *_plans(directory),
            *_unknown_departments(directory),
            *_departments(staff),
            *_loops(directory),
            *(one for line in plan_lines(directory) for one in _line(staff, line)),
        )
    )
    return tuple(sorted(found, key=lambda one: one.severity))


def lint_attendance(
    directory: TenantDirectory, present: Collection[str], open_now: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """Return what nobody at the desk can answer now. All are warnings: people go for lunch.

    Args:
        directory: the set-up.
        present: agents at the desk, whether available or busy.
        open_now: departments that are open by their hours; None takes all for open.
    """
    staff = Staff(directory)
    here = Staff(directory.evolve(agents=tuple(a for a in directory.agents if a.id in present)))
    found: dict[Finding, None] = {}
    for line in plan_lines(directory):
        if open_now is not None and line.department not in open_now:
            continue
        found.update(dict.fromkeys(_absent(staff, line, here)))
    for department in directory.departments:
        # One without hours that only gets hand-overs works elsewhere: it is sent an alert.
        if department.hours and (open_now is None or department.id in open_now):
            found.update(dict.fromkeys(_nobody_of(staff, department.id, here)))
    return tuple(found)


# The set-up


def _plans(directory: TenantDirectory) -> Iterator[Finding]:
    """Yield what is wrong with which enquiries the plans are for."""
    topics = {topic.id for topic in directory.topics}
    ids: set[str] = set()
    taken: set[str] = set()
    rest_taken = False
    for plan in directory.plans:
        if plan.id in ids:
            yield Finding(kind="plan_twice", severity="error", plan=plan.id)
        for topic in plan.topics:
            if topic not in topics:
                yield Finding(kind="topic_unknown", severity="error", plan=plan.id, topic=topic)
            elif topic in taken:
                yield Finding(kind="topic_twice", severity="error", plan=plan.id, topic=topic)
        own = set(plan.topics) & topics - taken
        if not own and (plan.topics or rest_taken):
            yield Finding(kind="plan_unreachable", severity="error", plan=plan.id)
        rest_taken = rest_taken or not plan.topics
        taken |= own
        ids.add(plan.id)


def _unknown_departments(directory: TenantDirectory) -> Iterator[Finding]:
    known = {department.id for department in directory.departments}

    def unknown(name: str, *, plan: str = "", step: int | None = None, topic: str = "") -> Finding:
        return Finding(
            kind="department_unknown",
            severity="error",
            plan=plan,
            step=step,
            department=name,
            topic=topic,
        )

    named = [unknown(topic.department, topic=topic.id) for topic in directory.topics]
    named += [
        unknown(name, plan=plan.id, step=n)
        for plan in directory.plans
        for n, step in enumerate(plan.steps)
        for name in step.departments
    ]
    named += [unknown(name) for agent in directory.agents for name in agent.departments]
    named += [unknown(directory.first_line)]
    named += [unknown(name) for name in _borrowed(directory)]
    yield from (one for one in named if one.department not in known)


def _loops(directory: TenantDirectory) -> Iterator[Finding]:
    """Yield overflow that leads all of a plan's enquiries to where they stand already."""
    stands: dict[str, set[str]] = {}
    for line in plan_lines(directory):
        stands.setdefault(line.plan, set()).add(line.department)
    for plan in directory.plans:
        for number, step in enumerate(plan.steps):
            if len(step.departments) == 1 and stands.get(plan.id) == set(step.departments):
                yield Finding(
                    kind="overflow_loop",
                    severity="warning",
                    plan=plan.id,
                    step=number,
                    department=step.departments[0],
                )


def _borrowed(directory: TenantDirectory) -> Sequence[str]:
    return directory.emergency.borrowed if directory.emergency else ()


def _departments(staff: Staff) -> Iterator[Finding]:
    for department in staff.directory.departments:
        if department.hours and not _ever_open(department.hours):
            yield Finding(kind="department_never_open", severity="error", department=department.id)
        if not staff.members({department.id}):
            yield _empty(staff.directory, department)


def _ever_open(hours: OpeningHours) -> bool:
    return any(hours.week.values()) or any(one.spans for one in hours.dated)


def _empty(directory: TenantDirectory, department: Department) -> Finding:
    """Return the finding of a department without members: what citizens are told makes it worse."""
    answers = department.id == directory.first_line
    kind = "department_hours_empty" if department.hours else "department_empty"
    severity: Severity = "error" if department.hours or answers else "warning"
    return Finding(kind=kind, severity=severity, department=department.id)


# The lines


def _line(staff: Staff, line: PlanLine) -> Iterator[Finding]:
    if staff.directory.department(line.department) is None:
        return
    yield from _skills(staff, line)
    if not staff.members({line.department}):
        if line.topic and line.department != staff.directory.first_line:
            yield Finding(
                kind="direct_empty", severity="error", department=line.department, topic=line.topic
            )
        # That every step lacks people is then said already.
        if not any(step.departments for step in line.steps):
            return
    before: PlanStep | None = None
    for number, step in enumerate(line.steps):
        yield from _step(staff, line, number, before)
        before = step


def _skills(staff: Staff, line: PlanLine) -> Iterator[Finding]:
    """A plan that is written down asks in earnest; a topic without one is relaxed by itself."""
    severity: Severity = "error" if line.plan else "warning"
    for skill in line.needs:
        if skill not in staff.skills:
            yield Finding(kind="skill_nobody", severity=severity, plan=line.plan, skill=skill)


def _step(staff: Staff, line: PlanLine, number: int, before: PlanStep | None) -> Iterator[Finding]:
    step, department = line.steps[number], line.department
    who = staff.able(line, step)
    if not who:
        severity: Severity = "error" if line.plan else "warning"
        yield _of_step("step_nobody", severity, line, number, needs=_unmet(staff, line, step))
    elif step.language:
        yield from _languages(staff, line, number, who)
    if before and line.plan and _same_demand(before, step):
        yield _of_step("step_adds_nobody", "warning", line, number)
    for name in sorted(set(step.departments) - set(before.departments if before else ())):
        if staff.directory.department(name) and not staff.members({name}):
            yield _of_step("overflow_empty", "error", line, number, department=name)
    behind_wall = staff.directory.department(department)
    if behind_wall and behind_wall.confidential and set(step.departments) - {department}:
        yield _of_step("overflow_opens_wall", "error", line, number)


def _unmet(staff: Staff, line: PlanLine, step: PlanStep) -> tuple[str, int]:
    """Return the first need nobody who answers meets; none where only all together are too much."""
    for skill, asked in line.needs.items():
        alone = replace(line, needs={skill: asked})
        if step.level != "anyone" and not staff.able(alone, step):
            return skill, asked if step.level == "asked" else 1
    return "", 0


def _same_demand(before: PlanStep, step: PlanStep) -> bool:
    """A step that only offers a written answer has its use; one that changes nothing has none."""
    return before.evolve(after_s=step.after_s) == step


def _languages(
    staff: Staff, line: PlanLine, number: int, who: Sequence[AgentProfile]
) -> Iterator[Finding]:
    """A citizen whose language no last step relaxes would wait for ever."""
    last = number == len(line.steps) - 1
    for language in staff.directory.languages:
        if not any(language in agent.languages for agent in who):
            yield _of_step(
                "step_language", "error" if last else "warning", line, number, language=language
            )


def _of_step(
    kind: str,
    severity: Severity,
    line: PlanLine,
    number: int,
    *,
    department: str = "",
    language: str = "",
    needs: tuple[str, int] = ("", 0),
) -> Finding:
    skill, level = needs
    return Finding(
        kind=kind,
        severity=severity,
        plan=line.plan,
        step=number,
        department=department or line.department,
        skill=skill,
        level=level,
        topic=line.topic,
        language=language,
    )


# Who is there


def _absent(staff: Staff, line: PlanLine, here: Staff) -> Iterator[Finding]:
    """Yield that nobody of a department is there; else each step that nobody who is could meet."""
    nobody = list(_nobody_of(staff, line.department, here))
    if nobody:
        yield from nobody
        return
    for number, step in enumerate(line.steps):
        if staff.able(line, step) and not here.able(line, step):
            yield _of_step("step_absent", "warning", line, number)


def _nobody_of(staff: Staff, department: str, here: Staff) -> Iterator[Finding]:
    if not staff.members({department}):
        return
    if not here.members({department}):
        yield Finding(kind="department_absent", severity="warning", department=department)
