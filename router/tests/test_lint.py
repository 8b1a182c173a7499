"""The linter: each finding seen in a set-up that deserves it, and in no sound one."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from router.core.finding import WORDS
from router.core.lint import lint, lint_attendance
from services.contracts import (
    AgentProfile,
    DatedHours,
    Department,
    Emergency,
    OpeningHours,
    PlanStep,
    RoutingPlan,
    Span,
    TenantDirectory,
    Topic,
)

HOURS = OpeningHours(week={"mon": (Span(opens="08:00", closes="15:00"),)})
NEVER = OpeningHours(week={"mon": ()})
RELAXED = (PlanStep(), PlanStep(after_s=45, level="lower"), PlanStep(after_s=90, level="anyone"))


def agent(name, *departments, **fields):
    return AgentProfile(id=name, name=name, departments=departments, **fields)


def department(name, **fields):
    return Department(id=name, name={"nb": name}, **fields)


def plan(name="p", *topics, steps=RELAXED, **fields):
    return RoutingPlan(id=name, topics=topics, steps=steps, **fields)


SOUND = TenantDirectory(
    tenant="testvik",
    version=1,
    name="Testvik",
    kommunenummer="9999",
    title={"nb": "Prek"},
    first_line="torget",
    languages=("nb", "nn"),
    departments=(
        department("torget", hours=HOURS),
        department("bygg"),
        department("barnevern", confidential=True),
    ),
    topics=(
        Topic(id="garasje", department="bygg", name={"nb": "Garasje"}, level=3, direct=True),
        Topic(id="uro", department="barnevern", name={"nb": "Uro"}),
    ),
    agents=(
        agent("ada", "torget", languages=("nb", "nn")),
        agent("bo", "bygg", skills={"topic:garasje": 4}, languages=("nb", "nn")),
        agent("cas", "barnevern", skills={"topic:uro": 1}),
    ),
    plans=(plan("bygg", "garasje"), plan("alle")),
)
OVER_TO_TORGET = (PlanStep(), PlanStep(after_s=30, level="anyone", departments=("torget",)))

BROKEN = {
    "step_nobody": {"plans": (plan("p", "garasje", skills={"topic:uro": 1}),)},
    "step_language": {
        "plans": (plan("p", "uro", direct=True, steps=(PlanStep(level="anyone", language=True),)),)
    },
    "step_adds_nobody": {"plans": (plan(steps=(PlanStep(), PlanStep(after_s=5))),)},
    "department_empty": {"departments": (*SOUND.departments, department("vei"))},
    "department_hours_empty": {"departments": (*SOUND.departments, department("vei", hours=HOURS))},
    "department_never_open": {"departments": (department("bygg", hours=NEVER),)},
    "department_unknown": {"plans": (plan(steps=(PlanStep(departments=("gone",)),)),)},
    "direct_empty": {"agents": SOUND.agents[:1]},
    "skill_nobody": {"plans": (plan(skills={"tegnspråk": 1}),)},
    "overflow_empty": {
        "departments": (*SOUND.departments, department("vei")),
        "plans": (plan(steps=(PlanStep(departments=("vei",)),)),),
    },
    "overflow_loop": {
        "topics": SOUND.topics[1:],
        "plans": (plan(steps=(PlanStep(departments=("torget",)),)),),
    },
    "overflow_opens_wall": {"plans": (plan("p", "uro", direct=True, steps=OVER_TO_TORGET),)},
    "plan_twice": {"plans": (plan("p", "garasje"), plan("p", "uro"))},
    "plan_unreachable": {"plans": (plan("p"), plan("q"))},
    "topic_twice": {"plans": (plan("p", "garasje"), plan("q", "garasje", "uro"))},
    "topic_unknown": {"plans": (plan("p", "garasje", "gone"),)},
}
"""Per kind, what of the sound set-up is changed."""
LATER = {"step_absent", "department_absent"}
"""Kinds of `lint_attendance`."""


def kinds(findings):
    return {one.kind for one in findings}


def test_a_sound_set_up_has_no_finding():
    assert lint(SOUND) == ()
    assert lint(SOUND.evolve(plans=())) == ()


@pytest.mark.parametrize("kind", BROKEN)
def test_each_finding_is_seen_where_it_is_deserved(kind):
    found = [one for one in lint(SOUND.evolve(**BROKEN[kind])) if one.kind == kind]

    assert found
    assert len(set(found)) == len(found)


def test_every_kind_has_a_set_up_that_deserves_it():
    assert set(WORDS) == set(BROKEN) | LATER


@pytest.mark.parametrize(
    "kind",
    ["step_nobody", "direct_empty", "department_unknown", "topic_twice", "overflow_opens_wall"],
)
def test_a_plan_that_lets_somebody_down_may_not_go_live(kind):
    found = [one for one in lint(SOUND.evolve(**BROKEN[kind])) if one.kind == kind]

    assert {one.severity for one in found} == {"error"}


def test_the_worst_comes_first():
    found = lint(
        SOUND.evolve(**BROKEN["step_nobody"], departments=BROKEN["department_empty"]["departments"])
    )
    severities = [one.severity for one in found]

    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


def test_the_default_plan_warns_where_a_written_one_is_refused():
    """Its steps are passed over where nobody could meet them, and nobody has written it."""
    nobody = SOUND.evolve(plans=(), agents=(*SOUND.agents[:1], agent("dag", "bygg")))
    found = lint(nobody)

    assert kinds(found) == {"step_nobody", "skill_nobody", "department_empty"}
    assert {one.severity for one in found} == {"warning"}


def test_a_step_nobody_meets_says_which_skill_and_level_are_missing():
    low = SOUND.evolve(
        agents=(*SOUND.agents[:1], agent("dag", "bygg", skills={"topic:garasje": 2}))
    )
    found = next(one for one in lint(low) if one.kind == "step_nobody")

    assert (found.plan, found.step, found.department) == ("bygg", 0, "bygg")
    assert (found.skill, found.level) == ("topic:garasje", 3)
    assert "topic:garasje at level 3" in found.message


def test_overflow_and_borrowed_agents_count_as_those_who_may_answer():
    helped = plan("bygg", "garasje", steps=(PlanStep(level="anyone", departments=("torget",)),))
    lent = SOUND.evolve(plans=(helped,), agents=(SOUND.agents[0], SOUND.agents[2]))
    assert kinds(lint(lent)) == {"direct_empty", "department_empty", "skill_nobody"}

    empty = SOUND.evolve(agents=SOUND.agents[1:], plans=())
    assert "step_nobody" not in kinds(lint(empty))
    borrowed = Emergency(since=datetime(2026, 11, 26, tzinfo=UTC), by="bo", borrowed=("bygg",))
    assert "department_unknown" not in kinds(lint(SOUND.evolve(emergency=borrowed)))
    gone = borrowed.evolve(borrowed=("gone",))
    assert "department_unknown" in kinds(lint(SOUND.evolve(emergency=gone)))


def test_a_language_that_a_later_step_lets_go_is_only_a_warning():
    steps = (PlanStep(language=True), PlanStep(after_s=60, level="anyone"))
    found = lint(SOUND.evolve(plans=(plan("p", "uro", direct=True, steps=steps),)))

    assert [(one.kind, one.severity, one.language) for one in found] == [
        ("step_language", "warning", "nn")
    ]


def test_a_department_that_opens_on_one_date_only_does_open():
    day = DatedHours(date=datetime(2027, 3, 1, tzinfo=UTC).date(), spans=HOURS.week["mon"])
    once = department("torget", hours=NEVER.evolve(dated=(day,)))

    assert "department_never_open" not in kinds(lint(SOUND.evolve(departments=(once,))))


def test_a_step_that_only_offers_a_written_answer_has_its_use():
    steps = (PlanStep(level="anyone"), PlanStep(after_s=60, level="anyone", offer_written=True))

    assert lint(SOUND.evolve(plans=(plan(steps=steps),))) == ()


def test_overflow_to_where_only_some_of_a_plan_stand_leads_somewhere():
    """All that no other plan names: some stand at the desk, some flow over to it."""
    steps = (PlanStep(), PlanStep(after_s=60, level="anyone", departments=("torget",)))
    every = (plan(steps=steps),)

    assert lint(SOUND.evolve(plans=every)) == ()
    assert kinds(lint(SOUND.evolve(plans=every, topics=SOUND.topics[1:]))) == {"overflow_loop"}


# Who is there


def test_with_everybody_there_nothing_is_found():
    assert lint_attendance(SOUND, {"ada", "bo", "cas"}) == ()


def test_an_open_department_with_nobody_at_the_desk_is_found():
    found = lint_attendance(SOUND, {"bo"}, {"torget", "bygg"})

    assert [(one.kind, one.department) for one in found] == [("department_absent", "torget")]
    assert {one.severity for one in found} == {"warning"}


def test_a_closed_department_needs_nobody():
    assert lint_attendance(SOUND, {"bo"}, {"bygg"}) == ()


def test_a_department_that_only_gets_hand_overs_need_not_sit_at_the_desk():
    """Without hours of its own it is sent an alert when somebody waits for it."""
    assert lint_attendance(SOUND, {"ada", "bo"}) == ()
    opened = SOUND.evolve(
        departments=(*SOUND.departments[:2], department("barnevern", hours=HOURS))
    )
    assert kinds(lint_attendance(opened, {"ada", "bo"})) == {"department_absent"}


def test_a_step_whose_only_holders_are_absent_is_found():
    two = SOUND.evolve(agents=(*SOUND.agents, agent("dag", "bygg", skills={"topic:garasje": 1})))
    found = lint_attendance(two, {"ada", "dag"})

    assert [(one.kind, one.plan, one.step) for one in found] == [("step_absent", "bygg", 0)]
    assert lint_attendance(two, {"ada", "bo"}) == ()


# Anything at all

NAMES = st.sampled_from(["a", "b", "c"])
FEW = st.lists(NAMES, max_size=2, unique=True).map(tuple)


@st.composite
def set_ups(draw):
    """Return a set-up as somebody in a hurry might make it."""
    skills = st.dictionaries(NAMES.map("topic:{}".format), st.integers(1, 5), max_size=2)
    steps = st.sampled_from(
        [RELAXED, RELAXED[:1], OVER_TO_TORGET, BROKEN["step_language"]["plans"][0].steps]
    )
    topic = st.builds(
        Topic, id=NAMES, department=NAMES, name=st.just({"nb": "x"}), direct=st.booleans()
    )
    routing = st.builds(
        RoutingPlan,
        id=NAMES,
        topics=FEW,
        direct=st.sampled_from([None, True]),
        skills=skills,
        steps=steps,
    )
    person = st.builds(AgentProfile, id=NAMES, name=NAMES, departments=FEW, skills=skills)
    return SOUND.evolve(
        first_line=draw(NAMES),
        departments=tuple(department(name) for name in draw(FEW)),
        topics=tuple(draw(st.lists(topic, max_size=3))),
        agents=tuple(draw(st.lists(person, max_size=3, unique_by=lambda one: one.id))),
        plans=tuple(draw(st.lists(routing, max_size=3))),
    )


@given(set_ups(), st.sets(NAMES))
def test_whatever_the_set_up_each_finding_is_told_once_and_in_words(directory, present):
    found = (*lint(directory), *lint_attendance(directory, present))

    assert len(set(found)) == len(found)
    for one in found:
        told = json.loads(json.dumps(one.told()))
        assert told["kind"] in WORDS
        assert told["message"] == one.message
        assert "{" not in one.message


@given(set_ups())
def test_a_step_that_the_linter_lets_pass_has_somebody_who_meets_it(directory):
    """Found by looking at each agent anew, not by the linter's own lists."""
    quiet = {
        (one.plan, one.step, one.topic) for one in lint(directory) if one.kind == "step_nobody"
    }
    for routing in directory.plans:
        for topic in directory.topics:
            first = next((p for p in directory.plans if topic.id in p.topics), None)
            if first is not routing or not (routing.direct or topic.direct):
                continue
            if directory.department(topic.department) is None:
                continue
            asked = {**routing.skills, f"topic:{topic.id}": topic.level}
            holders = [
                one
                for one in directory.agents
                if topic.department in one.departments
                and all(one.skills.get(skill, 0) >= level for skill, level in asked.items())
            ]
            members = [one for one in directory.agents if topic.department in one.departments]
            strict = routing.steps[0] == PlanStep()
            if strict and members and not holders:
                assert (routing.id, 0, topic.id) in quiet
