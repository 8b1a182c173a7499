"""The streams followed on this replica: one subscription each, many consoles, each in order."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    Contract,
    Envelope,
    Event,
    RangeRead,
    ReadRange,
    Refusal,
    Refused,
    Stream,
)
from services.contracts.wire_agent import DEvent
from services.contracts.wire_citizen import WireEvent
from services.errors import Transient
from services.ids import new_id
from services.outbox import SocketOutbox
from services.sequence import Sequence
from services.tasks import Tasks
from services.topology import stream_topic

Key = tuple[UUID, Stream]


class NotReadable(Exception):
    """The agent may not read this. The message is the code."""


def wire(event: Event, agent: str) -> WireEvent:
    """Return an event as a console shows it."""
    return WireEvent(
        seq=event.seq,
        id=event.id,
        stream=event.stream,
        mine=event.sender == f"agent:{agent}",
        author=event.author,
        time=event.time,
        body=event.body,
    )


@dataclass(eq=False, slots=True)
class Reader:
    """One console's place in one stream."""

    tenant: str
    agent: str
    outbox: SocketOutbox
    sequence: Sequence
    live: bool = False
    early: list[Event] = field(default_factory=list)
    """What arrived before the answer to `follow` was written."""

    def feed(self, events: Iterable[Event]) -> None:
        """Show what may be shown now."""
        for event in self.sequence.take(events):
            if self.live:
                self.put(event)
            else:
                self.early.append(event)

    def put(self, event: Event) -> None:
        """Write one event to the console."""
        self.outbox.put(DEvent(conversation=event.conversation, event=wire(event, self.agent)))


class Streams:
    """Every followed stream of this replica."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        """Start empty."""
        self._bus = bus
        self._clock = clock
        self._readers: dict[Key, set[Reader]] = {}
        self._healing: set[Key] = set()
        self._tasks = Tasks()

    async def follow(self, key: Key, reader: Reader) -> RangeRead:
        """Subscribe, then read what the reader lacks: no gap between the two.

        Raises:
            NotReadable: the ledger does not let the agent read it.
            Transient: no answer.
        """
        self._readers.setdefault(key, set()).add(reader)
        await self._bus.subscribe(stream_topic(*key))
        try:
            answer = await self._range(key, reader)
        except (NotReadable, Transient):
            await self.unfollow(key, reader)
            raise
        reader.feed(answer.events)
        return answer

    async def unfollow(self, key: Key, reader: Reader) -> None:
        """Stop following; the last one out ends the subscription."""
        readers = self._readers.get(key)
        if readers is None:
            return
        readers.discard(reader)
        if not readers:
            del self._readers[key]
            await self._bus.unsubscribe(stream_topic(*key))

    def on_event(self, event: Event) -> None:
        """Hand a committed event to its readers."""
        key = (event.conversation, event.stream)
        readers = self._readers.get(key, set())
        for reader in readers:
            reader.feed([event])
        if any(reader.sequence.gap for reader in readers) and key not in self._healing:
            self._tasks.spawn("heal", self.heal(key))

    def tell(self, conversation: UUID, frame: Contract) -> None:
        """Send a hint to everyone who follows the dialogue."""
        for reader in self._readers.get((conversation, "dialogue"), ()):
            reader.outbox.put(frame)

    def keys(self) -> list[Key]:
        """Return every followed stream."""
        return list(self._readers)

    async def heal(self, key: Key) -> None:
        """Read what readers may be missing; left for the next round when nobody answers."""
        self._healing.add(key)
        try:
            while readers := self._readers.get(key):
                behind = min(readers, key=lambda reader: reader.sequence.last)
                answer = await self._range(key, behind)
                for reader in list(readers):
                    reader.feed(answer.events)
                if not answer.more:
                    return
        except Transient:
            return
        except NotReadable:
            # The right to read ended, by a hand-over behind a wall: the rest goes on without.
            await self.unfollow(key, behind)
        finally:
            self._healing.discard(key)

    async def heal_all(self, pause_s: float) -> None:
        """Heal every stream, `pause_s` apart: the watermark against lost tails."""
        for key in self.keys():
            await self.heal(key)
            await asyncio.sleep(pause_s)

    async def _range(self, key: Key, reader: Reader) -> RangeRead:
        return await self.range(reader.tenant, reader.agent, key, reader.sequence.last)

    async def range(self, tenant: str, agent: str, key: Key, after: int) -> RangeRead:
        """Read a range as an agent.

        Raises:
            NotReadable: the ledger does not let the agent read it.
            Transient: no answer.
        """
        query = Envelope(
            id=new_id(),
            source="agent",
            tenant=tenant,
            time=self._clock(),
            sender=f"agent:{agent}",
            body=ReadRange(conversation=key[0], stream=key[1], after=after),
        )
        answer = await self._bus.ask(query)
        if isinstance(answer, Refused):
            raise NotReadable(answer.code)
        if not isinstance(answer, RangeRead):
            raise NotReadable(Refusal.NOT_FOUND)
        return answer

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()
