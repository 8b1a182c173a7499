"""What a welcomed socket may ask for, frame by frame."""

import asyncio
from typing import Final
from uuid import UUID

import structlog
from services.bus import Bus, Push
from services.contracts import (
    DIALOGUE,
    Leave,
    OpenConversation,
    PostMessage,
    Refusal,
    Refused,
    Typing,
)
from services.contracts.wire_citizen import (
    CEnd,
    CHeartbeat,
    CHello,
    COpen,
    CSend,
    CSync,
    CTyping,
    SAccepted,
    SHeartbeat,
)
from services.errors import ServiceError, Transient
from services.tasks import Tasks
from services.topology import stream_topic

from gateway.core.frames import Frame
from gateway.directories import Directories
from gateway.limits import Limits
from gateway.metrics import MASKED, SEND_S
from gateway.ws.ledger import Ledger
from gateway.ws.rooms import Rooms
from gateway.ws.visitor import RETRY_AFTER_S, Visitor
from services import national_id

log = structlog.get_logger()

TYPING_S: Final = 2.0
_LARGEST_SEQ: Final = 2**31 - 1

_Command = OpenConversation | PostMessage | Leave


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
        self._tasks = Tasks()

    async def act(self, visitor: Visitor, frame: Frame) -> None:
        """Do what a frame asks for; whatever comes of it is in the visitor's outbox."""
        match frame:
            case COpen():
                await self._open(visitor, frame)
            case CSend():
                await self._send(visitor, frame)
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
        if visitor.conversation != frame.conversation:
            # Followed before it is sent, so that its first event cannot be missed.
            await self._rooms.enter(visitor, frame.conversation, 0)
        # Free text must not slip by the mask in a field that only holds names.
        topic = directory.topic(frame.topic)
        body = OpenConversation(
            conversation=frame.conversation,
            topic=topic.id if topic else None,
            language=frame.language if frame.language in directory.languages else "nb",
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
        )
        MASKED.inc(masked)
        await self._command(visitor, frame.id, body, masked)

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
