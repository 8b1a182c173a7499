"""What holds in every simulated town, whatever chance does."""

import json
import statistics
from array import array
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from router.core import decide
from router.simulate import __main__ as command
from router.simulate import scenario as scenarios
from router.simulate.desks import moment
from router.simulate.draws import arrivals
from router.simulate.figures import Tally
from router.simulate.nation import read_nation
from router.simulate.policies import POLICIES
from router.simulate.run import run, story
from router.simulate.scenario import Burst, Scenario, Staff, TopicShare
from router.simulate.world import World
from services.contracts import MakeOffer, Timing

TOPICS = (
    TopicShare(share=2),
    TopicShare(id="bygg", department="plan", direct=True, level=3),
    TopicShare(id="vann", department="teknisk", direct=True, priority=2),
    TopicShare(id="skole", department="oppvekst"),
)
HOURS = 3


@st.composite
def towns(draw):
    """Return a small town with anything in it."""
    department = st.sampled_from(["servicetorget", "plan", "teknisk"])
    group = st.builds(
        Staff,
        agents=st.integers(0, 3),
        departments=st.lists(department, min_size=1, unique=True).map(tuple),
        capacity=st.integers(1, 3),
        skills=st.dictionaries(st.just("topic:bygg"), st.integers(1, 5)),
    )
    return Scenario(
        name="anywhere",
        arrivals_per_hour=draw(st.floats(1, 25)),
        weights=draw(st.sampled_from([{}, {0: 1.0, 1: 0.5}])),
        bursts=draw(st.sampled_from([(), (Burst(from_hour=1, hours=1, factor=3),)])),
        handle=draw(st.sampled_from(["exponential", "constant", "lognormal"])),
        handle_minutes=draw(st.floats(1, 20)),
        patience_minutes=draw(st.sampled_from([None, 2.0, 30.0])),
        accept_s=draw(st.sampled_from([0.0, 5.0, 40.0])),
        hand_on_minutes=draw(st.sampled_from([None, 1.0])),
        topics=draw(st.sampled_from([TOPICS, TOPICS[:1]])),
        staff=tuple(draw(st.lists(group, min_size=1, max_size=3))),
        timing=Timing(wrapup_s=draw(st.sampled_from([0.0, 60.0]))),
    )


def world(town, policy, seed):
    return World(town, POLICIES[policy], seed, HOURS, arrivals(town, seed, HOURS))


@settings(max_examples=40, deadline=None)
@given(towns(), st.sampled_from(sorted(POLICIES)), st.integers(0, 99))
def test_nobody_is_over_capacity_and_nobody_is_lost(town, policy, seed):
    there = world(town, policy, seed)
    while there.step():
        view = there.whole()
        states = [one.state for one in view.line.conversations]
        slots = sum(state != "waiting" for state in states)

        assert all(0 <= load.load <= load.capacity for load in view.line.loads)
        assert sum(load.load for load in view.line.loads) == slots
        assert there.tally.in_line == sum(not one.answered for one in there._known.values())
        assert len(there.tally.waits) == there.tally.answered + there.tally.abandoned
    assert there.tally.refused == 0


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 99))
def test_nothing_is_left_undone_that_the_whole_view_would_decide(town, seed):
    """So nobody waits whom an agent could have, and what the engine is not shown is no matter."""
    there = world(town, "ours", seed)
    while there.step():
        assert decide(there.whole(), moment(there.now_us)).decisions == ()


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 99))
def test_the_few_that_are_shown_get_what_they_would_get_among_all(town, seed):
    """Each round in full beside the short one: the same commands under the same ids, in order.

    A round that shows too few is had again with more, so only the last has to be complete.
    """
    there = world(town, "ours", seed)
    short, seen = there._decide, []

    def both(conversations):
        decisions = list(short(conversations))
        whole = decide(there.whole(), moment(there.now_us)).decisions
        seen.append((decisions, list(whole)))
        return decisions

    there._decide = both
    while there.step():
        for few, whole in seen:
            assert few == whole[: len(few)]
        for few, whole in seen[-1:]:
            assert few == whole
        seen.clear()


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_seed_is_the_same_story(policy):
    town = scenarios.read("sarpsborg")
    first, again, other = (run(town, policy=policy, seed=s, hours=168) for s in (1, 1, 2))

    assert first == again
    assert first != other


def test_every_policy_meets_the_same_citizens():
    town = scenarios.read("sarpsborg")
    assert len({run(town, policy=name, seed=3, hours=168).arrived for name in POLICIES}) == 1
    who = list(arrivals(town, 3, 168))
    assert who == list(arrivals(town, 3, 168))
    assert all(one.at_us <= other.at_us for one, other in pairwise(who))


