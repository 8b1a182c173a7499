"""The ledger's writes: two round trips a batch, or one for words (docs/adr/0002, 0018)."""

import json
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.contracts import (
    AskWritten,
    Close,
    Envelope,
    Event,
    MakeOffer,
    MakeWritten,
    OpenConversation,
    TakeOver,
    TenantDirectory,
)
from services.database import Database

from transcript_service import rows
from transcript_service.appends import Appended, append, is_words
from transcript_service.core import Conversation, Load, Unit
from transcript_service.core.books import (
    Action,
    Books,
    action_of,
    conversation_of,
    followed_by,
    shown_by,
)
from transcript_service.core.receipts import candidates
from transcript_service.core.state import KeptFile, Key
from transcript_service.memory import Memory

_LOAD: Final = "SELECT ledger.load_batch($1)"
_LOAD_FILES_TOO: Final = "SELECT ledger.load_batch($1) || ledger.load_files($1)"
"""One statement: both see the same moment."""

Lost = Literal["version", "capacity", "reused", "impossible"]
"""Why a unit was not committed: `ledger.try_unit` says what each means."""

Place = tuple[str, UUID, str, int]
"""(tenant, conversation, stream, seq): where an event stands."""


def place_of(tenant: str, event: Event) -> Place:
    """Return where an event stands."""
    return (tenant, event.conversation, event.stream, event.seq)


def _agents(envelopes: Iterable[Envelope]) -> set[tuple[str, str]]:
    """Return the agents whose load a batch may raise: those offered to, and those who take."""
    found = set()
    for envelope in envelopes:
        match envelope.body:
            case MakeOffer(agent=agent):
                found.add((envelope.tenant, agent))
            case TakeOver():
                found.add((envelope.tenant, envelope.sender.partition(":")[2]))
    return found


def _conversations(envelopes: Iterable[Envelope]) -> list[dict[str, Any]]:
    """Return the conversations to load: those named, and those that openings say they follow.

    Where a written answer goes is asked for only when one may be closed, to be told then.
    """
    found: dict[Key, bool] = {}
    for envelope in envelopes:
        key = (envelope.tenant, conversation_of(envelope))
        found[key] = found.get(key, False) or isinstance(envelope.body, Close)
        if (follows := followed_by(envelope)) is not None:
            found.setdefault((envelope.tenant, follows), False)
    return [
        {"tenant": tenant, "id": str(id_), "contact": contact}
        for (tenant, id_), contact in sorted(found.items())
    ]


def _openers(envelopes: Iterable[Envelope]) -> list[dict[str, str]]:
    """Return who opens conversations, and so may be blocked."""
    found = {(e.tenant, e.sender) for e in envelopes if isinstance(e.body, OpenConversation)}
    return [{"tenant": tenant, "citizen": citizen} for tenant, citizen in sorted(found)]


def _receipts(envelopes: Iterable[Envelope]) -> list[dict[str, str]]:
    """Return the receipt numbers that may be given."""
    makes = {
        (envelope.tenant, conversation_of(envelope))
        for envelope in envelopes
        if isinstance(envelope.body, AskWritten | MakeWritten)
    }
    return [
        {"tenant": tenant, "receipt": number}
        for tenant, conversation in sorted(makes)
        for number in candidates(tenant, conversation)
    ]


def _files(envelopes: Iterable[Envelope]) -> list[dict[str, str]]:
    """Return the files in the store that are to be shown."""
    shown = ((e.tenant, conversation_of(e), shown_by(e)) for e in envelopes)
    return [
        {"tenant": tenant, "conversation": str(conversation), "id": str(file)}
        for tenant, conversation, file in shown
        if file is not None
    ]


