"""`python -m bench.numbers`: what figures of a year take, of all municipalities at the mature rate.

A database of its own, filled in bulk by its superuser: a year of conversations as the ledger leaves
them, with the owner's first words and the closing, but without the other words. The keeper's own
duty counts them, and the service's own code is asked, with the connections of each.
The last line is one JSON object.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg
from native.infrastructure import Infrastructure
from router.simulate.nation import read_nation
from services.contracts import TenantDirectory
from transcript_service.counting.figures import Statistics
from transcript_service.counting.keeping import Numbers
from transcript_service.counting.months import Months
from transcript_service.counting.period import Period
from transcript_service.counting.report import Report
from transcript_service.postgres import keeper_database, ledger_database

A_MONTH: Final = 156_000
"""Chats of all 357 municipalities: ten times the rate of Sarpsborg in 2013."""
YEAR: Final = 2025
TIMES: Final = 15
"""So often each question is asked; once before that, unmeasured."""

_TOWNS: Final = """
CREATE TEMP TABLE town (
    tenant text, first_line text, n integer, topics text[], departments text[]
)
"""
_CONVERSATIONS: Final = """
INSERT INTO ledger.conversation (
    tenant, id, version, citizen, state, topic, department, language, priority, epoch, opened_at,
    entered_at, last_seq, heads, missed, agents, closed_at, answered_at, answered_in, due_at,
    receipt, answer_by, rating, follows, archive
)
SELECT
    d.tenant, d.id, 9, 'citizen:' || d.id, 'closed', d.topic,
    CASE WHEN d.luck < 0.2 THEN d.department ELSE d.first_line END,
    (ARRAY['nb', 'nb', 'nb', 'nb', 'nb', 'nb', 'nn', 'nn', 'en', 'en'])[1 + floor(d.r1 * 10)::int],
    5, 1, d.at, d.at, '{"dialogue": 14}', '{}', '{}',
    CASE WHEN d.luck < 0.95 THEN ARRAY['kari'] ELSE '{}' END,
    d.at + d.waited + d.handled,
    CASE WHEN d.luck < 0.9 THEN d.at + d.waited END,
    CASE WHEN d.luck < 0.9 THEN d.first_line END,
    CASE WHEN d.luck BETWEEN 0.85 AND 0.95 THEN d.at + interval '2 days' END,
    CASE WHEN d.luck BETWEEN 0.85 AND 0.95 THEN d.id::text END,
    CASE WHEN d.luck BETWEEN 0.85 AND 0.95 THEN 'receipt' END,
    CASE WHEN d.r2 < 0.2 THEN 'yes' WHEN d.r2 < 0.24 THEN 'partly' WHEN d.r2 < 0.27 THEN 'no' END,
    CASE WHEN d.r2 > 0.9 THEN gen_random_uuid() END,
    'none'
FROM (
    SELECT
        t.tenant, t.first_line, gen_random_uuid() AS id, t.topics[one.pick] AS topic,
        t.departments[one.pick] AS department, one.luck, one.r1, one.r2,
        $1::timestamptz + one.day * interval '1 day' + one.hour * interval '1 hour' AS at,
        exp(3 + 1.1 * one.normal) * interval '1 second' AS waited,
        exp(6 + 0.8 * one.normal2) * interval '1 second' AS handled
    FROM town AS t
    CROSS JOIN LATERAL (
        SELECT
            1 + floor(random() * random() * cardinality(t.topics))::int AS pick,
            random() AS luck, random() AS r1, random() AS r2,
            floor(random() * 365)::int AS day,
            -- Two of three in the office's hours, the middle of the day the most.
            CASE WHEN random() < 0.9 THEN 8 + 3.75 * (random() + random()) ELSE 24 * random() END
                AS hour,
            sqrt(-2 * ln(1 - random())) * cos(6.2832 * random()) AS normal,
            sqrt(-2 * ln(1 - random())) * cos(6.2832 * random()) AS normal2
        FROM generate_series(1, t.n)
    ) AS one
) AS d
"""
_EVENTS: Final = """
INSERT INTO ledger.event (
    tenant, conversation, stream, seq, client_id, cause, sender, author, epoch, seen, kind, time,
    body_hash, hash
)
SELECT
    c.tenant, c.id, 'dialogue', e.seq, gen_random_uuid(), c.id, 'agent:kari', '{}', 1, 0, e.kind,
    e.time, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')
