"""The keeper's duty `numbers`: what changed is counted anew, enquiry by enquiry, then by months.

Each step is a transaction of its own and leaves marks of what the next has to do, so a keeper that
dies goes on where it was. Counting something again changes nothing.
"""

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from services.contracts import TenantDirectory, Timing
from services.database import Connection, Database
from services.hours import hours_of

from transcript_service.counting.enquiry import (
    COLUMNS,
    Enquiry,
    Found,
    Promise,
    counted,
    promise,
)
from transcript_service.counting.opening import Opening
from transcript_service.keeper.pace import Pace

BATCH: Final = 4_000
"""Changes taken at a time."""
MONTHS: Final = 400
"""Months counted in one statement."""

_HERE: Final = Path(__file__).parent
_CHANGED: Final = (_HERE / "changed.sql").read_text("utf-8")
_MONTHS: Final = (_HERE / "months.sql").read_text("utf-8").split("--;;\n")
_MARKED: Final = "SELECT tenant, month FROM ledger.uncounted_month ORDER BY tenant, month LIMIT $1"
_QUEUE: Final = "SELECT n, tenant, conversation FROM ledger.uncounted ORDER BY n LIMIT $1"
_DONE: Final = "DELETE FROM ledger.uncounted WHERE n = ANY ($1)"
_TYPES: Final = {
    "conversation": "uuid",
    "day": "date",
    "hour": "smallint",
    "target_s": "real",
    "met_s": "real",
    "wait": "smallint",
    "first_answer": "smallint",
    "handle": "smallint",
    **dict.fromkeys(("tenant", "department", "topic", "language", "rating", "handed_to"), "text"),
}
_VALUES: Final = attrgetter(*COLUMNS)
_NAMES: Final = ", ".join(f'"{name}"' for name in COLUMNS)
_KEEP: Final = (
    f"INSERT INTO ledger.counted_enquiry ({_NAMES}) SELECT "  # noqa: S608 - names of our own
    + ", ".join(
        "string_to_array(handed_to, ',')" if name == "handed_to" else f'"{name}"'
        for name in COLUMNS
    )
    + " FROM unnest("
    + ", ".join(f"${n}::{_TYPES.get(name, 'boolean')}[]" for n, name in enumerate(COLUMNS, 1))
    + f") AS r ({_NAMES}) ON CONFLICT (tenant, conversation) DO UPDATE SET "
    + ", ".join(f'"{name}" = excluded."{name}"' for name in COLUMNS)
)
_MARK: Final = (
    "INSERT INTO ledger.uncounted_month (tenant, month)"
    " SELECT DISTINCT r.tenant, date_trunc('month', r.day)::date"
    " FROM unnest($1::text[], $2::date[]) AS r (tenant, day) ON CONFLICT DO NOTHING"
)
_CLEAN: Final = (
    "INSERT INTO ledger.counted (at) VALUES (clock_timestamp())"
    ' ON CONFLICT ("only") DO UPDATE SET at = excluded.at'
)
_SET_UPS: Final = (
    "SELECT d.tenant, d.version, d.document::text AS document FROM ledger.directory AS d"
    " WHERE d.tenant = ANY ($1::text[])"
    " AND d.version IS DISTINCT FROM ($2::integer[])[array_position($1::text[], d.tenant)]"
)


class _SetUp:
    """What of a tenant's set-up the counting goes by."""

    def __init__(self, directory: TenantDirectory | None) -> None:
        self._directory = directory
        self.version = directory.version if directory else 0
        self.first_line = directory.first_line if directory else ""
        self._openings: dict[str, Opening] = {}

    def promise(self, found: Found) -> Promise:
        department = found.answered_in or found.department
        opening = self._openings.get(department)
        if opening is None:
            hours = hours_of(self._directory, department) if self._directory else None
            opening = self._openings[department] = Opening(hours)
        timing = self._directory.timing if self._directory else Timing()
        return promise(timing, in_hours=opening.within(found.opened_at))


class Numbers:
    """Keeps `ledger.month_figures` as the conversations are."""

    name = "numbers"
    # A whole country's month takes a while to count anew.
    pace = Pace(15.0, rests=20)

    def __init__(self, database: Database) -> None:
        """Take the keeper's pool."""
        self._database = database
        self._set_ups: dict[str, _SetUp] = {}

    async def once(self) -> None:
        """Count until nothing is left.

        Raises:
            Transient: the database is away. What was counted stays counted.
        """
        while await self._enquiries():
            pass
        while await self._months():
            pass
        async with self._database.connection() as connection:
            await connection.execute(_CLEAN)

    async def _enquiries(self) -> bool:
        """Count the enquiries of some changes anew; return whether there may be more changes."""
        async with self._database.connection() as connection:
            queue = await connection.fetch(_QUEUE, BATCH)
            if not queue:
                return False
            keys = list(dict.fromkeys((row["tenant"], row["conversation"]) for row in queue))
            await self._learn(connection, {tenant for tenant, _ in keys})
            async with connection.transaction():
                # Read after the queue, so no older than any change in it; what changes from here on
                # is in the queue again.
                enquiries = await self._counted(connection, keys)
                await _keep(connection, enquiries)
                await connection.execute(_DONE, [row["n"] for row in queue])
        return len(queue) == BATCH

    async def _months(self) -> bool:
        """Count some months anew; return whether there were any."""
        async with self._database.connection() as connection, connection.transaction():
            marked = await connection.fetch(_MARKED, MONTHS)
            if marked:
                of = ([row["tenant"] for row in marked], [row["month"] for row in marked])
                for statement in _MONTHS:
                    await connection.execute(statement, *of)
        return bool(marked)

    async def _learn(self, connection: Connection, tenants: set[str]) -> None:
        """Read the set-ups that are newer than the known ones."""
        wanted = sorted(tenants)
        known = [self._set_ups[name].version if name in self._set_ups else None for name in wanted]
        for row in await connection.fetch(_SET_UPS, wanted, known):
            self._set_ups[row["tenant"]] = _SetUp(
                TenantDirectory.model_validate_json(row["document"], extra="ignore")
            )

    async def _counted(
        self, connection: Connection, keys: Sequence[tuple[str, UUID]]
    ) -> list[Enquiry]:
        tenants, ids = [tenant for tenant, _ in keys], [id_ for _, id_ in keys]
        nothing = _SetUp(None)
        enquiries = []
        for row in await connection.fetch(_CHANGED, tenants, ids):
            values: dict[str, Any] = dict(row)
            held = values.pop("target_s"), values.pop("met_s"), values.pop("in_hours")
            found = Found(**{**values, "handed_to": tuple(values["handed_to"])})
            set_up = self._set_ups.get(found.tenant, nothing)
            # What held when it was first counted holds for ever.
            promised = set_up.promise(found) if held[0] is None else Promise(*held)
            enquiries.append(counted(found, promised, set_up.first_line))
        return enquiries


async def _keep(connection: Connection, enquiries: Sequence[Enquiry]) -> None:
    if not enquiries:
        return
    columns = list(zip(*map(_VALUES, enquiries), strict=True))
    await connection.execute(_KEEP, *map(list, columns))
    await connection.execute(_MARK, list(columns[0]), list(columns[COLUMNS.index("day")]))
