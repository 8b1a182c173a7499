"""The working copy of one batch: what was loaded, what is decided on it in order, what to commit.

Commands of one batch see each other's results. Each conversation's changes are one unit, which
the store commits whole or not at all, comparing the version the unit began with.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts import (
    Attached,
    Envelope,
    Event,
    OpenConversation,
    PostFile,
    PublishDirectory,
    Refusal,
    TenantDirectory,
)

from transcript_service.core.chain import START, Sealed, seal
from transcript_service.core.change import Decision, Situation
from transcript_service.core.decide import decide
from transcript_service.core.life import may_say
from transcript_service.core.repeats import clashes
from transcript_service.core.state import (
    Conversation,
    HandoverRow,
    KeptFile,
    Key,
    Load,
    OfferRow,
)

Action = tuple[str, UUID, str, UUID]
"""(tenant, conversation, sender, command id): what makes an action unique."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one command."""

    envelope: Envelope
    before: Conversation | None
    after: Conversation | None
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None
    repeated: bool = False
    """The command had been carried out before; `events` are those of then."""


@dataclass(slots=True)
class Unit:
    """What one conversation's commands change, committed whole or not at all."""

    before: Conversation | None
    """As it was decided on; None when the conversation is new."""
    after: Conversation
    sealed: list[Sealed] = field(default_factory=list)
    offers: dict[UUID, OfferRow] = field(default_factory=dict)
    handovers: dict[UUID, HandoverRow] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)
    blocks: dict[str, datetime] = field(default_factory=dict)
    """Per citizen, until when they may open no conversation."""
    handled: list[tuple[str, UUID]] = field(default_factory=list)
    """(sender, id) of commands that made no event, kept to recognise a repeat."""

    @property
    def began(self) -> int:
        """Return the version before; 0 when the conversation is new."""
        return self.before.summary.version if self.before else 0


def action_of(envelope: Envelope) -> Action:
    """Return what makes this command unique."""
    return (envelope.tenant, conversation_of(envelope), envelope.sender, envelope.id)


def conversation_of(envelope: Envelope) -> UUID:
    """Return the conversation a command names.

    Raises:
        TypeError: it names none.
    """
    conversation = getattr(envelope.body, "conversation", None)
    if isinstance(envelope.body, PublishDirectory) or not isinstance(conversation, UUID):
        raise TypeError(envelope.body.type)
    return conversation


def followed_by(envelope: Envelope) -> UUID | None:
    """Return the conversation that an opening says it follows."""
    return envelope.body.follows if isinstance(envelope.body, OpenConversation) else None


def shown_by(envelope: Envelope) -> UUID | None:
    """Return the file that a command is to show."""
    return envelope.body.file if isinstance(envelope.body, PostFile) else None


def shown_in(event: Event) -> UUID | None:
    """Return the file that an event shows."""
    return event.body.file if isinstance(event.body, Attached) else None


@dataclass(slots=True)
class Books:
    """What a batch is decided on. Fill it from the store, `carry_out` each command, commit."""

    now: datetime
    directories: Mapping[str, TenantDirectory]
    conversations: dict[Key, Conversation]
    loads: dict[tuple[str, str], Load]
    known: dict[Action, tuple[Event, ...]]
    """Actions carried out before, with their events; none for those that made no event."""
    blocks: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Per tenant and citizen, of those who open something here: until when they may not."""
    receipts: dict[tuple[str, str], UUID] = field(default_factory=dict)
    """Receipt numbers that are given, of those that may be given here."""
    files: dict[Key, dict[UUID, KeptFile]] = field(default_factory=dict)
    """Per conversation, the files in the store that are to be shown here."""
    masked: frozenset[Action] = frozenset()
    """Of `known`, those whose words were erased or masked since: they cannot be compared."""
    removed: frozenset[Key] = frozenset()
    """Conversations that were taken out: nothing happens in them, and none begins in their name."""
    units: dict[Key, Unit] = field(default_factory=dict)

    def carry_out(self, envelope: Envelope, salt: Callable[[], bytes]) -> Outcome:
        """Decide one command on everything decided before it. `salt` gives fresh random bytes."""
        key = (envelope.tenant, conversation_of(envelope))
        before = self.conversations.get(key)
        events = self.known.get(action_of(envelope)) if may_say(envelope) else None
        if events is not None:
            comparable = action_of(envelope) not in self.masked
            other = comparable and clashes(envelope.body, events)
            refusal = Refusal.ID_REUSED if other else None
            return Outcome(envelope, before, before, events, refusal, repeated=refusal is None)
        decision = decide(envelope, self._situation(envelope, before))
        if decision.refusal or decision.conversation is None:
            return Outcome(envelope, before, before, refusal=decision.refusal)
        self._record(envelope, before, decision, salt)
        return Outcome(
            envelope,
            before,
            self.conversations[key],
            tuple(entry.event for entry in decision.entries),
        )

    def _situation(self, envelope: Envelope, conversation: Conversation | None) -> Situation:
        tenant = envelope.tenant
        follows = followed_by(envelope)
        return Situation(
            conversation,
            self.directories.get(tenant),
            {agent: load for (of, agent), load in self.loads.items() if of == tenant},
            self.now,
            before_it=self.conversations.get((tenant, follows)) if follows else None,
            blocked_until=self.blocks.get((tenant, envelope.sender)),
            receipts={number: id_ for (of, number), id_ in self.receipts.items() if of == tenant},
            files=self.files.get((tenant, conversation_of(envelope)), {}),
            removed=(tenant, conversation_of(envelope)) in self.removed,
        )

    def _record(
        self,
        envelope: Envelope,
        before: Conversation | None,
        decision: Decision,
        salt: Callable[[], bytes],
    ) -> None:
        after = decision.conversation
        if after is None:
            return
        key = after.key
        unit = self.units.setdefault(key, Unit(before, after))
        heads = dict(after.heads)
        for entry in decision.entries:
            stream = entry.event.stream
            previous = bytes.fromhex(heads[stream]) if stream in heads else START
            sealed = seal(envelope.tenant, entry, previous, salt())
            heads[stream] = sealed.hash.hex()
            unit.sealed.append(sealed)
        unit.after = replace(after, heads=heads)
        unit.offers.update(decision.offers)
        unit.handovers.update(decision.handovers)
        for agent, change in decision.loads.items():
            unit.loads[agent] = unit.loads.get(agent, 0) + change
            self._move(envelope.tenant, agent, change)
        if decision.blocked_until is not None:
            whom, until = (envelope.tenant, after.citizen), decision.blocked_until
            self.blocks[whom] = max(until, self.blocks.get(whom, until))
            unit.blocks[after.citizen] = self.blocks[whom]
        if after.summary.receipt is not None:
            self.receipts[envelope.tenant, after.summary.receipt] = after.summary.conversation
        for file in filter(None, (shown_in(entry.event) for entry in decision.entries)):
            self.files[key][file] = replace(self.files[key][file], shown=True)
        if not decision.entries:
            unit.handled.append((envelope.sender, envelope.id))
        self.conversations[key] = unit.after
        self.known[action_of(envelope)] = tuple(entry.event for entry in decision.entries)

    def _move(self, tenant: str, agent: str, change: int) -> None:
        load = self.loads.get((tenant, agent))
        if load is not None:
            self.loads[tenant, agent] = replace(load, load=load.load + change)

    def to_commit(self) -> Sequence[Unit]:
        """Return the units in the order every replica locks in: by tenant and id."""
        return [self.units[key] for key in sorted(self.units)]
