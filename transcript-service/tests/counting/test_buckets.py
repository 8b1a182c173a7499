"""Percentiles of buckets, against those of the times themselves."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.counting.buckets import LAST, PER_OCTAVE, bounds, bucket, percentile

SECONDS = st.one_of(
    st.floats(0, 5_000_000), st.sampled_from([2.0**n for n in range(22)]), st.integers(0, 200)
)
RATIO = 2 ** (1 / PER_OCTAVE)


def test_the_buckets_follow_each_other_without_a_hole():
    ends = [bounds(number) for number in range(LAST + 1)]

    assert ends[0] == (0.0, 1.0)
    assert all(first[1] == pytest.approx(then[0]) for first, then in pairwise(ends))
    assert all(ends > begins for begins, ends in ends)


@given(seconds=SECONDS)
def test_a_time_is_within_its_bucket(seconds):
    number = bucket(seconds)
    begins, ends = bounds(number)

    assert begins <= seconds * (1 + 1e-9)
    assert number == LAST or seconds < ends * (1 + 1e-9)


def test_a_time_below_zero_counts_as_none():
    assert bucket(-3.5) == bucket(0) == 0


@given(
    times=st.lists(st.floats(1, 1_000_000), min_size=1, max_size=60),
    part=st.sampled_from([0.01, 0.5, 0.9, 1.0]),
)
def test_a_percentile_is_within_a_bucket_of_the_time_it_stands_for(times, part):
    found = percentile(Counter(map(bucket, times)), part)
    true = sorted(times)[math.ceil(part * len(times)) - 1]

    assert found is not None
    assert true / RATIO <= found * (1 + 1e-9)
    assert found <= true * RATIO * (1 + 1e-9)


@given(
    one=st.lists(SECONDS, max_size=30),
    other=st.lists(SECONDS, max_size=30),
    part=st.sampled_from([0.5, 0.9]),
)
def test_months_together_have_the_percentile_of_all_their_times(one, other, part):
    together = Counter(map(bucket, one)) + Counter(map(bucket, other))

    assert percentile(together, part) == percentile(Counter(map(bucket, one + other)), part)


def test_of_nothing_there_is_no_percentile():
    assert percentile({}, 0.5) is None
    assert percentile({3: 0}, 0.5) is None
