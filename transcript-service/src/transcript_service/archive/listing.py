"""Which enquiries are in which state before the archive: a page at a time, outside the walls."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from services.database import Connection

from transcript_service.copies.document import reference

Shown = Literal["unclassified", "waiting", "on_its_way", "received", "failed"]
"""`waiting` has no export yet, or one that is still to be made; `on_its_way` is made or sent."""

_LATEST: Final = (
    "SELECT x.version, x.archive, x.state, x.attempts, x.next_at, x.error, x.case_number,"
    " x.record_number, x.received_at FROM ledger.export AS x"
    " WHERE x.tenant = c.tenant AND x.conversation = c.id ORDER BY x.version DESC LIMIT 1"
)
_SHOWN: Final = (
    "CASE WHEN c.archive IS NULL THEN 'unclassified'"
    " WHEN e.state IS NULL OR e.state = 'waiting' THEN 'waiting'"
    " WHEN e.state IN ('made', 'sent') THEN 'on_its_way'"
    # Another class than the archive confirmed is to be handed over anew.
    " WHEN e.state = 'received' AND e.archive <> c.archive THEN 'waiting'"
    " ELSE e.state END"
)
_FROM: Final = (
    f"FROM ledger.conversation AS c LEFT JOIN LATERAL ({_LATEST}) AS e ON true"
    " WHERE c.tenant = $1 AND c.state = 'closed' AND c.wrapup_agent IS NULL"
    " AND c.closed_at IS NOT NULL AND c.removed_at IS NULL AND c.department <> ALL ($2::text[])"
)
_ALL: Final = "(c.archive IS NULL OR c.archive IN ('archive', 'journal'))"
_COLUMNS: Final = (
    "SELECT c.id, c.opened_at, c.closed_at, c.topic, c.department, c.language,"
    f" c.due_at IS NOT NULL AS written, c.archive, {_SHOWN} AS shown, e.version, e.attempts,"
    " e.next_at, e.error, e.case_number, e.record_number, e.received_at"
)
_PAGE: Final = (
    # Of each class by its own index: what nobody chose, and what is worth keeping.
    f"{_COLUMNS} {_FROM} AND {{kind}} AND {_SHOWN} = $3"
    " AND ($4::text IS NULL OR c.department = $4)"
    " AND ($5::timestamptz IS NULL OR (c.closed_at, c.id) < ($5, $6::uuid))"
    " ORDER BY c.closed_at DESC, c.id DESC LIMIT $7"
)
_KINDS: Final[Mapping[bool, str]] = {
    True: "c.archive IS NULL",
    False: "c.archive IN ('archive', 'journal')",
}
_COUNTS: Final = (
    f"SELECT {_SHOWN} AS shown, count(*) AS n {_FROM} AND {_ALL}"
    " AND ($3::text IS NULL OR c.department = $3) GROUP BY 1"
)
_ONE: Final = f"{_COLUMNS} {_FROM} AND {_ALL} AND c.id = $3"
_VERSIONS: Final = (
    "SELECT x.version, x.archive, x.state, x.asked_at, x.made_at, x.sent_at, x.received_at,"
    " x.attempts, x.error, x.case_number, x.record_number, x.sha256, x.size, x.way,"
    " x.confirmed_by, x.files::text AS files FROM ledger.export AS x"
    " WHERE x.tenant = $1 AND x.conversation = $2 ORDER BY x.version DESC"
)
_PLACE: Final = (
    # A conversation that was taken out meanwhile keeps its place.
    "SELECT c.closed_at FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.id = $2 AND c.closed_at IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which enquiries are looked for."""

    state: Shown
    department: str | None
    """None: all that are outside the walls."""
    after: UUID | None
    """The last one of the page before."""
    limit: int


class NoSuchPage(Exception):
    """The page is to begin after what is not there."""


async def page(
    connection: Connection, tenant: str, walls: Sequence[str], asked: Asked
) -> dict[str, Any]:
    """Return a page, newest end first, where the next begins, and how many there are of each state.

    Raises:
        NoSuchPage: see there.
    """
    at = None
    if asked.after is not None:
        at = await connection.fetchval(_PLACE, tenant, asked.after)
        if at is None:
            raise NoSuchPage
    statement = _PAGE.format(kind=_KINDS[asked.state == "unclassified"])
    found = await connection.fetch(
        statement,
        tenant,
        list(walls),
        asked.state,
        asked.department,
        at,
        asked.after,
        asked.limit + 1,
    )
    counted = await connection.fetch(_COUNTS, tenant, list(walls), asked.department)
    counts = dict.fromkeys(("unclassified", "waiting", "on_its_way", "received", "failed"), 0)
    more = len(found) > asked.limit
    return {
        "counts": {**counts, **{row["shown"]: row["n"] for row in counted}},
        "conversations": [_told(row) for row in found[: asked.limit]],
        "next": str(found[asked.limit - 1]["id"]) if more else None,
    }


async def one(
    connection: Connection, tenant: str, walls: Sequence[str], conversation: UUID
) -> dict[str, Any] | None:
    """Return one enquiry's state; None: there is nothing of it for the archive."""
    row = await connection.fetchrow(_ONE, tenant, list(walls), conversation)
    return _told(row) if row else None


async def versions(connection: Connection, tenant: str, conversation: UUID) -> list[dict[str, Any]]:
    """Return each time that it was handed over, the newest first."""
    found = await connection.fetch(_VERSIONS, tenant, conversation)
    return [_plain(row) | {"files": json.loads(row["files"])} for row in found]


def _told(row: Any) -> dict[str, Any]:
    told = _plain(row)
    told["state"] = told.pop("shown")
    told["conversation"] = told.pop("id")
    told["attempts"] = told["attempts"] or 0
    return {**told, "reference": reference(row["id"])}


def _plain(row: Any) -> dict[str, Any]:
    """Return a row as JSON has it: times and ids as text."""
    return {
        name: value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in row.items()
    }
