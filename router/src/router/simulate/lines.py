"""Who waits where, kept in order instead of sorted anew."""

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping
from uuid import UUID

from router.simulate.conversation import Conversation

Place = tuple[int, int, UUID]


class Lines:
    """The line of each department, by priority, time of arrival and id."""

    def __init__(self) -> None:
        """Begin with nobody in line."""
        self._lines: dict[str, dict[Place, Conversation]] = {}
        self._places: dict[str, list[Place]] = {}

    def enter(self, conversation: Conversation) -> None:
        """Put a conversation at its place."""
        place, name = conversation.place, conversation.department
        self._lines.setdefault(name, {})[place] = conversation
        insort(self._places.setdefault(name, []), place)

    def leave(self, conversation: Conversation) -> None:
        """Take a conversation out."""
        place, places = conversation.place, self._places[conversation.department]
        del self._lines[conversation.department][place]
        del places[bisect_left(places, place)]

    def hopeful(self, has_room: Mapping[str, int]) -> Iterator[Conversation]:
        """Yield, first in line first, who waits where somebody has room. Others get no offer."""
        lines = [
            [(place, self._lines[name]) for place in places]
            if len(self._places) > 1
            else ((place, self._lines[name]) for place in places)
            for name, places in self._places.items()
            if places and has_room.get(name)
        ]
        for place, line in heapq.merge(*lines, key=lambda one: one[0]):
            yield line[place]

    def all(self) -> list[Conversation]:
        """Return everyone, in no order."""
        return [one for line in self._lines.values() for one in line.values()]
