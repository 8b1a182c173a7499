"""Commands and queries in, messages out. The shell publishes them and only then acknowledges."""

import secrets
from collections.abc import Sequence

from services.bus import Outgoing, Push, Send
from services.clock import Clock
from services.contracts import (
    Answer,
    Body,
    CommandDone,
    DirectoryChanged,
    DirectoryRead,
    Envelope,
    EventCommitted,
    LineChanged,
    PublishDirectory,
    ReadDesk,
    ReadDirectory,
    ReadLine,
    ReadRange,
    Refusal,
    Refused,
    Summary,
    SummaryChanged,
)
from services.errors import Transient
from services.inbox import Result
from services.topology import agent_topic, directory_topic, line_topic, stream_topic

from transcript_service.core import Outcome, involved
from transcript_service.core.books import conversation_of
from transcript_service.core.life import may_say
from transcript_service.reads import Reads
from transcript_service.store import Store

MAX_ROUNDS = 12
"""Times a command is decided again because others were quicker, before it waits a little."""
_SALT_BYTES = 16


class Commands:
    """Handles batches of commands: decide, commit, say what happened."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Take the store and the clock that stamps messages (never events)."""
        self._store = store
        self._clock = clock

    async def __call__(self, batch: Sequence[Envelope]) -> Sequence[Result]:
        """Return, per command, the messages that follow."""
        results: dict[int, Result] = {}
        waiting = []
        for n, envelope in enumerate(batch):
            if isinstance(envelope.body, PublishDirectory):
                results[n] = await self._publish_directory(envelope, envelope.body)
            else:
                waiting.append(n)
        for n, outcome in (await self._carry_out(batch, waiting)).items():
            results[n] = self._tell(outcome)
        return [results[n] for n in range(len(batch))]

    async def _carry_out(self, batch: Sequence[Envelope], waiting: list[int]) -> dict[int, Outcome]:
        done: dict[int, Outcome] = {}
        for _ in range(MAX_ROUNDS):
            if not waiting:
                return done
            books = await self._store.load([batch[n] for n in waiting])
            outcomes = {
                n: books.carry_out(batch[n], lambda: secrets.token_bytes(_SALT_BYTES))
                for n in waiting
            }
            lost = await self._store.commit(books.to_commit())
            waiting = [n for n in waiting if (batch[n].tenant, conversation_of(batch[n])) in lost]
            done |= {n: outcome for n, outcome in outcomes.items() if n not in waiting}
        if waiting:
            raise Transient("contention")
        return done

    async def _publish_directory(
        self, envelope: Envelope, command: PublishDirectory
    ) -> Sequence[Outgoing]:
        if not may_say(envelope):
            return self._answer(envelope, Refused(about=envelope.id, code=Refusal.NOT_ALLOWED))
        directory = command.directory
        outgoing = self._answer(envelope, CommandDone(about=envelope.id))
        if await self._store.publish_directory(directory):
            for target, shown in (
                ("gateway", directory.public()),
                ("router", directory),
                ("agent", directory),
            ):
                change = self._follow(envelope, DirectoryChanged(directory=shown), f"to:{target}")
                outgoing.append(Push(target, directory_topic(), change))
        return outgoing

    # Saying what happened

    def _follow(self, envelope: Envelope, body: Body, name: str) -> Envelope:
        return envelope.follow(body, name=name, source="ledger", now=self._clock())

    def _answer(self, envelope: Envelope, body: Body) -> list[Outgoing]:
        if not envelope.reply_to:
            return []
        follow = self._follow(envelope, body, "answer")
        return [Push(envelope.source, envelope.reply_to, follow)]

    def _tell(self, outcome: Outcome) -> Sequence[Outgoing]:
        envelope = outcome.envelope
        conversation = conversation_of(envelope)
        if outcome.refusal is not None:
            refused = Refused(about=envelope.id, conversation=conversation, code=outcome.refusal)
            return self._answer(envelope, refused)
        outgoing: list[Outgoing] = []
        for event in outcome.events:
            said = self._follow(
                envelope, EventCommitted(event=event), f"event:{event.stream}:{event.seq}"
            )
            topic = stream_topic(conversation, event.stream)
            if event.stream.startswith("dialogue"):
                outgoing.append(Push("gateway", topic, said))
            outgoing.append(Push("agent", topic, said))
        if not outcome.events:
            outgoing += self._answer(
                envelope, CommandDone(about=envelope.id, conversation=conversation)
            )
        if outcome.repeated or _changed(outcome):
            outgoing += self._tell_state(outcome)
        return outgoing

    def _tell_state(self, outcome: Outcome) -> list[Outgoing]:
        envelope, after = outcome.envelope, outcome.after
        if after is None:
            return []
        summary = after.summary
        whole = self._follow(envelope, SummaryChanged(summary=summary), "summary")
        shown = self._follow(envelope, SummaryChanged(summary=_for_citizen(summary)), "shown")
        agents = involved(outcome.before) | involved(after)
        tenant = envelope.tenant
        return [
            Push("gateway", stream_topic(summary.conversation, "dialogue"), shown),
            Push("agent", line_topic(tenant), whole),
            *(Push("agent", agent_topic(tenant, agent), whole) for agent in sorted(agents)),
            Send(self._follow(envelope, LineChanged(why=envelope.body.type), "line")),
        ]


def _changed(outcome: Outcome) -> bool:
    """Return whether more changed than that something was said."""
    if outcome.before is None or outcome.after is None:
        return True
    before, after = outcome.before.summary, outcome.after.summary
    same = {"version": after.version, "last_seq": after.last_seq}
    return before.evolve(**same) != after


def _for_citizen(summary: Summary) -> Summary:
    """Leave out what concerns the desk alone."""
    handover = summary.handover
    return summary.evolve(
        offer=None,
        wrapup=None,
        missed=(),
        preferred_agent=None,
        handover=handover.evolve(from_agent="", agent=None) if handover else None,
    )


class Queries:
    """Handles questions, each by itself."""

    def __init__(self, reads: Reads, clock: Clock) -> None:
        """Take the reads and the clock that stamps messages."""
        self._reads = reads
        self._clock = clock

    async def __call__(self, batch: Sequence[Envelope]) -> Sequence[Result]:
        """Return, per query, its answer."""
        return [await self._handle(envelope) for envelope in batch]

    async def _handle(self, envelope: Envelope) -> Sequence[Outgoing]:
        answer: Answer | None = None
        if may_say(envelope):
            answer = await self._answer(envelope)
        if answer is None:
            answer = Refused(about=envelope.id, code=Refusal.NOT_FOUND)
        follow = envelope.follow(answer, name="answer", source="ledger", now=self._clock())
        return [Push(envelope.source, envelope.reply_to, follow)]

    async def _answer(self, envelope: Envelope) -> Answer | None:
        tenant, sender = envelope.tenant, envelope.sender
        match envelope.body:
            case ReadRange(conversation=conversation, stream=stream, after=after):
                read = await self._reads.range(tenant, conversation, stream, after, reader=sender)
                if read is None or envelope.source != "gateway":
                    return read
                return read.evolve(summary=_for_citizen(read.summary))
            case ReadDesk():
                return await self._reads.desk(tenant, sender.partition(":")[2])
            case ReadLine():
                return await self._reads.line(tenant)
            case ReadDirectory(tenants=tenants):
                found = await self._reads.directories(tenants)
                if envelope.source == "gateway":
                    found = tuple(directory.public() for directory in found)
                return DirectoryRead(directories=found)
        return None
