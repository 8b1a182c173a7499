"""One agent's socket after its ticket: actions become commands, answers become frames."""

import math
import time
from typing import Final, get_args
from uuid import UUID

from services.bus import Push
from services.contracts import (
    RETRYABLE,
    AgentProfile,
    Command,
    Contract,
    DialogueSeen,
    Envelope,
    Refusal,
    RequestHandover,
    TenantDirectory,
    Typing,
    wire_desk,
)
from services.contracts import wire_agent as wire
from services.contracts.wire_citizen import CLOSE_RATE
from services.errors import ServiceError
from services.ids import new_id
from services.metrics import REFUSALS
from services.outbox import SocketOutbox
from services.rate import Buckets, Limit
from services.topology import stream_topic

from agent_service.colleagues import Colleagues
from agent_service.core.commands import Action, command_of, unknown
from agent_service.desk import Desk
from agent_service.following import BUSY_RETRY_S, Following
from agent_service.frames import BadFrame, read
from agent_service.people import Person
from agent_service.sessions import Seat

MAX_BAD_FRAMES: Final = 20
"""In a row; a client that never says anything right is not one of ours."""
TYPING_EVERY_S: Final = 2.0
_READS = Limit(burst=500, per_s=20)
"""Streams followed; a console that comes back follows everything at once."""
_ACTION_TYPES = get_args(Action)