def test_nobody_comes_or_is_answered_at_night():
    town = scenarios.read("sarpsborg")
    hours = [one.at_us // 3_600_000_000 for one in arrivals(town, 1, 4 * 168)]

    assert hours
    assert all(town.open_at(hour) for hour in hours)
    assert run(town, seed=1, hours=4 * 168).in_line == 0


@pytest.mark.parametrize("name", scenarios.names())
def test_a_scenario_that_comes_along_runs(name, capsys):
    command.main(["--scenario", name, "--hours", "24", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["conversations"] == told["answered"] + told["abandoned"] + told["in_line_at_end"]
    assert 0 <= told["occupancy"] <= 1


def test_the_command_line_says_what_it_was_given(capsys):
    numbers = {"arrivals-per-hour": 60, "handle-minutes": 4, "agents": 2, "capacity": 3}
    options = [word for name, value in numbers.items() for word in (f"--{name}", str(value))]
    command.main([*options, "--hours", "20", "--patience-minutes", "3", "--policy", "longest_idle"])

    told = json.loads(capsys.readouterr().out)
    wanted = "mean_wait_s p50_wait_s p95_wait_s probability_of_wait service_level_20s occupancy"
    assert told["policy"] == "longest_idle"
    assert told["conversations"] > 1_000
    assert set(wanted.split()) <= told.keys()


def test_who_does_not_know_it_hands_it_on_and_the_wait_of_the_rare_ends_with_who_does():
    """Two sit there: one knows nothing of it and lets it go after two minutes, the other knows."""
    topic = TopicShare(id="bygg", department="plan", direct=True, level=2)
    town = Scenario(
        name="handed-on",
        arrivals_per_hour=2,
        handle="constant",
        handle_minutes=30,
        hand_on_minutes=2,
        topics=(topic,),
        staff=(
            Staff(agents=1, departments=("plan",), capacity=1),
            Staff(agents=1, departments=("plan",), capacity=2, skills={"topic:bygg": 2}),
        ),
    )
    alone = run(town.evolve(hand_on_minutes=None), policy="round_robin", seed=1, hours=20)
    told = run(town, policy="round_robin", seed=1, hours=20)

    assert told.arrived == alone.arrived
    assert 0 < told.able < told.asked == told.answered
    assert min(told.rare) == 0
    assert {120_000_000} <= set(told.rare)
    assert set(alone.rare) <= set(alone.waits)
    assert told.figures()["rarest_worst_wait_s"] >= 120


def test_the_rarest_is_what_the_fewest_of_its_line_can_do_and_nobody_is_rare_where_all_can():
    sarpsborg = scenarios.read("sarpsborg")
    everybody = sarpsborg.evolve(
        staff=(Staff(agents=2, departments=("samfunn",), skills={"topic:byggesak": 3}),)
    )

    assert sarpsborg.rarest().id == "byggesak"
    assert everybody.rarest() is None
    assert scenarios.read("small").rarest() is None


def test_fairness_is_one_where_all_have_as_many_and_the_share_of_one_where_one_has_all():
    even = Tally(alike=(("a", "b"), ("c",)), by_agent=Counter(a=3, b=3, c=9))
    uneven = Tally(alike=(("a", "b"),), by_agent=Counter(a=4))

    assert even.fairness() == 1
    assert uneven.fairness() == 0.5
    assert Tally().fairness() == 1


def test_two_towns_counted_as_one_keep_their_agents_apart():
    one = Tally(alike=(("a", "b"),), by_agent=Counter(a=4), answered=4, waits=array("q", [1]))
    whole = Tally()
    for _ in range(2):
        whole.add(one)

    assert whole.answered == 8
    assert list(whole.waits) == [1, 1]
    assert whole.by_agent.total() == 8
    assert whole.fairness() == one.fairness() == 0.5


def test_the_country_is_as_many_and_as_large_as_its_numbers_say():
    """Of quantiles only the very largest are missing: a few per cent of the people."""
    nation = read_nation()
    sizes, towns = nation.inhabitants(), nation.towns()

    assert len(towns) == len(sizes) == 357
    assert sizes == sorted(sizes)
    assert statistics.median(sizes) == pytest.approx(5_000)
    assert statistics.fmean(sizes) == pytest.approx(15_686, rel=0.05)
    assert sum(town.arrivals_per_hour for town in towns) == pytest.approx(18_571, rel=0.05)
    assert all(group.agents >= 1 for town in towns for group in town.staff)


def test_a_small_country_is_the_sum_of_its_towns():
    nation = read_nation().evolve(municipalities=3)
    whole = story(nation, seed=4, hours=12)
    apart = [run(town, seed=12 + n, hours=12) for n, town in enumerate(nation.towns())]

    assert whole.arrived == sum(one.arrived for one in apart) > 0
    assert whole.ends() == [end for one in apart for end in one.ends()]


def test_the_numbers_of_the_country_are_in_its_file():
    with pytest.raises(SystemExit, match="in its file"):
        command.main(["--scenario", "municipalities", "--arrivals-per-hour", "3"])


@pytest.mark.parametrize("options", [[], ["--agents", "3"], ["--scenario", "crisis", "--agents=1"]])
def test_too_little_or_too_much_is_refused(options):
    with pytest.raises(SystemExit):
        command.main(options)


def test_a_demand_is_relaxed_at_its_own_moments_with_nothing_else_going_on():
    """Whoever waits for a step is looked at when it comes, not when something happens next."""
    topic = TopicShare(id="bygg", department="plan", direct=True, level=3)
    levels = ({"topic:bygg": 3}, 1), ({"topic:bygg": 1}, 1), ({}, 30)
    town = Scenario(
        name="steps",
        arrivals_per_hour=12,
        handle="constant",
        handle_minutes=600,
        topics=(topic,),
        staff=tuple(
            Staff(agents=agents, departments=("plan",), capacity=1, skills=skills)
            for skills, agents in levels
        ),
    )
    told = run(town, seed=1, hours=1)

    assert told.arrived > 5
    assert sorted(told.waits)[:3] == [0, 20_000_000, 45_000_000]
    assert set(told.waits) == {0, 20_000_000, 45_000_000}


def test_offers_are_what_a_round_makes():
    """The engine is really asked: its reasons are in the command."""
    town = scenarios.plain(arrivals_per_hour=30, handle_minutes=5, agents=1, capacity=1)
    there = world(town, "ours", 1)
    short, reasons = there._decide, []

    def listen(conversations):
        decisions = list(short(conversations))
        reasons.extend(d.command.why for d in decisions if isinstance(d.command, MakeOffer))
        return decisions

    there._decide = listen
    while there.step():
        pass
    assert len(reasons) == there.tally.answered > 0
    assert {one.reason for one in reasons} == {"asked"}
    assert {one.counts["eligible"] for one in reasons} == {1}
