"""`python -m transcript_service verify`: is the ledger what it was? Finds and names what is not.

What it cannot find is said in docs/subsystems/transcript-service.md.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from transcript_service.files.store import FileStore
from transcript_service.seals.chains import chain_faults
from transcript_service.seals.folder import Folder
from transcript_service.seals.kept_files import file_faults
from transcript_service.seals.key import Keys
from transcript_service.seals.sealed_days import seal_faults

_LOADS: Final = """
SELECT a.tenant, a.id, a.load, a.capacity, (
    SELECT count(*) FROM ledger.offer AS o
    WHERE o.tenant = a.tenant AND o.agent = a.id AND o.state = 'pending'
) + (
    SELECT count(*) FROM ledger.conversation AS c
    WHERE c.tenant = a.tenant AND c.owner = a.id AND c.state = 'active'
) + (
    SELECT count(*) FROM ledger.conversation AS c
    WHERE c.tenant = a.tenant AND c.wrapup_agent = a.id
) AS counted
FROM ledger.agent AS a ORDER BY a.tenant, a.id
"""


@dataclass(frozen=True, slots=True)
class Against:
    """What lies outside the database, to compare it with. None: it is not compared with that."""

    keys: Keys | None = None
    """Those that are believed; None: marks and tombstones only must be signed by somebody."""
    folder: Folder | None = None
    """Where the seals lie."""
    files: FileStore | None = None
    """Where the bytes of files lie."""


async def verify(
    url: str, conversation: UUID | None = None, against: Against = Against()
) -> list[str]:
    """Return what is wrong, one line each; nothing when nothing was found."""
    return [fault async for fault in find_faults(url, conversation, against)]


async def find_faults(url: str, conversation: UUID | None, against: Against) -> AsyncIterator[str]:
    """Yield what is wrong, one line each: tenant, conversation, stream, seq, what.

    Args:
        url: the database.
        conversation: the only one to look at; None: all.
        against: what lies outside the database.

    Raises:
        Transient: the store of files cannot be reached.
    """
    connection = await asyncpg.connect(url)
    try:
        # One snapshot: a ledger at work is not at odds with itself between two of our reads.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            async for found in chain_faults(connection, conversation, against.keys):
                if isinstance(found, str):
                    yield found
                else:
                    async for fault in file_faults(found, against.files):
                        yield fault
            if against.folder is not None:
                keys = against.keys or against.folder.keys()
                async for fault in seal_faults(connection, against.folder, keys, conversation):
                    yield fault
            for row in await connection.fetch(_LOADS):
                if row["load"] != row["counted"]:
                    yield (
                        f"{row['tenant']} {row['id']}: load {row['load']}, counted {row['counted']}"
                    )
    finally:
        await connection.close()
