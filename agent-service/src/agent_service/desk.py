"""What every console on this replica shares, and how pushes reach the right ones."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    CommandDone,
    DeskRead,
    Envelope,
    EventCommitted,
    OfferEnded,
    PresenceChanged,
    PublishDirectory,
    ReadDesk,
    Refused,
    Summary,
    SummaryChanged,
    TenantDirectory,
    Typing,
    derived_id,
)
from services.contracts.wire_agent import DDone, DSnapshot, DSummary, DTyping
from services.errors import ServiceError, Transient
from services.ids import NAMESPACE, new_id
from services.tasks import Tasks
from services.topology import agent_topic, line_topic

from agent_service.core import view
from agent_service.core.presence import State
from agent_service.people import People, Person, frame
from agent_service.store import Store
from agent_service.streams import Streams

if TYPE_CHECKING:
    from agent_service.console import Console

log = structlog.get_logger()

SNAPSHOT_EVERY_S = 10.0
MAX_EXPECTED = 20_000


class Desk:
    """The shared half of the agents' sockets."""

    def __init__(self, bus: Bus, *, clock: Clock, store: Store, people: People) -> None:
        """Wire the parts together."""
        self.bus = bus
        self.clock = clock
        self.store = store
        self.people = people
        self.streams = Streams(bus, clock)
        self.directories: dict[str, TenantDirectory] = {}
        self._consoles: dict[str, set[Console]] = {}
        self._expected: OrderedDict[UUID, Console] = OrderedDict()
        self._seen: dict[UUID, Summary] = {}
        self._tasks = Tasks()
        people.on_change(self._presence_changed)

    # Consoles

    def consoles(self, person: Person | None = None, tenant: str = "") -> "list[Console]":
        """Return the consoles of an agent, or of a tenant."""
        found = self._consoles.get(person[0] if person else tenant, set())
        return [c for c in found if person is None or c.person == person]

    async def enter(self, console: "Console") -> None:
        """Take a console in: its topics are bound before its snapshot is read."""
        tenant, agent = console.person
        self._consoles.setdefault(tenant, set()).add(console)
        await self.bus.subscribe(agent_topic(tenant, agent))
        await self.bus.subscribe(line_topic(tenant))

    async def leave(self, console: "Console") -> None:
        """Let a console go."""
        tenant, agent = console.person
        consoles = self._consoles.get(tenant, set())
        consoles.discard(console)
        if not self.consoles(console.person):
            await self.bus.unsubscribe(agent_topic(tenant, agent))
        if not consoles:
            self._consoles.pop(tenant, None)
            await self.bus.unsubscribe(line_topic(tenant))

    def close(self, code: int, session: str | None = None) -> None:
        """Close the consoles of a session, or all of them."""
        for consoles in self._consoles.values():
            for console in list(consoles):
                if session is None or console.session == session:
                    console.outbox.end(code)

    def expect(self, action: UUID, console: "Console") -> None:
        """Remember who is told what became of an action."""
        self._expected.pop(action, None)
        self._expected[action] = console
        if len(self._expected) > MAX_EXPECTED:
            self._expected.popitem(last=False)

    # Snapshots

    async def snapshot(self, person: Person) -> DSnapshot:
        """Read what an agent's desk shows.

        Raises:
            Transient: no answer.
        """
        tenant, agent = person
        now = self.clock()
        query = Envelope(
            id=new_id(),
            source="agent",
            tenant=tenant,
            time=now,
            sender=f"agent:{agent}",
            body=ReadDesk(),
        )
        answer = await self.bus.ask(query)
        if not isinstance(answer, DeskRead):
            raise Transient("desk")
        for summary in answer.conversations:
            self._notice(tenant, summary)
        load = sum(1 for summary in answer.conversations if view.mine(summary, agent))
        self.people.drained(person, load)
        return DSnapshot(conversations=answer.conversations, line=answer.line, now=now)

    async def _refresh(self, person: Person) -> None:
        try:
            snapshot = await self.snapshot(person)
        except Transient:
            return
        for console in self.consoles(person):
            console.show_snapshot(snapshot)

    # Pushes

    def on_push(self, _topic: str, envelope: Envelope) -> None:
        """Hand a push to whom it concerns."""
        tenant = envelope.tenant
        match envelope.body:
            case EventCommitted(event=event):
                self.streams.on_event(event)
                self._done(event.id)
                self._done(envelope.causation_id)
                if isinstance(event.body, OfferEnded) and event.body.outcome == "expired":
                    self.people.missed((tenant, event.body.agent), str(event.body.offer))
            case SummaryChanged(summary=summary):
                self._summary(tenant, summary)
                self._done(envelope.causation_id)
            case CommandDone(about=about):
                self._done(about)
            case Refused(about=about, code=code, conversation=conversation):
                if (console := self._expected.pop(about, None)) is not None:
                    console.refuse(code, about, conversation)
            case Typing(conversation=conversation, author=author):
                self.streams.tell(conversation, DTyping(conversation=conversation, author=author))
            case PresenceChanged() as changed:
                self.people.adopt(tenant, changed)

    def _done(self, about: UUID | None) -> None:
        if about is not None and (console := self._expected.pop(about, None)) is not None:
            console.outbox.put(DDone(id=about))

    def _summary(self, tenant: str, summary: Summary) -> None:
        before = self._seen.get(summary.conversation)
        if before is not None and summary.version <= before.version:
            return
        self._notice(tenant, summary)
        for console in self.consoles(tenant=tenant):
            now_shown = view.shown(summary, console.profile)
            if now_shown or summary.conversation in console.shown:
                console.show_summary(DSummary(summary=summary), keep=now_shown)

    def _notice(self, tenant: str, summary: Summary) -> None:
        """Learn from a state what it says of people: a missed offer, a taken conversation."""
        before = self._seen.get(summary.conversation)
        if before is not None and summary.version <= before.version:
            return
        self._seen[summary.conversation] = summary
        if before is not None and (offer := before.offer) is not None and summary.offer is None:
            declined_or_missed = offer.agent in summary.missed and offer.agent not in before.missed
            if declined_or_missed and self.clock() >= offer.deadline:
                self.people.missed((tenant, offer.agent), str(offer.id))
        if summary.owner and (before is None or before.epoch != summary.epoch):
            what = f"{summary.conversation}:{summary.epoch}"
            self.people.worked((tenant, summary.owner), what)
        if summary.state == "closed":
            self._seen.pop(summary.conversation, None)

    def _presence_changed(self, person: Person, state: State) -> None:
        for console in self.consoles(tenant=person[0]):
            console.outbox.put(frame(person, state))

    # Directory

    async def publish(self) -> None:
        """Say every tenant's set-up to the ledger; said twice it changes nothing."""
        for directory in self.directories.values():
            envelope = Envelope(
                id=derived_id(NAMESPACE, f"directory:{directory.tenant}:{directory.version}"),
                source="agent",
                tenant=directory.tenant,
                time=self.clock(),
                sender="system:directory",
                body=PublishDirectory(directory=directory),
            )
            await self.bus.send(envelope)

    async def _directory_for_ever(self) -> None:
        """Read the set-up from the tables every few seconds and publish what is new."""
        published: dict[str, int] = {}
        while True:
            try:
                for directory in await self.store.directories():
                    self.directories[directory.tenant] = directory
                versions = {d.tenant: d.version for d in self.directories.values()}
                if versions != published:
                    await self.publish()
                    published = versions
            except ServiceError:
                published = {}
            await asyncio.sleep(2)

    # Life

    async def on_reconnect(self) -> None:
        """Publish and read again what may have been lost while the broker was away."""
        try:
            await self.publish()
        except ServiceError:
            log.warning("directory_unpublished")
        await self.streams.heal_all(0)
        await self._refresh_all(0)

    async def start(self) -> None:
        """Begin the watermarks."""
        self._tasks.spawn("directory", self._directory_for_ever())
        self._tasks.spawn("snapshots", self._for_ever(self._refresh_all))
        self._tasks.spawn("heal", self._for_ever(self.streams.heal_all))

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()
        await self.streams.stop()

    async def _refresh_all(self, pause_s: float) -> None:
        people = {c.person for consoles in self._consoles.values() for c in consoles}
        for person in sorted(people):
            await self._refresh(person)
            await asyncio.sleep(pause_s)

    async def _for_ever(self, work: Callable[[float], Awaitable[None]]) -> None:
        while True:
            started = time.monotonic()
            things = len(self.streams.keys()) + sum(map(len, self._consoles.values()))
            await work(SNAPSHOT_EVERY_S / (things + 1))
            await asyncio.sleep(max(1.0, SNAPSHOT_EVERY_S - (time.monotonic() - started)))
