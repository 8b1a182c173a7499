"""The demonstration municipality is one that can be worked with."""

import pytest
from agent_service.seed import demonstration


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
    assert all(agent.departments or "admin" in agent.roles for agent in demo.agents)


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
