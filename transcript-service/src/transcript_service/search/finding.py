"""Finding conversations: candidates by the index, each judged by the rights as they are now."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.database import Connection, Database

from transcript_service import rows
from transcript_service.callers import Caller
from transcript_service.copies.document import reference
from transcript_service.core import Conversation
from transcript_service.core.rights import agent_may_read
from transcript_service.core.state import involved
from transcript_service.search.asked import Asked, Stems, read
from transcript_service.search.document import SAYING, Said, said, words_of
from transcript_service.search.excerpts import excerpts
from transcript_service.search.noting import Digests, note_search, note_shown
from transcript_service.search.reach import Filters, reach
from transcript_service.search.stems import Stemmer

BEST_OF: Final = 500
"""The best are chosen among so many of the newest that fit."""
ROUNDS: Final = 5
"""So often more candidates are taken where the rights have changed since they were indexed."""
_EXCERPTED: Final = 4_000
"""Events that are looked through for excerpts, of one page."""

_THERE: Final = "AT TIME ZONE 'Europe/Oslo'"
_NOW: Final = "SELECT clock_timestamp() AS now, (SELECT s.upto FROM ledger.searchable AS s) AS upto"
_SAID: Final = (
    "SELECT e.conversation, e.stream, e.seq, e.kind, b.body FROM unnest($2::uuid[]) AS r (id)"
    " JOIN ledger.event AS e ON e.tenant = $1 AND e.conversation = r.id AND e.kind = ANY ($3)"
    " JOIN ledger.shown_body AS b USING (tenant, conversation, stream, seq)"
    " ORDER BY e.conversation, e.stream, e.seq LIMIT $4"
)

Order = Literal["newest", "best"]


class CursorError(ValueError):
    """No page begins there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the last of it."""

    opened_at: datetime
    conversation: UUID
    fit: float | None = None
    """How well it fits, where the best go first."""

    def written(self) -> str:
        """Return it as the next page is asked for. It is no secret, and says no words."""
        parts = [self.opened_at.isoformat(), str(self.conversation), self.fit]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()

    @classmethod
    def read(cls, text: str, order: Order) -> "Place":
        """Return the place that is written.

        Raises:
            CursorError: it was written for nothing here.
        """
        try:
            at, id_, fit = json.loads(base64.urlsafe_b64decode(text.encode()))
            place = cls(datetime.fromisoformat(at), UUID(id_), None if fit is None else float(fit))
        except (ValueError, TypeError, AttributeError):
            raise CursorError from None
        if place.opened_at.tzinfo is None or (place.fit is None) != (order == "newest"):
            raise CursorError
        return place


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for."""

    text: str = field(repr=False)
    filters: Filters = field(default_factory=Filters)
    first: date | None = None
    last: date | None = None
    """Opened on these days in Norway, both included."""
    order: Order = "newest"
    after: Place | None = None
    limit: int = 20

    def narrowed(self) -> dict[str, str]:
        """Return what is asked for besides the words, as the audit keeps it."""
        named = {
            name: getattr(self.filters, name)
            for name in ("department", "topic", "agent", "outcome", "archive", "state")
        }
        days = {"from": self.first, "to": self.last}
        return {name: str(value) for name, value in {**named, **days}.items() if value}


@dataclass(slots=True)
class _Found:
    place: Place
    conversation: Conversation


