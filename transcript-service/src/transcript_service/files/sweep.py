"""What lies in the store and is nobody's is deleted.

That is: files that were never shown, and bytes whose row was never written or is gone.
Every replica sweeps. A row is deleted by one of them (`ledger.sweep_files`), bytes may be deleted
twice without harm. A file that is shown in the same moment is locked by that, and left alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from services.clock import Clock
from services.errors import Transient

from transcript_service.files.measures import SWEPT
from transcript_service.files.store import FileStore, Place
from transcript_service.files.table import FileTable, erase_rows

log = structlog.get_logger()

AGE: Final = timedelta(hours=24)
"""So long bytes without a row are left alone: an upload is over within minutes. The rows' own day
is in `ledger.sweep_files`."""
EVERY_S: Final = 3600.0
SOON_S: Final = 60.0
MOST: Final = 200
"""Rows or places looked at in one statement."""


class Sweep:
    """Deletes what is nobody's."""

    def __init__(self, table: FileTable, store: FileStore, clock: Clock) -> None:
        """Take the rows, the bytes, and the clock by which bytes are old."""
        self._table = table
        self._store = store
        self._clock = clock

    async def for_ever(self, rest: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Sweep once an hour, and sooner when something was away."""
        while True:
            rest_s = EVERY_S
            try:
                await self.once()
            except Transient as error:
                log.warning("files_not_swept", away=str(error))
                rest_s = SOON_S
            await rest(rest_s)

    async def once(self) -> int:
        """Sweep. Return how many files were deleted.

        Raises:
            Transient: database or store is away. What was done stays done.
        """
        swept = 0
        while unshown := await self._table.sweep(MOST):
            # The rows are gone: if this ends here, the bytes are strays.
            for place in unshown:
                await self._store.delete(place)
            SWEPT.labels("unshown").inc(len(unshown))
            swept += len(unshown)
        return swept + await self._strays()

    async def _strays(self) -> int:
        swept, some = 0, []
        async for place in self._store.older_than(self._clock() - AGE):
            some.append(place)
            if len(some) == MOST:
                swept += await self._delete_strays(some)
                some = []
        return swept + (await self._delete_strays(some) if some else 0)

    async def _delete_strays(self, places: list[Place]) -> int:
        strays, foreign = await self._table.strays(places)
        if foreign:
            log.error("files_of_another_database", count=foreign)
        for place in strays:
            await self._store.delete(place)
        SWEPT.labels("stray").inc(len(strays))
        return len(strays)


async def erase_files(
    connection: asyncpg.Connection, store: FileStore, tenant: str, conversation: UUID
) -> int:
    """Erase all files of a conversation, shown or not. Return how many there were.

    Rows first: should this end in between, the bytes are strays and the sweep deletes them.

    Args:
        connection: as the role `transcript_retention`.
        store: where the bytes lie.
        tenant: the conversation's.
        conversation: whose files are to go.

    Raises:
        Transient: the store cannot be reached.
    """
    places = await erase_rows(connection, tenant, conversation)
    for place in places:
        await store.delete(place)
    return len(places)
