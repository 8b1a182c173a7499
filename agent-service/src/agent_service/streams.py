"""The streams followed on this replica: one subscription each, many readers, each in order.

A reader's right to a stream is proven by a range the ledger let it read, and for the epoch of that
moment: what is said under a later owner is held back until the ledger has been asked again. So is
what is said after the end of a glimpse behind a wall.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    RETRYABLE,
    Contract,
    Envelope,
    Event,
    RangeRead,
    ReadRange,
    Refusal,
    Refused,
    Stream,
    Summary,
)
from services.errors import Transient
from services.ids import new_id
from services.sequence import MAX_HELD, Sequence
from services.tasks import Tasks
from services.topology import stream_topic

from agent_service.people import Person
from agent_service.topics import Topics

Key = tuple[UUID, Stream]

UNPROVEN = -1
"""Epoch of a reader the ledger has not been asked about."""
_CLOCKS_DIFFER_S = 60.0
"""For so long after a glimpse has ended by our clock, the ledger's may say that it has not."""
_AFTER_GLIMPSE_S = 1.0
"""Asked a moment too early, the ledger would say that one may read."""


class NotReadable(Exception):
    """The agent may not read this. The message is the code."""


@dataclass(eq=False, slots=True)
class Reader:
    """One console's position in one stream."""

    person: Person
    show: Callable[[list[Event]], None]
    """Gets what may be shown now: each event once, in order."""
    hint: Callable[[Contract], None]
    """Gets frames that are never stored."""
    end: Callable[[str], None]
    """Called with a refusal code when the right to read has ended."""
    sequence: Sequence
    epoch: int = UNPROVEN
    """Highest epoch under which the ledger let the agent read."""
    until: datetime | None = None
    """When the glimpse ends by which the agent may be reading; None: there is none."""
    _beyond: list[Event] = field(default_factory=list)
    """Came under a later epoch, or after the end of the glimpse."""

    @property
    def proven(self) -> bool:
        """Whether the ledger has let the agent read."""
        return self.epoch > UNPROVEN

    @property
    def lacks(self) -> bool:
        """Whether the ledger must be asked before this reader can go on."""
        return self.proven and (bool(self._beyond) or self.sequence.gap)

    def feed(self, events: Iterable[Event]) -> None:
        """Show what may be shown now; keep the rest."""
        self._take(self._allowed(events))

    def prove(self, answer: RangeRead, until: datetime | None = None) -> None:
        """Show what the ledger let the agent read, and what that was waited for."""
        self.epoch = max(self.epoch, answer.summary.epoch)
        self.until = until
        beyond, self._beyond = self._beyond, []
        read = max((event.seq for event in answer.events), default=0)
        self._take([*answer.events, *self._allowed(e for e in beyond if e.seq > read)])

    def _allowed(self, events: Iterable[Event]) -> list[Event]:
        """Return what the ledger has let the agent read by now; keep the rest."""
        may: list[Event] = []
        for event in events:
            # Both times are the ledger's own, so that no clock of ours has a say in it.
            if event.epoch <= self.epoch and (self.until is None or event.time < self.until):
                may.append(event)
            elif len(self._beyond) < MAX_HELD:
                self._beyond.append(event)
        return may

    def _take(self, events: list[Event]) -> None:
        if ready := self.sequence.take(events):
            self.show(ready)


