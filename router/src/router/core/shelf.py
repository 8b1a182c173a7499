"""Some agents in the order in which they are chosen: the lowest load, then by rank.

A heap that is put right only where somebody looks. Within a round loads do nothing but grow, so
an entry that shows too low a load is found before it is wanted, and is put back where it belongs.
"""

import heapq
from collections.abc import Callable, Collection, Container, Generator, Mapping, Sequence

from router.core.slots import Slots

_Entry = tuple[int, int]
"""Load when it was put there, and rank."""


class _Heap:
    def __init__(
        self,
        agents: Collection[str],
        names: Sequence[str],
        ranks: Mapping[str, int],
        slots: Slots,
    ) -> None:
        self._names, self._slots = names, slots
        self._heap: list[_Entry] = [(slots.load(agent), ranks[agent]) for agent in agents]
        heapq.heapify(self._heap)

    def look(self, skip: Container[str], gone: Callable[[str], bool]) -> Generator[str, None, None]:
        """Yield agents in order. `gone` drops one for good, `skip` passes over one this time.

        To be closed or run out before the next look: who was passed is put back then.
        """
        heap, aside = self._heap, []
        try:
            while heap:
                load, rank = heap[0]
                agent = self._names[rank]
                if gone(agent):
                    heapq.heappop(heap)
                    continue
                now = self._slots.load(agent)
                if now != load:
                    heapq.heapreplace(heap, (now, rank))
                    continue
                aside.append(heapq.heappop(heap))
                if agent not in skip:
                    yield agent
        finally:
            for entry in aside:
                heapq.heappush(heap, entry)


class Shelf:
    """The agents of one hold."""

    def __init__(
        self,
        agents: Collection[str],
        able: Collection[str],
        names: Sequence[str],
        ranks: Mapping[str, int],
        slots: Slots,
    ) -> None:
        """Take the agents, and those of them who have room. `names` and `ranks` are their order."""
        self._agents, self._open = agents, able
        self._names, self._ranks, self._slots = names, ranks, slots
        self.room = len(able)
        """How many have room now. Whoever counts an offer keeps it."""
        self._able: _Heap | None = None
        self._all: _Heap | None = None

    def able(self, skip: Container[str], kept: Container[str] = ()) -> Generator[str, None, None]:
        """Yield who has room, first choice first; without those kept for others, for good."""
        if self._able is None:
            self._able = _Heap(self._open, self._names, self._ranks, self._slots)
        free = self._slots.free
        return self._able.look(skip, lambda agent: agent in kept or not free(agent))

    def everyone(self, skip: Container[str]) -> Generator[str, None, None]:
        """Yield all of them, with room or not."""
        if self._all is None:
            self._all = _Heap(self._agents, self._names, self._ranks, self._slots)
        return self._all.look(skip, lambda _: False)
