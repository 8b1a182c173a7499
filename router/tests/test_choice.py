"""Whom an enquiry is offered to, and why it waits."""

from dataclasses import replace

from router.core import Recent, decide
from services.contracts import MakeOffer


def offered(view, now):
    """Return agent per conversation, in the order decided."""
    return {
        d.conversation: d.command.agent
        for d in decide(view, now).decisions
        if isinstance(d.command, MakeOffer)
    }


def why(view, now):
    """Return the reasons of the first decision."""
    reasons = decide(view, now).reasons
    return reasons.of(next(iter(reasons)))


def test_the_lowest_load_then_the_longest_idle_then_the_id(make):
    a, b, c = (make.agent(name) for name in "abc")
    one = make.conversation(1)
    busy = make.view(one, agents=(a, b, c), loads={"a": 1})
    assert offered(busy, make.now)[make.id(1)] == "b"
    leases = {n: make.lease(n, idle_s=s) for n, s in (("a", 5), ("b", 9), ("c", 9))}
    assert offered(make.view(one, agents=(a, b, c), leases=leases), make.now)[make.id(1)] == "b"


def test_at_equal_load_who_is_good_for_the_least_else_goes_first(make):
    able = make.agent("able", "torget", "bygg", skills={"topic:garasje": 3})
    plain = make.agent("plain")
    leases = {"able": make.lease("able", idle_s=99), "plain": make.lease("plain")}
    line = [make.conversation(n, waited_s=9 - n) for n in range(3)]
    given = offered(make.view(*line, agents=(able, plain), leases=leases), make.now)
    assert list(given.values()) == ["plain", "able", "plain"]


def test_who_only_leads_or_looks_after_is_offered_nothing(make):
    """Not by their department, and not as the one the citizen had before."""
    others = [make.agent(role, roles=(role,)) for role in ("leader", "archivist", "admin")]
    one = make.conversation(1, preferred_agent="leader", waited_s=500)

    assert offered(make.view(one, agents=others), make.now) == {}
    assert offered(make.view(one, agents=(*others, make.agent("a"))), make.now) == {make.id(1): "a"}


def test_offers_of_one_round_count_towards_the_load(make):
    a = make.agent("a", capacity=2)
    conversations = [make.conversation(n, waited_s=100 - n) for n in range(4)]
    given = offered(make.view(*conversations, agents=(a,)), make.now)
    assert list(given) == [make.id(0), make.id(1)]


def test_the_band_goes_before_the_wait_and_the_id_breaks_ties(make):
    a = make.agent("a", capacity=1)
    view = make.view(
        make.conversation(3, waited_s=500),
        make.conversation(2, waited_s=10, priority=1),
        make.conversation(1, waited_s=10, priority=1),
        agents=(a,),
    )
    assert list(offered(view, make.now)) == [make.id(1)]


def test_the_level_asked_for_comes_first_and_is_relaxed_in_steps(make):
    expert = make.agent("expert", "bygg", skills={"topic:garasje": 3}, capacity=1)
    junior = make.agent("junior", "bygg", skills={"topic:garasje": 1})
    other = make.agent("other", "bygg")
    staff = (expert, junior, other)

    def at(waited_s, *, junior_full=False):
        one = make.conversation(1, waited_s=waited_s, topic="garasje", department="bygg")
        loads = {"expert": 1, "junior": 3 if junior_full else 0}
        return offered(make.view(one, agents=staff, loads=loads), make.now).get(make.id(1))

    assert at(19) is None
    assert at(20) == "junior"
    assert at(44, junior_full=True) is None
    assert at(45, junior_full=True) == "other"


def test_a_step_that_nobody_at_a_desk_could_meet_is_passed_over(make):
    expert = make.agent("expert", "bygg", skills={"topic:garasje": 3})
    other = make.agent("other", "bygg")
    one = make.conversation(1, waited_s=0, topic="garasje", department="bygg")
    view = make.view(one, agents=(expert, other), leases={"other": make.lease("other")})
    assert offered(view, make.now) == {make.id(1): "other"}


def test_the_first_line_needs_no_skill_in_a_topic_of_another_department(make):
    one = make.conversation(1, waited_s=0, topic="garasje")
    assert offered(make.view(one, agents=(make.agent("a"),)), make.now) == {make.id(1): "a"}


def test_never_outside_the_department_however_long_it_waits(make):
    one = make.conversation(1, waited_s=90_000)
    view = make.view(one, agents=(make.agent("a", "bygg"),))
    assert offered(view, make.now) == {}
    assert why(view, make.now).reason == "no_staff"


