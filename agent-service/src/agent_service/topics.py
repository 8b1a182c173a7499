"""The topics this replica is bound to: one binding each, however many hold it."""

import asyncio
from dataclasses import dataclass, field

from services.bus import Bus
from services.tasks import Tasks


@dataclass(eq=False, slots=True)
class _Topic:
    holders: set[object] = field(default_factory=set)
    bound: bool = False
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the binding changes: two changes that overtake each other would lose it."""


class Topics:
    """Counted subscriptions. `hold`, then `bound` before reading; `release` when done."""

    def __init__(self, bus: Bus) -> None:
        """Hold nothing yet."""
        self._bus = bus
        self._topics: dict[str, _Topic] = {}
        self._tasks = Tasks()

    def hold(self, topic: str, holder: object) -> None:
        """Want a topic's pushes. Await `bound` before relying on them."""
        self._topics.setdefault(topic, _Topic()).holders.add(holder)

    def release(self, topic: str, holder: object) -> None:
        """Want them no longer; the last one out ends the subscription, in the background."""
        if (entry := self._topics.get(topic)) is not None:
            entry.holders.discard(holder)
            if not entry.holders:
                self._tasks.spawn("unbind", self.bound(topic))

    async def bound(self, topic: str) -> None:
        """Return when the binding is as its holders want it."""
        entry = self._topics.get(topic)
        if entry is None:
            return
        async with entry.changing:
            while bool(entry.holders) != entry.bound:
                if entry.bound:
                    # Noted first: half an unbinding must be taken for a whole one.
                    entry.bound = False
                    await self._bus.unsubscribe(topic)
                else:
                    await self._bus.subscribe(topic)
                    entry.bound = True
            if not entry.bound and self._topics.get(topic) is entry:
                del self._topics[topic]

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()
