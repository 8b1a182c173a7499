"""What a welcomed socket may ask for, frame by frame."""

import asyncio
from typing import Final
from uuid import UUID

import structlog
from services.bus import Bus, Push
from services.contracts import (
    DIALOGUE,
    Alarm,
    AskWritten,
    Leave,
    OpenConversation,
    PostMessage,
    Refusal,
    Refused,
    Typing,
)
from services.contracts.wire_citizen import (
    CAskWritten,
    CEnd,
    CHeartbeat,
    CHello,
    COpen,
    CSend,
    CSync,
    CTyping,
    SAccepted,
    SEmergency,
    SHeartbeat,
)
from services.errors import ServiceError, Transient
from services.tasks import Tasks
from services.topology import stream_topic

from gateway.core.contact import ContactError, contact_of
from gateway.core.danger import alarm_in
from gateway.core.frames import Frame
from gateway.core.suggestion import TopicIndexes
from gateway.directories import Directories
from gateway.limits import Limits
from gateway.metrics import ALARMS, MASKED, SEND_S
from gateway.ws.ledger import Ledger
from gateway.ws.rooms import Rooms
from gateway.ws.visitor import RETRY_AFTER_S, Visitor
from services import national_id

log = structlog.get_logger()

TYPING_S: Final = 2.0
_LARGEST_SEQ: Final = 2**31 - 1

_Command = OpenConversation | PostMessage | AskWritten | Leave