class Finding:
    """Searches.

    Raises:
        Transient: while the database is away, or where a search takes longer than it may.
    """

    def __init__(self, database: Database, digests: Digests) -> None:
        """Take the pool for searches, and what makes digests of words for the audit."""
        self._database = database
        self._digests = digests
        self._stems = Stemmer()

    async def find(self, caller: Caller, question: Question) -> dict[str, Any]:
        """Return a page of what the caller may read, with excerpts; all of it is in the audit."""
        asked = read(question.text)
        who = (caller.tenant, caller.agent)
        async with self._database.connection() as connection:
            stems = await self._stems.of(connection, asked.words())
            asked = asked.without_common(stems)
            await note_search(connection, *who, self._about(caller.tenant, question, asked))
            at = await connection.fetchrow(_NOW)
            said_nothing = bool(question.text.strip()) and not asked.terms
            found: list[_Found] = []
            after: Place | None = None
            if not said_nothing:
                found, after = await self._page(connection, caller, question, asked, stems)
            await self._note_shown(connection, caller, found, at["now"])
            shown = await self._excerpts(connection, caller, asked, found)
        results = [_told(one.conversation, shown.get(_id(one), [])) for one in found]
        return {
            "results": results,
            "next": after.written() if after else None,
            "ignored": list(asked.ignored),
            "indexed_at": at["upto"].isoformat() if at["upto"] else None,
        }

    def _about(self, tenant: str, question: Question, asked: Asked) -> dict[str, Any]:
        said_ = [repr(term) for term in asked.terms]
        about: dict[str, Any] = {"words": len(said_), **question.narrowed()}
        if said_:
            about["digest"] = self._digests.of(tenant, said_)
        return about

    async def _page(
        self,
        connection: Connection,
        caller: Caller,
        question: Question,
        asked: Asked,
        stems: Stems,
    ) -> tuple[list[_Found], Place | None]:
        """Return the first that may be read, and behind what there may be more."""
        allowed = reach(caller.tenant, caller.profile, caller.directory, question.filters)
        words = asked.query(stems)
        query = f"{allowed} & {words}" if words else allowed
        best = question.order == "best" and bool(asked.rank_query(stems))
        rank = asked.rank_query(stems) if best else None
        found: list[_Found] = []
        place = question.after
        for _ in range(ROUNDS):
            statement, values = _statement(caller.tenant, query, rank, question, place)
            candidates = await connection.fetch(statement, *values)
            for row in candidates:
                one = _found(row)
                if len(found) == question.limit:
                    return found, found[-1].place
                place = one.place
                if agent_may_read(one.conversation, caller.profile, caller.directory, row["now"]):
                    found.append(one)
            if len(candidates) <= question.limit:
                return found, None
        return found, place

    async def _note_shown(
        self, connection: Connection, caller: Caller, found: Sequence[_Found], now: datetime
    ) -> None:
        """Note what is shown next: as with a read, not of conversations that concern the reader."""
        strangers = [_id(one) for one in found if caller.agent not in involved(one.conversation)]
        hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
        await note_shown(connection, caller.tenant, caller.agent, strangers, hour)

    async def _excerpts(
        self, connection: Connection, caller: Caller, asked: Asked, found: Sequence[_Found]
    ) -> dict[UUID, list[dict[str, Any]]]:
        """Return where the words stand, by conversation."""
        if not asked.terms or not found:
            return {}
        read_ = await connection.fetch(
            _SAID, caller.tenant, [_id(one) for one in found], list(SAYING), _EXCERPTED
        )
        parts: dict[UUID, list[Said]] = {}
        for row in read_:
            parts.setdefault(row["conversation"], []).extend(said([row]))
        words = asked.words().union(*map(words_of, parts.values()))
        stems = await self._stems.of(connection, words)
        return {id_: excerpts(asked, of, stems) for id_, of in parts.items()}


def _id(one: _Found) -> UUID:
    return one.conversation.summary.conversation


def _statement(
    tenant: str, query: str, rank: str | None, question: Question, after: Place | None
) -> tuple[str, list[Any]]:
    """Return the search with what is asked for and nothing else, so that it is planned for that."""
    values: list[Any] = [tenant, query]

    def put(value: Any) -> str:
        values.append(value)
        return f"${len(values)}"

    # No index may help with the tenant: its mark is in the question, and the index of words alone
    # never reads what does not fit.
    where = "s.tenant || '' = $1 AND s.words @@ $2::text::tsquery"
    if question.first is not None:
        where += f" AND s.opened_at >= {put(question.first)}::date::timestamp {_THERE}"
    if question.last is not None:
        where += f" AND s.opened_at < ({put(question.last)}::date + 1)::timestamp {_THERE}"
    newest = "s.opened_at DESC, s.conversation DESC"
    if rank is None:
        if after is not None:
            behind = f"({put(after.opened_at)}::timestamptz, {put(after.conversation)}::uuid)"
            where += f" AND (s.opened_at, s.conversation) < {behind}"
        found = f"SELECT s.*, NULL::float8 AS fit FROM ledger.search AS s WHERE {where}"  # noqa: S608
        order = newest
    else:
        found = (
            "SELECT * FROM (SELECT s.*, ts_rank(s.words,"  # noqa: S608 - as above
            f" {put(rank)}::text::tsquery, 1)::float8 AS fit FROM ("
            f" SELECT * FROM ledger.search AS s WHERE {where} ORDER BY {newest} LIMIT {BEST_OF:d}"
            ") AS s) AS s"
        )
        if after is not None:
            behind = (
                f"({put(after.fit)}::float8, {put(after.opened_at)}::timestamptz,"
                f" {put(after.conversation)}::uuid)"
            )
            found += f" WHERE (s.fit, s.opened_at, s.conversation) < {behind}"
        order = f"s.fit DESC, {newest}"
    some = f"{found} ORDER BY {order} LIMIT {question.limit + 1:d}"
    statement = (
        f"WITH page AS MATERIALIZED ({some}) SELECT s.fit, s.opened_at, clock_timestamp() AS now,"  # noqa: S608
        " ledger.conversation_document(c)::text AS document"
        " FROM page AS s JOIN ledger.conversation AS c ON c.tenant = s.tenant"
        f" AND c.id = s.conversation WHERE c.removed_at IS NULL ORDER BY {order}"
    )
    return statement, values


def _found(row: Any) -> _Found:
    conversation = rows.conversation(json.loads(row["document"]))
    id_ = conversation.summary.conversation
    return _Found(Place(row["opened_at"], id_, row["fit"]), conversation)


def _told(one: Conversation, where: list[dict[str, Any]]) -> dict[str, Any]:
    summary = one.summary.model_dump(
        mode="json",
        include={
            "conversation", "opened_at", "closed_at", "state", "topic", "department", "outcome",
            "archive",
        },
    )  # fmt: skip
    return {
        **summary,
        "reference": reference(one.summary.conversation),
        "agents": list(one.agents),
        "excerpts": where,
    }
