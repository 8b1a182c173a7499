"""The ledger's tables in memory, and a world of one municipality that is driven by commands."""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from services.contracts import (
    AcceptOffer,
    Body,
    Envelope,
    Event,
    MakeOffer,
    OpenConversation,
    RequestHandover,
    StoredFile,
    TenantDirectory,
)
from transcript_service.core import (
    Books,
    Conversation,
    HandoverRow,
    Key,
    Load,
    OfferRow,
    Outcome,
    Unit,
)
from transcript_service.core.books import Action, shown_in
from transcript_service.core.state import KeptFile
from transcript_service.store import Lost

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CITIZEN, ROUTER = "citizen:c1", "router:0"


@dataclass
class Shelf:
    """The ledger's tables in memory, with what the real ones refuse."""

    directory: TenantDirectory
    now: datetime = NOW
    conversations: dict[Key, Conversation] = field(default_factory=dict)
    loads: dict[tuple[str, str], Load] = field(default_factory=dict)
    known: dict[Action, tuple[Event, ...]] = field(default_factory=dict)
    events: dict[tuple[UUID, str], list[Event]] = field(default_factory=dict)
    offers: dict[UUID, OfferRow] = field(default_factory=dict)
    handovers: dict[UUID, HandoverRow] = field(default_factory=dict)
    blocks: dict[tuple[str, str], datetime] = field(default_factory=dict)
    files: dict[Key, dict[UUID, KeptFile]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.publish(self.directory)

    def publish(self, directory: TenantDirectory) -> None:
        self.directory = directory
        for agent in directory.agents:
            key = (directory.tenant, agent.id)
            self.loads[key] = Load(self.loads.get(key, Load(0, 0)).load, agent.capacity)

    def books(self) -> Books:
        return Books(
            now=self.now,
            directories={self.directory.tenant: self.directory},
            conversations=copy(self.conversations),
            loads=copy(self.loads),
            known=copy(self.known),
            blocks=copy(self.blocks),
            receipts={
                (tenant, found.summary.receipt): conversation
                for (tenant, conversation), found in self.conversations.items()
                if found.summary.receipt is not None
            },
            files={key: copy(files) for key, files in self.files.items()},
        )

    def commit(self, books: Books) -> dict[Key, Lost]:
        """Write what may be written; say of the rest why not, as `ledger.try_unit` does."""
        lost: dict[Key, Lost] = {}
        for unit in books.to_commit():
            if why := self._refuses(unit):
                lost[unit.after.key] = why
            else:
                self._write(unit)
        return lost

    def _refuses(self, unit: Unit) -> Lost | None:
        found = self.conversations.get(unit.after.key)
        if (found.summary.version if found else 0) != unit.began:
            return "version"
        for file in filter(None, (shown_in(sealed.entry.event) for sealed in unit.sealed)):
            kept = self.files[unit.after.key].get(file)
            if kept is None or kept.shown:
                return "version"
        for agent, change in unit.loads.items():
            load = self.loads[unit.after.tenant, agent]
            if change > 0 and load.load + change > load.capacity:
                return "capacity"
        return None

    def _write(self, unit: Unit) -> None:
        tenant, conversation = unit.after.key
        self.conversations[unit.after.key] = unit.after
        self.offers |= unit.offers
        self.handovers |= unit.handovers
        for citizen, until in unit.blocks.items():
            key = (tenant, citizen)
            self.blocks[key] = max(until, self.blocks.get(key, until))
        for agent, change in unit.loads.items():
            load = self.loads[tenant, agent]
            self.loads[tenant, agent] = replace(load, load=load.load + change)
        for sealed in unit.sealed:
            event = sealed.entry.event
            self.events.setdefault((conversation, event.stream), []).append(event)
            if (file := shown_in(event)) is not None:
                kept = self.files[unit.after.key]
                kept[file] = replace(kept[file], shown=True)
            action = (tenant, conversation, event.sender, sealed.entry.cause)
            self.known[action] = (*self.known.get(action, ()), event)
        for sender, action_id in unit.handled:
            self.known.setdefault((tenant, conversation, sender, action_id), ())


class World:
    """One tenant and its ledger in memory: say a command, get its outcome."""

    def __init__(self, make: Any, directory: TenantDirectory | None = None) -> None:
        self.make = make
        self.shelf = Shelf(directory or make.directory())

    def say(self, sender: str, body: Body, **fields: Any) -> Outcome:
        return self.carry_out(self.make.envelope(sender, body, **fields))

    def carry_out(self, *envelopes: Envelope) -> Outcome:
        """Carry a batch out and return what became of its last command."""
        books = self.shelf.books()
        outcomes = [books.carry_out(envelope, lambda: bytes(16)) for envelope in envelopes]
        lost = self.shelf.commit(books)
        assert not lost
        return outcomes[-1]

    # Ways to a state

    def open(self, n: int = 1, *, citizen: str = CITIZEN, topic: str | None = None) -> UUID:
        conversation = self.make.id(n)
        self.say(citizen, OpenConversation(conversation=conversation, topic=topic))
        return conversation

    def offer(self, conversation: UUID, agent: str = "kari") -> UUID:
        """Offer it as it is now, for its pending hand-over if there is one."""
        summary = self.of(conversation).summary
        handover = summary.handover.id if summary.handover else None
        command = MakeOffer(
            conversation=conversation, agent=agent, epoch=summary.epoch, handover=handover
        )
        outcome = self.say(ROUTER, command)
        assert outcome.refusal is None, outcome.refusal
        return outcome.envelope.id

    def join(self, conversation: UUID, agent: str = "kari") -> None:
        offer = self.offer(conversation, agent)
        self.say(f"agent:{agent}", AcceptOffer(conversation=conversation, offer=offer))

    def hand_over(self, conversation: UUID, department: str = "bygg", **fields: Any) -> UUID:
        """Ask, as its owner."""
        summary = self.of(conversation).summary
        command = RequestHandover(
            conversation=conversation, epoch=summary.epoch, department=department, **fields
        )
        outcome = self.say(f"agent:{summary.owner}", command)
        assert outcome.refusal is None, outcome.refusal
        return outcome.envelope.id

    def put(self, conversation: UUID, sender: str, n: int, **fields: Any) -> UUID:
        """Put a file into the store, as if it had been sent and looked at."""
        given = {"name": "søknad.pdf", "media_type": "application/pdf", "size": 7, "scan": "clean"}
        file = self.make.id(n)
        stored = StoredFile(**{**given, "file": str(file), "sha256": "0" * 64, **fields})
        key = (self.make.tenant, conversation)
        self.shelf.files.setdefault(key, {})[file] = KeptFile(stored, sender)
        return file

    def wait(self, seconds: float) -> None:
        self.shelf.now += timedelta(seconds=seconds)

    def of(self, conversation: UUID) -> Conversation:
        return self.shelf.conversations[self.make.tenant, conversation]

    def load(self, agent: str) -> int:
        return self.shelf.loads[self.make.tenant, agent].load

    def told(self, conversation: UUID, stream: str = "dialogue") -> list[Event]:
        return self.shelf.events.get((conversation, stream), [])


@pytest.fixture
def world(make: Any) -> World:
    return World(make)


@pytest.fixture(scope="session")
def worlds() -> type[World]:
    """For tests that want many."""
    return World
