"""What a welcomed socket may ask for, frame by frame."""

import asyncio
from typing import Final
from uuid import UUID

import structlog
from services.bus import Bus, Push
from services.contracts import (
    DIALOGUE,
    Alarm,
    AnswerNudge,
    AskForget,
    AskWritten,
    Leave,
    MailCopy,
    OpenConversation,
    PostFile,
    PostMessage,
    Rate,
    Refusal,
    Refused,
    Typing,
)
from services.contracts.wire_citizen import (
    CAskWritten,
    CEnd,
    CForget,
    CHeartbeat,
    CHello,
    CHere,
    CitizenFrame,
    CMailCopy,
    COpen,
    CRate,
    CSend,
    CSendFile,
    CSync,
    CTyping,
    SAccepted,
    SEmergency,
    SHeartbeat,
)
from services.errors import ServiceError, Transient
from services.masking import Masked, mask
from services.tasks import Tasks
from services.topology import stream_topic

from gateway.core.contact import ContactError, contact_of
from gateway.core.danger import alarm_in
from gateway.core.suggestion import TopicIndexes
from gateway.directories import Directories
from gateway.limits import Limits
from gateway.metrics import ALARMS, MASKED, SEND_S
from gateway.ws.ledger import Ledger
from gateway.ws.rooms import Rooms
from gateway.ws.visitor import RETRY_AFTER_S, Visitor

log = structlog.get_logger()

TYPING_S: Final = 2.0
_LARGEST_SEQ: Final = 2**31 - 1

_Command = (
    OpenConversation
    | PostMessage
    | PostFile
    | AskWritten
    | AnswerNudge
    | Leave
    | Rate
    | MailCopy
    | AskForget
)
_Wordless = CSendFile | CHere | CEnd | CForget
_MAILED_KEPT: Final = 1_000
_UNMASKED: Final = Masked("", 0, ())


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
        self._mailed: dict[UUID, None] = {}
        """Letters asked for of late, oldest first: sent again they are not counted again."""
        self._tasks = Tasks()

    async def act(self, visitor: Visitor, frame: CitizenFrame) -> None:
        """Do what a frame asks for; whatever comes of it is in the visitor's outbox."""
        match frame:
            case COpen():
                await self._open(visitor, frame)
            case CSend():
                await self._send(visitor, frame)
            case CAskWritten():
                await self._ask_written(visitor, frame)
            case CRate():
                await self._rate(visitor, frame)
            case CMailCopy():
                await self._mail_copy(visitor, frame)
            case CSendFile() | CHere() | CEnd() | CForget():
                await self._wordless(visitor, frame)
            case CSync() | CTyping() | CHeartbeat() | CHello():
                await self._aside(visitor, frame)

    async def _aside(self, visitor: Visitor, frame: CSync | CTyping | CHeartbeat | CHello) -> None:
        """Do what changes nothing of the conversation."""
        match frame:
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
        if (conversation := self._conversation(visitor, frame.id)) is None:
            return
        masked = mask(frame.text)
        body = PostMessage(
            conversation=conversation,
            text=masked.text,
            seen=min(frame.seen, _LARGEST_SEQ),
            masked=masked.count,
            alarm=self._alarm(visitor, frame.text),
        )
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
        if (conversation := self._conversation(visitor, frame.id)) is None:
            return
        try:
            contact = contact_of(frame.answer_by, frame.contact)
        except ContactError:
            visitor.refuse(Refusal.CONTACT_INVALID, frame.id)
            return
        body = AskWritten(conversation=conversation, answer_by=frame.answer_by, contact=contact)
        await self._command(visitor, frame.id, body)

    async def _rate(self, visitor: Visitor, frame: CRate) -> None:
        if (conversation := self._conversation(visitor, frame.id)) is None:
            return
        masked = mask(frame.comment) if frame.comment else _UNMASKED
        body = Rate(
            conversation=conversation,
            rating=frame.rating,
            comment=masked.text or None,
            masked=masked.count,
        )
        await self._command(visitor, frame.id, body, masked)

    async def _mail_copy(self, visitor: Visitor, frame: CMailCopy) -> None:
        if (conversation := self._conversation(visitor, frame.id)) is None:
            return
        try:
            contact = contact_of("email", frame.contact)
        except ContactError:
            contact = None
        if contact is None:
            visitor.refuse(Refusal.CONTACT_INVALID, frame.id)
            return
        if frame.id not in self._mailed:
            now = asyncio.get_running_loop().time()
            if self._limits.mails.take(f"{visitor.tenant} {visitor.sender}", now) > 0:
                # For good: it would be in the way of what the citizen says next for half an hour.
                visitor.refuse(Refusal.NOT_ALLOWED, frame.id)
                return
            self._mailed[frame.id] = None
            if len(self._mailed) > _MAILED_KEPT:
                del self._mailed[next(iter(self._mailed))]
        await self._command(visitor, frame.id, MailCopy(conversation=conversation, contact=contact))

    async def _wordless(self, visitor: Visitor, frame: _Wordless) -> None:
        if (conversation := self._conversation(visitor, frame.id)) is None:
            return
        body: _Command
        match frame:
            case CSendFile():
                seen = min(frame.seen, _LARGEST_SEQ)
                body = PostFile(conversation=conversation, file=frame.file, seen=seen)
            case CHere():
                body = AnswerNudge(conversation=conversation)
            case CEnd():
                body = Leave(conversation=conversation)
            case CForget():
                body = AskForget(conversation=conversation)
        await self._command(visitor, frame.id, body)

    def _conversation(self, visitor: Visitor, action: UUID) -> UUID | None:
        """Return which conversation an action is about; None when it was refused."""
        if visitor.conversation is None:
            visitor.refuse(Refusal.NOT_FOUND, action)
            return None
        return None if self._too_quick(visitor, action) else visitor.conversation

    def _too_quick(self, visitor: Visitor, action: UUID) -> bool:
        now = asyncio.get_running_loop().time()
        wait_s = self._limits.messages.take(f"{visitor.tenant} {visitor.sender}", now)
        if wait_s > 0:
            visitor.refuse(Refusal.RATE_LIMITED, action, wait_s=wait_s)
        return wait_s > 0

    async def _command(
        self, visitor: Visitor, action: UUID, body: _Command, masked: Masked = _UNMASKED
    ) -> None:
        self._rooms.expect(visitor, action)
        try:
            with SEND_S.time():
                await self._ledger.command(visitor.tenant, visitor.sender, body, action)
        except ServiceError:
            visitor.refuse(Refusal.BUSY, action, wait_s=RETRY_AFTER_S)
            return
        MASKED.inc(masked.count)
        visitor.outbox.put(SAccepted(id=action, masked=masked.count, kinds=masked.kinds))

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
