"""The tables of alerts in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from services.contracts import Milestone
from services.database import Database

from agent_service.alerts import Addressee, Alert, Outcome, Send, State, Target
from agent_service.core.matters import (
    EVERY,
    GIVE_UP,
    MILESTONES_GIVE_UP,
    Kind,
    Matter,
    Stage,
    delay_s,
)

_CONNECTIONS = 4
"""One is held for each kind while an alert is sent, so that its row stays locked."""
_DUE = (
    "SELECT a.id, a.tenant, a.kind, a.address, a.matter::text AS matter, a.attempts,"
    " coalesce(t.secret, w.secret, '') AS secret,"
    " EXISTS (SELECT FROM desk.alert_handed AS h WHERE h.alert = a.id) AS handed"
    " FROM desk.alert AS a LEFT JOIN desk.alert_target AS t ON t.id = a.target"
    " LEFT JOIN desk.webhook AS w ON w.id = a.hook"
    " WHERE a.state = 'due' AND a.kind = $1 AND a.next_at <= now()"
    " ORDER BY a.next_at LIMIT 1 FOR UPDATE OF a SKIP LOCKED"
)
_SETTLE = (
    # A citizen's address is kept no longer than it is needed.
    "UPDATE desk.alert SET attempts = attempts + 1, state = settled.state,"
    " next_at = clock_timestamp() + make_interval(secs => $3),"
    " sent_at = CASE WHEN settled.state = 'sent' THEN clock_timestamp() END,"
    " address = CASE WHEN settled.state = 'due' THEN address ELSE '' END"
    " FROM (SELECT CASE WHEN $2 = 'due' AND clock_timestamp() >= give_up_at THEN 'failed'"
    "  ELSE $2 END AS state FROM desk.alert WHERE id = $1) AS settled"
    " WHERE id = $1 RETURNING desk.alert.state"
)
_TARGETS = (
    # Whoever is named in several places gets it once.
    "WITH given AS (SELECT d.document FROM desk.directory AS d WHERE d.tenant = $1),"
    " alerts (of) AS ("
    "  SELECT document -> 'alerts' FROM given"
    "  UNION ALL SELECT each -> 'alerts'"
    "  FROM given, jsonb_array_elements(document -> 'departments') AS each WHERE each ->> 'id' = $2"
    "), named AS ("
    "  SELECT 'email' AS kind, address, NULL::bigint AS id"
    "  FROM alerts, jsonb_array_elements_text(of -> $3) AS address"
    "  UNION ALL SELECT kind, address, id FROM desk.alert_target"
    "  WHERE tenant = $1 AND department IN ($2, $4) AND stage = $3"
    ") SELECT kind, address, min(id) AS id FROM named GROUP BY kind, address"
    " ORDER BY min(id), address"
)
_BECOMES: dict[Outcome, State] = {
    Outcome.SENT: "sent",
    Outcome.LATER: "due",
    Outcome.NEVER: "failed",
    Outcome.UNSURE: "uncertain",
}


class PostgresAlerts:
    """See `Alerts`. Its pool is opened when the database is there."""

    def __init__(self, url: str) -> None:
        """Prepare; nothing is connected yet."""
        self._database = Database(
            url,
            application="agent-service alerts",
            probe="SELECT FROM desk.alert LIMIT 0",
            size=_CONNECTIONS,
        )

    async def stop(self) -> None:
        """See `Database.stop`."""
        await self._database.stop()

    async def targets(self, tenant: str, department: str, stage: Stage) -> list[Addressee]:
        """See `Alerts.targets`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_TARGETS, tenant, department, stage, EVERY)
        return [Addressee(row["kind"], row["address"], row["id"]) for row in rows]

    async def hooks(self, tenant: str, milestone: Milestone) -> list[Addressee]:
        """See `Alerts.hooks`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT id, url FROM desk.webhook WHERE tenant = $1 AND $2 = ANY (milestones)"
                " ORDER BY made_at, id",
                tenant,
                milestone,
            )
        return [Addressee("webhook", row["url"], hook=row["id"]) for row in rows]

    async def replace_targets(self, targets: Sequence[Target]) -> None:
        """See `Alerts.replace_targets`."""
        tenants = sorted({target.tenant for target in targets})
        kept = [(t.tenant, t.department, t.stage, t.kind, t.address, t.secret) for t in targets]
        async with self._database.connection() as connection, connection.transaction():
            # Who stays keeps the id by which an alert on its way finds its secret.
            await connection.executemany(
                "INSERT INTO desk.alert_target"
                " (tenant, department, stage, kind, address, secret)"
                " VALUES ($1, $2, $3, $4, $5, $6)"
                " ON CONFLICT (tenant, department, stage, kind, address)"
                " DO UPDATE SET secret = excluded.secret",
                kept,
            )
            await connection.execute(
                "DELETE FROM desk.alert_target AS t WHERE t.tenant = ANY ($1)"
                " AND (t.tenant, t.department, t.stage, t.kind, t.address) NOT IN (SELECT *"
                " FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]))",
                tenants,
                *([list(column) for column in zip(*kept, strict=True)][:5] or [[]] * 5),
            )

    async def add(
        self, alert: UUID, tenant: str, matter: Matter, addressee: Addressee | None, state: State
    ) -> bool:
        """See `Alerts.add`."""
        async with self._database.connection() as connection:
            added = await connection.fetchval(
                "INSERT INTO desk.alert"
                " (id, tenant, target, kind, address, matter, state, give_up_at, hook)"
                " VALUES ($1, $2, (SELECT id FROM desk.alert_target WHERE id = $3), $4, $5, $6,"
                " $7, now() + $8, (SELECT id FROM desk.webhook WHERE id = $9))"
                " ON CONFLICT (id) DO NOTHING RETURNING true",
                alert,
                tenant,
                addressee.number if addressee else None,
                addressee.kind if addressee else "none",
                addressee.address if addressee else "",
                matter.model_dump_json(),
                state,
                MILESTONES_GIVE_UP if matter.about == "milestone" else GIVE_UP,
                addressee.hook if addressee else None,
            )
        return bool(added)

    async def send_one(self, send: Send, kind: Kind) -> State | None:
        """See `Alerts.send_one`."""
        async with self._database.connection() as connection, connection.transaction():
            row = await connection.fetchrow(_DUE, kind)
            if row is None:
                return None
            outcome = await send(alert) if (alert := _alert(row)) else Outcome.NEVER
            state: State = await connection.fetchval(
                _SETTLE, row["id"], _BECOMES[outcome], delay_s(row["attempts"] + 1)
            )
            await connection.execute("DELETE FROM desk.alert_handed WHERE alert = $1", row["id"])
        return state

    async def handing(self, alert: UUID) -> None:
        """See `Alerts.handing`."""
        # By itself, not in the transaction that holds the row: this must outlive us.
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO desk.alert_handed (alert) VALUES ($1) ON CONFLICT DO NOTHING", alert
            )

    async def mail_is(self, able: bool) -> None:
        """See `Alerts.mail_is`."""
        async with self._database.connection() as connection:
            if not able:
                await connection.execute(
                    "UPDATE desk.alert SET state = 'held' WHERE kind = 'email' AND state = 'due'"
                )
                return
            # An answer is worth reading later too.
            await connection.execute(
                "UPDATE desk.alert SET next_at = now(), give_up_at = now() + $1,"
                " state = CASE WHEN matter->>'about' = 'answer' OR created_at > now() - $1"
                "  THEN 'due' ELSE 'failed' END WHERE state = 'held'",
                GIVE_UP,
            )

    async def tidy(self) -> None:
        """See `Alerts.tidy`."""
        async with self._database.connection() as connection:
            await connection.execute(
                "DELETE FROM desk.alert_handed WHERE at < now() - interval '30 days'"
            )
            await connection.execute(
                "DELETE FROM desk.alert WHERE created_at < now() - interval '30 days'"
                " AND state IN ('sent', 'failed', 'untold', 'uncertain')"
            )

    async def counts(self) -> dict[State, int]:
        """See `Alerts.counts`."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(
                "SELECT state, count(*) AS many FROM desk.alert"
                " WHERE state IN ('due', 'held') GROUP BY state"
            )
        return {row["state"]: row["many"] for row in rows}


def _alert(row: Any) -> Alert | None:
    try:
        matter = Matter.read(row["matter"])
    except ValidationError:
        return None  # written by another version of this service
    return Alert(
        id=row["id"],
        tenant=row["tenant"],
        kind=row["kind"],
        address=row["address"],
        secret=row["secret"],
        matter=matter,
        handed=row["handed"],
    )
