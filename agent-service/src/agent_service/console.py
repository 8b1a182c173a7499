"""One agent's socket after its ticket: actions become commands, answers become frames."""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.bus import Push
from services.contracts import (
    AcceptOffer,
    AgentProfile,
    Close,
    Command,
    DeclineOffer,
    EndWrapUp,
    Envelope,
    PostMessage,
    PostNote,
    Refusal,
    RequestHandover,
    Requeue,
    ReturnHandover,
    TakeOver,
    Typing,
)
from services.contracts import wire_agent as wire
from services.contracts.wire_citizen import CLOSE_RATE
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.metrics import REFUSALS
from services.national_id import mask
from services.outbox import SocketOutbox
from services.rate import Buckets, Limit
from services.sequence import Sequence
from services.topology import stream_topic

from agent_service import streams
from agent_service.desk import Desk
from agent_service.frames import BadFrame, read
from agent_service.people import Person
from agent_service.store import Session
from agent_service.streams import Key, NotReadable, Reader

BUSY_RETRY_S = 2.0
TYPING_EVERY_S = 2.0
MAX_BAD_FRAMES = 20
MAX_FOLLOWED = 200
ACTIONS = Limit(burst=100, per_s=20)

_COMMANDS: dict[type[Any], Callable[[Any], Command]] = {
    wire.AAccept: lambda f: AcceptOffer(conversation=f.conversation, offer=f.offer),
    wire.ADecline: lambda f: DeclineOffer(conversation=f.conversation, offer=f.offer),
    wire.ACancelHandover: lambda f: ReturnHandover(
        conversation=f.conversation, handover=f.handover, reason="cancelled"
    ),
    wire.ATakeOver: lambda f: TakeOver(conversation=f.conversation, epoch=f.epoch),
    wire.ARequeue: lambda f: Requeue(
        conversation=f.conversation, epoch=f.epoch, reason="returned_by_agent"
    ),
    wire.AClose: lambda f: Close(conversation=f.conversation, epoch=f.epoch),
    wire.AWrapUpDone: lambda f: EndWrapUp(conversation=f.conversation),
}


