"""Seals the days: the keeper's duty `seals`, and `python -m transcript_service seal`.

A day is sealed once nothing can come to it any more. An event is refused when it was decided more
than a minute before it is written (`ledger.commit_units`; words: a second, `appends.py`), and so
are marks and tombstones (`ledger.erase_bodies`, `ledger.remove_conversation`). So two minutes into
the next day, whoever writes something of the day before has begun to write it: has a transaction
id. The day is sealed when every transaction that had one by then has ended.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from services.database import Connection, Database
from services.errors import Transient

from transcript_service.keeper.pace import Pace
from transcript_service.seals.document import (
    DAY,
    Line,
    Period,
    Seal,
    day_period,
    make_seal,
    until_now,
)
from transcript_service.seals.folder import Folder
from transcript_service.seals.key import SealKey
from transcript_service.seals.marks import digest

log = structlog.get_logger()

MARGIN: Final = timedelta(minutes=2)
"""So long after midnight nobody begins to write something of the day before."""
_WAIT_S: Final = 0.2
_MOST_WAITS: Final = 150
"""30 s: six times as long as a statement of the ledger may take."""

_NOW: Final = "SELECT clock_timestamp()"
_BEGUN: Final = "SELECT pg_current_xact_id()::text"
_OLDEST: Final = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
_FIRST: Final = "SELECT min(time) FROM ledger.event"
_HEADS: Final = """
SELECT DISTINCT ON (tenant, conversation, stream)
    tenant, conversation::text, stream, seq, encode(hash, 'hex') AS hash
FROM ledger.event WHERE time >= $1 AND time < $2 AND ($3::uuid IS NULL OR conversation = $3)
ORDER BY tenant, conversation, stream, seq DESC
"""
_MARKS: Final = """
SELECT tenant, conversation::text, stream, seq, n, signature
FROM ledger.erasure WHERE at >= $1 AND at < $2 AND ($3::uuid IS NULL OR conversation = $3)
"""
_STONES: Final = """
SELECT tenant, conversation::text, signature
FROM ledger.tombstone WHERE at >= $1 AND at < $2 AND ($3::uuid IS NULL OR conversation = $3)
"""
_NOTE: Final = (
    "INSERT INTO ledger.seal (number, name, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
)


class TooEarly(Exception):
    """The day before is not sealed yet, and cannot be for some moments."""


class Seals:
    """Makes seals.

    Raises:
        Transient: the database is away, or something from before is still being written.
    """

    name = "seals"
    pace = Pace(300.0)

    def __init__(
        self,
        database: Database,
        key: SealKey,
        folder: Folder,
        ahead: timedelta = timedelta(0),
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the ledger, the key and the folder.

        Args:
            database: as role `transcript_keeper`.
            key: signs.
            folder: where seals lie.
            ahead: by so much our clock is ahead of the database's: for tests.
            rest: waits for who still writes.
        """
        self._database = database
        self._key = key
        self._folder = folder
        self._ahead = ahead
        self._rest = rest

    async def once(self) -> None:
        """Seal every day that is over and is not sealed."""
        await self.days()

    async def days(self) -> list[Seal]:
        """Seal every day that is over and is not sealed. Return the seals."""
        async with self._database.connection() as connection:
            now = await self._now(connection)
            await self._note(connection)
            day, made = await self._next(connection), []
            while day is not None and day_period(day).until + MARGIN <= now:
                made.append(await self._seal(connection, day_period(day), now))
                day += DAY
            return made

    async def until_now(self) -> Seal:
        """Seal what is there at this moment, and every whole day before.

        Raises:
            TooEarly: it is just past midnight.
        """
        await self.days()
        async with self._database.connection() as connection:
            now = await self._now(connection)
            day = await self._next(connection) or now.astimezone(UTC).date()
            if day < now.astimezone(UTC).date():
                raise TooEarly
            return await self._seal(connection, until_now(day_period(day).since, now), now)

    async def _now(self, connection: Connection) -> datetime:
        now: datetime = await connection.fetchval(_NOW)
        return now + self._ahead

    async def _next(self, connection: Connection) -> date | None:
        """Return the first day that is not sealed; None: nothing ever happened."""
        newest = self._folder.newest()
        if newest is not None:
            since = newest.period.until if newest.period.complete else newest.period.since
            return since.astimezone(UTC).date()
        first: datetime | None = await connection.fetchval(_FIRST)
        return first.astimezone(UTC).date() if first else None

    async def _seal(self, connection: Connection, period: Period, now: datetime) -> Seal:
        await self._all_written(connection)
        before = self._folder.newest()
        number, previous = (before.number + 1, before.hash) if before else (1, "")
        lines = await lines_of(connection, period)
        seal = make_seal(self._key, number, period, now, previous, lines)
        self._folder.add_key(self._key.public)
        self._folder.add(seal)
        await self._note(connection)
        log.info("sealed", name=period.name, number=number, lines=len(lines), root=seal.stated)
        return seal

    async def _note(self, connection: Connection) -> None:
        """Tell the database of the newest seal, which it may not know yet."""
        newest = self._folder.newest()
        if newest is not None:
            await connection.fetch(
                _NOTE, newest.number, newest.period.name, bytes.fromhex(newest.hash)
            )

    async def _all_written(self, connection: Connection) -> None:
        """Wait until every transaction that has begun to write has ended."""
        begun = int(await connection.fetchval(_BEGUN))
        for _ in range(_MOST_WAITS):
            if int(await connection.fetchval(_OLDEST)) >= begun:
                return
            await self._rest(_WAIT_S)
        raise Transient("a transaction that began before the seal and has not ended")


async def lines_of(
    connection: Connection, period: Period, conversation: UUID | None = None
) -> list[Line]:
    """Return what a seal of some time has to say, as the ledger has it now.

    Args:
        connection: may be in a transaction.
        period: the time.
        conversation: the only one that is asked about; None: all.
    """
    between = (period.since, period.until, conversation)
    lines: list[Line] = [("head", *row) for row in await connection.fetch(_HEADS, *between)]
    for row in await connection.fetch(_MARKS, *between):
        *where, signature = row
        lines.append(("mark", *where, digest(signature) if signature else ""))
    for row in await connection.fetch(_STONES, *between):
        *where, signature = row
        lines.append(("tombstone", *where, digest(signature)))
    return lines
