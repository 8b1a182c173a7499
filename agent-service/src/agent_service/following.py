"""What one console follows: each stream from where the console says it is, until it lets go."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from services.contracts import Contract, Event, Refusal
from services.contracts.wire_agent import AFollow
from services.contracts.wire_citizen import WireEvent
from services.contracts.wire_desk import DEvent, DEvents
from services.errors import Transient
from services.sequence import Sequence
from services.tasks import Tasks

from agent_service.people import Person
from agent_service.streams import Key, NotReadable, Reader, Streams

MAX_FOLLOWED = 200
"""Streams one console may follow; an agent works in ten conversations of two streams."""
BUSY_RETRY_S = 2.0


class Refuse(Protocol):
    """Tells a console that something did not happen."""

    def __call__(
        self,
        code: str,
        about: UUID | None,
        conversation: UUID | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        """Tell."""


@dataclass(eq=False, slots=True)
class _Followed:
    reader: Reader
    early: list[Event] | None = field(default_factory=list)
    """What may be shown before the answer to `follow` is written; None from then on."""


class Following:
    """The readers of one console."""

    def __init__(
        self, streams: Streams, person: Person, *, put: Callable[[Contract], None], refuse: Refuse
    ) -> None:
        """Follow nothing yet."""
        self._streams = streams
        self._person = person
        self._put = put
        self._refuse = refuse
        self._followed: dict[Key, _Followed] = {}
        self._tasks = Tasks()

    def follows(self, conversation: UUID) -> bool:
        """Return whether the console reads a dialogue."""
        return (conversation, "dialogue") in self._followed

    def conversations(self) -> set[UUID]:
        """Return what is followed."""
        return {conversation for conversation, _ in self._followed}

    def follow(self, frame: AFollow) -> None:
        """Begin to follow, or begin again from another seq. The answer comes by itself."""
        key: Key = (frame.conversation, frame.stream)
        former = self._followed.get(key)
        if former is None and len(self._followed) >= MAX_FOLLOWED:
            self._refuse(Refusal.RATE_LIMITED, None, frame.conversation, BUSY_RETRY_S)
            return
        followed = self._begin(key, frame.after)
        # Only now, or the subscription would be given up and made again.
        if former is not None:
            self._streams.remove(key, former.reader)
        self._tasks.spawn("follow", self._open(key, followed))

    def _begin(self, key: Key, after: int) -> _Followed:
        def show(events: list[Event]) -> None:
            if followed.early is not None:
                followed.early += events
            elif len(events) == 1:
                event = wire(events[0], self._person[1])
                self._put(DEvent(conversation=key[0], event=event))
            else:
                # One frame: what was missed over a long absence would overflow the outbox.
                self._put(self._events(key, events, last_seq=events[-1].seq))

        def end(code: str) -> None:
            self._followed.pop(key, None)
            self._refuse(code, None, key[0])

        reader = Reader(self._person, show, self._put, end, Sequence(after))
        followed = self._followed[key] = _Followed(reader)
        self._streams.add(key, reader)
        return followed

    async def _open(self, key: Key, followed: _Followed) -> None:
        try:
            answer = await self._streams.open(key, followed.reader)
        except (NotReadable, Transient) as error:
            if self._let_go(key, followed):
                busy = isinstance(error, Transient)
                code = Refusal.BUSY if busy else str(error)
                self._refuse(code, None, key[0], BUSY_RETRY_S if busy else None)
            return
        if self._followed.get(key) is not followed:
            return
        early, followed.early = followed.early or [], None
        last_seq = max(answer.last_seq, followed.reader.sequence.last)
        self._put(self._events(key, early, last_seq=last_seq, more=answer.more))

    def _events(
        self, key: Key, events: list[Event], *, last_seq: int, more: bool = False
    ) -> DEvents:
        return DEvents(
            conversation=key[0],
            stream=key[1],
            events=tuple(wire(event, self._person[1]) for event in events),
            last_seq=last_seq,
            more=more,
        )

    def _let_go(self, key: Key, followed: _Followed) -> bool:
        """Stop following, unless something else is followed there by now."""
        self._streams.remove(key, followed.reader)
        if self._followed.get(key) is not followed:
            return False
        del self._followed[key]
        return True

    def unfollow(self, conversation: UUID) -> None:
        """Stop following a conversation."""
        for key in [key for key in self._followed if key[0] == conversation]:
            self._let_go(key, self._followed[key])

    def stop(self) -> None:
        """Stop following anything. What is still being read is not shown any more."""
        for key, followed in list(self._followed.items()):
            self._let_go(key, followed)


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
