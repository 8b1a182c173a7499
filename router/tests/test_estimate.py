"""The expected wait: half to four fifths of the recent ones, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from router.core.estimate import FEWEST_SAMPLES, SHORTEST_S, wait_range

WAITS = st.lists(st.floats(0, 4 * 3600), min_size=FEWEST_SAMPLES, max_size=100)
PLACES = st.integers(1, 200)


@given(st.lists(st.floats(0, 3600), max_size=FEWEST_SAMPLES - 1), PLACES)
def test_too_few_waits_tell_nothing(waited, place):
    assert wait_range(waited, place) is None


@given(WAITS, PLACES)
def test_half_waited_no_less_than_the_lower_end_and_four_fifths_no_more_than_the_upper(
    waited, place
):
    lower, upper = wait_range(waited, place)

    assert 2 * sum(wait >= lower for wait in waited) >= len(waited)
    assert 5 * sum(wait <= upper for wait in waited) >= 4 * len(waited)


@given(WAITS, PLACES)
def test_the_range_is_one_a_person_can_use(waited, place):
    lower, upper = wait_range(waited, place)

    assert 0 <= lower <= upper
    assert upper >= SHORTEST_S
    assert lower % 30 == 0
    assert upper % 30 == 0
    assert upper <= max(max(waited) + 900, SHORTEST_S)


@given(WAITS, PLACES, st.randoms())
def test_the_order_of_the_waits_says_nothing(waited, place, random):
    mixed = list(waited)
    random.shuffle(mixed)

    assert wait_range(mixed, place) == wait_range(waited, place)


@given(WAITS, PLACES, st.floats(0, 3600))
def test_longer_waits_never_make_a_shorter_promise(waited, place, more):
    before = wait_range(waited, place)
    after = wait_range([wait + more for wait in waited], place)

    assert all(later >= sooner for sooner, later in zip(before, after, strict=True))


@given(WAITS, PLACES, PLACES)
def test_who_stands_further_back_is_never_promised_less(waited, place, other):
    front, back = sorted((place, other))
    before, after = wait_range(waited, front), wait_range(waited, back)

    assert all(later >= sooner for sooner, later in zip(before, after, strict=True))


def test_who_has_no_place_is_told_nothing():
    assert wait_range([60.0] * 20, 0) is None


@pytest.mark.parametrize(
    ("waited", "told"),
    [
        ([0.0] * 10, (0.0, 30.0)),
        ([40.0] * 5 + [80.0] * 5, (30.0, 90.0)),
        ([100.0] * 5 + [301.0] * 5, (90.0, 360.0)),
        ([float(n * 60) for n in range(1, 21)], (600.0, 1200.0)),
        ([3700.0] * 10, (3600.0, 4500.0)),
        ([-2.0] * 10, (0.0, 30.0)),
    ],
)
def test_examples(waited, told):
    """The last: two clocks that differ by a moment make no negative wait."""
    assert wait_range(waited, 3) == told
