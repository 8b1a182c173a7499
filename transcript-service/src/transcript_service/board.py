"""A leader's board: the lines of the departments they lead as they are, and how it went of late."""

import json
from datetime import timedelta
from typing import Any, Final

from services.contracts import AgentLoad, AgentProfile, BoardLine, BoardRead, TenantDirectory
from services.database import Connection

from transcript_service.core.rights import departments_led

_BOARD: Final = (
    # One statement is one snapshot. Of the departments led ($2) and of who is in them ($4).
    "SELECT clock_timestamp() AS now, ("
    " SELECT coalesce(jsonb_agg(to_jsonb(o)), '[]') FROM ("
    " SELECT c.department,"
    " count(*) FILTER (WHERE c.state IN ('waiting', 'offered') AND c.due_at IS NULL) AS waiting,"
    " min(c.entered_at) FILTER ("
    " WHERE c.state IN ('waiting', 'offered') AND c.due_at IS NULL) AS oldest_entered_at,"
    " count(*) FILTER (WHERE c.state = 'active') AS active,"
    " count(*) FILTER ("
    " WHERE c.state IN ('written', 'offered') AND c.due_at IS NOT NULL) AS written,"
    " count(*) FILTER (WHERE c.state <> 'closed' AND c.due_at < now()) AS overdue,"
    " count(*) FILTER (WHERE c.alarm IS NOT NULL) AS alarms"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.department = ANY ($2::text[])"
    " AND (c.state <> 'closed' OR c.alarm IS NOT NULL) GROUP BY c.department) AS o"
    ")::text AS open, ("
    " SELECT coalesce(jsonb_agg(to_jsonb(a)), '[]') FROM ("
    " SELECT c.answered_in AS department, count(*) AS answered,"
    " count(*) FILTER (WHERE c.answered_at - c.entered_at <= $3::interval) AS within_target"
    " FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.answered_at > now() - interval '2 hours'"
    " AND c.answered_in = ANY ($2) GROUP BY c.answered_in) AS a"
    ")::text AS answered, ("
    " SELECT coalesce(jsonb_agg(jsonb_build_object("
    " 'agent', a.id, 'load', a.load, 'capacity', a.capacity) ORDER BY a.id), '[]')"
    " FROM ledger.agent AS a WHERE a.tenant = $1 AND a.id = ANY ($4::text[]))::text AS loads"
)


async def read_board(
    connection: Connection, directory: TenantDirectory, profile: AgentProfile
) -> BoardRead:
    """Count for who leads: one line a department, and the loads of its members.

    A supervisor's board has walled departments too: it counts, and says nothing of anybody.
    """
    led = departments_led(profile, directory)
    members = [one.id for one in directory.agents if not set(led).isdisjoint(one.departments)]
    target = timedelta(seconds=directory.timing.target_s)
    found = await connection.fetchrow(_BOARD, directory.tenant, led, target, members)
    lines: dict[str, dict[str, Any]] = {department: {} for department in led}
    for row in (*json.loads(found["open"]), *json.loads(found["answered"])):
        lines[row["department"]] |= row
    return BoardRead(
        now=found["now"],
        lines=tuple(
            BoardLine.model_validate({"department": department, **counts})
            for department, counts in lines.items()
        ),
        loads=tuple(AgentLoad(**row) for row in json.loads(found["loads"])),
    )
