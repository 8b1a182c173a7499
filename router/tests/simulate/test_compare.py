"""Differences within a story, and the peers' rules."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from router.simulate import compare, policies
from router.simulate import scenario as scenarios
from router.simulate.policies import POLICIES, Free
from router.simulate.run import run

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(("freedom", "t"), [(9, 2.262), (19, 2.093), (29, 2.045), (1000, 1.962)])
def test_students_t_is_that_of_the_tables(freedom, t):
    assert compare.students_t(freedom) == pytest.approx(t, abs=0.001)


def test_what_all_stories_share_drops_out():
    luck = [3.0, 50.0, 7.0, 400.0, 21.0, 9.0, 80.0, 1.0, 33.0, 6.0]
    found = compare.difference([day + 2 for day in luck], luck)

    assert found.mean == pytest.approx(2)
    assert found.half_width == pytest.approx(0, abs=1e-9)
    assert found.told_apart


def test_noise_alone_is_not_told_apart():
    assert not compare.difference([1.0, -1.0] * 5, [0.0] * 10).told_apart


def test_each_peer_has_its_own_first():
    a = Free("a", load=0, idle_since=NOON, turn=9)
    b = Free("b", load=2, idle_since=NOON - timedelta(minutes=5), turn=7)
    c = Free("c", load=1, idle_since=NOON - timedelta(minutes=1), turn=3)

    assert policies.fewest_open_chats([c, b, a]) == a
    assert policies.longest_idle([c, b, a]) == b
    assert policies.round_robin([b, a, c]) == c


def test_strict_priority_serves_a_crisis_before_everything_else_and_time_alone_does_not():
    """With one band for all, the two rules are the same; with two, they are not."""
    crisis = scenarios.read("crisis")
    level = crisis.evolve(topics=tuple(one.evolve(priority=5) for one in crisis.topics))
    by_band, by_time = ("strict_priority", "longest_idle")

    def ends(town, policy):
        return run(town, policy=policy, seed=1, hours=72).ends()

    assert ends(level, by_band) == ends(level, by_time)
    assert ends(crisis, by_band) != ends(crisis, by_time)


def test_with_agents_alike_and_no_delay_the_choice_of_agent_changes_no_wait():
    town = scenarios.plain(arrivals_per_hour=60, handle_minutes=4, agents=3, capacity=2)
    told = [run(town, policy=name, seed=5, hours=20).ends() for name in POLICIES]

    assert all(one == told[0] for one in told)


def test_the_comparison_is_told_for_every_policy(capsys):
    compare.main(["--scenario", "sarpsborg", "--seeds", "10", "--hours", "72"])

    told = json.loads(capsys.readouterr().out)
    assert set(told["policies"]) == set(POLICIES)
    assert told["policies"]["ours"]["mean_wait_s"]["above_ours"] == 0
    assert told["policies"]["ours"]["mean_wait_s"]["half_width"] == 0


def test_too_few_stories_make_no_interval():
    with pytest.raises(SystemExit, match="at least"):
        compare.main(["--scenario", "small", "--seeds", "2"])