class Store:
    """Loads what a batch is decided on, and commits what was decided.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database
        self.directories: dict[str, TenantDirectory] = {}
        """The newest set-up of each tenant, as of the last load."""
        self._memory = Memory()

    async def load(self, envelopes: Sequence[Envelope]) -> Books:
        """Read, in one round trip, all that these commands are decided on."""
        tenants = {envelope.tenant for envelope in envelopes}
        known = {t: self.directories[t].version if t in self.directories else -1 for t in tenants}
        request = {
            "directories": {tenant: str(version) for tenant, version in known.items()},
            "conversations": _conversations(envelopes),
            "openers": _openers(envelopes),
            "receipts": _receipts(envelopes),
            "files": _files(envelopes),
            "agents": [{"tenant": t, "id": a} for t, a in sorted(_agents(envelopes))],
            "actions": [
                {"tenant": t, "conversation": str(c), "sender": s, "id": str(i)}
                for t, c, s, i in {action_of(envelope) for envelope in envelopes}
            ],
        }
        async with self._database.connection() as connection:
            statement = _LOAD_FILES_TOO if request["files"] else _LOAD
            answer = await connection.fetchval(statement, json.dumps(request))
        books = self._books(json.loads(answer))
        self._memory.heard(books.now, time.monotonic())
        return books

    def _books(self, loaded: dict[str, Any]) -> Books:
        for document in loaded["directories"]:
            self._keep(TenantDirectory.model_validate(document, extra="ignore"))
        found: dict[Key, Any] = {}
        removed: set[Key] = set()
        for row in loaded["conversations"]:
            conversation = rows.conversation(row)
            if row["removed_at"] is None:
                found[conversation.key] = conversation
            else:
                removed.add(conversation.key)
        known: dict[Action, tuple[Event, ...]] = {}
        masked: set[Action] = set()
        for row in loaded["events"]:
            event = rows.event(row)
            key: Action = _action(row, event.conversation, row["cause"])
            if row["masked"]:
                masked.add(key)
            known[key] = (*known.get(key, ()), event)
        for row in loaded["handled"]:
            known.setdefault(_action(row, row["conversation"], row["client_id"]), ())
        files: dict[Key, dict[UUID, KeptFile]] = {}
        for row in loaded.get("files", ()):
            of_it = files.setdefault((row["tenant"], UUID(row["conversation"])), {})
            of_it[UUID(row["id"])] = rows.kept_file(row)
        return Books(
            now=datetime.fromisoformat(loaded["now"]),
            directories=self.directories,
            conversations=found,
            loads={
                (row["tenant"], row["id"]): Load(row["load"], row["capacity"])
                for row in loaded["agents"]
            },
            known=known,
            blocks={
                (row["tenant"], row["citizen"]): datetime.fromisoformat(row["until"])
                for row in loaded["blocks"]
            },
            receipts={
                (row["tenant"], row["receipt"]): UUID(row["id"]) for row in loaded["receipts"]
            },
            files=files,
            masked=frozenset(masked),
            removed=frozenset(removed),
        )

    def _keep(self, directory: TenantDirectory) -> None:
        """Remember a directory unless a newer one is known."""
        known = self.directories.get(directory.tenant)
        if known is None or directory.version > known.version:
            self.directories[directory.tenant] = directory

    async def commit(self, units: Sequence[Unit]) -> dict[Key, Lost]:
        """Commit units in one statement. Return those that were not, and why."""
        if not units:
            return {}
        documents = json.dumps([rows.unit(unit.after.key, unit) for unit in units])
        async with self._database.connection() as connection:
            answer = await connection.fetchval("SELECT ledger.commit_batch($1)", documents)
        reasons = json.loads(answer)
        lost = {u.after.key: why for u, why in zip(units, reasons, strict=True) if why is not None}
        for unit in units:
            if unit.after.key in lost:
                self._memory.forget(unit.after.key)
            else:
                self._memory.keep(replace(unit.after, contact=None))
        return lost

    # Words in conversations that this replica wrote to before: nothing is loaded

    def remembered(self, key: Key) -> Conversation | None:
        """Return a conversation whose words can be decided on without loading it."""
        return self._memory.get(key) if key[0] in self.directories else None

    def recall(self, keys: Collection[Key]) -> Books:
        """Return remembered conversations to decide on; nothing of it is certain before `append`.

        What was said before is not known: a command that makes no event must be decided again.
        """
        found = (self._memory.get(key) for key in keys)
        return Books(
            now=self._memory.now(time.monotonic()),
            directories=dict(self.directories),
            conversations={known.key: known for known in found if known is not None},
            loads={},
            known={},
        )

    def doubt(self, keys: Iterable[Key]) -> None:
        """Forget conversations: they are loaded when next something is said in them."""
        for key in keys:
            self._memory.forget(key)

    async def append(self, units: Sequence[Unit], recalled: Books) -> set[Place]:
        """Commit words decided on recalled books. Return the events that were committed.

        Of the conversations of the others, what is known by now to be newer can be recalled again;
        the rest must be loaded.
        """
        words = [unit for unit in units if is_words(unit)]
        appended: list[Appended] = []
        if words:
            versions = {tenant: known.version for tenant, known in recalled.directories.items()}
            async with self._database.connection() as connection:
                appended = await append(connection, words, versions)
        if appended:
            self._memory.heard(appended[-1].now, time.monotonic())
        unsure = {unit.after.key for unit in units}
        committed = set()
        for unit, done in zip(words, appended, strict=bool(appended)):
            if done.newest is not None:
                self._memory.keep(done.newest)
                unsure.discard(done.newest.key)
            said = [sealed.entry.event for sealed in unit.sealed[: done.written]]
            committed |= {place_of(unit.after.tenant, event) for event in said}
        self.doubt(unsure)
        return committed

    async def publish_directory(self, directory: TenantDirectory) -> bool:
        """Store a tenant's set-up unless there is a newer one. Return whether it holds now."""
        async with self._database.connection() as connection:
            holds: bool = await connection.fetchval(
                "SELECT ledger.publish_directory($1)", directory.model_dump_json()
            )
        return holds


def _action(row: dict[str, Any], conversation: Any, cause: Any) -> Action:
    return (row["tenant"], UUID(str(conversation)), row["sender"], UUID(str(cause)))
