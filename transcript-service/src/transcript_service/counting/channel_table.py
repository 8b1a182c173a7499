"""The rows of `ledger.channel_month`. They are only added; the newest of each holds."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from services.database import Database
from services.ids import new_id

from transcript_service.audit.table import Audit, Note
from transcript_service.counting.channels import CHANNELS, Entry
from transcript_service.counting.months import Months, written

ENTERED: Final = "channels_entered"

_HELD: Final = (
    "SELECT DISTINCT ON (m.month, m.channel) m.month, m.channel, m.n, m.source"
    " FROM ledger.channel_month AS m WHERE m.tenant = $1 AND m.month BETWEEN $2 AND $3"
    " ORDER BY m.month, m.channel, m.nth DESC"
)
_ADD: Final = (
    "INSERT INTO ledger.channel_month (tenant, month, channel, n, source, who)"
    " SELECT $1, r.month, r.channel, r.n, $2, $3"
    " FROM unnest($4::date[], $5::text[], $6::integer[]) AS r (month, channel, n)"
)
_THIS_MONTH: Final = "SELECT date_trunc('month', now() AT TIME ZONE 'Europe/Oslo')::date"


class ChannelTable:
    """Reads and adds.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database, audit: Audit) -> None:
        """Take the pool, and what is told first."""
        self._database = database
        self._audit = audit

    async def this_month(self) -> date:
        """Return the first day of the month it is in Norway, by the database's clock."""
        async with self._database.connection() as connection:
            found: date = await connection.fetchval(_THIS_MONTH)
        return found

    async def of(self, tenant: str, months: Months) -> tuple[list[dict[str, Any]], list[str]]:
        """Return what was said of some months, those that have any; and who or what it is from."""
        async with self._database.connection() as connection:
            found = await connection.fetch(_HELD, tenant, months.first, months.last)
        by_month: dict[date, dict[str, Any]] = {}
        for row in found:
            if row["n"] is not None:
                nothing: dict[str, Any] = {"month": written(row["month"])}
                nothing |= dict.fromkeys(CHANNELS)
                by_month.setdefault(row["month"], nothing)[row["channel"]] = row["n"]
        sources = {row["source"] for row in found if row["n"] is not None and row["source"]}
        return list(by_month.values()), sorted(sources)

    async def before(self, tenant: str, entries: Sequence[Entry]) -> list[int | None]:
        """Return what holds now where entries are to be, in their order."""
        if not entries:
            return []
        months = Months(min(e.month for e in entries), max(e.month for e in entries))
        async with self._database.connection() as connection:
            found = await connection.fetch(_HELD, tenant, months.first, months.last)
        held = {(row["month"], row["channel"]): row["n"] for row in found}
        return [held.get((entry.month, entry.channel)) for entry in entries]

    async def add(self, tenant: str, who: str, source: str, entries: Sequence[Entry]) -> None:
        """Keep what somebody says. It is in the audit first."""
        about = {
            "entries": len(entries),
            "first": written(min(entry.month for entry in entries)),
            "last": written(max(entry.month for entry in entries)),
            "source": source,
        }
        await self._audit.note(Note(tenant, new_id(), who, ENTERED, None, about))
        async with self._database.connection() as connection:
            await connection.execute(
                _ADD,
                tenant,
                source,
                who,
                [entry.month for entry in entries],
                [entry.channel for entry in entries],
                [entry.n for entry in entries],
            )
