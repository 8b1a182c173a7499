"""One command being carried out on one conversation: what rules write to, and its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import (
    DESK,
    DIALOGUE,
    AgentProfile,
    Author,
    Envelope,
    Event,
    EventBody,
    Refusal,
    Stream,
    Summary,
    TenantDirectory,
    derived_id,
)

from transcript_service.core.life import sender_of
from transcript_service.core.state import (
    Conversation,
    Entry,
    HandoverRow,
    KeptFile,
    Load,
    OfferRow,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command leads to. Refused: nothing changed and `refusal` says why."""

    conversation: Conversation | None
    entries: tuple[Entry, ...] = ()
    offers: Mapping[UUID, OfferRow] = field(default_factory=dict)
    handovers: Mapping[UUID, HandoverRow] = field(default_factory=dict)
    loads: Mapping[str, int] = field(default_factory=dict)
    """Change of load per agent."""
    blocked_until: datetime | None = None
    """Until when its citizen may open no other conversation, if that was decided."""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All a decision may look at."""

    conversation: Conversation | None
    directory: TenantDirectory | None
    loads: Mapping[str, Load]
    """Loads of the agents the command mentions."""
    now: datetime
    """The database's clock."""
    before_it: Conversation | None = None
    """The conversation that an opening says it follows, if there is one."""
    blocked_until: datetime | None = None
    """Until when the sender may open no conversation."""
    receipts: Mapping[str, UUID] = field(default_factory=dict)
    """Receipt numbers that are given, of those this conversation may be given."""
    files: Mapping[UUID, KeptFile] = field(default_factory=dict)
    """Of the files in the store for this conversation, those that are to be shown."""
    removed: bool = False
    """Whether there was such a conversation, and it was taken out."""


class Change:
    """A conversation while one command is carried out. Rules write here; `done` gives the result.

    The first event without a name has the command's id; every other is given a name to derive
    its id from, so that a repeated decision makes the same ids.
    """

    def __init__(
        self,
        envelope: Envelope,
        conversation: Conversation,
        directory: TenantDirectory,
        situation: Situation,
    ) -> None:
        """Begin with the conversation as it is."""
        self.envelope = envelope
        self.directory = directory
        self.now = situation.now
        self.receipts = situation.receipts
        self.files = situation.files
        self._loads_before = situation.loads
        self._before = conversation
        self._after = conversation
        self._entries: list[Entry] = []
        self._blocked_until: datetime | None = None
        self._rows: tuple[dict[UUID, OfferRow], dict[UUID, HandoverRow], dict[str, int]] = (
            {},
            {},
            {},
        )

    @property
    def conversation(self) -> Conversation:
        """As it is by now."""
        return self._after

    @property
    def summary(self) -> Summary:
        """The summary as it is by now."""
        return self._after.summary

    @property
    def agent_id(self) -> str:
        """The agent who sent the command, or an empty string."""
        kind, name = sender_of(self.envelope)
        return name if kind == "agent" else ""

    def profile(self, agent: str) -> AgentProfile | None:
        """Return an agent of the tenant."""
        return self.directory.agent(agent)

    def author(self, agent: str | None = None) -> Author:
        """Return who is named in an event: an agent by id, or the sender."""
        kind, name = sender_of(self.envelope)
        if agent is None and kind == "citizen":
            return Author(kind="citizen")
        if agent is None and kind != "agent":
            return Author(kind="system")
        return agent_author(self.directory, agent or name)

    # What rules write

    def set(self, **fields: Any) -> None:
        """Replace fields of the summary."""
        self._after = replace(self._after, summary=self.summary.evolve(**fields))

    def own(self, agent: str | None) -> None:
        """Move the ownership; the epoch grows by one, which fences the owner before."""
        live = agent is not None and self.summary.due_at is None
        if agent:
            others = (known for known in self._after.agents if known != agent)
            self._after = replace(self._after, agents=(*others, agent))
        if live and self._after.answered is None:
            self._after = replace(self._after, answered=(self.now, self.summary.department))
        self.set(
            owner=agent,
            epoch=self.summary.epoch + 1,
            unanswered_since=self.now if live else None,
            nudged_at=None,
        )

    def contact(self, contact: str | None) -> None:
        """Note where a written answer goes, for what is said of this conversation from now on."""
        self._after = replace(self._after, contact=contact)

    def block(self, until: datetime) -> None:
        """Let the citizen who opened it open no other until then."""
        self._blocked_until = until

    def load(self, agent: str, change: int) -> None:
        """Take (+1) or free (-1) a slot."""
        loads = self._rows[2]
        loads[agent] = loads.get(agent, 0) + change

    def fits(self, agent: str) -> bool:
        """Return whether the agent's slots suffice for what was written until now."""
        load = self._loads_before.get(agent)
        more = self._rows[2].get(agent, 0)
        return load is not None and (more <= 0 or load.load + more <= load.capacity)

    def row(self, row: OfferRow | HandoverRow) -> None:
        """Record an offer or a hand-over as it is now."""
        if isinstance(row, OfferRow):
            self._rows[0][row.id] = row
        else:
            self._rows[1][row.id] = row

    def say(
        self,
        body: EventBody,
        *,
        stream: Stream = DIALOGUE,
        name: str = "",
        author: Author | None = None,
        seen: int = 0,
    ) -> None:
        """Append an event under the state written until now."""
        seq = self.summary.last_seq.get(stream, 0) + 1
        self.set(last_seq={**self.summary.last_seq, stream: seq})
        cause = self.envelope.id
        event = Event(
            conversation=self.summary.conversation,
            stream=stream,
            seq=seq,
            id=derived_id(cause, name) if name else cause,
            sender=self.envelope.sender,
            author=author or self.author(),
            epoch=self.summary.epoch,
            time=self.now,
            body=body,
        )
        self._entries.append(Entry(event, cause, seen))

    def note(self, body: EventBody, *, name: str = "") -> None:
        """Append an event to the desk stream."""
        self.say(body, stream=DESK, name=name)

    def done(self) -> Decision:
        """Return what was decided. The version grows by one if anything changed."""
        if self._after is not self._before:
            self.set(version=self._before.summary.version + 1)
        offers, handovers, loads = self._rows
        changes = {agent: n for agent, n in loads.items() if n}
        return Decision(
            self._after, tuple(self._entries), offers, handovers, changes, self._blocked_until
        )


def agent_author(directory: TenantDirectory, agent: str) -> Author:
    """Return an agent as named in events: today's name and home department."""
    profile = directory.agent(agent)
    if profile is None:
        return Author(kind="agent", id=agent, name=agent)
    home = profile.departments[0] if profile.departments else ""
    return Author(kind="agent", id=agent, name=profile.name, department=home)
