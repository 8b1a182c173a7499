"""The statements of `table`: tenant first, and as role `transcript_keeper` or `transcript_app`."""
# ruff: noqa: S608 - they are put together of these constants alone

from typing import Final

_LATEST: Final = (
    "LEFT JOIN LATERAL (SELECT x.version, x.archive, x.state FROM ledger.export AS x"
    " WHERE x.tenant = c.tenant AND x.conversation = c.id"
    " ORDER BY x.version DESC LIMIT 1) AS latest ON true"
)
_OVER: Final = (
    "c.tenant = $1 AND c.archive IN ('archive', 'journal') AND c.state = 'closed'"
    " AND c.wrapup_agent IS NULL AND c.removed_at IS NULL"
    # One at a time; and a further one only for another class than the archive confirmed.
    " AND (latest.version IS NULL OR (latest.state = 'received' AND latest.archive <> c.archive))"
)
_ORDER: Final = (
    "INSERT INTO ledger.export (tenant, conversation, version, archive, upto)"
    " SELECT c.tenant, c.id, coalesce(latest.version, 0) + 1, c.archive, c.last_seq"
    f" FROM ledger.conversation AS c {_LATEST} WHERE {_OVER}"
)
ORDER_ALL: Final = f"{_ORDER} ORDER BY c.closed_at, c.id LIMIT $2 ON CONFLICT DO NOTHING"
ORDER_ONE: Final = f"{_ORDER} AND c.id = $2 ON CONFLICT DO NOTHING"
RECLASSIFY: Final = (
    "UPDATE ledger.export AS x SET archive = c.archive, state = 'waiting', upto = c.last_seq,"
    " attempts = 0, next_at = clock_timestamp(), error = NULL"
    " FROM ledger.conversation AS c WHERE x.tenant = $1 AND x.state = ANY ($2)"
    " AND c.tenant = x.tenant AND c.id = x.conversation"
    " AND c.archive IN ('archive', 'journal') AND c.archive <> x.archive"
)
WITHDRAW: Final = (
    "DELETE FROM ledger.export AS x USING ledger.conversation AS c"
    " WHERE x.tenant = $1 AND x.state = ANY ($2) AND c.tenant = x.tenant"
    " AND c.id = x.conversation AND c.archive = 'none'"
)
_COLUMNS: Final = (
    "x.conversation, x.version, x.archive, x.state, x.upto::text AS upto, x.sha256, x.answer_at,"
    " x.attempts"
)
DUE: Final = (
    f"SELECT {_COLUMNS} FROM ledger.export AS x WHERE x.tenant = $1"
    " AND x.state IN ('waiting', 'made', 'sent') AND x.next_at <= clock_timestamp()"
    # What is to be made and sent does not wait behind answers that are asked after.
    " ORDER BY x.state = 'sent', x.next_at, x.conversation LIMIT $2"
)
_WHERE: Final = "WHERE tenant = $1 AND conversation = $2 AND version = $3 AND state = ANY ($4)"
NOTE_MADE: Final = (
    "UPDATE ledger.export SET state = $5, made_at = clock_timestamp(), sha256 = $6, size = $7,"
    f" files = $8::jsonb, attempts = 0, next_at = clock_timestamp(), error = NULL {_WHERE}"
)
NOTE_SENT: Final = (
    "UPDATE ledger.export SET state = $5, sent_at = clock_timestamp(), way = $6, answer_at = $7,"
    f" attempts = 0, next_at = clock_timestamp() + $8, error = NULL {_WHERE} RETURNING sha256"
)
NOTE_RECEIVED: Final = (
    "UPDATE ledger.export SET state = $5, received_at = clock_timestamp(), case_number = $6,"
    " record_number = $7, sent_at = coalesce(sent_at, clock_timestamp()), way = coalesce(way, $8),"
    f" error = NULL {_WHERE} RETURNING archive"
)
NOTE_FAILED: Final = f"UPDATE ledger.export SET state = $5, error = $6 {_WHERE}"
LATER: Final = (
    "UPDATE ledger.export SET attempts = attempts + 1, next_at = clock_timestamp() + $5,"
    f" error = $6 {_WHERE}"
)
AGAIN: Final = (
    "UPDATE ledger.export AS x SET state = $4, attempts = 0, next_at = clock_timestamp(),"
    " error = NULL, upto = c.last_seq FROM ledger.conversation AS c"
    " WHERE x.tenant = $1 AND x.conversation = $2 AND x.state = ANY ($3)"
    " AND c.tenant = x.tenant AND c.id = x.conversation RETURNING x.version"
)
BY_HAND: Final = (
    "UPDATE ledger.export SET state = $4, received_at = clock_timestamp(), case_number = $5,"
    " record_number = $6, way = 'hand', confirmed_by = $7, error = NULL"
    " WHERE tenant = $1 AND conversation = $2 AND state = ANY ($3) RETURNING version"
)
OPEN: Final = (
    "SELECT q.conversation, q.version"
    " FROM unnest($2::uuid[], $3::int[]) AS q (conversation, version)"
    " JOIN ledger.conversation AS c ON c.tenant = $1 AND c.id = q.conversation"
    " LEFT JOIN ledger.export AS x"
    " ON x.tenant = $1 AND x.conversation = q.conversation AND x.version = q.version"
    " WHERE coalesce(x.state, 'received') = 'received'"
)
