"""Commands and queries in, messages out. The shell publishes them and only then acknowledges."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace

from services.bus import Outgoing
from services.clock import Clock
from services.contracts import (
    Answer,
    CommandDone,
    DirectoryRead,
    Envelope,
    PublishDirectory,
    RangeRead,
    ReadBoard,
    ReadDesk,
    ReadDirectory,
    ReadLine,
    ReadRange,
    ReadReceipt,
    ReadWaits,
    Refusal,
)
from services.errors import Permanent, Transient
from services.inbox import Result

from transcript_service.core import Conversation, Outcome
from transcript_service.core.books import Books, conversation_of
from transcript_service.core.life import may_say
from transcript_service.core.state import Key
from transcript_service.core.words import only_adds_words
from transcript_service.reads import Reads
from transcript_service.store import Lost, Store, place_of
from transcript_service.telling import Teller, for_citizen

MAX_ROUNDS = 12
"""Times a command is decided again because others were quicker, before it waits a little."""
_STEP_ASIDE_S = 0.002
_LONGEST_S = 0.05
_SALT_BYTES = 16


class Impossible(Permanent):
    """What was decided may not be stored: a mistake of ours."""


Decided = Outcome | Impossible | Transient
"""What became of one command, or why it has to wait or can never be."""


class Commands:
    """Handles batches of commands: decide, commit, say what happened."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Take the store and the clock that stamps messages (never events)."""
        self._store = store
        self._teller = Teller(clock)

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
            if isinstance(outcome, Outcome):
                results[n] = self._teller.tell(outcome)
            else:
                results[n] = outcome
        return [results[n] for n in range(len(batch))]

    async def _carry_out(self, batch: Sequence[Envelope], waiting: list[int]) -> dict[int, Decided]:
        done: dict[int, Decided] = {}
        for rounds_lost in range(MAX_ROUNDS):
            if not waiting:
                return done
            await _step_aside(rounds_lost)
            recalled = self._recallable(batch, waiting)
            loaded = [n for n in waiting if n not in recalled]
            if recalled and loaded:
                # Other conversations, other connections: neither waits for the other.
                both = self._append(batch, recalled), self._commit(batch, loaded)
                for part in await asyncio.gather(*both):
                    done |= part
            elif recalled:
                done |= await self._append(batch, recalled)
            else:
                done |= await self._commit(batch, loaded)
            waiting = [n for n in waiting if n not in done]
        return done | {n: Transient("contention") for n in waiting}

    def _recallable(self, batch: Sequence[Envelope], waiting: Sequence[int]) -> list[int]:
        """Return the commands on conversations that are remembered, and of which all is words."""
        keys = {n: _key(batch[n]) for n in waiting}
        known = {key: self._store.remembered(key) for key in keys.values()}
        more = {key for n, key in keys.items() if not _only_adds_words(batch[n], known[key])}
        return [n for n, key in keys.items() if key not in more]

    async def _append(self, batch: Sequence[Envelope], recalled: list[int]) -> dict[int, Decided]:
        """Decide on what is remembered, and commit that if it still holds."""
        books = self._store.recall({_key(batch[n]) for n in recalled})
        outcomes = {n: _decide(books, batch[n]) for n in recalled}
        # Refused, or without effect: perhaps only because of what others did meanwhile.
        doubted = {_key(batch[n]) for n, outcome in outcomes.items() if not outcome.events}
        self._store.doubt(doubted)
        units = [unit for unit in books.to_commit() if unit.after.key not in doubted]
        written = await self._store.append(units, books)
        return {
            n: outcome
            for n, outcome in outcomes.items()
            if outcome.events
            and all(place_of(batch[n].tenant, event) in written for event in outcome.events)
        }

    async def _commit(self, batch: Sequence[Envelope], waiting: list[int]) -> dict[int, Decided]:
        """Load what commands are decided on, decide, and commit."""
        books = await self._store.load([batch[n] for n in waiting])
        outcomes = {n: _decide(books, batch[n]) for n in waiting}
        lost = await self._store.commit(books.to_commit())
        done: dict[int, Decided] = {
            n: outcome for n, outcome in outcomes.items() if _key(batch[n]) not in lost
        }
        return done | await self._settle_stuck(batch, outcomes, lost)

    async def _settle_stuck(
        self, batch: Sequence[Envelope], outcomes: dict[int, Outcome], lost: dict[Key, Lost]
    ) -> dict[int, Decided]:
        """Settle the commands whose unit would be left out again, however often it is decided."""
        done: dict[int, Decided] = {}
        for key, why in lost.items():
            if why in ("version", "capacity"):
                continue
            stuck = [n for n in outcomes if _key(batch[n]) == key]
            if len(stuck) > 1:
                # One of them is to blame: each by itself, so that the others go on.
                for n in stuck:
                    done |= await self._carry_out(batch, [n])
            elif why == "reused":
                outcome, refusal = outcomes[stuck[0]], Refusal.ID_REUSED
                done[stuck[0]] = replace(outcome, after=outcome.before, events=(), refusal=refusal)
            else:
                done[stuck[0]] = Impossible()
        return done

    async def _publish_directory(
        self, envelope: Envelope, command: PublishDirectory
    ) -> Sequence[Outgoing]:
        directory = command.directory
        if not may_say(envelope) or directory.tenant != envelope.tenant:
            return self._teller.refuse(envelope, Refusal.NOT_ALLOWED)
        outgoing = self._teller.answer(envelope, CommandDone(about=envelope.id))
        if await self._store.publish_directory(directory):
            outgoing += self._teller.published(envelope, directory)
        return outgoing


