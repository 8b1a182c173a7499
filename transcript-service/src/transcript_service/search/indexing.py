"""The keeper's duty `search`: what was said becomes words that can be looked for.

Each round takes what has changed since the last one; once a day, and the first time, every
conversation is looked at. A row says of which state of the conversation it is, so doing something
again does nothing, and a keeper that dies is followed by one that goes on.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.database import Connection, Database

from transcript_service.keeper.pace import Pace
from transcript_service.search.document import FORM, SAYING, said, vector, words_of
from transcript_service.search.stems import Stemmer

WALK_EVERY: Final = timedelta(days=1)
SLACK: Final = timedelta(minutes=2)
"""So much longer ago than the last round is looked at: an event is committed within a minute of its
time (`ledger.commit_units`), and no statement of ours takes that much longer."""
PAUSE: Final = timedelta(seconds=10)
GROWN: Final = 1.25
"""A dialogue under way is read whole again when it has paused, or has grown by so much: each of its
words is then read five times at the most, however long it gets."""
BATCH: Final = 100
"""Conversations in one statement: the locks of it are held shortly."""
_WALKED: Final = 1_000

_STATE: Final = (
    "SELECT clock_timestamp() AS now, s.upto, s.walked_at"
    " FROM (VALUES (1)) AS one LEFT JOIN ledger.searchable AS s ON true"
)
_DONE: Final = (
    "INSERT INTO ledger.searchable (upto, walked_at) VALUES ($1, $2)"
    ' ON CONFLICT ("only") DO UPDATE SET upto = excluded.upto, walked_at = excluded.walked_at'
)
_ROW: Final = (
    " LEFT JOIN ledger.search AS s ON s.tenant = c.tenant AND s.conversation = c.id"
    " WHERE c.removed_at IS NULL"
)
_REMADE: Final = (
    "(s.marks, s.form) IS DISTINCT FROM (ledger.search_marks(c.tenant, c.id), $1::integer)"
)
_STALE: Final = f"({_REMADE} OR s.version IS DISTINCT FROM c.version)"
_CHANGED: Final = (
    "WITH said AS ("  # noqa: S608 - names of our own
    " SELECT e.tenant, e.conversation, max(e.time) AS at"
    " FROM ledger.event AS e WHERE e.time > $2 GROUP BY 1, 2"
    "), changed AS ("
    " SELECT tenant, conversation FROM said"
    " UNION SELECT m.tenant, m.conversation FROM ledger.erasure AS m WHERE m.at > $2"
    " UNION SELECT m.tenant, m.conversation FROM ledger.masking AS m WHERE m.at > $2"
    ") SELECT c.tenant, c.id FROM changed AS h"
    " LEFT JOIN said AS d USING (tenant, conversation)"
    " JOIN ledger.conversation AS c ON c.tenant = h.tenant AND c.id = h.conversation"
    # What is masked is found no more at once; what is being said may wait for a pause.
    f"{_ROW} AND ({_REMADE} OR s.version <> c.version AND ("
    " c.closed_at IS NOT NULL OR d.at IS NULL OR d.at < clock_timestamp() - $3::interval"
    " OR c.version >= s.version * $4::float))"
)
_WALK: Final = (
    "WITH page AS MATERIALIZED ("  # noqa: S608 - names of our own
    " SELECT * FROM ledger.conversation AS c WHERE (c.tenant, c.id) > ($2, $3::uuid)"
    " AND c.removed_at IS NULL ORDER BY c.tenant, c.id LIMIT $4"
    f") SELECT c.tenant, c.id, {_STALE} AS stale FROM page AS c{_ROW} ORDER BY c.tenant, c.id"
)
_READ: Final = (
    # One statement is one snapshot: the row says of which state its words are.
    "SELECT c.tenant, c.id, c.version, ledger.search_marks(c.tenant, c.id) AS marks,"
    " ledger.conversation_document(c)::text AS document, ("
    " SELECT coalesce(jsonb_agg(jsonb_build_array(e.stream, e.seq, e.kind, b.body)"
    " ORDER BY e.stream, e.seq), '[]')"
    " FROM ledger.event AS e JOIN ledger.shown_body AS b USING (tenant, conversation, stream, seq)"
    " WHERE e.tenant = c.tenant AND e.conversation = c.id AND e.kind = ANY ($3)"
    ")::text AS events"
    " FROM unnest($1::text[], $2::uuid[]) AS r (tenant, id)"
    " JOIN ledger.conversation AS c ON c.tenant = r.tenant AND c.id = r.id"
    " WHERE c.removed_at IS NULL"
)
_PUT: Final = (
    "SELECT ledger.put_searchable($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5,"
    " $6::text[])"
)
_TIDY: Final = "SELECT ledger.tidy_search()"

Key = tuple[str, UUID]
_FIRST: Final[Key] = ("", UUID(int=0))


class Searchable:
    """Keeps `ledger.search` as the conversations are."""

    name = "search"
    # Where there is peace, something is found 3 s after it was said, and the time of one round.
    pace = Pace(3.0, rests=9, most_s=60.0)

    def __init__(self, database: Database, pause: timedelta = PAUSE) -> None:
        """Prepare.

        Args:
            database: The keeper's pool.
            pause: So long nothing was said before a dialogue under way is read again.
        """
        self._database = database
        self._pause = pause
        self._stems = Stemmer()

    async def once(self) -> None:
        """Write what is not yet as it was said.

        Raises:
            Transient: the database is away. What was written stays.
        """
        async with self._database.connection() as connection:
            state = await connection.fetchrow(_STATE)
            now, walked_at = state["now"], state["walked_at"]
            if walked_at is None or now - walked_at > WALK_EVERY:
                await self._walk(connection)
                walked_at = now
            else:
                await self._follow(connection, state["upto"] - SLACK)
            await connection.execute(_TIDY)
            await connection.execute(_DONE, now, walked_at)

    async def _walk(self, connection: Connection) -> None:
        last: Key | None = _FIRST
        while last is not None:
            rows = await connection.fetch(_WALK, FORM, *last, _WALKED)
            await self._write(connection, [_key(row) for row in rows if row["stale"]])
            last = _key(rows[-1]) if len(rows) == _WALKED else None

    async def _follow(self, connection: Connection, since: datetime) -> None:
        rows = await connection.fetch(_CHANGED, FORM, since, self._pause, GROWN)
        await self._write(connection, [_key(row) for row in rows])

    async def _write(self, connection: Connection, keys: Sequence[Key]) -> None:
        for begin in range(0, len(keys), BATCH):
            some = keys[begin : begin + BATCH]
            found = await connection.fetch(
                _READ, [tenant for tenant, _ in some], [id_ for _, id_ in some], list(SAYING)
            )
            written = await self._vectors(connection, found)
            columns = [
                [row[name] for row in found] for name in ("tenant", "id", "version", "marks")
            ]
            await connection.execute(_PUT, *columns, FORM, written)

    async def _vectors(self, connection: Connection, found: Sequence[Any]) -> list[str]:
        parts = [said(map(_event, json.loads(row["events"]))) for row in found]
        words = set().union(*map(words_of, parts)) if parts else set()
        stems = await self._stems.of(connection, words)
        documents = (json.loads(row["document"]) for row in found)
        return [vector(document, of, stems) for document, of in zip(documents, parts, strict=True)]


def _key(row: Any) -> Key:
    return row["tenant"], row["id"]


def _event(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(("stream", "seq", "kind", "body"), row, strict=True))
