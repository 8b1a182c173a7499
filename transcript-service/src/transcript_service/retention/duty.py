"""The keeper's duty `retention`.

Wishes to be forgotten at once; what is over its time each night, where the set-up lets it go; and
every run that an archivist has approved.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.database import Connection, Database
from services.ids import NAMESPACE, new_id

from transcript_service.keeper.pace import Pace
from transcript_service.retention import runs
from transcript_service.retention.carrying import Carrier, Outside, Run, unended
from transcript_service.retention.cases import (
    Decided,
    directory_of,
    now,
    tenants_with_wishes,
    wished,
)
from transcript_service.retention.rules import decide
from transcript_service.seals.erasing import remove_conversation
from transcript_service.seals.key import SealKey

NIGHT_HOUR: Final = 1
"""From this hour on, in Norway, a night's run is made: once a date, and later if need be."""
_NORWAY: Final = ZoneInfo("Europe/Oslo")
_MOST_WISHES: Final = 1_000

_NIGHTLY: Final = (
    "SELECT d.tenant FROM ledger.directory AS d"
    " WHERE d.document -> 'archive' ->> 'erases' = 'nightly' ORDER BY d.tenant"
)


class Retention:
    """See the module. Whatever a round leaves half-way, the next one takes up."""

    name = "retention"
    pace = Pace(60.0)

    def __init__(
        self, database: Database, carrier: Carrier, *, ahead: timedelta = timedelta(0)
    ) -> None:
        """Take the keeper's database, and what carries runs out.

        Args:
            database: as the role `transcript_keeper`.
            carrier: carries runs out.
            ahead: of the database's clock it is decided so much later: for a look at years to come.
        """
        self._database = database
        self._carrier = carrier
        self._ahead = ahead

    async def once(self) -> None:
        """Do what is to be done now. See `Duty.once`."""
        async with self._database.connection() as connection:
            # First what a keeper before us began: so nothing of it is found a second time.
            await self._carry_out(connection, await unended(connection))
            as_of = await now(connection) + self._ahead
            for tenant in await tenants_with_wishes(connection):
                await self._wishes(connection, tenant, as_of)
            await self._carry_out(connection, await unended(connection))
            if as_of.astimezone(_NORWAY).hour >= NIGHT_HOUR:
                for row in await connection.fetch(_NIGHTLY):
                    await self._night(connection, row["tenant"], as_of)
            await runs.forget_old(connection)

    async def _wishes(self, connection: Connection, tenant: str, as_of: datetime) -> None:
        """Make a run of what citizens asked for and nothing stands against."""
        directory = await directory_of(connection, tenant)
        if directory is None:
            return
        found = [
            Decided(one, decision)
            for one in await wished(connection, tenant, _MOST_WISHES)
            if (decision := decide(one.case, directory.privacy, as_of)).erases
        ]
        if found:
            look = runs.Look(new_id(), "wish", runs.KEEPER, as_of)
            await runs.make(connection, directory, look, found, more=False)

    async def _night(self, connection: Connection, tenant: str, as_of: datetime) -> None:
        """Make and carry out a night's runs: as many as it takes, and none of them twice."""
        directory = await directory_of(connection, tenant)
        date, part, more = as_of.astimezone(_NORWAY).date(), 0, directory is not None
        while more and directory is not None:
            part += 1
            id_ = uuid5(NAMESPACE, f"retention {tenant} {date} {part}")
            look = runs.Look(id_, "nightly", runs.KEEPER, as_of)
            if await runs.look_for(connection, directory, look) is not None:
                run = Run(tenant, id_, as_of, runs.KEEPER)
                if not await self._carry_out(connection, [run]):
                    return
            more = await runs.has_more(connection, tenant, id_)

    async def _carry_out(self, connection: Connection, waiting: Sequence[Run]) -> bool:
        return all([await self._carrier.carry_out(connection, run) for run in waiting])


def retention_duty(
    database: Database,
    key: SealKey,
    outside: Sequence[Outside],
    *,
    ahead: timedelta = timedelta(0),
) -> Retention:
    """Return the duty with what it needs.

    Args:
        database: as the role `transcript_keeper`.
        key: signs tombstones.
        outside: the places outside the database where something of a conversation lies.
        ahead: see `Retention`.
    """

    async def remove(
        connection: Connection, tenant: str, conversation: UUID, *, reason: str, basis: str, by: str
    ) -> bool:
        return await remove_conversation(
            connection, key, tenant, conversation, reason=reason, basis=basis, by=by
        )

    return Retention(database, Carrier(remove, outside), ahead=ahead)
