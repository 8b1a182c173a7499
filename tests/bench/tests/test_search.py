"""The search finds the largest rate there is, and tells no rate that did not hold."""

from collections.abc import Callable

from bench.search import FINE_ENOUGH, Search, confirmed, largest
from hypothesis import given
from hypothesis import strategies as st

RATES = st.floats(1, 10_000)


def play(search: Search, holds: Callable[[float], bool]) -> tuple[list[tuple[float, bool]], float]:
    """Answer a search until it ends; return what it tried and what it found."""
    tried: list[tuple[float, bool]] = []
    try:
        rate = next(search)
        while True:
            tried.append((rate, holds(rate)))
            rate = search.send(tried[-1][1])
    except StopIteration as found:
        return tried, found.value


@given(capacity=RATES, first=RATES, most=RATES)
def test_with_trials_enough_it_comes_as_near_as_asked(capacity, first, most) -> None:
    _, found = play(largest(first, most, 200), lambda rate: rate <= capacity)

    reachable = min(capacity, most)
    assert found <= reachable
    assert found * (1 + FINE_ENOUGH) >= reachable * (1 - 1e-9)


@given(first=RATES, most=RATES, trials=st.integers(1, 8), data=st.data())
def test_whatever_is_answered_the_best_that_held_is_told_and_bounds_are_kept(
    first, most, trials, data
) -> None:
    tried, found = play(largest(first, most, trials), lambda _: data.draw(st.booleans()))

    assert len({rate for rate, _ in tried}) <= trials
    assert len(tried) <= 2 * trials
    assert all(0 < rate <= most for rate, _ in tried)
    assert found == max((rate for rate, held in tried if held), default=0)


@given(rate=RATES, attempts=st.integers(1, 6), capacity=RATES)
def test_only_a_rate_that_held_for_longer_is_confirmed(rate, attempts, capacity) -> None:
    tried, found = play(confirmed(rate, attempts), lambda tried: tried <= capacity)

    assert len(tried) <= attempts
    assert [held for _, held in tried[:-1]] == [False] * (len(tried) - 1)
    assert found == (tried[-1][0] if tried[-1][1] else 0)


def test_doubling_comes_before_halving() -> None:
    tried, found = play(largest(200, 5_000, 5), lambda rate: rate <= 700)

    assert [rate for rate, _ in tried] == [200, 400, 800, 800, 600, 700]
    assert found == 700


def test_one_unlucky_trial_does_not_end_the_doubling() -> None:
    answers = iter([True, False, True, False, False])

    tried, found = play(largest(200, 5_000, 3), lambda _: next(answers))

    assert [rate for rate, _ in tried] == [200, 400, 400, 800, 800]
    assert found == 400


def test_there_is_nothing_to_confirm_when_nothing_held() -> None:
    assert play(confirmed(0, 3), lambda _: True) == ([], 0)