class Console:
    """A signed-in agent on one device. `arrive`, then `receive`, and in any case `leave`."""

    def __init__(
        self,
        desk: Desk,
        colleagues: Colleagues,
        seat: Seat,
        outbox: SocketOutbox,
        actions: Limit,
    ) -> None:
        """Start with an accepted ticket, and how much may be done under it."""
        self.session = seat.session
        self.person: Person = (seat.session.tenant, seat.session.agent)
        self.profile: AgentProfile = seat.profile
        self.outbox = outbox
        self._directory = seat.directory
        self._desk = desk
        self._colleagues = colleagues
        self._following = Following(desk.streams, self.person, put=self.put, refuse=self.refuse)
        self._shown: dict[UUID, float] = {}
        """Conversations the console shows, and since when."""
        self._early: list[str] | None = []
        """What is said before the welcome; None from then on."""
        self._actions = Buckets(actions)
        self._reads = Buckets(_READS)
        self._bad = 0
        self._typed_at = 0.0
        self._seen: dict[UUID, int] = {}
        """Up to where the citizen was told that it was read, by conversation followed."""
        self._rights_since = 0
        """Version of the set-up by which this agent's rights last became others."""

    # Coming and going

    async def arrive(self) -> None:
        """Subscribe, read the snapshot, sit down, and say welcome.

        Raises:
            Transient: the snapshot could not be read; the client comes back.
        """
        await self._desk.enter(self)
        snapshot = await self._desk.snapshot(self.person)
        # Not before: an agent whose desk cannot be shown must not be offered anything.
        state = await self._desk.people.arrive(self.person, self.session.key)
        for summary in (*snapshot.conversations, *snapshot.line):
            self._shown[summary.conversation] = time.monotonic()
        early, self._early = self._early or [], None
        self.put(
            wire_desk.DWelcome(
                agent=self.profile.id,
                name=self.profile.name,
                directory=self._directory,
                presence=state.presence,
                reason=state.reason,
                snapshot=snapshot,
            )
        )
        for text in early:
            self.put_text(text)

    def furnish(self, directory: TenantDirectory, text: str) -> bool:
        """Take a new set-up over in place; `text` is its frame, serialised once for many.

        Returns:
            Whether the agent is still in it.
        """
        profile = directory.agent(self.profile.id)
        if profile is None:
            return False
        if _rights(self.profile, self._directory) != _rights(profile, directory):
            self._rights_since = directory.version
        self.profile, self._directory = profile, directory
        self.put_text(text)
        return True

    def doubted_since(self, version: int) -> bool:
        """Return whether this version of the set-up made the agent's rights others."""
        return self._rights_since == version

    def followed(self) -> set[UUID]:
        """Return the conversations the console follows."""
        return self._following.conversations()

    def leave(self) -> None:
        """Give everything up but the lease."""
        self._following.stop()
        self._desk.leave(self)

    # Frames to the console

    def put(self, frame: Contract) -> None:
        """Send a frame, after the welcome."""
        self.put_text(frame.model_dump_json())

    def put_text(self, text: str) -> None:
        """Send a frame that was serialised once for many."""
        if self._early is None:
            self.outbox.put_text(text)
        else:
            self._early.append(text)

    def shows(self, conversation: UUID) -> bool:
        """Return whether the console shows a conversation."""
        return conversation in self._shown

    def show_summary(self, conversation: UUID, text: str, *, keep: bool) -> None:
        """Show one conversation's state, for the last time unless `keep`."""
        if keep:
            self._shown[conversation] = time.monotonic()
        else:
            self._shown.pop(conversation, None)
        self.put_text(text)

    def show_snapshot(self, snapshot: wire_desk.DSnapshot, text: str, asked_at: float) -> None:
        """Show the whole desk as it was read.

        What was shown after `asked_at` (monotonic seconds) is newer than the snapshot.
        """
        newer = {c: since for c, since in self._shown.items() if since >= asked_at}
        read_ones = (s.conversation for s in (*snapshot.conversations, *snapshot.line))
        self._shown = dict.fromkeys(read_ones, asked_at) | newer
        self.put_text(text)

    def refuse(
        self,
        code: str,
        about: UUID | None,
        conversation: UUID | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Tell the console that an action did not happen."""
        REFUSALS.labels(code).inc()
        self.put(
            wire_desk.DRefused(
                id=about, conversation=conversation, code=code, retry_after_s=retry_after_s
            )
        )

    # Frames from the console

    async def receive(self, data: str | None) -> None:
        """Carry a frame out; None is a binary one. Never raises for what a client sent."""
        try:
            frame = read(data)
            if isinstance(frame, wire.AHello):
                raise BadFrame(Refusal.FRAME_INVALID)
        except BadFrame as bad:
            self._refuse_bad(bad)
            return
        self._bad = 0
        if isinstance(frame, _ACTION_TYPES):
            await self._act(frame)
        else:
            await self._take(frame)

    async def _take(self, frame: wire.AgentFrame) -> None:
        match frame:
            case wire.AFollow():
                self._follow(frame)
            case wire.AUnfollow(conversation=conversation):
                self._following.unfollow(conversation)
                self._seen.pop(conversation, None)
            case wire.ATyping(conversation=conversation):
                await self._typing(conversation)
            case wire.ASeen(conversation=conversation, seq=seq):
                await self._saw(conversation, seq)
            case wire.APresence():
                self._desk.people.choose(self.person, frame)
            case wire.ASetPresence():
                self._set_presence(frame)
            case wire.AHeartbeat():
                self.put(wire_desk.DHeartbeat())

    def _refuse_bad(self, bad: BadFrame) -> None:
        self._bad += 1
        REFUSALS.labels(bad.refused.code).inc()
        self.put(bad.refused)
        if self._bad >= MAX_BAD_FRAMES:
            self.outbox.finish(CLOSE_RATE)

    async def _act(self, action: Action) -> None:
        conversation = action.conversation
        if wait_s := self._actions.take("", time.monotonic()):
            self.refuse(Refusal.RATE_LIMITED, action.id, conversation, _hundredths(wait_s))
            return
        if (code := unknown(action, self._directory)) is not None:
            self.refuse(code, action.id, conversation)
            return
        command, masked = command_of(action)
        if isinstance(command, RequestHandover):
            command = command.evolve(away=await self._desk.away(self._directory, command))
        self._desk.expect(action.id, self)
        try:
            await self._desk.bus.send(self._envelope(action.id, command))
        except ServiceError:
            self.refuse(Refusal.BUSY, action.id, conversation, BUSY_RETRY_S)
            return
        self.put(wire_desk.DAccepted(id=action.id, masked=masked.count, kinds=masked.kinds))

    def _set_presence(self, frame: wire.ASetPresence) -> None:
        if wait_s := self._actions.take("", time.monotonic()):
            self.refuse(Refusal.RATE_LIMITED, frame.id, None, _hundredths(wait_s))
            return

        def answer(code: str | None) -> None:
            if code is None:
                self.put(wire_desk.DDone(id=frame.id))
            else:
                self.refuse(code, frame.id, None, BUSY_RETRY_S if code in RETRYABLE else None)

        self._colleagues.set_presence(self._directory, self.profile, frame, answer)

    def _envelope(self, message_id: UUID, body: Command | Typing | DialogueSeen) -> Envelope:
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

    def _follow(self, frame: wire.AFollow) -> None:
        if wait_s := self._reads.take("", time.monotonic()):
            self.refuse(Refusal.RATE_LIMITED, None, frame.conversation, _hundredths(wait_s))
            return
        self._following.follow(frame)

    async def _typing(self, conversation: UUID) -> None:
        now = time.monotonic()
        if not self._following.follows(conversation) or now - self._typed_at < TYPING_EVERY_S:
            return
        self._typed_at = now
        body = Typing(conversation=conversation, author=self.profile.name)
        topic = stream_topic(conversation, "dialogue")
        await self._desk.bus.push(Push("gateway", topic, self._envelope(new_id(), body)))

    async def _saw(self, conversation: UUID, seq: int) -> None:
        if not self._following.follows(conversation) or seq <= self._seen.get(conversation, 0):
            return
        self._seen[conversation] = seq
        body = DialogueSeen(conversation=conversation, agent=self.profile.id, seq=seq)
        topic = stream_topic(conversation, "dialogue")
        await self._desk.bus.push(Push("gateway", topic, self._envelope(new_id(), body)))


def _rights(profile: AgentProfile, directory: TenantDirectory) -> tuple[object, ...]:
    """Return what of a set-up decides what an agent may read."""
    walls = frozenset(d.id for d in directory.departments if d.confidential)
    return (frozenset(profile.departments), frozenset(profile.roles), walls)


def _hundredths(wait_s: float) -> float:
    """Round up: who comes back too early is only refused again."""
    return math.ceil(wait_s * 100) / 100