class Console:
    """A signed-in agent on one device."""

    def __init__(
        self, desk: Desk, session: Session, profile: AgentProfile, outbox: SocketOutbox
    ) -> None:
        """Start with an accepted ticket."""
        self.person: Person = (session.tenant, session.agent)
        self.session = session.key
        self.profile = profile
        self.outbox = outbox
        self.shown: set[UUID] = set()
        """Conversations the console has been shown and not seen leave."""
        self._desk = desk
        self._readers: dict[Key, Reader] = {}
        self._limits = Buckets(ACTIONS)
        self._bad = 0
        self._typed_at = 0.0

    # Coming and going

    async def arrive(self) -> None:
        """Subscribe, read the snapshot, and say welcome.

        Raises:
            Transient: the snapshot could not be read; the client comes back.
        """
        tenant, agent = self.person
        await self._desk.enter(self)
        state = await self._desk.people.arrive(self.person, self.session)
        snapshot = await self._desk.snapshot(self.person)
        self._shows(snapshot)
        self.outbox.put(
            wire.DWelcome(
                agent=agent,
                name=self.profile.name,
                directory=self._desk.directories[tenant],
                presence=state.presence,
                reason=state.reason,
                snapshot=snapshot,
            )
        )

    async def leave(self) -> None:
        """Give everything up but the lease."""
        for key, reader in self._readers.items():
            await self._desk.streams.unfollow(key, reader)
        await self._desk.leave(self)
        if not any(c.session == self.session for c in self._desk.consoles(self.person)):
            self._desk.people.leave(self.person, self.session)

    # What the desk shows

    def show_snapshot(self, snapshot: wire.DSnapshot) -> None:
        """Show the whole desk."""
        self._shows(snapshot)
        self.outbox.put(snapshot)

    def _shows(self, snapshot: wire.DSnapshot) -> None:
        self.shown = {s.conversation for s in (*snapshot.conversations, *snapshot.line)}

    def show_summary(self, frame: wire.DSummary, *, keep: bool) -> None:
        """Show one conversation's state, for the last time unless `keep`."""
        (self.shown.add if keep else self.shown.discard)(frame.summary.conversation)
        self.outbox.put(frame)

    def refuse(
        self,
        code: str,
        about: UUID | None,
        conversation: UUID | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Tell the console that an action did not happen."""
        REFUSALS.labels(code).inc()
        self.outbox.put(
            wire.DRefused(
                id=about, conversation=conversation, code=code, retry_after_s=retry_after_s
            )
        )

    # Frames

    async def receive(self, data: str) -> None:  # noqa: C901 - one branch per kind of frame
        """Carry a frame out. Never raises for what a client sent."""
        try:
            frame = read(data)
            if isinstance(frame, wire.AHello):
                raise BadFrame(Refusal.FRAME_INVALID)
        except BadFrame as bad:
            self._bad += 1
            REFUSALS.labels(bad.refused.code).inc()
            self.outbox.put(bad.refused)
            if self._bad >= MAX_BAD_FRAMES:
                self.outbox.end(CLOSE_RATE)
            return
        self._bad = 0
        if (make := _COMMANDS.get(type(frame))) is not None:
            await self._act(frame.id, make(frame))  # type: ignore[union-attr]
            return
        match frame:
            case wire.ASend() | wire.ANote() | wire.AHandover():
                await self._words(frame)
            case wire.AFollow():
                await self._follow(frame)
            case wire.AUnfollow(conversation=conversation):
                await self._unfollow(conversation)
            case wire.ATyping(conversation=conversation):
                await self._typing(conversation)
            case wire.APresence():
                await self._desk.people.choose(self.person, frame)
            case wire.AHeartbeat():
                self.outbox.put(wire.DHeartbeat())

    async def _words(self, frame: wire.ASend | wire.ANote | wire.AHandover) -> None:
        command: Command
        masked = 0
        match frame:
            case wire.ASend():
                text, masked = mask(frame.text)
                command = PostMessage(
                    conversation=frame.conversation,
                    text=text,
                    seen=frame.seen,
                    epoch=frame.epoch,
                    masked=masked,
                )
            case wire.ANote():
                text, masked = mask(frame.text)
                command = PostNote(conversation=frame.conversation, text=text, masked=masked)
            case wire.AHandover():
                note, masked = mask(frame.note) if frame.note is not None else (None, 0)
                command = RequestHandover(
                    conversation=frame.conversation,
                    epoch=frame.epoch,
                    department=frame.department,
                    agent=frame.agent,
                    note=note,
                    masked=masked,
                )
        await self._act(frame.id, command, masked)

    async def _act(self, action: UUID, command: Command, masked: int = 0) -> None:
        conversation = getattr(command, "conversation", None)
        if wait_s := self._limits.take(self.session, time.monotonic()):
            self.refuse(Refusal.RATE_LIMITED, action, conversation, round(wait_s, 2))
            return
        self._desk.expect(action, self)
        try:
            await self._desk.bus.send(self._envelope(action, command))
        except ServiceError:
            self.refuse(Refusal.BUSY, action, conversation, BUSY_RETRY_S)
            return
        self.outbox.put(wire.DAccepted(id=action, masked=masked))

    def _envelope(self, message_id: UUID, body: Command | Typing) -> Envelope:
        tenant, agent = self.person
        return Envelope(
            id=message_id,
            source="agent",
            tenant=tenant,
            time=self._desk.clock(),
            sender=f"agent:{agent}",
            reply_to=self._desk.bus.instance,
            body=body,
        )

    async def _follow(self, frame: wire.AFollow) -> None:
        key: Key = (frame.conversation, frame.stream)
        if (former := self._readers.pop(key, None)) is not None:
            await self._desk.streams.unfollow(key, former)
        if len(self._readers) >= MAX_FOLLOWED:
            self.refuse(Refusal.RATE_LIMITED, None, frame.conversation)
            return
        tenant, agent = self.person
        reader = Reader(tenant, agent, self.outbox, Sequence(frame.after))
        self._readers[key] = reader
        try:
            answer = await self._desk.streams.follow(key, reader)
        except NotReadable as error:
            self._readers.pop(key, None)
            self.refuse(str(error), None, frame.conversation)
            return
        except Transient:
            self._readers.pop(key, None)
            self.refuse(Refusal.BUSY, None, frame.conversation, BUSY_RETRY_S)
            return
        self.outbox.put(
            wire.DEvents(
                conversation=frame.conversation,
                stream=frame.stream,
                events=tuple(streams.wire(event, agent) for event in reader.early),
                last_seq=answer.last_seq,
                more=answer.more,
            )
        )
        reader.early.clear()
        reader.live = True

    async def _unfollow(self, conversation: UUID) -> None:
        for key in [key for key in self._readers if key[0] == conversation]:
            await self._desk.streams.unfollow(key, self._readers.pop(key))

    async def _typing(self, conversation: UUID) -> None:
        now = time.monotonic()
        follows = (conversation, "dialogue") in self._readers
        if not follows or now - self._typed_at < TYPING_EVERY_S:
            return
        self._typed_at = now
        body = Typing(conversation=conversation, author=self.profile.name)
        topic = stream_topic(conversation, "dialogue")
        await self._desk.bus.push(Push("gateway", topic, self._envelope(new_id(), body)))
