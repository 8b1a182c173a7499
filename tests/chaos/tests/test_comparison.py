"""Turns of hurt and calm: what was sent when, and when a ratio means something."""

from chaos.checker.evidence import Window
from chaos.comparison import FEWEST, compared, sort

TURNS = [Window("hurt", 0, 10), Window("calm", 20, 30), Window("hurt", 40, 50)]


def test_what_was_sent_between_the_turns_belongs_to_none():
    timed = [(0, 1.0), (9, 2.0), (10, 3.0), (25, 4.0), (35, 5.0), (40, 6.0), (50, 7.0)]

    assert sort(timed, TURNS) == {"hurt": [1.0, 2.0, 6.0], "calm": [4.0]}


def test_a_run_without_turns_compares_nothing():
    assert compared(sort([(1, 1.0)], [])) is None


def test_the_ratio_is_of_percentiles_and_says_whether_it_is_within_the_bound():
    calm = [0.010] * FEWEST
    same = compared({"hurt": [0.011] * FEWEST, "calm": calm})
    slow = compared({"hurt": [0.011] * (FEWEST - 9) + [0.013] * 9, "calm": calm})

    assert same is not None
    assert slow is not None
    assert (same.p99_over_calm, slow.p50_over_calm, slow.p99_over_calm) == (1.1, 1.1, 1.3)
    assert "within" in same.verdict
    assert "over the bound" in slow.verdict


def test_the_99th_percentile_of_few_samples_is_called_noise():
    few = compared({"hurt": [0.01] * (FEWEST - 1), "calm": [0.01] * FEWEST})

    assert few is not None
    assert not few.enough
    assert "noise" in few.verdict


def test_a_kind_without_samples_has_a_ratio_that_says_nothing():
    none = compared({"hurt": [], "calm": []})

    assert none is not None
    assert (none.enough, none.p99_over_calm) == (False, 0.0)
