"""The demonstration municipality is one that can be worked with."""

from datetime import datetime

import pytest
from agent_service.seed import demonstration

from services import hours


@pytest.fixture(scope="module")
def demo():
    return demonstration()


def test_the_first_line_has_twenty_agents_who_take_three_conversations(demo):
    staff = [agent for agent in demo.agents if demo.first_line in agent.departments]

    assert len(staff) >= 20
    assert all(agent.capacity == 3 for agent in staff)


def test_every_department_is_staffed_and_only_administrators_belong_nowhere(demo):
    known = {department.id for department in demo.departments}
    staffed = {department for agent in demo.agents for department in agent.departments}

    assert demo.first_line in known
    assert staffed == known
    at_no_desk = {"supervisor", "archivist", "admin"}
    assert all(agent.departments or at_no_desk & set(agent.roles) for agent in demo.agents)


def test_every_topic_belongs_to_a_department_somebody_knows_it_in(demo):
    known = {department.id for department in demo.departments}

    assert demo.topics
    for topic in demo.topics:
        assert topic.department in known
        assert any(
            topic.department in agent.departments
            and agent.skills.get(f"topic:{topic.id}", 0) >= topic.level
            for agent in demo.agents
        )


def test_ids_are_unique(demo):
    for things in (demo.departments, demo.topics, demo.agents):
        ids = [thing.id for thing in things]

        assert len(ids) == len(set(ids))


def test_every_name_is_there_in_bokmaal_nynorsk_and_english(demo):
    named = [demo.title, *(d.name for d in demo.departments), *(t.name for t in demo.topics)]

    for name in named:
        assert all(name[language].strip() for language in ("nb", "nn", "en"))


def test_somebody_leads_and_somebody_speaks_english_at_the_first_line(demo):
    front = [agent for agent in demo.agents if demo.first_line in agent.departments]

    assert any("leader" in agent.roles for agent in demo.agents)
    assert any("en" in agent.languages for agent in front)


def test_confidential_departments_are_marked_for_the_wall(demo):
    assert any(department.confidential for department in demo.departments)


def test_citizens_words_lead_to_every_topic_and_to_one_only(demo):
    words = [word for topic in demo.topics for word in topic.words]

    assert all(topic.words for topic in demo.topics)
    assert len(words) == len(set(words))
    assert all(word == word.strip().lower() and word for word in words)


def test_plans_name_topics_and_departments_there_are_and_no_topic_twice(demo):
    named = [topic for plan in demo.plans for topic in plan.topics]
    reached = {d for plan in demo.plans for step in plan.steps for d in step.departments}

    assert len(named) == len(set(named))
    assert all(demo.topic(topic) for topic in named)
    assert all(demo.department(department) for department in reached)


def test_the_first_line_answers_first_unless_a_plan_says_otherwise(demo):
    straight = {topic for plan in demo.plans if plan.direct for topic in plan.topics}

    assert straight == {"barnevern", "parkering"}
    assert not any(topic.direct for topic in demo.topics)


def test_every_plan_offers_a_written_answer_in_the_end(demo):
    assert all(plan.steps[-1].offer_written for plan in demo.plans)


def test_the_plans_show_what_plans_can(demo):
    steps = [step for plan in demo.plans for step in plan.steps]

    assert {step.level for step in steps} == {"asked", "lower", "anyone"}
    assert any(step.departments for step in steps)
    assert any(step.language for step in steps)
    assert len({plan.priority for plan in demo.plans}) == 3


def test_some_at_byggesak_know_it_less_well_than_is_asked_for_at_first(demo):
    topic = demo.topic("byggesak")
    levels = [a.skills["topic:byggesak"] for a in demo.agents if topic.department in a.departments]

    assert min(levels) < topic.level <= max(levels)


@pytest.mark.parametrize(
    ("moment", "everybody", "byggesak"),
    [
        ("2026-11-24T09:30+01:00", True, False),
        ("2026-11-24T11:00+01:00", True, True),
        ("2026-11-24T15:29+01:00", True, False),
        ("2026-11-24T15:30+01:00", False, False),
        ("2026-11-22T11:00+01:00", False, False),  # Sunday
        ("2027-05-17T11:00+02:00", False, False),
        ("2027-03-24T12:30+01:00", False, False),  # the Wednesday before Easter
        ("2026-12-24T10:00+01:00", False, False),
        ("2026-12-28T11:00+01:00", True, True),
        ("2026-12-31T12:30+01:00", False, False),
    ],
)
def test_the_hours_are_those_of_a_norwegian_town_hall(demo, moment, everybody, byggesak):
    now = datetime.fromisoformat(moment)

    assert hours.state(demo.hours, now).open is everybody
    assert hours.state(demo.department("byggesak-plan").hours, now).open is byggesak
