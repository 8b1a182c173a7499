"""Which conversations have sockets here: subscriptions, fan-out of pushes, healing of lost ones."""

import asyncio
from collections.abc import Callable
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from services.bus import Bus
from services.contracts import (
    DIALOGUE,
    RETRYABLE,
    Closed,
    CommandDone,
    DialogueSeen,
    Envelope,
    EventCommitted,
    Opened,
    PositionChanged,
    RangeRead,
    Refusal,
    Refused,
    SummaryChanged,
    Typing,
)
from services.contracts.wire_citizen import SEmergency, SPosition, STyping
from services.errors import Transient
from services.tasks import Tasks
from services.topology import stream_topic

from gateway.metrics import CONVERSATIONS
from gateway.ws.ledger import Ledger
from gateway.ws.room import Keys, Room
from gateway.ws.visitor import RETRY_AFTER_S, Visitor

log = structlog.get_logger()

_READS_AT_ONCE = 16


class Rooms:
    """The registry of conversations and of actions that wait for their outcome."""

    def __init__(self, bus: Bus, ledger: Ledger, keys: Keys) -> None:
        """Start empty. Give `on_push` to the bus, and `read_all` for its reconnects."""
        self._bus = bus
        self._ledger = ledger
        self._keys = keys
        self._rooms: dict[UUID, Room] = {}
        self._asked: WeakValueDictionary[UUID, Visitor] = WeakValueDictionary()
        self._tasks = Tasks()
        self._slots = asyncio.Semaphore(_READS_AT_ONCE)
        self.on_attendance: Callable[[], None] = lambda: None
        """Called when somebody came, went or ended, so that the leases can follow."""

    # Coming and going

    async def enter(self, visitor: Visitor, conversation: UUID, after: int) -> Room:
        """Follow a conversation: its pushes come from now on, and are held until it is proven."""
        await self.leave(visitor)
        visitor.begin(conversation, after)
        room = self._rooms.setdefault(conversation, Room(conversation, self._keys))
        room.members.add(visitor)
        CONVERSATIONS.set(len(self._rooms))
        async with room.binding:
            if not room.bound:
                await self._bus.subscribe(stream_topic(conversation, DIALOGUE))
                room.bound = True
        return room

    async def leave(self, visitor: Visitor) -> None:
        """Stop following; the last one out ends the subscription."""
        for action in visitor.asked:
            self._asked.pop(action, None)
        visitor.asked.clear()
        room = self.of(visitor)
        visitor.begin(None)
        if room is None:
            return
        room.members.discard(visitor)
        async with room.binding:
            if not room.members:
                room.bound = False
                await self._bus.unsubscribe(stream_topic(room.conversation, DIALOGUE))
            if not room.members:
                self._rooms.pop(room.conversation, None)
        CONVERSATIONS.set(len(self._rooms))
        self.on_attendance()

    def of(self, visitor: Visitor) -> Room | None:
        """Return the room a socket is in."""
        return self._rooms.get(visitor.conversation) if visitor.conversation else None

    def alarm(self, visitor: Visitor, frame: SEmergency) -> None:
        """Show a citizen the emergency numbers at once, on every screen of theirs here."""
        room = self.of(visitor)
        if room is None:
            visitor.outbox.put(frame)
        else:
            room.tell_citizen(visitor, frame)

    def expect(self, visitor: Visitor, action: UUID) -> None:
        """Remember who waits for the outcome of an action."""
        visitor.asked.add(action)
        self._asked[action] = visitor

    def attending(self) -> set[tuple[str, UUID, int]]:
        """Return (tenant, conversation, socket) of every socket in an open conversation."""
        return {
            (member.tenant, room.conversation, member.number)
            for room in self._rooms.values()
            if room.summary is None or room.summary.state != "closed"
            for member in room.members
            if member.proven
        }

    # From the bus. Immediate: it runs on the receiving path.

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Take a push that concerns a conversation or an action; others are ignored."""
        match envelope.body:
            case EventCommitted(event=event) if room := self._rooms.get(event.conversation):
                self._asked.pop(event.id, None)
                if room.event(envelope.tenant, event):
                    self.read(room)
                if isinstance(event.body, Opened | Closed):
                    self.on_attendance()
            case SummaryChanged(summary=summary) if room := self._rooms.get(summary.conversation):
                room.learn_state(summary)
                room.tell_status()
                if room.lacks_owner_name:
                    self.read(room)
            case RangeRead() as late if room := self._rooms.get(late.conversation):
                room.read(envelope.tenant, late)
            case PositionChanged() | Typing() | DialogueSeen() as hint:
                self._hint(envelope.tenant, hint)
            case Refused() as refused:
                self._refused(refused)
            case CommandDone() as done:
                self._done(done)

    def _hint(self, tenant: str, hint: PositionChanged | Typing | DialogueSeen) -> None:
        if (room := self._rooms.get(hint.conversation)) is None:
            return
        if isinstance(hint, Typing):
            room.hint(tenant, STyping(author=hint.author))
        elif isinstance(hint, DialogueSeen):
            room.saw(tenant, hint.agent, hint.seq)
        else:
            room.hint(
                tenant,
                SPosition(
                    position=hint.position,
                    wait_from_s=hint.wait_from_s,
                    wait_to_s=hint.wait_to_s,
                    offer_written=hint.offer_written,
                ),
            )

    def _refused(self, refused: Refused) -> None:
        visitor = self._asked.pop(refused.about, None)
        if visitor is None:
            return
        visitor.asked.discard(refused.about)
        again = refused.code in {str(code) for code in RETRYABLE}
        visitor.refuse(refused.code, refused.about, wait_s=RETRY_AFTER_S if again else 0)

    def _done(self, done: CommandDone) -> None:
        visitor = self._asked.pop(done.about, None)
        room = self.of(visitor) if visitor else None
        if visitor is None or room is None:
            return
        visitor.asked.discard(done.about)
        # It had happened before: what it led to is in the range. Reading also proves whose it is.
        self._tasks.spawn("prove", self._prove(visitor, room))

    # Reading what pushes did not bring

    async def _prove(self, visitor: Visitor, room: Room) -> None:
        try:
            async with self._slots:
                answer = await self._ledger.range(
                    visitor.tenant, visitor.sender, room.conversation, visitor.sequence.last
                )
        except Transient:
            return  # the client sends its action again
        if isinstance(answer, Refused) or visitor not in room.members:
            return
        visitor.proven = True
        room.read(visitor.tenant, answer)
        self.on_attendance()

    def read(self, room: Room) -> None:
        """Read what is missing in a room, once at a time."""
        if room.reading:
            room.read_again = True
            return
        room.reading = True
        self._tasks.spawn("read_range", self._read(room))

    async def _read(self, room: Room) -> None:
        try:
            room.read_again = True
            while room.read_again and (reader := room.reader) is not None:
                room.read_again = False
                async with self._slots:
                    await self._read_once(room, reader)
        except Transient:
            log.debug("range_not_read")  # read again with the tails, or when the broker is back
        finally:
            room.reading = False

    async def _read_once(self, room: Room, reader: Visitor) -> None:
        who = (reader.tenant, reader.sender, room.conversation)
        answer = await self._ledger.range(*who, reader.sequence.last)
        if isinstance(answer, Refused):
            if answer.code == Refusal.NOT_FOUND:
                log.warning("conversation_gone")
            return
        room.read(reader.tenant, answer)
        if room.lacks_owner_name:
            await self.find_owner(room, reader.tenant, reader.sender)
            room.tell_status()

    async def find_owner(self, room: Room, tenant: str, sender: str) -> None:
        """Read from the beginning until the shown name of the one who answers is found."""
        after = 0
        while room.lacks_owner_name:
            answer = await self._ledger.range(tenant, sender, room.conversation, after)
            if isinstance(answer, Refused) or not answer.events:
                return
            room.learn(answer.events)
            after = answer.events[-1].seq

    async def read_all(self) -> None:
        """Read every conversation's tail: the broker was away, and pushes were lost."""
        for room in list(self._rooms.values()):
            self.read(room)

    async def keep_tails(self, every_s: float) -> None:
        """Read the tail of every open conversation once in `every_s` seconds, evenly spread.

        A lost push that no later one follows is found only so.
        """
        while True:
            rooms = [room for room in self._rooms.values() if not room.ended]
            for room in rooms:
                await asyncio.sleep(every_s / len(rooms))
                self.read(room)
            if not rooms:
                await asyncio.sleep(every_s)

    async def stop(self) -> None:
        """Give up what is still being read."""
        await self._tasks.cancel()
