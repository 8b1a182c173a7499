"""Plans as data: which holds, what it asks for, and how it is relaxed."""

import pytest
from router.core import decide, positions
from services.contracts import (
    Emergency,
    MakeOffer,
    PlanStep,
    RoutingPlan,
    SetTopic,
    TopicSuggestion,
)

BYGG = {"topic:garasje": 3}


def plan(name="p", *steps, **fields):
    return RoutingPlan(id=name, steps=steps or (PlanStep(),), **fields)


def offered(view, now):
    """Return agent per conversation, in the order decided."""
    commands = (d.command for d in decide(view, now).decisions)
    return {c.conversation: c.agent for c in commands if isinstance(c, MakeOffer)}


def why(view, conversation, now):
    return decide(view, now).reasons.of(conversation)


def test_the_plan_that_names_the_topic_holds_else_the_one_that_names_none(make):
    plans = plan("rest"), plan("building", topics=("garasje",)), plan("late", topics=("garasje",))

    def of(topic, *plans):
        one = make.conversation(1, topic=topic)
        view = make.view(one, agents=(make.agent("a"),))
        return why(make.with_directory(view, plans=plans), make.id(1), make.now).plan

    assert of("garasje", *plans) == "building"
    assert of("generelt", *plans) == of(None, *plans) == "rest"
    assert of("garasje") == of("generelt", plans[1]) == ""


def test_skills_of_a_plan_are_asked_for_besides_the_topics_own(make):
    staff = (
        make.agent("a", "bygg", skills=BYGG),
        make.agent("b", "bygg", skills=BYGG | {"nynorsk": 2}),
    )
    one = make.conversation(1, waited_s=0, topic="garasje", department="bygg")
    view = make.view(one, agents=staff, loads={"b": 1})
    asked = make.with_directory(view, plans=(plan(topics=("garasje",), skills={"nynorsk": 2}),))
    assert offered(view, make.now)[make.id(1)] == "a"
    assert offered(asked, make.now)[make.id(1)] == "b"
    assert why(asked, make.id(1), make.now).skills == BYGG | {"nynorsk": 2}
    assert why(asked, make.id(1), make.now).counts == {"eligible": 1, "skill": 1}


def test_a_language_that_a_step_asks_for_is_waited_for_while_somebody_there_speaks_it(make):
    steps = PlanStep(level="anyone", language=True), PlanStep(after_s=30, level="anyone")
    staff = make.agent("a"), make.agent("b", languages=("nb", "se"), capacity=1)

    def at(waited_s, language="se", presence="busy"):
        one = make.conversation(1, waited_s=waited_s, language=language)
        leases = {"a": make.lease("a"), "b": make.lease("b", presence=presence)}
        view = make.view(one, agents=staff, leases=leases)
        view = make.with_directory(view, plans=(plan("p", *steps),))
        return offered(view, make.now).get(make.id(1)), why(view, make.id(1), make.now)

    assert at(29)[0] is None
    assert at(29)[1].counts == {"language": 1, "busy": 1}
    assert at(30)[0] == "a"
    assert at(1, presence="away")[0] == "a"
    assert at(1, language="en")[0] == "a"


def test_overflow_adds_members_of_other_departments_and_prefers_the_own(make):
    steps = PlanStep(), PlanStep(after_s=60, level="anyone", departments=("bygg",))

    def at(waited_s, load):
        one = make.conversation(1, waited_s=waited_s)
        staff = make.agent("own", capacity=1), make.agent("other", "bygg")
        view = make.view(one, agents=staff, loads={"own": load})
        return offered(make.with_directory(view, plans=(plan("p", *steps),)), make.now)

    assert at(59, 1) == {}
    assert at(60, 1) == {make.id(1): "other"}
    assert at(60, 0) == {make.id(1): "own"}


def test_nothing_flows_over_the_wall_of_a_confidential_department(make):
    walled = make.department("bygg", confidential=True), make.department("torget")
    steps = (PlanStep(level="anyone", departments=("torget",)),)
    one = make.conversation(1, department="bygg")
    view = make.view(one, agents=(make.agent("a"), make.agent("b", "bygg", capacity=1)))
    full = make.view(one, agents=(make.agent("a"),))
    changes = {"departments": walled, "plans": (plan("p", *steps),)}
    assert offered(make.with_directory(view, **changes), make.now) == {make.id(1): "b"}
    assert offered(make.with_directory(full, **changes), make.now) == {}


def test_in_an_emergency_its_topic_is_lifted_and_borrowed_agents_answer_for_the_first_line(make):
    lent, own = make.agent("lent", "bygg", capacity=1), make.agent("own", capacity=1)
    urgent = make.conversation(1, waited_s=1, topic="generelt", priority=9)
    other = make.conversation(2, waited_s=90, priority=1)
    view = make.view(other, urgent, agents=(lent, own), loads={"own": 1})
    emergency = Emergency(since=make.now, by="leader", topic="generelt", borrowed=("bygg",))
    assert offered(view, make.now) == {}
    assert offered(make.with_directory(view, emergency=emergency), make.now) == {make.id(1): "lent"}


