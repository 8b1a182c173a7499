"""What is published tells nothing about fewer than five people, whatever is computed from it."""

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript_service.counting.hiding import LEAST, TOGETHER, Table, table

COUNTS = st.dictionaries(
    st.sampled_from("abcdefghijklmnop"),
    st.one_of(st.integers(0, 6), st.integers(0, 12), st.integers(0, 3_000)),
    min_size=1,
)


@given(counts=COUNTS)
def test_no_cell_is_about_one_to_four_and_what_is_told_adds_up(counts):
    told = table(counts)
    if told is None:
        assert any(0 < n < LEAST for n in counts.values())
        return
    hidden = set(counts) - set(told.cells)

    assert all(n == 0 or n >= LEAST for n in told.cells.values())
    assert told.cells.items() <= counts.items()
    assert sum(told.cells.values()) + (told.rest or 0) == sum(counts.values())
    assert (told.rest is None) == (not hidden)
    # From the total, what is told can be taken away: what remains is about many, and of several.
    assert told.rest is None or (told.rest >= TOGETHER and len(hidden) > 1)


@given(counts=COUNTS)
def test_nothing_is_hidden_where_nothing_is_small(counts):
    large = {key: n for key, n in counts.items() if n == 0 or n >= LEAST}
    told = table(large)

    assert told is not None
    assert told.cells == large
    assert told.rest is None


@pytest.mark.parametrize("each", [1, LEAST - 1])
def test_a_sum_that_only_one_way_of_sharing_gives_is_hidden_among_more(each):
    """Ten of one make ten, and ten of four make forty: there is no other way, of at most four."""
    few = dict.fromkeys("abcdefghij", each)

    assert table(few) is None
    assert table({**few, "k": 6, "l": 80}) == Table({"l": 80}, 10 * each + 6)


@pytest.mark.parametrize(("parts", "most"), [(1, 60), (2, 40), (3, 17), (4, 9)])
def test_whoever_knows_the_rule_and_the_total_cannot_compute_a_hidden_cell(parts, most):
    """Of all tables of which the same is told, a hidden cell has more than one value."""
    keys = "abcd"[:parts]
    alike = defaultdict(list)
    for values in product(range(most + 1), repeat=parts):
        counts = dict(zip(keys, values, strict=True))
        told = table(counts)
        said = None if told is None else (tuple(sorted(told.cells.items())), told.rest)
        total = sum(values)
        # A total of one to four is not told: nothing of the quarter is.
        if total >= LEAST:
            alike[(total, said)].append(counts)
    for (total, said), tables in alike.items():
        if total > most:
            continue  # other tables of the same total were not made
        hidden = set(keys) if said is None else set(keys) - {key for key, _ in said[0]}
        for key in hidden:
            assert len({counts[key] for counts in tables}) > 1, (total, said, key)
