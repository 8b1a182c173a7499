"""What every console on this replica shares: who sits here, what was asked, what desks show."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    Contract,
    DeskRead,
    Envelope,
    ReadDesk,
    RequestHandover,
    Summary,
    TenantDirectory,
)
from services.contracts.wire_desk import DDirectory, DSnapshot, DSummary
from services.errors import Transient
from services.ids import new_id
from services.tasks import Tasks
from services.topology import agent_topic, line_topic

from agent_service.core import view
from agent_service.core.presence import State
from agent_service.people import People, Person, frame
from agent_service.streams import Streams
from agent_service.topics import Topics
from agent_service.witness import Witness

if TYPE_CHECKING:
    from agent_service.console import Console

_Thing = TypeVar("_Thing")


class Desk:
    """The shared half of the agents' sockets."""

    def __init__(self, bus: Bus, *, clock: Clock, people: People, watermark_s: float) -> None:
        """Read everything again once in `watermark_s` seconds, evenly spread."""
        self.bus = bus
        self.clock = clock
        self.people = people
        self.topics = Topics(bus)
        self.streams = Streams(bus, self.topics, clock)
        self.witness = Witness(people, clock)
        self._watermark_s = watermark_s
        self._consoles: dict[str, set[Console]] = {}
        self._asked: WeakValueDictionary[UUID, Console] = WeakValueDictionary()
        self._tasks = Tasks()
        people.on_change(self._presence_changed)

    # Consoles

    def consoles(self, tenant: str | None = None) -> "list[Console]":
        """Return the consoles of a tenant, or of all."""
        if tenant is not None:
            return list(self._consoles.get(tenant, ()))
        return [console for consoles in self._consoles.values() for console in consoles]

    def consoles_of(self, person: Person) -> "list[Console]":
        """Return an agent's consoles."""
        return [c for c in self._consoles.get(person[0], ()) if c.person == person]

    async def enter(self, console: "Console") -> None:
        """Take a console in; its topics are bound on return, for its snapshot to be read then."""
        self._consoles.setdefault(console.person[0], set()).add(console)
        for topic in _topics(console.person):
            self.topics.hold(topic, console)
        for topic in _topics(console.person):
            await self.topics.bound(topic)

    def leave(self, console: "Console") -> None:
        """Let a console go."""
        tenant = console.person[0]
        consoles = self._consoles.get(tenant, set())
        consoles.discard(console)
        if not consoles:
            self._consoles.pop(tenant, None)
        for topic in _topics(console.person):
            self.topics.release(topic, console)
        if not any(c.session == console.session for c in consoles):
            self.people.leave(console.person, console.session.key)

    # Actions that wait for their outcome

    def expect(self, action: UUID, console: "Console") -> None:
        """Remember who is told what became of an action."""
        self._asked[action] = console

    def asked(self, action: UUID | None) -> "Console | None":
        """Return who waits for the outcome of an action, once."""
        return self._asked.pop(action, None) if action is not None else None

    # What desks show. Each frame is serialised once, for all who get it.

    def show_summary(self, tenant: str, summary: Summary) -> None:
        """Show a state on the desks it belongs on, and a last time on those it leaves."""
        text = ""
        for console in self.consoles(tenant):
            keep = view.shown(summary, console.profile)
            if keep or console.shows(summary.conversation):
                text = text or DSummary(summary=summary).model_dump_json()
                console.show_summary(summary.conversation, text, keep=keep)

    def _presence_changed(self, person: Person, state: State) -> None:
        self.tell_all(person[0], frame(person, state))

    def tell_all(self, tenant: str, told: Contract) -> None:
        """Send a frame to every console of a tenant."""
        text = told.model_dump_json()
        for console in self.consoles(tenant):
            console.put_text(text)

    def tell_leaders(self, tenant: str, about: Summary | None, told: Contract) -> None:
        """Send a frame to those who lead a conversation; its state is None when it is not known.

        Then every leader is told, for silence is worse than a colleague's matter that says no more
        than whose it is.
        """
        text = told.model_dump_json()
        for console in self.consoles(tenant):
            profile = console.profile
            if profile.leads if about is None else view.leads(about, profile):
                console.put_text(text)

    async def away(self, directory: TenantDirectory, asked: RequestHandover) -> bool:
        """Return whether nobody who is asked to go on is at a desk; not while Redis is away."""
        here = await self.people.at_desk(directory.tenant)
        if here is None:
            return False
        if asked.agent is not None:
            return asked.agent not in here
        return not any(a.id in here for a in directory.agents if asked.department in a.answers_in)

    # The set-up

    def furnish(self, directory: TenantDirectory) -> "list[Console]":
        """Show a tenant's new set-up; return the consoles whose agent is no longer in it."""
        text = DDirectory(directory=directory).model_dump_json()
        consoles = self.consoles(directory.tenant)
        gone = [console for console in consoles if not console.furnish(directory, text)]
        self.doubt(directory)
        return gone

    def doubt(self, directory: TenantDirectory) -> None:
        """Ask the ledger again for those whose rights a set-up made others."""
        for console in self.consoles(directory.tenant):
            if console.doubted_since(directory.version):
                for conversation in console.followed():
                    self.streams.doubt(conversation)
                self._tasks.spawn("refresh", self.refresh(console.person))

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
            raise Transient("desk")  # the ledger does not know the agent, or not yet
        for summary in (*answer.conversations, *answer.line):
            self.witness.see(tenant, summary)
        load = sum(1 for summary in answer.conversations if view.holds(summary, agent))
        self.people.drained(person, load)
        return DSnapshot(conversations=answer.conversations, line=answer.line, now=now)

    async def refresh(self, person: Person) -> None:
        """Show an agent's desk as it is; left for the next round when nobody answers."""
        asked_at = time.monotonic()
        try:
            snapshot = await self.snapshot(person)
        except Transient:
            return
        text = snapshot.model_dump_json()
        for console in self.consoles_of(person):
            console.show_snapshot(snapshot, text, asked_at)

    # Watermarks, against pushes that were lost

    async def on_reconnect(self) -> None:
        """Read again what may have been lost while the broker was away: words first."""
        for key in self.streams.followed():
            await self.streams.heal(key)
        for person in self._people():
            await self.refresh(person)

    def _people(self) -> list[Person]:
        return sorted({console.person for console in self.consoles()})

    async def start(self) -> None:
        """Begin the watermarks."""
        self._tasks.keep("desks", lambda: self._keep(self._people, self.refresh))
        self._tasks.keep("streams", lambda: self._keep(self.streams.followed, self.streams.heal))

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()
        await self.streams.stop()
        await self.topics.stop()

    async def _keep(
        self, things: Callable[[], list[_Thing]], read: Callable[[_Thing], Awaitable[None]]
    ) -> None:
        """Read each thing once in a round, in slots of the same length.

        One at a time: a slow ledger makes the round longer, never the line of questions.
        """
        while True:
            round_ = things()
            slot_s = self._watermark_s / max(1, len(round_))
            for thing in round_:
                ends_at = time.monotonic() + slot_s
                await read(thing)
                await asyncio.sleep(ends_at - time.monotonic())
            if not round_:
                await asyncio.sleep(slot_s)


def _topics(person: Person) -> tuple[str, str]:
    tenant, agent = person
    return agent_topic(tenant, agent), line_topic(tenant)
