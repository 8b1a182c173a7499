"""The router's line is the line of the text books, in two steps (see `agreement`).

All fourteen settings at length: `make erlang`.
"""

import pytest
from router.simulate import agreement
from router.simulate.agreement import ERLANG_A, ERLANG_C, Setting


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
