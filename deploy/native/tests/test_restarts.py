"""When a process that died is started again."""

from hypothesis import given
from hypothesis import strategies as st
from native.restarts import DELAYS_S, STEADY_S, Restarts


def test_a_process_that_has_never_died_waits_for_nothing() -> None:
    assert Restarts().delay_s == 0


def test_the_first_deaths_cost_less_than_two_seconds() -> None:
    state = Restarts()
    waited = 0.0

    for _ in range(3):
        state = state.died(0.1)
        waited = max(waited, state.delay_s)

    assert waited < 2


def test_a_process_that_cannot_live_is_tried_ever_more_seldom() -> None:
    state = Restarts()

    delays = []
    for _ in range(12):
        state = state.died(0.1)
        delays.append(state.delay_s)

    assert delays == sorted(delays)
    assert delays[-1] == DELAYS_S[-1]
    assert state.failing


def test_a_death_after_a_good_life_counts_as_the_first() -> None:
    state = Restarts(deaths=6).died(STEADY_S)

    assert state == Restarts(deaths=1)
    assert not state.failing


@given(st.lists(st.floats(min_value=0, max_value=1_000), max_size=40))
def test_a_delay_is_always_one_of_the_table(lives: list[float]) -> None:
    state = Restarts()
    for lived_s in lives:
        state = state.died(lived_s)

        assert state.delay_s in DELAYS_S
