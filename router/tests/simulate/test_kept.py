"""What docs/routing keeps is whole: figures of everything, not only of what came out well."""

import json
from pathlib import Path

from router.simulate.agreement import ERLANG_A, ERLANG_C, TOLERANCE
from router.simulate.policies import POLICIES
from router.simulate.run import place_names

KEPT = Path(__file__).parents[3] / "docs" / "routing"


def test_the_comparison_is_of_every_place_and_every_policy_on_thirty_seeds():
    told = json.loads((KEPT / "comparison.json").read_text("utf-8"))

    assert told["seeds"] == 30
    assert sorted(told["scenarios"]) == place_names()
    assert all(set(one["policies"]) == set(POLICIES) for one in told["scenarios"].values())
    assert all(one["verdict"].keys() for one in told["scenarios"].values())


def test_every_setting_of_erlang_is_there_and_within_three_per_cent():
    told = json.loads((KEPT / "erlang.json").read_text("utf-8"))
    settings = [*ERLANG_C, *ERLANG_A]

    assert [(one["agents"], one["capacity"], one["load"]) for one in told] == [
        (one.agents, one.capacity, one.load) for one in settings
    ]
    for one in told:
        assert one["every_wait_as_on_the_ideal_line"]
        assert abs(one["mean_wait_off"]) < TOLERANCE
        assert abs(one["probability_of_wait_off"]) < TOLERANCE
        assert abs(one["abandoned_off"] or 0) < TOLERANCE


def test_the_bench_says_how_large_it_was():
    told = json.loads((KEPT / "bench.json").read_text("utf-8"))
    office = told["large"]["office"]

    assert (office["agents"], office["skills"], office["waiting"]) == (10_000, 500, 5_000)
    assert told["country"]["tenants"] == 357
