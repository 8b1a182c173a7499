"""Which fault when: drawn from a seed. Pure."""

import random
from collections.abc import Iterator, Sequence

TOGETHER = 0.3
"""How often two faults are let loose at the same time."""
PAUSE_S = (2.0, 4.0)
"""Calm between two faults, in which the rate is measured."""

_ALONE = ("broker", "database", "rolling", "scale", "clocks", "memory", "unroutable", "poison")
"""Words in the names of faults that are not paired with each other: they share what they need."""


def groups(names: Sequence[str], dice: random.Random) -> Iterator[tuple[str, ...]]:
    """Yield for ever what to let loose next: every fault once before any comes again."""
    while True:
        deck = list(names)
        dice.shuffle(deck)
        while deck:
            first = deck.pop()
            pair = next((name for name in reversed(deck) if _fit(first, name)), None)
            if pair is not None and dice.random() < TOGETHER:
                deck.remove(pair)
                yield first, pair
            else:
                yield (first,)


def _fit(one: str, other: str) -> bool:
    """Tell whether two faults do not get into each other's way."""
    alone = [any(word in name for word in _ALONE) for name in (one, other)]
    same_part = one.split("-", 1)[-1] == other.split("-", 1)[-1]
    return not all(alone) and not same_part