def test_within_a_band_what_waited_longest_of_its_target_comes_first(make):
    anyone = PlanStep(level="anyone")
    short = plan("short", anyone, topics=("generelt",), target_s=10)
    plans = short, plan("long", anyone, target_s=100)
    quick = make.conversation(1, waited_s=30, topic="generelt")
    slow = make.conversation(2, waited_s=200)
    view = make.view(slow, quick, agents=(make.agent("a", capacity=1),))
    view = make.with_directory(view, plans=plans)
    standing = positions(view.line, view.indexed(), make.now)
    assert offered(view, make.now) == {make.id(1): "a"}
    assert {c: one.position for c, one in standing.items()} == {make.id(1): 1, make.id(2): 2}


def test_a_written_answer_is_offered_from_the_step_that_says_so(make):
    steps = PlanStep(), PlanStep(after_s=60, offer_written=True)
    one, two = make.conversation(1, waited_s=60), make.conversation(2, waited_s=59)
    view = make.view(one, two, agents=())
    plans = (plan("p", *steps),)

    def told(view):
        standing = positions(view.line, view.indexed(), make.now)
        return {n: standing[make.id(n)].offer_written for n in (1, 2)}

    assert told(view) == {1: False, 2: False}
    assert told(make.with_directory(view, plans=plans)) == {1: True, 2: False}
    assert told(make.view(one.evolve(entered_at=make.ago(180)), two, agents=()))[1]


# Competition between bands


@pytest.fixture
def crisis(make):
    """Return a view: an urgent one waits for the one who knows, and a colleague is free."""

    def build(*others, knows=1, colleague=0, waited_s=5):
        urgent = make.conversation(
            1, waited_s=waited_s, topic="garasje", department="bygg", priority=2
        )
        staff = (
            make.agent("knows", "bygg", skills=BYGG, capacity=1),
            make.agent("colleague", "bygg", capacity=1),
        )
        loads = {"knows": knows, "colleague": colleague}
        return make.view(urgent, *others, agents=staff, loads=loads)

    return build


def test_nobody_urgent_watches_a_colleague_take_what_is_less_urgent(make, crisis):
    lower = make.conversation(2, waited_s=80, department="bygg", priority=5)
    view = crisis(lower)
    assert offered(view, make.now) == {make.id(1): "colleague"}
    told = why(view, make.id(1), make.now)
    assert (told.reason, told.step, told.level) == ("anyone", 2, "anyone")
    assert told.counts == {"full": 1, "eligible": 1}


def test_with_nothing_less_urgent_in_line_the_skill_is_waited_for(make, crisis):
    assert offered(crisis(), make.now) == {}


def test_within_a_band_the_skill_is_waited_for(make, crisis):
    alike = make.conversation(2, waited_s=80, department="bygg", priority=2)
    assert offered(crisis(alike), make.now) == {make.id(2): "colleague"}


def test_while_the_one_who_knows_is_free_each_gets_an_agent(make, crisis):
    lower = make.conversation(2, waited_s=80, department="bygg", priority=5)
    assert offered(crisis(lower, knows=0), make.now) == {
        make.id(1): "knows",
        make.id(2): "colleague",
    }


# By what it seems to be about


def seems(make, score, **fields):
    suggestion = TopicSuggestion(topic="garasje", score=score)
    return make.conversation(1, suggested=suggestion, **fields)


def test_a_plan_that_trusts_a_suggestion_routes_by_it(make):
    plans = (plan("p", topics=("garasje",), route_by_suggestion=0.7),)

    def decided(one, plans=plans):
        view = make.with_directory(make.view(one, agents=(make.agent("a"),)), plans=plans)
        return [d.command for d in decide(view, make.now).decisions]

    routed = SetTopic(conversation=make.id(1), topic="garasje")
    assert decided(seems(make, 0.7, waited_s=1)) == [routed]
    assert [c.type for c in decided(seems(make, 0.6, waited_s=1))] == ["offer.make.v1"]
    assert [c.type for c in decided(seems(make, 0.9, waited_s=1, topic="generelt"))] == [
        "offer.make.v1"
    ]
    assert [c.type for c in decided(seems(make, 0.9, waited_s=1), plans=())] == ["offer.make.v1"]


def test_a_topic_that_cannot_be_set_keeps_nobody_waiting(make):
    plans = (plan("p", topics=("garasje",), route_by_suggestion=0.7),)
    view = make.view(seems(make, 0.9, waited_s=6), agents=(make.agent("a"),))
    commands = [
        d.command for d in decide(make.with_directory(view, plans=plans), make.now).decisions
    ]
    assert [c.type for c in commands] == ["topic.set.v1", "offer.make.v1"]
