"""What one socket has been sent of a numbered stream: each event once, in order, none left out."""

from collections.abc import Iterable

from services.contracts import Event

MAX_HELD = 16
"""Events kept while an earlier one is missing; the rest is read again with the missing one."""


class Sequence:
    """Applies `seq == last + 1`, drops what is lower, holds what is higher."""

    def __init__(self, last: int = 0) -> None:
        """Everything up to and including `last` has been sent."""
        self.last = last
        self._held: dict[int, Event] = {}

    @property
    def gap(self) -> bool:
        """Whether something is held back: read the range after `last` and `take` the answer."""
        return bool(self._held)

    def hold(self, events: Iterable[Event]) -> None:
        """Keep events without giving any out."""
        for event in events:
            if event.seq > self.last:
                self._held.setdefault(event.seq, event)
        for seq in sorted(self._held)[MAX_HELD:]:
            del self._held[seq]

    def take(self, events: Iterable[Event]) -> list[Event]:
        """Return what may be sent now, in order. Events may come twice and in any order."""
        known = self._held | {event.seq: event for event in events}
        ready = []
        while (event := known.pop(self.last + 1, None)) is not None:
            self.last += 1
            ready.append(event)
        self._held = {}
        self.hold(known.values())
        return ready
