"""Waiting until what was said can be searched for."""

import asyncio
from typing import Final

from ledger_log import Archive
from set_up import TENANT
from town import Town

INDEXED_S: Final = 90.0
"""The keeper indexes what is new within so long, also on a machine that has much to do."""


async def until_indexed(town: Town) -> None:
    """Wait until the keeper has written all that was said."""
    behind = (
        "SELECT count(*) FROM ledger.conversation AS c LEFT JOIN ledger.search AS s"
        " ON s.tenant = c.tenant AND s.conversation = c.id"
        " WHERE c.tenant = $1 AND c.state = 'closed' AND c.removed_at IS NULL"
        " AND s.version IS DISTINCT FROM c.version"
    )
    async with Archive(town.system) as archive, asyncio.timeout(INDEXED_S):
        # The keeper tells nobody that it has written.
        while await archive.fetchval(behind, TENANT):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