class Actions:
    """Turns frames into commands and questions."""

    def __init__(
        self, *, bus: Bus, ledger: Ledger, rooms: Rooms, directories: Directories, limits: Limits
    ) -> None:
        """Use these parts."""
        self._bus = bus
        self._ledger = ledger
        self._rooms = rooms
        self._directories = directories
        self._limits = limits
        self._topics = TopicIndexes()
        self._tasks = Tasks()

    async def act(self, visitor: Visitor, frame: Frame) -> None:
        """Do what a frame asks for; whatever comes of it is in the visitor's outbox."""
        match frame:
            case COpen():
                await self._open(visitor, frame)
            case CSend():
                await self._send(visitor, frame)
            case CAskWritten():
                await self._ask_written(visitor, frame)
            case CEnd():
                await self._end(visitor, frame)
            case CSync():
                self._sync(visitor, min(frame.after, _LARGEST_SEQ))
            case CTyping():
                await self._typing(visitor)
            case CHeartbeat():
                room = self._rooms.of(visitor)
                known = room.watermark if room and visitor.proven else 0
                visitor.outbox.put(SHeartbeat(last_seq=known))
            case CHello():
                visitor.refuse(Refusal.FRAME_INVALID)

    async def _open(self, visitor: Visitor, frame: COpen) -> None:
        directory = self._directories.known(visitor.tenant)
        if directory is None or self._too_quick(visitor, frame.id):
            return
        if visitor.only not in {None, frame.conversation}:
            visitor.refuse(Refusal.NOT_ALLOWED, frame.id)
            return
        words = frame.words or ""
        # Already here: the message that brings these words waits until this has been accepted.
        self._alarm(visitor, words)
        if visitor.conversation != frame.conversation:
            # Followed before it is sent, so that its first event cannot be missed.
            await self._rooms.enter(visitor, frame.conversation, 0)
        # Free text must not slip by the mask in a field that only holds names.
        topic = directory.topic(frame.topic)
        body = OpenConversation(
            conversation=frame.conversation,
            topic=topic.id if topic else None,
            language=frame.language if frame.language in directory.languages else "nb",
            suggested=self._topics.suggest(directory, words),
            follows=frame.follows,
        )
        await self._command(visitor, frame.id, body)

    async def _send(self, visitor: Visitor, frame: CSend) -> None:
        if visitor.conversation is None:
            visitor.refuse(Refusal.NOT_FOUND, frame.id)
            return
        if self._too_quick(visitor, frame.id):
            return
        text, masked = national_id.mask(frame.text)
        body = PostMessage(
            conversation=visitor.conversation,
            text=text,
            seen=min(frame.seen, _LARGEST_SEQ),
            masked=masked,
            alarm=self._alarm(visitor, frame.text),
        )
        MASKED.inc(masked)
        await self._command(visitor, frame.id, body, masked)

    def _alarm(self, visitor: Visitor, words: str) -> Alarm | None:
        """Look for danger to life; the citizen sees whom to call before anything else happens."""
        directory = self._directories.known(visitor.tenant)
        alarm = alarm_in(words, directory.danger_words if directory else ())
        if alarm is not None:
            ALARMS.inc()
            self._rooms.alarm(visitor, SEmergency(alarm=alarm))
        return alarm

    async def _ask_written(self, visitor: Visitor, frame: CAskWritten) -> None:
        if visitor.conversation is None:
            visitor.refuse(Refusal.NOT_FOUND, frame.id)
            return
        if self._too_quick(visitor, frame.id):
            return
        try:
            contact = contact_of(frame.answer_by, frame.contact)
        except ContactError:
            visitor.refuse(Refusal.CONTACT_INVALID, frame.id)
            return
        body = AskWritten(
            conversation=visitor.conversation, answer_by=frame.answer_by, contact=contact
        )
        await self._command(visitor, frame.id, body)

    async def _end(self, visitor: Visitor, frame: CEnd) -> None:
        if visitor.conversation is None:
            visitor.refuse(Refusal.NOT_FOUND, frame.id)
        elif not self._too_quick(visitor, frame.id):
            await self._command(visitor, frame.id, Leave(conversation=visitor.conversation))

    def _too_quick(self, visitor: Visitor, action: UUID) -> bool:
        now = asyncio.get_running_loop().time()
        wait_s = self._limits.messages.take(f"{visitor.tenant} {visitor.sender}", now)
        if wait_s > 0:
            visitor.refuse(Refusal.RATE_LIMITED, action, wait_s=wait_s)
        return wait_s > 0

    async def _command(
        self, visitor: Visitor, action: UUID, body: _Command, masked: int = 0
    ) -> None:
        self._rooms.expect(visitor, action)
        try:
            with SEND_S.time():
                await self._ledger.command(visitor.tenant, visitor.sender, body, action)
        except ServiceError:
            visitor.refuse(Refusal.BUSY, action, wait_s=RETRY_AFTER_S)
            return
        visitor.outbox.put(SAccepted(id=action, masked=masked))

    def _sync(self, visitor: Visitor, after: int) -> None:
        idle = visitor.sync_after is None
        visitor.sync_after = after
        if idle and visitor.conversation is not None:
            # Aside: a ledger that is slow to answer must not hold up what goes to the broker.
            self._tasks.spawn("sync", self._answer_sync(visitor))

    async def _answer_sync(self, visitor: Visitor) -> None:
        """Answer the latest question; one that came meanwhile is answered next."""
        try:
            after = None
            while visitor.sync_after != after and (conversation := visitor.conversation):
                after = visitor.sync_after or 0
                answer = await self._ledger.range(
                    visitor.tenant, visitor.sender, conversation, after
                )
                if conversation != visitor.conversation:
                    return
                if isinstance(answer, Refused):
                    visitor.refuse(answer.code)
                    return
                visitor.proven = True
                visitor.answered(answer.events, after, answer.last_seq)
        except Transient:
            log.debug("sync_not_answered")  # asked again at the next heartbeat
        finally:
            visitor.sync_after = None

    async def _typing(self, visitor: Visitor) -> None:
        now = asyncio.get_running_loop().time()
        if not visitor.proven or visitor.conversation is None:
            return
        if now - visitor.typed_at < TYPING_S:
            return
        visitor.typed_at = now
        body = Typing(conversation=visitor.conversation, author="citizen")
        envelope = self._ledger.envelope(visitor.tenant, visitor.sender, body)
        topic = stream_topic(visitor.conversation, DIALOGUE)
        await self._bus.push(Push("agent", topic, envelope.evolve(reply_to="")))

    async def stop(self) -> None:
        """Give up what is still being answered."""
        await self._tasks.cancel()
