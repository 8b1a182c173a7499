"""A set-up is tried before the citizens of a day that was drawn once, by the router's own rules."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from router.core import decide
from router.simulate import trial as trials
from router.simulate.desks import moment
from router.simulate.draws import arrivals
from router.simulate.policies import POLICIES
from router.simulate.trial import Asked, days, short_staffed, town, trial
from router.simulate.world import World
from router.trials import TrialRefusedError, Trials
from services.contracts import (
    AgentProfile,
    Department,
    Emergency,
    PlanStep,
    RoutingPlan,
    TenantDirectory,
    Timing,
    Topic,
)
from services.errors import Transient

HOURS = 10
"""Two of work: they begin at eight."""


def set_up(agents, plans=(), **fields):
    return TenantDirectory(
        tenant="testvik",
        version=1,
        name="Testvik",
        kommunenummer="0000",
        title={"nb": "Prek med oss"},
        first_line="torget",
        departments=tuple(Department(id=d, name={"nb": d}) for d in ("torget", "plan", "vann")),
        topics=(
            Topic(id="generelt", department="torget", name={"nb": "Generelt"}),
            Topic(id="bygg", department="plan", name={"nb": "Bygg"}, direct=True, level=3),
            Topic(id="lekkasje", department="vann", name={"nb": "Lekkasje"}, direct=True),
        ),
        agents=tuple(agents),
        plans=tuple(plans),
        **fields,
    )


def agent(number, *departments, **fields):
    return AgentProfile(id=f"a{number:02}", name=f"A {number}", departments=departments, **fields)


def staff(count, *departments):
    return tuple(agent(number, *departments) for number in range(count))


@st.composite
def set_ups(draw):
    """Return a small municipality with plans that flow over, lift and relax at any time."""
    department = st.sampled_from(["torget", "plan", "vann"])
    people = [
        agent(
            number,
            *draw(st.lists(department, min_size=1, unique=True)),
            capacity=draw(st.integers(1, 2)),
            skills=draw(st.dictionaries(st.just("topic:bygg"), st.integers(1, 5))),
        )
        for number in range(draw(st.integers(1, 4)))
    ]
    later = st.builds(
        PlanStep,
        after_s=st.sampled_from([7, 33, 90]),
        level=st.just("anyone"),
        departments=st.lists(department, max_size=1).map(tuple),
    )
    plan = st.builds(
        RoutingPlan,
        id=st.just("p"),
        topics=st.sampled_from([(), ("bygg",), ("bygg", "lekkasje")]),
        priority=st.sampled_from([2, 5]),
        target_s=st.sampled_from([None, 20]),
        steps=later.map(lambda step: (PlanStep(), step)),
    )
    emergency = Emergency(since=moment(0), by="a00", topic="lekkasje", borrowed=("plan",))
    return set_up(
        people,
        draw(st.lists(plan, max_size=1)),
        timing=Timing(wrapup_s=draw(st.sampled_from([0.0, 60.0]))),
        emergency=draw(st.sampled_from([None, emergency])),
    )


def world(directory, seed):
    day = days(directory)[0].evolve(arrivals_per_hour=25, weights={8: 1.0, 9: 1.0})
    place = town(directory, day, ("bygg", "generelt", "lekkasje", ""))
    return World(place, POLICIES["ours"], seed, HOURS, arrivals(place, seed, HOURS))


@settings(max_examples=30, deadline=None)
@given(set_ups(), st.integers(0, 99))
def test_nothing_is_left_undone_that_the_plans_would_have_done(directory, seed):
    """Right after anything happened, and right before the next thing does."""
    there = world(directory, seed)
    while there.step():
        assert decide(there.whole(), moment(there.now_us)).decisions == ()
        if there._agenda:
            now_us, there.now_us = there.now_us, max(there._agenda[0][0] - 1, there.now_us)
            assert decide(there.whole(), moment(there.now_us)).decisions == ()
            there.now_us = now_us
    assert there.tally.refused == 0
    assert there.tally.in_line == 0


def test_a_plan_for_all_relaxes_for_those_without_a_topic_too():
    steps = (PlanStep(), PlanStep(after_s=7, level="anyone", departments=("plan",)))
    directory = set_up(
        [agent(0, "torget", capacity=1), *(agent(n, "plan", capacity=10) for n in range(1, 8))],
        [RoutingPlan(id="all", steps=steps)],
    )
    day = days(directory)[0].evolve(weights={8: 1.0, 9: 1.0}, accept_s=0.0)
    place = town(directory, day, ("",))
    there = World(place, POLICIES["ours"], 1, HOURS, arrivals(place, 1, HOURS))
    while there.step():
        pass

    assert there.tally.answered > 20
    assert max(there.tally.waits) == 7_000_000


@settings(max_examples=10, deadline=None)
@given(set_ups())
def test_the_same_set_up_has_the_same_days(directory):
    for day in trial(Asked(now=directory, wanted=directory)).scenarios:
        assert day.now == day.wanted
        assert 0 <= day.now.within_target_share <= 1
        assert 0 <= day.now.gave_up_share <= 1
        assert 0 <= day.now.occupancy <= 1


def test_both_meet_the_same_citizens_also_where_a_topic_is_in_one_of_them_alone():
    now = set_up(staff(8, "torget", "plan", "vann"))
    wanted = now.evolve(topics=now.topics[:1])
    topics = ("bygg", "generelt", "lekkasje", "")
    (day, *_) = days(now)
    theirs, ours = (list(arrivals(town(one, day, topics), 1, 24)) for one in (now, wanted))

    assert len(ours) > 50
    assert [(a.at_us, a.handle_us) for a in ours] == [(a.at_us, a.handle_us) for a in theirs]
    assert {a.topic.id for a in theirs} == {"bygg", "generelt", "lekkasje", None}
    assert {a.topic.id for a in ours} == {"generelt", None}


def test_more_hands_are_seen_in_every_figure():
    now = set_up(agent(n, "torget", "plan", "vann", capacity=1) for n in range(4))
    more = [agent(n, "torget", "plan", "vann", capacity=1) for n in range(7)]
    for day in trial(Asked(now=now, wanted=set_up(more))).scenarios:
        assert day.wanted.within_target_share > day.now.within_target_share
        assert day.wanted.mean_wait_s < day.now.mean_wait_s
        assert day.wanted.p90_wait_s < day.now.p90_wait_s
        assert day.wanted.gave_up_share < day.now.gave_up_share
        assert day.wanted.occupancy < day.now.occupancy


def test_a_plan_that_asks_others_too_is_seen():
    now = set_up([*staff(8, "torget"), agent(8, "plan", skills={"topic:bygg": 3})])
    flows = RoutingPlan(
        id="bygg",
        topics=("bygg",),
        steps=(PlanStep(), PlanStep(after_s=20, level="anyone", departments=("torget",))),
    )
    for day in trial(Asked(now=now, wanted=now.evolve(plans=(flows,)))).scenarios:
        assert day.wanted.gave_up_share < day.now.gave_up_share


def test_the_days_are_told_by_name_and_the_rush_is_one():
    now = set_up(staff(12, "torget", "plan", "vann"))
    told = {day.name: day for day in trial(Asked(now=now, wanted=now)).scenarios}

    assert list(told) == ["ordinary", "rush", "short_staffed"]
    assert told["rush"].now.occupancy > told["ordinary"].now.occupancy
    assert told["short_staffed"].now.occupancy > told["ordinary"].now.occupancy


def test_the_same_people_are_away_in_both():
    now, wanted = set_up(staff(6, "torget")), set_up(staff(7, "torget"))
    both = short_staffed(Asked(now=now, wanted=wanted))

    assert {a.id for a in both.now.agents} == {"a01", "a02", "a04", "a05"}
    assert {a.id for a in both.wanted.agents} == {"a01", "a02", "a04", "a05"}


def test_who_is_in_no_department_brings_no_citizens():
    some = set_up(staff(8, "torget"))
    more = set_up([*staff(8, "torget"), *(agent(n) for n in range(20, 60))])

    assert days(some) == days(more)
    assert days(some)[0].arrivals_per_hour == 20


def test_a_large_municipality_has_a_shorter_day():
    large = set_up(staff(400, "torget"))
    (day, *_) = days(large)

    assert (day.arrivals_per_hour, list(day.weights)) == (1_000, [8])


# The process it runs in


def asked():
    directory = set_up(staff(3, "torget", "plan", "vann"))
    return Asked(now=directory, wanted=directory)


async def test_it_is_tried_in_a_process_of_its_own():
    told = await Trials().run(asked().model_dump_json().encode())

    assert trials.Trial.read(told) == trial(asked())


async def test_one_at_a_time():
    running, both = Trials(), asked().model_dump_json().encode()
    first, second = await asyncio.gather(
        running.run(both), running.run(both), return_exceptions=True
    )

    assert trials.Trial.read(first)
    assert isinstance(second, Transient)
    with pytest.raises(TrialRefusedError):
        await running.run(b"{}")


async def test_what_takes_too_long_is_ended_and_the_next_may_try():
    running = Trials(longest_s=0.01)
    for _ in range(2):
        with pytest.raises(Transient):
            await running.run(asked().model_dump_json().encode())
