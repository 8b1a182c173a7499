"""The figures are the ones that were measured, divided by the right things."""

import statistics
from itertools import pairwise

import pytest
from bench.figures import GENERATOR, OTHERS, Run, Talk, distribution_ms, percentile_ms, spent
from hypothesis import given
from hypothesis import strategies as st

LATENCIES = st.lists(st.floats(0, 100), min_size=2, max_size=300)


@given(LATENCIES)
def test_percentiles_lie_within_what_was_measured_and_rise(latencies_s) -> None:
    p50, p99 = percentile_ms(latencies_s, 50), percentile_ms(latencies_s, 99)

    assert p50 == pytest.approx(1000 * statistics.median(latencies_s))
    assert 1000 * min(latencies_s) <= p50 * (1 + 1e-9)
    assert p50 <= p99 * (1 + 1e-9)
    assert p99 <= 1000 * max(latencies_s) * (1 + 1e-9)


def test_of_one_message_every_percentile_is_that_one_and_of_none_it_is_nothing() -> None:
    assert percentile_ms([0.25], 99) == 250
    assert percentile_ms([], 99) == 0


@given(LATENCIES)
def test_a_distribution_rises_in_both_directions(latencies_s) -> None:
    points = distribution_ms(latencies_s)

    for (sooner, fewer), (later, more) in pairwise(points):
        assert sooner <= later * (1 + 1e-9)
        assert 0 < fewer < more < 100


def test_a_rate_is_sustained_only_when_all_arrive_once_and_soon() -> None:
    fine = {"sent": 100, "latencies_s": [0.1] * 100, "seconds": 1}

    assert Talk(**fine).sustained
    assert not Talk(**{**fine, "sent": 101}).sustained
    assert not Talk(**fine, doubled=1).sustained
    assert not Talk(**fine, refused=1).sustained
    assert not Talk(**fine, held_back=1).sustained
    assert not Talk(**{**fine, "latencies_s": [0.1] * 90 + [0.3] * 10}).sustained
    assert not Talk(seconds=1).sustained


def test_what_a_message_costs_leaves_the_load_generator_and_others_out() -> None:
    talk = Talk(100, [0.1] * 100, seconds=10)
    run = Run(50, 10, talk, {"gateway-1": 1.0, "broker": 0.5, GENERATOR: 5.0, OTHERS: 2.0})

    assert run.cpu_ms_per_message == 15
    assert run.generator_share == 0.5
    assert run.others_share == 0.2


def test_what_was_spent_is_the_difference_and_a_newcomer_began_at_nothing() -> None:
    assert spent({"gateway-1": 1.0}, {"gateway-1": 3.0, "router-1": 1.0}) == {
        "gateway-1": 2.0,
        "router-1": 1.0,
    }