FROM ledger.conversation AS c
CROSS JOIN LATERAL (
    VALUES (3, 'message', c.answered_at + interval '15 seconds'), (14, 'closed', c.closed_at)
) AS e (seq, kind, time)
WHERE c.agents <> '{}' AND e.time IS NOT NULL
"""
_HANDOVERS: Final = """
INSERT INTO ledger.handover
SELECT c.tenant, c.id, gen_random_uuid(), 'kari', c.department, NULL, c.opened_at, c.closed_at,
    'accepted'
FROM ledger.conversation AS c WHERE c.answered_in <> c.department
"""
_SIZES: Final = ("conversation", "counted_enquiry", "month_figures")


async def fill(url: str, share: float) -> dict[str, int]:
    """Make the conversations; return how many each town has."""
    nation = read_nation()
    inhabitants = nation.inhabitants()
    towns = {}
    connection = await asyncpg.connect(url)
    try:
        # Neither triggers nor foreign keys: what is put in is right, and counted below.
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SELECT setseed(0.5)")
        await connection.execute(_TOWNS)
        for number, scenario in enumerate(nation.towns()):
            tenant = f"town-{number + 1:03}"
            of = scenario.directory().evolve(tenant=tenant, kommunenummer=f"{number + 1:04}")
            count = round(A_MONTH * 12 * share * inhabitants[number] / sum(inhabitants))
            towns[tenant] = max(1, count)
            await _settle(connection, of, towns[tenant])
        await connection.execute(_CONVERSATIONS, datetime(YEAR, 1, 1, tzinfo=UTC))
        await connection.execute(_EVENTS)
        await connection.execute(_HANDOVERS)
        await connection.execute(
            "INSERT INTO ledger.uncounted (tenant, conversation)"
            " SELECT tenant, id FROM ledger.conversation ORDER BY tenant, opened_at"
        )
        for table in ("conversation", "event", "handover", "uncounted"):
            await connection.execute(f"VACUUM ANALYZE ledger.{table}")
    finally:
        await connection.close()
    return towns


async def _settle(connection: Any, of: TenantDirectory, count: int) -> None:
    await connection.execute(
        "INSERT INTO ledger.directory VALUES ($1, $2, $3)", of.tenant, 1, of.model_dump_json()
    )
    await connection.execute(
        "INSERT INTO town VALUES ($1, $2, $3, $4, $5)",
        of.tenant,
        of.first_line,
        count,
        [topic.id for topic in of.topics],
        [topic.department for topic in of.topics],
    )


class Measured:
    """Asks, and keeps the time."""

    def __init__(self, parts: Infrastructure, towns: dict[str, int]) -> None:
        """Connect as the service and as the keeper."""
        self._parts = parts
        self._towns = towns
        self.app = ledger_database(_url(parts, "transcript-service"), size=2)
        self.keeper = keeper_database(_url(parts, "keeper"), size=2)
        self._year = Months(date(YEAR, 1, 1), date(YEAR, 12, 1))

    async def all(self) -> dict[str, Any]:
        """Return every figure."""
        numbers = Numbers(self.keeper)
        began = time.perf_counter()
        await numbers.once()
        built_s = time.perf_counter() - began
        await self._as_admin("VACUUM ANALYZE ledger.counted_enquiry")
        await self._as_admin("VACUUM ANALYZE ledger.month_figures")
        largest = max(self._towns, key=lambda name: self._towns[name])
        middle = sorted(self._towns, key=lambda name: self._towns[name])[len(self._towns) // 2]
        period = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
        straight = Statistics(self.app)
        one, everybody = Report(self.app), Report(self.keeper)
        found = await everybody.of_all(self._year)
        return {
            "municipalities": len(self._towns),
            "conversations": sum(self._towns.values()),
            "counted": found["totals"]["opened"],
            "largest": self._towns[largest],
            "middle": self._towns[middle],
            "built_s": round(built_s, 1),
            "rows": await self._rows(),
            "mb": await self._sizes(),
            "year_of_middle": await _timed(lambda: one.of(middle, self._year, None)),
            "year_of_largest": await _timed(lambda: one.of(largest, self._year, None)),
            "year_of_all": await _timed(lambda: everybody.of_all(self._year)),
            "year_of_middle_straight": await _timed(
                lambda: straight.of(middle, period, None, 60), times=5
            ),
            "month_again_of_largest": await _timed(lambda: self._again(numbers, largest), times=5),
            "month_again_of_all": await _timed(lambda: self._again(numbers, None), times=3),
        }

    async def _again(self, numbers: Numbers, tenant: str | None) -> None:
        """Count a month anew, as one change in it makes the keeper do."""
        november = (date(YEAR, 11, 1), date(YEAR, 11, 30))
        await self._as_admin(
            "INSERT INTO ledger.uncounted (tenant, conversation)"
            " SELECT DISTINCT ON (tenant) tenant, conversation FROM ledger.counted_enquiry"
            " WHERE day BETWEEN $1 AND $2 AND ($3::text IS NULL OR tenant = $3)",
            *november,
            tenant,
        )
        await numbers.once()

    async def _rows(self) -> dict[str, int]:
        return {
            name: int(await self._as_admin(f"SELECT count(*) FROM ledger.{name}"))  # noqa: S608
            for name in _SIZES[1:]
        }

    async def _sizes(self) -> dict[str, int]:
        return {
            name: int(
                await self._as_admin(f"SELECT pg_total_relation_size('ledger.{name}') / 1048576")
            )
            for name in _SIZES
        }

    async def _as_admin(self, statement: str, *values: Any) -> Any:
        connection = await asyncpg.connect(self._parts.admin_settings()["PREK_DATABASE_URL"])
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    async def close(self) -> None:
        """Let go of the connections."""
        for database in (self.app, self.keeper):
            await database.stop()


async def _timed(ask: Callable[[], Awaitable[Any]], times: int | None = None) -> dict[str, float]:
    await ask()
    took = []
    for _ in range(times or TIMES):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
    return {"p50_ms": round(median(took), 1), "slowest_ms": round(max(took), 1)}


def _url(parts: Infrastructure, service: str) -> str:
    return parts.settings(service)["PREK_DATABASE_URL"]


async def measure(parts: Infrastructure, share: float) -> dict[str, Any]:
    """Fill the database, count, and ask."""
    began = time.perf_counter()
    towns = await fill(parts.admin_settings()["PREK_DATABASE_URL"], share)
    made_s = time.perf_counter() - began
    measured = Measured(parts, towns)
    try:
        return {"made_s": round(made_s, 1), **await measured.all()}
    finally:
        await measured.close()


async def migrated(parts: Infrastructure) -> None:
    """Bring the tables up to date, with the service's own command.

    Raises:
        RuntimeError: it failed.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "transcript_service", "migrate"),
        env={**os.environ, **parts.migration_settings("transcript-service")},
    )
    if await process.wait() != 0:
        raise RuntimeError("not_migrated")


async def _measured(parts: Infrastructure, share: float) -> dict[str, Any]:
    await migrated(parts)
    return await measure(parts, share)


def main() -> int:
    """Measure once, on a database of its own."""
    parser = argparse.ArgumentParser(prog="bench.numbers", description=__doc__)
    parser.add_argument("--share", type=float, default=1, help="of a year's conversations")
    parser.add_argument("--write", type=Path, help="a file for the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prek-numbers-") as folder:
        parts = Infrastructure(Path(folder) / "run")
        try:
            parts.postgresql.prepare()
            parts.start_part("database")
            parts.postgresql.furnish()
            found = asyncio.run(_measured(parts, asked.share))
        finally:
            parts.remove()
    if asked.write:
        asked.write.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
