"""Which counts may be published: none about fewer than five people, nor one that can be computed.

A table's cells are parts of a total that everybody knows. Cells of one to four are put together
into a rest, and as many of the smallest others with them as it takes for the rest to tell nothing
about any of them. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LEAST: Final = 5
"""People whom a figure is about, at the least."""
TOGETHER: Final = 2 * LEAST
"""A rest is no smaller. In one of five to nine, the cells would have few values to choose from."""


@dataclass(frozen=True, slots=True)
class Table:
    """What may be told: cells, and the sum of those that may not."""

    cells: Mapping[str, int]
    rest: int | None = None
    """None: every cell is told."""


def table(counts: Mapping[str, int]) -> Table | None:
    """Return what of a table may be told; None: nothing of it.

    Args:
        counts: all parts of the total, those with nobody too.
    """
    hidden = {key for key, n in counts.items() if 0 < n < LEAST}
    while hidden and not _says_nothing([counts[key] for key in hidden]):
        told = {key: n for key, n in counts.items() if n >= LEAST and key not in hidden}
        if not told:
            return None
        # All that are equally small: which of them was taken would tell of the others.
        smallest = min(told.values())
        hidden |= {key for key, n in told.items() if n == smallest}
    cells = {key: n for key, n in counts.items() if key not in hidden}
    return Table(cells, sum(counts[key] for key in hidden) if hidden else None)


def _says_nothing(hidden: list[int]) -> bool:
    """Return whether a sum tells of none of its parts how many they are.

    A sum of ones, or of the most that each may be, would tell of all of them.
    """
    count, rest = len(hidden), sum(hidden)
    return count > 1 and rest >= TOGETHER and rest not in (count, count * (LEAST - 1))
