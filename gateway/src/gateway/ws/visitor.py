"""One socket of a citizen: who it is, what it has been sent, what it waits for."""

from collections.abc import Sequence as Events
from uuid import UUID

from services.contracts import Event, Opened, Refusal
from services.contracts.wire_citizen import SAvailability, SEvent, SEvents, SRefused
from services.metrics import REFUSALS
from services.outbox import SocketOutbox
from services.sequence import Sequence

from gateway.core import views

RETRY_AFTER_S = 2.0
_MAX_EARLY = 64


class Visitor:
    """The state of a socket. Everything here is immediate; nothing waits for a peer."""

    def __init__(self, number: int, outbox: SocketOutbox, address: str) -> None:
        """Start as a stranger; `hello` says who it is."""
        self.number = number
        self.outbox = outbox
        self.address = address
        self.tenant = ""
        self.sender = ""
        self.only: UUID | None = None
        """The one conversation it may be in, when it came by a receipt. None: any of its own."""
        self.availability: SAvailability | None = None
        """What it was last told of who is there."""
        self.conversation: UUID | None = None
        self.proven = False
        """Whether the conversation is known to be this citizen's. Until then nothing is shown:
        an id of a conversation is no secret, and `open` may name one that is another's."""
        self.sequence = Sequence()
        self._early: list[Event] = []
        """Events that came before the proof."""
        self.status_version = -1
        self.asked: set[UUID] = set()
        """Own actions whose outcome has not come back."""
        self.typed_at = float("-inf")
        self.sync_after: int | None = None
        """The `sync` that is being answered, or is to be answered next."""

    def begin(self, conversation: UUID | None, after: int = 0) -> None:
        """Turn to a conversation, of which everything up to `after` is known."""
        self.conversation = conversation
        self.proven = False
        self.sequence = Sequence(after)
        self._early = []
        self.status_version = -1

    def refuse(self, code: Refusal | str, action: UUID | None = None, *, wait_s: float = 0) -> None:
        """Say that something did not happen."""
        REFUSALS.labels(str(code)).inc()
        self.outbox.put(SRefused(id=action, code=str(code), retry_after_s=wait_s or None))

    def pushed(self, event: Event) -> None:
        """Take a committed event from the bus, in whatever order they come."""
        if not self.proven and _opens(event, self.sender):
            self.proven = True
        if not self.proven:
            self._early = [*self._early, event][:_MAX_EARLY]
            return
        if event.seq <= self.sequence.last and event.id in self.asked:
            # The action was sent again and had happened before: its sender waits for this.
            self._show([event], event.seq)
        self._show(self._take([event]), self.sequence.last)

    def _take(self, events: Events[Event]) -> list[Event]:
        early, self._early = self._early, []
        return self.sequence.take([*events, *early])

    def _show(self, events: Events[Event], last_seq: int) -> None:
        if len(events) == 1:
            self.asked.discard(events[0].id)
            self.outbox.put(SEvent(event=views.wire_event(events[0], self.sender)))
        elif events:
            self.outbox.put(self._answer(events, last_seq))

    def caught_up(self, events: Events[Event]) -> list[Event]:
        """Return what a welcome shows: the first page of an answer, and what joins it."""
        return self._take(views.first_page(events, self.sequence.last))

    def healed(self, events: Events[Event], last_seq: int) -> None:
        """Take an answer of the ledger that was read to fill a gap or a lost tail."""
        self._show(self.caught_up(events), last_seq)

    def answered(self, events: Events[Event], after: int, last_seq: int) -> None:
        """Answer a `sync`, also when there is nothing after `after`."""
        page = views.first_page(events, after)
        ready = self._take(page)
        top = page[-1].seq if page else after
        self.outbox.put(self._answer([*page, *(e for e in ready if e.seq > top)], last_seq))

    def _answer(self, events: Events[Event], last_seq: int) -> SEvents:
        self.asked.difference_update(event.id for event in events)
        return SEvents(
            events=tuple(views.wire_event(event, self.sender) for event in events),
            last_seq=max(last_seq, self.sequence.last),
            more=bool(events) and events[-1].seq < last_seq,
        )


def _opens(event: Event, sender: str) -> bool:
    return isinstance(event.body, Opened) and event.sender == sender