class Streams:
    """Every followed stream of this replica."""

    def __init__(self, bus: Bus, topics: Topics, clock: Clock) -> None:
        """Start empty."""
        self._bus = bus
        self._topics = topics
        self._clock = clock
        self._readers: dict[Key, set[Reader]] = {}
        self._healing: dict[Key, bool] = {}
        """Streams being read, and whether they must be read once more."""
        self._ends: dict[tuple[UUID, Person], asyncio.TimerHandle] = {}
        """When to ask again for those who read by a glimpse."""
        self._tasks = Tasks()

    # Coming and going

    def add(self, key: Key, reader: Reader) -> None:
        """Take a reader in. `open` it, and in any case `remove` it in the end."""
        self._readers.setdefault(key, set()).add(reader)
        self._topics.hold(stream_topic(*key), reader)

    async def open(self, key: Key, reader: Reader) -> RangeRead:
        """Subscribe, then read what an added reader lacks: no gap between the two.

        Raises:
            NotReadable: the ledger does not let the agent read it.
            Transient: no answer.
        """
        await self._topics.bound(stream_topic(*key))
        answer = await self.range(reader.person, key, reader.sequence.last)
        reader.prove(answer, self._glimpse(reader.person, answer.summary))
        if reader.lacks:
            self._tasks.spawn("heal", self.heal(key))
        return answer

    def remove(self, key: Key, reader: Reader) -> None:
        """Let a reader go; the last one out ends the subscription."""
        readers = self._readers.get(key, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(key, None)
        self._topics.release(stream_topic(*key), reader)

    def followed(self) -> list[Key]:
        """Return every followed stream."""
        return list(self._readers)

    # From the bus. Immediate: it runs on the receiving path.

    def on_event(self, tenant: str, event: Event) -> None:
        """Hand a committed event to its readers."""
        key = (event.conversation, event.stream)
        readers = [r for r in self._readers.get(key, ()) if r.person[0] == tenant]
        for reader in readers:
            reader.feed([event])
        if any(reader.lacks for reader in readers):
            self._tasks.spawn("heal", self.heal(key))

    def tell(self, tenant: str, conversation: UUID, frame: Contract) -> None:
        """Send a hint to everyone who follows the dialogue."""
        for reader in self._readers.get((conversation, "dialogue"), ()):
            if reader.proven and reader.person[0] == tenant:
                reader.hint(frame)

    def doubt(self, conversation: UUID) -> None:
        """Ask again who may read a conversation, for whom it concerns has changed."""
        for key in self.followed():
            if key[0] == conversation:
                self._tasks.spawn("prove", self.heal(key))

    def _glimpse(self, person: Person, summary: Summary) -> datetime | None:
        """Return when an agent's glimpse of a conversation ends, and see to it that it does."""
        until = max((g.until for g in summary.glimpses if g.agent == person[1]), default=None)
        if until is None:
            return None
        left_s = (until - self._clock()).total_seconds()
        if left_s < -_CLOCKS_DIFFER_S:
            return None  # the ledger lets the agent read all the same
        key = (summary.conversation, person)
        if (former := self._ends.pop(key, None)) is not None:
            former.cancel()
        if left_s > 0:
            later = asyncio.get_running_loop().call_later
            self._ends[key] = later(left_s + _AFTER_GLIMPSE_S, self._glimpse_over, key)
        return until

    def _glimpse_over(self, key: tuple[UUID, Person]) -> None:
        del self._ends[key]
        self.doubt(key[0])

    # Reading what pushes did not bring

    async def heal(self, key: Key) -> None:
        """Read what readers may be missing, each in their own name.

        Left for the next round when nobody answers. Asked while it goes on, it goes on once more.
        """
        if key in self._healing:
            self._healing[key] = True
            return
        try:
            self._healing[key] = True
            while self._healing[key]:
                self._healing[key] = False
                people = {r.person for r in self._readers.get(key, ()) if r.proven}
                for person in sorted(people):
                    await self._heal_for(key, person)
        except Transient:
            return
        finally:
            del self._healing[key]

    async def _heal_for(self, key: Key, person: Person) -> None:
        last = -1
        while readers := self._proven(key, person):
            lowest = min(reader.sequence.last for reader in readers)
            if lowest == last:
                return  # the ledger has not what is missing
            last = lowest
            try:
                answer = await self.range(person, key, lowest)
            except NotReadable as ended:
                for reader in self._proven(key, person):
                    self.remove(key, reader)
                    reader.end(str(ended))
                return
            until = self._glimpse(person, answer.summary)
            for reader in self._proven(key, person):
                reader.prove(answer, until)
            if not answer.more:
                return

    def _proven(self, key: Key, person: Person) -> list[Reader]:
        return [r for r in self._readers.get(key, ()) if r.person == person and r.proven]

    async def range(self, person: Person, key: Key, after: int) -> RangeRead:
        """Read a range as an agent.

        Raises:
            NotReadable: the ledger does not let the agent read it.
            Transient: no answer.
        """
        tenant, agent = person
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
            if answer.code in RETRYABLE:
                raise Transient(answer.code)
            raise NotReadable(answer.code)
        if not isinstance(answer, RangeRead):
            raise NotReadable(Refusal.NOT_FOUND)
        return answer

    async def stop(self) -> None:
        """End what runs in the background."""
        for end in self._ends.values():
            end.cancel()
        self._ends.clear()
        await self._tasks.cancel()
