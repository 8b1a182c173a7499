"""The keeper's duty `archive_reminders`: departments are told that something is not classified.

No word of it is in what they are told. A department hears of it once, and then, for as long as
something is left, once a week, the leaders too: however many enquiries there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol
from uuid import UUID, uuid5

from services.contracts import DepartmentAlerted, Envelope
from services.database import Database
from services.ids import NAMESPACE

from transcript_service.keeper.pace import Pace

AT_MOST_EACH: Final = timedelta(days=1)
"""New ones are heard of no sooner than this after the last time."""
WEEKLY: Final = timedelta(days=7)

_LEFT: Final = (
    "SELECT c.tenant, c.department, clock_timestamp() AS now,"
    " (array_agg(c.id ORDER BY c.closed_at, c.id))[1] AS oldest,"
    " max(c.closed_at + make_interval(days => d.days)) AS newest_due, r.at AS last"
    " FROM ledger.conversation AS c JOIN (SELECT tenant,"
    "  coalesce((document -> 'archive' ->> 'remind_days')::int, 3) AS days FROM ledger.directory"
    " ) AS d ON d.tenant = c.tenant"
    " LEFT JOIN ledger.archive_reminder AS r"
    " ON r.tenant = c.tenant AND r.department = c.department"
    " WHERE c.closed_at IS NOT NULL AND c.archive IS NULL AND c.removed_at IS NULL"
    " AND c.wrapup_agent IS NULL"
    " AND c.closed_at <= clock_timestamp() - make_interval(days => d.days)"
    " GROUP BY c.tenant, c.department, r.at ORDER BY c.tenant, c.department"
)
_REMINDED: Final = (
    "INSERT INTO ledger.archive_reminder (tenant, department, at) VALUES ($1, $2, $3)"
    " ON CONFLICT (tenant, department) DO UPDATE SET at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Left:
    """What a department has not classified in time."""

    tenant: str
    department: str
    oldest: UUID
    """The conversation that has waited longest."""
    newest_due: datetime
    """When the last of them came to be over its time."""
    last: datetime | None
    """When the department last heard of it."""


def stage(left: Left, now: datetime) -> Literal["department", "leader"] | None:
    """Return who is to hear of it now, if anybody."""
    if left.last is None:
        return "department"
    since = now - left.last
    if since >= WEEKLY:
        return "leader"
    return "department" if left.newest_due > left.last and since >= AT_MOST_EACH else None


class Says(Protocol):
    """Sends what is to be told outside the chat: the bus."""

    async def send(self, envelope: Envelope) -> None:
        """Send it and wait until it is safe.

        Raises:
            Transient: it may not be; send it again under the same id.
        """


class Reminders:
    """See the module."""

    name = "archive_reminders"
    pace = Pace(600.0)

    def __init__(self, database: Database, bus: Says, *, ahead: timedelta = timedelta(0)) -> None:
        """Take the keeper's database, and where it is said.

        Args:
            database: as the role `transcript_keeper`.
            bus: as the user `ledger`.
            ahead: of the database's clock it is decided so much later: for a look at days to come.
        """
        self._database = database
        self._bus = bus
        self._ahead = ahead

    async def once(self) -> None:
        """Tell who is to be told. See `Duty.once`."""
        async with self._database.connection() as connection:
            for row in await connection.fetch(_LEFT):
                now = row["now"] + self._ahead
                left = Left(
                    row["tenant"], row["department"], row["oldest"], row["newest_due"], row["last"]
                )
                to = stage(left, now)
                if to is None:
                    continue
                # Killed in between, the next round says it again under the same id.
                await self._bus.send(_notice(left, to, now))
                await connection.execute(_REMINDED, left.tenant, left.department, now)


def _notice(left: Left, to: Literal["department", "leader"], now: datetime) -> Envelope:
    last = left.last.isoformat() if left.last else "never"
    body = DepartmentAlerted(
        conversation=left.oldest, department=left.department, about="unclassified", stage=to
    )
    return Envelope(
        id=uuid5(NAMESPACE, f"unclassified {left.tenant} {left.department} {last}"),
        source="ledger",
        tenant=left.tenant,
        time=now,
        sender="system:keeper",
        body=body,
    )
