"""The figures of some months, as the keeper has counted them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from services.database import Database

from transcript_service.counting.months import Months, written
from transcript_service.counting.publishing import Part
from transcript_service.counting.summing import Count, figures

_SUMS: Final = (
    "SELECT f.month, f.department, f.measure, f.key, sum(f.n)::bigint AS n"
    " FROM ledger.month_figures AS f"
    " WHERE f.tenant = $1 AND f.month BETWEEN $2 AND $3"
    " AND ($4::text[] IS NULL OR f.department = ANY ($4))"
    " GROUP BY GROUPING SETS ((f.month, f.measure, f.key), (f.department, f.measure, f.key))"
)
_EVERYBODYS: Final = (
    "SELECT f.month, NULL AS department, f.measure, f.key, sum(f.n)::bigint AS n"
    " FROM ledger.month_figures AS f WHERE f.month BETWEEN $1 AND $2"
    " GROUP BY f.month, f.measure, f.key"
)
_PARTS: Final = (
    "SELECT f.month, f.measure, f.key, sum(f.n)::bigint AS n FROM ledger.month_figures AS f"
    " WHERE f.tenant = $1 GROUP BY f.month, f.measure, f.key"
    " UNION ALL SELECT f.month, 'department', f.department, f.n FROM ledger.month_figures AS f"
    " WHERE f.tenant = $1 AND f.measure = 'opened'"
)
_TODAY: Final = "SELECT (now() AT TIME ZONE 'Europe/Oslo')::date"
_COUNTED_AT: Final = "SELECT c.at FROM ledger.counted AS c"


class Report:
    """Sums what was counted.

    Raises:
        Transient: while the database is away, or the sums would take longer than a question may.
    """

    def __init__(self, database: Database) -> None:
        """Take the pool."""
        self._database = database

    async def of(
        self, tenant: str, months: Months, departments: Iterable[str] | None
    ) -> dict[str, Any]:
        """Return the figures of some months.

        Args:
            tenant: whose enquiries.
            months: in which they were opened.
            departments: which of them count; None: all there ever were.
        """
        wanted = None if departments is None else list(departments)
        return await self._made(months, _SUMS, tenant, months.first, months.last, wanted)

    async def of_all(self, months: Months) -> dict[str, Any]:
        """Return the figures of all municipalities together, for who runs the installation."""
        return await self._made(months, _EVERYBODYS, months.first, months.last)

    async def parts(self, tenant: str) -> tuple[list[Part], date]:
        """Return every count of a municipality by month, and the day it is in Norway."""
        async with self._database.connection() as connection:
            found = await connection.fetch(_PARTS, tenant)
            today = await connection.fetchval(_TODAY)
        return [Part(*row) for row in found], today

    async def _made(self, months: Months, statement: str, *values: Any) -> dict[str, Any]:
        async with self._database.connection() as connection:
            found = await connection.fetch(statement, *values)
            counted_at = await connection.fetchval(_COUNTED_AT)
        return {
            "from": written(months.first),
            "to": written(months.last),
            "counted_at": counted_at and counted_at.isoformat(),
            **figures((Count(*row) for row in found), months.each()),
        }
