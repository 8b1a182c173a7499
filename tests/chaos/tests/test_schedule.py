"""The schedule is drawn from its seed alone, and leaves no fault out."""

import random
from itertools import islice

from chaos.faults import FAULTS
from chaos.schedule import groups
from hypothesis import given
from hypothesis import strategies as st

NAMES = sorted(FAULTS)


def drawn(seed: int, many: int) -> list[tuple[str, ...]]:
    return list(islice(groups(NAMES, random.Random(seed)), many))


@given(st.integers())
def test_the_same_seed_draws_the_same_faults(seed):
    assert drawn(seed, 60) == drawn(seed, 60)


@given(st.integers())
def test_every_fault_comes_once_before_any_comes_again(seed):
    names = [name for group in drawn(seed, len(NAMES)) for name in group]

    assert sorted(names[: len(NAMES)]) == NAMES


@given(st.integers())
def test_what_needs_the_same_part_is_never_let_loose_together(seed):
    pairs = [group for group in drawn(seed, 60) if len(group) == 2]

    assert not any({"kill-broker", "memory-alarm"} == set(pair) for pair in pairs)
    assert not any(len({name.split("-", 1)[-1] for name in pair}) == 1 for pair in pairs)
