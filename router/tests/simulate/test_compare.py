"""Differences within a story, and the peers' rules."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from router.core import View
from router.simulate import compare, policies, report
from router.simulate import scenario as scenarios
from router.simulate.policies import POLICIES, Free
from router.simulate.run import run
from router.simulate.scenario import Scenario, TopicShare
from services.contracts import LineRead, Summary

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


def test_too_few_stories_make_no_interval(tmp_path):
    with pytest.raises(SystemExit, match="at least"):
        compare.main(["--scenario", "small", "--seeds", "2"])
    with pytest.raises(SystemExit, match="at least"):
        report.main(["--folder", str(tmp_path), "--seeds", "2"])


# Genesys Cloud's bullseye


def waiting(number, waited_s, **fields):
    entered_at = NOON - timedelta(seconds=waited_s)
    given = {"topic": "bygg", "department": "plan", "opened_at": entered_at, "last_seq": {}}
    return Summary(
        conversation=UUID(int=number),
        version=1,
        state="waiting",
        language="nb",
        entered_at=entered_at,
        **{**given, **fields},
    )


@pytest.mark.parametrize(
    ("waited_s", "fields", "who"),
    [(19, {}, "b"), (20, {}, "ab"), (0, {"topic": None}, "ab"), (0, {"department": "torg"}, "ab")],
)
def test_the_ring_expands_with_time_and_holds_only_where_the_skill_is_asked_for(
    waited_s, fields, who
):
    topic = TopicShare(id="bygg", department="plan", direct=True)
    town = Scenario(name="x", arrivals_per_hour=1, handle_minutes=1, topics=(topic,), staff=())
    view = View(town.directory(), LineRead.model_construct(conversations=()), None)
    free = [Free("a", 0, NOON, 0), Free("b", 0, NOON, 0, skill=1)]
    found = policies.rings(free, waiting(1, waited_s, **fields), view, NOON)

    assert "".join(one.agent for one in found) == who


def test_a_band_is_worth_a_minute_and_the_best_skilled_come_first():
    late, early = waiting(1, 100, priority=3), waiting(2, 200, priority=5)
    assert policies.highest_score_first(late) < policies.highest_score_first(
        waiting(3, 210, priority=5)
    )
    assert policies.highest_score_first(early) > policies.highest_score_first(late)
    best = Free("b", 2, NOON, 0, skill=4)
    assert policies.best_skilled([Free("a", 0, NOON, 0, skill=2), best]) == best


# The report


def test_the_report_is_the_same_file_twice_and_its_picture_names_every_policy(tmp_path):
    stories = {
        name: [{"within_target": n / 10, "mean_wait_s": 3.0} for n in range(10)]
        for name in POLICIES
    }
    found = {"crisis": compare.compared(stories)}
    for folder in ("one", "two"):
        report.keep(tmp_path / folder, found, 10)
    files = ("comparison.json", "comparison.svg")
    one, two = ([(tmp_path / name / file).read_text() for file in files] for name in ("one", "two"))

    assert one == two
    assert json.loads(one[0])["scenarios"]["crisis"]["verdict"]["within_target"] == {
        "better_than": [],
        "worse_than": [],
    }
    assert all(name.replace("_", " ") in one[1] for name in POLICIES)


def test_the_verdict_names_who_is_told_apart_on_either_side():
    def told(within, rare):
        return [
            {"within_target": within + n / 1000, "rarest_worst_wait_s": rare + n % 3}
            for n in range(10)
        ]

    found = compare.compared({"ours": told(0.5, 60), "a": told(0.6, 90), "b": told(0.4, 60)})

    assert report.verdict(found) == {
        "within_target": {"better_than": ["b"], "worse_than": ["a"]},
        "rarest_worst_wait_s": {"better_than": ["a"], "worse_than": []},
    }


def test_the_stories_of_all_processes_come_together():
    told = report.all_stories(["small"], seeds=2, hours=24)

    assert set(told) == {"small"}
    assert {len(one) for one in told["small"].values()} == {2}
    assert set(told["small"]) == set(POLICIES)


def test_a_figure_that_not_every_story_has_is_left_out():
    found = compare.compared(
        {"ours": [{"mean_wait_s": 1.0, "rarest_worst_wait_s": 2.0}, {"mean_wait_s": 1.5}] * 5}
    )

    assert set(found["ours"]) == {"mean_wait_s"}