def test_a_speaker_of_the_language_is_preferred_but_nobody_waits_for_one(make):
    norwegian, samisk = make.agent("a"), make.agent("b", languages=("nb", "se"), capacity=1)
    one, two = (make.conversation(n, waited_s=9 - n, language="se") for n in (1, 2))
    view = make.view(one, two, agents=(norwegian, samisk))
    assert offered(view, make.now) == {make.id(1): "b", make.id(2): "a"}


def test_the_preferred_agent_is_waited_for_only_so_long(make):
    a, mine = make.agent("a"), make.agent("mine", capacity=1)

    def at(waited_s, load, presence="available"):
        one = make.conversation(1, waited_s=waited_s, preferred_agent="mine")
        leases = {"a": make.lease("a"), "mine": make.lease("mine", presence=presence)}
        view = make.view(one, agents=(a, mine), loads={"mine": load}, leases=leases)
        return offered(view, make.now).get(make.id(1)), why(view, make.now).reason

    assert at(1, 0)[0] == "mine"
    assert at(19, 1) == (None, "preferred_agent_soon")
    assert at(20, 1)[0] == "a"
    assert at(1, 0, "away")[0] == "a"


def test_one_who_missed_it_gets_it_only_when_nobody_else_can(make):
    a, b = make.agent("a"), make.agent("b", capacity=1)
    one = make.conversation(1, missed=("a",))
    assert offered(make.view(one, agents=(a, b)), make.now) == {make.id(1): "b"}
    assert offered(make.view(one, agents=(a, b), loads={"b": 1}), make.now) == {make.id(1): "a"}
    spared = Recent(left_alone=frozenset({(make.id(1), "a")}))
    view = make.view(one, agents=(a, b), loads={"b": 1}, recent=spared)
    assert offered(view, make.now) == {}


def test_only_the_available_are_offered_anything(make):
    staff = tuple(make.agent(n) for n in ("busy", "away", "draining", "forced_away", "gone"))
    leases = {a.id: make.lease(a.id, presence=a.id) for a in staff if a.id != "gone"}
    view = make.view(make.conversation(1), agents=staff, leases=leases)
    assert offered(view, make.now) == {}
    assert why(view, make.now).counts == {
        "busy": 1,
        "away": 1,
        "draining": 1,
        "forced_away": 1,
        "not_there": 1,
    }


def test_an_agent_the_ledger_does_not_know_is_not_offered_anything(make):
    view = make.view(make.conversation(1), agents=(make.agent("a"),))
    unknown = replace(view, line=view.line.evolve(loads=()))
    assert offered(unknown, make.now) == {}


def test_a_hand_over_goes_to_the_target_and_never_to_its_owner(make):
    owner = make.agent("owner", "torget", "bygg")
    builder, desk = make.agent("builder", "bygg"), make.agent("desk")
    active = make.conversation(1, state="active", owner="owner", handover=make.handover())
    view = make.view(active, agents=(owner, builder, desk))
    plan = decide(view, make.now)
    assert offered(view, make.now) == {make.id(1): "builder"}
    assert plan.decisions[0].command.handover == make.id(800)
    assert plan.reasons.of(make.id(1)).counts == {"owner": 1, "eligible": 1}


def test_a_hand_over_to_a_colleague_goes_to_nobody_else(make):
    owner, asked, other = (make.agent(n, "bygg") for n in ("owner", "asked", "other"))
    active = make.conversation(
        1, state="active", owner="owner", topic="garasje", handover=make.handover(agent="asked")
    )
    view = make.view(active, agents=(owner, asked, other))
    assert offered(view, make.now) == {make.id(1): "asked"}
    assert (
        offered(make.view(active, agents=(owner, asked, other), loads={"asked": 3}), make.now) == {}
    )


def test_what_was_just_offered_is_counted_and_not_offered_again(make):
    a = make.agent("a", capacity=1)
    recent = Recent(in_flight={make.id(1): "a"})
    view = make.view(make.conversation(1), make.conversation(2), agents=(a,), recent=recent)
    assert offered(view, make.now) == {}


def test_a_decision_names_the_first_five_candidates_and_counts_the_rest(make):
    staff = tuple(make.agent(f"a{n:02}") for n in range(40))
    explanation = why(make.view(make.conversation(1), agents=staff), make.now)
    assert [c.agent for c in explanation.candidates] == ["a00", "a01", "a02", "a03", "a04"]
    assert explanation.counts == {"eligible": 40}
    assert (explanation.reason, explanation.step, explanation.level) == ("asked", 2, "anyone")
    assert explanation.candidates[0].load == 0
    assert explanation.candidates[0].capacity == 3


def test_replicas_that_choose_the_same_agent_say_the_same_thing(make):
    view = make.view(make.conversation(1), agents=(make.agent("a"),))
    later = make.view(make.conversation(1, version=2), agents=(make.agent("a"),))
    first, again, new = (decide(v, make.now).decisions[0].id for v in (view, view, later))
    assert first == again
    assert first != new
