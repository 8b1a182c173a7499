"""A conversation as this process knows it, and the sockets that follow it here."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from services.contracts import Contract, Event, RangeRead, Summary
from services.contracts.wire_citizen import SSeen, SStatus

from gateway.core import views
from gateway.ws.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens a conversation later, made for its citizen alone."""

    copy: Callable[[str, UUID], str]
    """(tenant, conversation) to a read-only token for the transcript."""
    receipt: Callable[[str, str], str]
    """(tenant, receipt) to the secret that opens a written answer."""


class Room:
    """Hints about one conversation. The ledger is the truth; all of this may be read again."""

    def __init__(self, conversation: UUID, keys: Keys) -> None:
        """Know nothing yet."""
        self.conversation = conversation
        self.members: set[Visitor] = set()
        self.binding = asyncio.Lock()
        """Held while the subscription changes, so that two changes cannot overtake each other."""
        self.bound = False
        self.summary: Summary | None = None
        self.watermark = 0
        """Highest dialogue seq heard of."""
        self.seen = 0
        """Highest dialogue seq that whoever answers has had on screen, as far as was heard."""
        self.reading = False
        self.read_again = False
        self._names: dict[str, str] = {}
        self._keys = keys

    @property
    def reader(self) -> Visitor | None:
        """Return a socket in whose name the ledger may be asked: the one that lags most."""
        proven = [m for m in self.members if m.proven]
        return min(proven, key=lambda m: m.sequence.last, default=None)

    @property
    def ended(self) -> bool:
        """Whether it is closed and every socket has been sent all of it."""
        closed = self.summary is not None and self.summary.state == "closed"
        return closed and all(m.sequence.last >= self.watermark for m in self.members)

    @property
    def lacks_owner_name(self) -> bool:
        """Whether somebody answers whose shown name no event known here tells."""
        owner = self.summary.owner if self.summary else None
        return owner is not None and owner not in self._names

    def learn(self, events: Iterable[Event]) -> None:
        """Take names and the watermark from events, without showing them to anyone."""
        known = list(events)
        self._names |= views.names_in(known)
        self.watermark = max([self.watermark, *(event.seq for event in known)])

    def learn_state(self, summary: Summary) -> None:
        """Take a newer state; an older one changes nothing."""
        self.watermark = max(self.watermark, summary.last_seq.get("dialogue", 0))
        if self.summary is None or summary.version > self.summary.version:
            self.summary = summary

    def event(self, tenant: str, event: Event) -> bool:
        """Show a pushed event to everyone here; return whether something is missing before it."""
        self.learn([event])
        for member in self._of(tenant):
            member.pushed(event)
        self.tell_status()
        return any(m.proven and m.sequence.gap for m in self.members)

    def read(self, tenant: str, answer: RangeRead) -> None:
        """Show what was read from the ledger to everyone who lacks it."""
        self.learn(answer.events)
        self.learn_state(answer.summary)
        for member in self._of(tenant):
            if member.proven:
                member.healed(answer.events, answer.last_seq)
        self.tell_status()

    def tell_status(self) -> None:
        """Send the state to the sockets that have an older one."""
        for member in self.members:
            if not member.proven:
                continue
            if (state := self.status_for(member)) is not None:
                member.outbox.put(state)

    def status_for(self, member: Visitor) -> SStatus | None:
        """Return the state if it is news to a socket and complete, and count it as told."""
        summary = self.summary
        if summary is None or summary.version <= member.status_version or self.lacks_owner_name:
            return None
        member.status_version = summary.version
        closed = summary.state == "closed"
        tenant, receipt = member.tenant, summary.receipt
        return views.status(
            summary,
            owner=self._names[summary.owner] if summary.owner else None,
            token=self._keys.copy(tenant, self.conversation) if closed else None,
            receipt_secret=self._keys.receipt(tenant, receipt) if receipt else None,
        )

    def hint(self, tenant: str, frame: Contract) -> None:
        """Pass on what is never stored."""
        for member in self._of(tenant):
            if member.proven:
                member.outbox.put(frame)

    def saw(self, tenant: str, agent: str, seq: int) -> None:
        """Tell that whoever answers has read up to a seq; others' screens say nothing."""
        if self.summary is None or self.summary.owner != agent or seq > self.watermark:
            return
        if seq > self.seen:
            self.seen = seq
            self.hint(tenant, SSeen(seq=seq))

    def tell_citizen(self, of: Visitor, frame: Contract) -> None:
        """Tell every socket of one citizen here."""
        for member in self._of(of.tenant):
            if member.sender == of.sender:
                member.outbox.put(frame)

    def _of(self, tenant: str) -> list[Visitor]:
        return [m for m in self.members if m.tenant == tenant]
