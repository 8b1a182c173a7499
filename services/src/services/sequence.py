"""Applying a stream in order: `seq == last + 1` only. Lower is dropped, higher is held."""

from collections.abc import Iterable

from services.contracts import Event

MAX_HELD = 1_000
"""Events held ahead of a gap; more are dropped, for the range read brings them again."""


class Sequence:
    """The position of one reader in one stream. After `take`, look at `gap` and read the range."""

    def __init__(self, last: int = 0) -> None:
        """Begin after `last`, the highest seq the reader has."""
        self.last = last
        self._held: dict[int, Event] = {}

    @property
    def gap(self) -> bool:
        """Whether something ahead is held back by something missing."""
        return bool(self._held)

    def take(self, events: Iterable[Event]) -> list[Event]:
        """Return what may be shown now, in order, each seq once over the reader's life."""
        ready: list[Event] = []
        for event in events:
            # The next one always has room, or what is held would shut it out for ever.
            following_now = event.seq == self.last + 1
            if following_now or (event.seq > self.last and len(self._held) < MAX_HELD):
                self._held[event.seq] = event
            while (following := self._held.pop(self.last + 1, None)) is not None:
                self.last += 1
                ready.append(following)
        return ready
