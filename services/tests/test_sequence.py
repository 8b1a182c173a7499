"""However events arrive, a reader is shown each once and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts import Event
from services.sequence import MAX_HELD, Sequence


def event(seq: int) -> Event:
    """An event of which only the place matters."""
    return Event.model_construct(seq=seq)


def seqs(events):
    return [each.seq for each in events]


@st.composite
def arrivals(draw):
    """Return n, and 1..n in any order, some of them several times."""
    n = draw(st.integers(1, 40))
    more = draw(st.lists(st.integers(1, n), max_size=40))
    return n, draw(st.permutations([*range(1, n + 1), *more]))


@given(arrivals(), st.lists(st.integers(1, 7)))
def test_any_order_and_repetition_shows_each_once_in_order(arrived, sizes):
    n, order = arrived
    sequence = Sequence()
    shown, rest = [], list(order)
    while rest:
        size = sizes.pop() if sizes else 1
        batch, rest = rest[:size], rest[size:]
        shown += seqs(sequence.take(map(event, batch)))

        assert shown == list(range(1, len(shown) + 1))
        assert sequence.last == len(shown)

    assert shown == list(range(1, n + 1))
    assert not sequence.gap


@given(arrivals(), st.data())
def test_what_is_lost_is_a_gap_until_the_range_is_read(arrived, data):
    n, order = arrived
    lost = data.draw(st.sets(st.integers(1, n)))
    sequence = Sequence()
    shown = seqs(sequence.take(event(seq) for seq in order if seq not in lost))
    before_the_gap = min(lost, default=n + 1) - 1

    assert shown == list(range(1, before_the_gap + 1))
    assert sequence.gap == (
        bool(lost) and any(s > min(lost) for s in range(1, n + 1) if s not in lost)
    )

    read = range(sequence.last + 1, n + 1)
    shown += seqs(sequence.take(map(event, read)))

    assert shown == list(range(1, n + 1))
    assert not sequence.gap


def test_a_reader_that_comes_back_goes_on_after_its_last():
    sequence = Sequence(last=7)

    assert seqs(sequence.take(map(event, [6, 7, 8, 10]))) == [8]
    assert sequence.gap
    assert seqs(sequence.take([event(9)])) == [9, 10]


@pytest.mark.parametrize("extra", [1, 500])
def test_more_than_can_be_held_is_dropped_and_read_again(extra):
    sequence = Sequence()
    ahead = range(2, 2 + MAX_HELD + extra)

    assert sequence.take(map(event, ahead)) == []
    assert seqs(sequence.take([event(1)])) == list(range(1, MAX_HELD + 2))

    read = range(sequence.last + 1, ahead.stop)

    assert seqs(sequence.take(map(event, read))) == list(read)


@given(st.lists(st.integers(1, 30)))
def test_nothing_is_ever_shown_twice(order):
    sequence = Sequence()
    shown = [seq for seq in order for seq in seqs(sequence.take([event(seq)]))]

    assert shown == sorted(set(shown))
