"""Token buckets: never more than burst and rate allow, and never less."""

from hypothesis import given
from hypothesis import strategies as st
from services.rate import Buckets, Limit

LIMIT = Limit(burst=5, per_s=1)


def test_a_burst_goes_through_and_then_one_a_second():
    buckets = Buckets(LIMIT)

    assert [buckets.take("a", 0) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert buckets.take("a", 0.5) == 0.5
    assert buckets.take("a", 1) == 0
    assert buckets.take("a", 1) == 1


def test_a_refusal_takes_nothing():
    buckets = Buckets(Limit(burst=1, per_s=1))
    buckets.take("a", 0)
    for n in range(10):
        buckets.take("a", n / 100)

    assert buckets.take("a", 1) == 0


def test_a_long_rest_gives_no_more_than_the_burst():
    buckets = Buckets(LIMIT)

    assert [buckets.take("a", 1_000_000) for _ in range(6)].count(0) == 5


def test_what_is_given_back_can_be_taken_again_and_is_no_more_than_the_burst():
    buckets = Buckets(Limit(burst=2, per_s=1))
    assert [buckets.take("a", 0) for _ in range(3)] == [0, 0, 1]

    buckets.give_back("a")
    assert [buckets.take("a", 0) for _ in range(2)] == [0, 1]

    for _ in range(5):
        buckets.give_back("a")
    buckets.give_back("b")
    assert [buckets.take("a", 0) for _ in range(3)] == [0, 0, 1]
    assert [buckets.take("b", 0) for _ in range(3)] == [0, 0, 1]


def test_keys_do_not_share():
    buckets = Buckets(Limit(burst=1, per_s=1))

    assert buckets.take("a", 0) == buckets.take("b", 0) == 0
    assert buckets.take("a", 0) > 0


def test_the_longest_unused_key_is_forgotten_first():
    buckets = Buckets(Limit(burst=1, per_s=0.001), most=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key, 0)

    assert buckets.take("a", 0) > 0  # used more lately than b
    assert buckets.take("b", 0) == 0  # forgotten


@given(
    st.floats(1, 20),
    st.floats(0.1, 50),
    st.lists(st.floats(0, 10), min_size=1, max_size=100),
)
def test_in_no_span_of_time_is_more_taken_than_burst_and_rate_allow(burst, per_s, waits):
    buckets = Buckets(Limit(burst, per_s))
    now, taken = 0.0, []
    for wait in waits:
        now += wait
        if buckets.take("a", now) == 0:
            taken.append(now)
    for first, start in enumerate(taken):
        for last, end in enumerate(taken[first:], first):
            assert last - first + 1 <= burst + (end - start) * per_s + 1e-6


@given(st.floats(1, 20), st.floats(0.1, 50), st.integers(1, 100))
def test_whoever_waits_as_long_as_told_is_let_through(burst, per_s, tries):
    buckets = Buckets(Limit(burst, per_s))
    now = 0.0
    for _ in range(tries):
        wait_s = buckets.take("a", now)
        if wait_s:
            now += wait_s + 1e-9

            assert buckets.take("a", now) == 0
