"""When a process that ended is started again."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native.restarts import DELAYS_S, HASTY_S, STEADY_S, Restarts

KILLED = -signal.SIGKILL


def test_a_process_that_has_never_died_waits_for_nothing() -> None:
    assert Restarts().delay_s == 0


def test_the_first_deaths_cost_less_than_two_seconds() -> None:
    state = Restarts()
    waited = 0.0

    for _ in range(3):
        state = state.ended(KILLED, 0.1)
        waited = max(waited, state.delay_s)

    assert waited < 2


def test_a_process_that_cannot_live_is_tried_ever_more_seldom() -> None:
    state = Restarts()

    delays = []
    for _ in range(12):
        state = state.ended(1, 0.1)
        delays.append(state.delay_s)

    assert delays == sorted(delays)
    assert delays[-1] == DELAYS_S[-1]
    assert state.failing


def test_a_death_after_a_good_life_counts_as_the_first() -> None:
    state = Restarts(deaths=6).ended(KILLED, STEADY_S)

    assert state.deaths == 1
    assert not state.failing


def test_a_rolling_restart_waits_for_nothing_however_often() -> None:
    """An orderly end once counted as a death: the eighth cost 15 s."""
    state = Restarts()

    for _ in range(20):
        state = state.ended(0, HASTY_S)

        assert state.delay_s == 0
        assert not state.failing


def test_a_process_that_ends_in_order_as_soon_as_it_is_started_does_not_spin() -> None:
    state = Restarts()

    for _ in range(20):
        state = state.ended(0, 0.01)

        assert state.delay_s == DELAYS_S[0]
        assert not state.failing


@pytest.mark.parametrize(("lived_s", "deaths"), [(HASTY_S, 5), (STEADY_S, 0)])
def test_an_orderly_end_forgives_deaths_only_after_a_good_life(lived_s: float, deaths: int) -> None:
    assert Restarts(deaths=5).ended(0, lived_s).deaths == deaths


@given(st.lists(st.tuples(st.sampled_from((0, 1, KILLED)), st.floats(0, 1_000)), max_size=40))
def test_a_delay_is_always_one_of_the_table_or_none(ends: list[tuple[int, float]]) -> None:
    state = Restarts()
    for code, lived_s in ends:
        state = state.ended(code, lived_s)

        assert state.delay_s in DELAYS_S or (code == 0 and state.delay_s == 0)
