"""What a conversation is about: suggested, set, routed; and the conversation before it."""

import pytest
from services.contracts import (
    AskWritten,
    Close,
    Leave,
    OpenConversation,
    PlanStep,
    RoutingPlan,
    SetTopic,
    TopicSuggestion,
)

CITIZEN, OTHER, KARI, PER, ROUTER = (
    "citizen:c1", "citizen:c2", "agent:kari", "agent:per", "router:0",
)  # fmt: skip
STEPS = (PlanStep(),)


def opened(world, n=1, citizen=CITIZEN, **fields):
    c = world.make.id(n)
    outcome = world.say(citizen, OpenConversation(conversation=c, **fields))
    assert outcome.refusal is None
    return world.of(c).summary


def set_topic(world, conversation, topic, sender=KARI):
    return world.say(sender, SetTopic(conversation=conversation, topic=topic))


def test_a_suggestion_is_stored_and_decides_nothing(world):
    summary = opened(world, suggested=TopicSuggestion(topic="garasje", score=0.8))

    assert (summary.suggested.topic, summary.suggested.score) == ("garasje", 0.8)
    assert (summary.topic, summary.department) == (None, "torget")


def test_a_suggestion_of_what_is_no_topic_is_dropped(world):
    assert opened(world, suggested=TopicSuggestion(topic="maane", score=1)).suggested is None


@pytest.mark.parametrize("sender", [KARI, ROUTER])
def test_a_topic_that_leads_straight_on_moves_who_waits(world, sender):
    c = opened(world).conversation
    outcome = set_topic(world, c, "garasje", sender)
    summary = world.of(c).summary

    assert (summary.topic, summary.department) == ("garasje", "bygg")
    assert [(e.stream, e.body.kind) for e in outcome.events] == [("desk", "topic_set")]


def test_a_topic_the_first_line_answers_moves_nobody(world):
    c = opened(world).conversation
    set_topic(world, c, "skatt")
    summary = world.of(c).summary

    assert (summary.topic, summary.department) == ("skatt", "torget")


@pytest.mark.parametrize("state", ["offered", "active"])
def test_what_somebody_has_or_is_offered_stays_where_it_is(world, state):
    c = opened(world).conversation
    world.offer(c, "kari") if state == "offered" else world.join(c, "kari")
    set_topic(world, c, "garasje")
    summary = world.of(c).summary

    assert (summary.topic, summary.department, summary.state) == ("garasje", "torget", state)


def test_an_unknown_topic_is_refused_and_the_same_one_changes_nothing(world):
    c = opened(world, topic="skatt").conversation

    assert set_topic(world, c, "maane").refusal == "topic_unknown"
    again = set_topic(world, c, "skatt")
    assert again.refusal is None
    assert again.events == ()


def test_who_may_not_read_it_says_nothing_of_it(world):
    c = opened(world).conversation

    assert set_topic(world, c, "skatt", PER).refusal == "not_found"


def plans(world, *plans):
    world.shelf.publish(world.shelf.directory.evolve(plans=plans))


@pytest.mark.parametrize(
    ("direct", "topic", "department"),
    [(True, "skatt", "bygg"), (False, "garasje", "torget"), (None, "garasje", "bygg")],
)
@pytest.mark.parametrize("topics", [(), ("skatt", "garasje")])
def test_the_plan_says_whether_a_topic_leads_straight_on(world, direct, topic, department, topics):
    plans(world, RoutingPlan(id="p", topics=topics, direct=direct, steps=STEPS))
    assert opened(world, topic=topic).department == department

    c = opened(world, 2).conversation
    set_topic(world, c, topic)
    assert world.of(c).summary.department == department


def test_the_plan_that_names_a_topic_comes_before_the_one_for_all_others(world):
    others = RoutingPlan(id="others", direct=True, steps=STEPS)
    named = RoutingPlan(id="named", topics=("skatt",), direct=False, steps=STEPS)
    plans(world, others, named)

    assert opened(world, topic="skatt").department == "torget"


# The one before


def closed(world, n=1, agent="kari", **fields):
    summary = opened(world, n, **fields)
    world.join(summary.conversation, agent)
    world.say(f"agent:{agent}", Close(conversation=summary.conversation, epoch=1))
    return summary.conversation


def test_who_writes_again_is_put_to_who_had_it_last(world):
    c = opened(world).conversation
    world.join(c, "kari")
    world.hand_over(c, "torget", agent="ola")
    world.join(c, "ola")
    world.hand_over(c, "torget", agent="kari")
    world.join(c, "kari")
    world.say(KARI, Close(conversation=c, epoch=3))
    summary = opened(world, 2, follows=c)

    assert (summary.follows, summary.preferred_agent) == (c, "kari")


def test_whom_the_citizen_asks_for_comes_before_that(world):
    summary = opened(world, 2, follows=closed(world), preferred_agent="ola")

    assert summary.preferred_agent == "ola"


@pytest.mark.parametrize(("days", "believed"), [(30, True), (30.1, False)])
def test_a_conversation_is_followed_for_so_many_days(world, days, believed):
    former = closed(world)
    world.wait(days * 86400)
    summary = opened(world, 2, follows=former)

    assert (summary.follows == former) is believed
    assert (summary.preferred_agent == "kari") is believed


def test_neither_anothers_nor_an_open_nor_an_unknown_one_is_followed(world):
    anothers = closed(world, 1)
    still_open = opened(world, 2).conversation
    for n, former in enumerate((anothers, world.make.id(99)), start=3):
        assert opened(world, n, citizen=OTHER, follows=former).follows is None
    assert opened(world, 5, follows=still_open).follows is None


def test_one_that_nobody_had_is_followed_without_a_name(world):
    c = opened(world).conversation
    world.say(CITIZEN, Leave(conversation=c))
    summary = opened(world, 2, follows=c)

    assert (summary.follows, summary.preferred_agent) == (c, None)


def test_outside_a_confidential_department_not_even_the_name_is_told(world):
    former = closed(world, agent="nora", topic="omsorg")

    assert opened(world, 2, follows=former).preferred_agent is None
    assert opened(world, 3, follows=former, topic="omsorg").preferred_agent == "nora"


def test_who_left_the_staff_is_not_waited_for(world, make):
    former = closed(world)
    agents = tuple(a for a in make.directory().agents if a.id != "kari")
    world.shelf.publish(make.directory(version=2, agents=agents))

    assert opened(world, 2, follows=former).preferred_agent is None


def test_a_follower_opened_in_the_batch_that_closes_the_one_before_is_believed(world, make):
    c = opened(world).conversation
    world.join(c, "kari")
    closing = make.envelope(KARI, Close(conversation=c, epoch=1))
    opening = make.envelope(CITIZEN, OpenConversation(conversation=make.id(2), follows=c))
    outcome = world.carry_out(closing, opening)

    assert outcome.after.summary.follows == c


def test_a_written_question_moves_to_the_department_of_its_topic(world):
    c = opened(world).conversation
    world.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    set_topic(world, c, "garasje")

    assert world.of(c).summary.department == "bygg"
    assert world.of(c).summary.state == "written"