async def _step_aside(rounds_lost: int) -> None:
    """Wait a random while from the second loss on: else the quickest writers win every time."""
    if rounds_lost > 1:
        longest_s = min(_STEP_ASIDE_S * 2**rounds_lost, _LONGEST_S)
        await asyncio.sleep(secrets.SystemRandom().uniform(0, longest_s))


def _only_adds_words(envelope: Envelope, known: Conversation | None) -> bool:
    return known is not None and only_adds_words(envelope, known)


def _decide(books: Books, envelope: Envelope) -> Outcome:
    return books.carry_out(envelope, lambda: secrets.token_bytes(_SALT_BYTES))


def _key(envelope: Envelope) -> Key:
    return (envelope.tenant, conversation_of(envelope))


class Queries:
    """Handles questions, each by itself."""

    def __init__(self, reads: Reads, clock: Clock) -> None:
        """Take the reads and the clock that stamps messages."""
        self._reads = reads
        self._teller = Teller(clock)

    async def __call__(self, batch: Sequence[Envelope]) -> Sequence[Result]:
        """Return, per query, its answer."""
        return [await self._handle(envelope) for envelope in batch]

    async def _handle(self, envelope: Envelope) -> Sequence[Outgoing]:
        if not envelope.reply_to:
            return []
        answer = await self._answer(envelope) if may_say(envelope) else None
        if answer is None:
            return self._teller.refuse(envelope, Refusal.NOT_FOUND)
        return self._teller.answer(envelope, answer)

    async def _answer(self, envelope: Envelope) -> Answer | None:
        tenant, sender = envelope.tenant, envelope.sender
        match envelope.body:
            case ReadRange() as asked:
                return await self._range(envelope, asked)
            case ReadDesk():
                return await self._reads.desk(tenant, sender.partition(":")[2])
            case ReadBoard():
                return await self._reads.board(tenant, sender.partition(":")[2])
            case ReadLine():
                return await self._reads.line(tenant)
            case ReadWaits():
                return await self._reads.waits(tenant)
            case ReadReceipt(receipt=receipt):
                return await self._reads.receipt(tenant, receipt)
            case ReadDirectory(tenants=tenants):
                found = await self._reads.directories(tenants)
                if envelope.source == "gateway":
                    found = tuple(directory.public() for directory in found)
                return DirectoryRead(directories=found)
        return None

    async def _range(self, envelope: Envelope, asked: ReadRange) -> RangeRead | None:
        read = await self._reads.range(
            envelope.tenant, asked.conversation, asked.stream, asked.after, reader=envelope.sender
        )
        if read is None or envelope.source != "gateway":
            return read
        return read.evolve(summary=for_citizen(read.summary))
