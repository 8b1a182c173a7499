"""The router's line is the line of the text books, in two steps (see `agreement`).

All twenty settings at length: `make erlang`.
"""

import json
from dataclasses import replace

import pytest
from router.simulate import agreement
from router.simulate.agreement import ERLANG_A, ERLANG_C, Measured, Setting


@pytest.mark.parametrize("setting", [*ERLANG_C, *ERLANG_A], ids=str)
def test_on_the_same_draws_everybody_waits_exactly_as_on_an_ideal_line(setting):
    hours = 1_000 / setting.per_hour
    ours = agreement.under_the_router(setting, seed=7, hours=hours)

    assert sorted(ours) == sorted(agreement.on_an_ideal_line(setting, seed=7, hours=hours))
    assert sum(wait > 0 for wait, _ in ours) > 50


@pytest.mark.parametrize(
    ("setting", "conversations"),
    [
        (Setting(1, 1, 0.5), 500_000),
        (Setting(1, 2, 0.6), 800_000),
        (Setting(2, 2, 0.6), 1_000_000),
        (Setting(1, 3, 0.8, 5.0), 300_000),
        (Setting(2, 3, 1.2, 3.0), 300_000),
    ],
    ids=str,
)
def test_in_the_long_run_the_ideal_line_keeps_erlangs_promise(setting, conversations):
    promise = setting.promise()
    found = agreement.in_the_long_run(setting, seed=1, conversations=conversations)

    assert found.half_width_s < 0.03 * promise.mean_wait_s
    assert found.mean_wait_s == pytest.approx(promise.mean_wait_s, rel=0.03)
    assert found.probability_of_wait == pytest.approx(promise.probability_of_wait, rel=0.03)
    assert found.abandoned == pytest.approx(promise.abandoned, rel=0.03)


def test_ten_settings_of_each_formula_from_half_to_nearly_full_and_one_to_fifty_agents():
    assert len(set(ERLANG_C)) == len(set(ERLANG_A)) == 10
    assert {min(one.load for one in ERLANG_C), max(one.load for one in ERLANG_C)} == {0.5, 0.95}
    assert {1, 50} <= {one.agents for one in ERLANG_C} & {one.agents for one in ERLANG_A}


def exactly(setting):
    promise = setting.promise()
    long = Measured(promise.mean_wait_s, 0, promise.probability_of_wait, promise.abandoned)
    return agreement.Agreement(setting, promise, same=True, conversations=1, ours=long, long=long)


@pytest.mark.parametrize("setting", [ERLANG_C[0], ERLANG_A[0]], ids=str)
def test_what_is_off_does_not_hold(setting):
    fine = exactly(setting)
    figures = ("mean_wait_s", "probability_of_wait", "abandoned")
    by_5_percent = [
        replace(fine, long=replace(fine.long, **{name: getattr(fine.long, name) * 1.05}))
        for name in figures[: 2 if setting.patience_minutes is None else 3]
    ]

    assert fine.holds
    assert not any(one.holds for one in by_5_percent)
    assert not replace(fine, same=False).holds
    assert "<-" in by_5_percent[0].row()
    assert "<-" not in fine.row()


def test_the_figures_are_kept_when_asked(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(agreement, "ERLANG_C", ERLANG_C[:1])
    monkeypatch.setattr(agreement, "ERLANG_A", ())
    file = tmp_path / "erlang.json"
    agreement.main(["--conversations", "300", "--long", "300000", "--write", str(file)])

    told = json.loads(file.read_text("utf-8"))
    assert [(one["agents"], one["load"], one["holds"]) for one in told] == [(1, 0.5, True)]
    assert told[0]["every_wait_as_on_the_ideal_line"]
    assert "same" in capsys.readouterr().out
