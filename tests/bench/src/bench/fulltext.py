"""`python -m bench.fulltext`: what a search takes among 200,000 conversations, and its index.

A database of its own, filled in bulk by its superuser: made-up Norwegian words by Zipf's law,
names, telephone and case numbers, of one municipality. The keeper's own duty makes the index, and
the service's own code searches, with the connections of each: rights, audit, excerpts included.
The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, Final

import asyncpg
from native.infrastructure import Infrastructure
from services.contracts import AgentProfile, Department, TenantDirectory, Topic
from services.errors import Transient
from transcript_service.callers import Caller
from transcript_service.postgres import keeper_database, search_database
from transcript_service.search.finding import Finding, Question
from transcript_service.search.indexing import Searchable
from transcript_service.search.noting import Digests
from transcript_service.search.reach import Filters

from bench.fulltext_town import (
    COLUMNS,
    DEPARTMENTS,
    MIDDLES,
    OF_DEPARTMENT,
    SAYINGS,
    STARTS,
    TENANT,
    VOCABULARY,
    Town,
)
from bench.numbers import migrated

CONVERSATIONS: Final = 200_000
ASKED: Final = 15
"""Questions of each kind, by each reader."""
_PIECE: Final = 5_000
_EVENTS: Final = """
INSERT INTO ledger.event (
    tenant, conversation, stream, seq, client_id, cause, sender, author, epoch, seen, kind, time,
    body_hash, hash
)
SELECT
    b.tenant, b.conversation, b.stream, b.seq, gen_random_uuid(), b.conversation, 'citizen:x', '{}',
    1, 0, CASE WHEN b.stream = 'desk' THEN 'note' ELSE 'message' END,
    c.opened_at + b.seq * interval '1 minute', decode(repeat('00', 32), 'hex'),
    decode(repeat('00', 32), 'hex')
FROM ledger.event_body AS b JOIN ledger.conversation AS c
ON c.tenant = b.tenant AND c.id = b.conversation
"""


async def fill(url: str, town: Town, count: int) -> None:
    """Put the conversations in."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        rows: list[tuple[Any, ...]] = []
        bodies: list[tuple[Any, ...]] = []
        for row, sayings in town.conversations(count):
            rows.append(row)
            for n, text in enumerate(sayings, 1):
                note = n == SAYINGS
                body = {"kind": "note" if note else "message", "text": text}
                where = ("desk", 1) if note else ("dialogue", n)
                bodies.append((TENANT, row[1], *where, json.dumps(body), b"0" * 16))
            if len(rows) == _PIECE:
                await _copy(connection, rows, bodies)
        await _copy(connection, rows, bodies)
        await connection.execute(_EVENTS)
        for table in ("conversation", "event", "event_body"):
            await connection.execute(f"VACUUM ANALYZE ledger.{table}")
    finally:
        await connection.close()


async def _copy(connection: Any, rows: list[Any], bodies: list[Any]) -> None:
    # The rows by way of text: the driver copies no JSON.
    await connection.copy_records_to_table(
        "conversation", schema_name="ledger", columns=COLUMNS, records=rows
    )
    await connection.copy_records_to_table("event_body", schema_name="ledger", records=bodies)
    rows.clear()
    bodies.clear()


def directory() -> TenantDirectory:
    """Return the town's set-up."""
    return TenantDirectory(
        tenant=TENANT,
        version=1,
        name="Storby",
        kommunenummer="9999",
        title={"nb": "Prek"},
        first_line="torget",
        departments=tuple(
            Department(id=of, name={"nb": of}, confidential=of == "barn") for of in DEPARTMENTS
        ),
        topics=tuple(
            Topic(id=f"emne-{n}", department="torget", name={"nb": f"Emne {n}"}) for n in range(40)
        ),
        agents=tuple(READERS.values()),
    )


READERS: Final = {
    "archivist": AgentProfile(id="arve", name="Arve", roles=("archivist",)),
    "supervisor": AgentProfile(id="gro", name="Gro", roles=("supervisor",)),
    "leader": AgentProfile(
        id="torget-0", name="Lise", departments=("torget",), roles=("agent", "leader")
    ),
    "agent": AgentProfile(id="bygg-1", name="Per", departments=("bygg",)),
    "agent_of_a_small_walled_department": AgentProfile(
        id="barn-1", name="Nora", departments=("barn",)
    ),
    "agent_who_moved": AgentProfile(id="kultur-3", name="Siv", departments=("kino",)),
}
"""Who searches. The last one is only of what they have had before."""


def questions(town: Town, rng: Random) -> dict[str, Question]:
    """Return one question of each kind."""

    def word(first: int, last: int) -> str:
        return town.words[min(rng.randrange(first, last), len(town.words) - 1)]

    rare = word(len(town.words) // 2, len(town.words))
    topic = f"emne-{rng.randrange(40)}"
    return {
        "common word": Question(rng.choice(["barnehage", "skole", "søknad", "plass", "avgift"])),
        "middling word": Question(word(100, 1_000)),
        "rare word": Question(rare),
        "two words": Question(f"{word(60, 300)} {word(60, 300)}"),
        "common, best first": Question("søknad barnehage", order="best"),
        "rare, best first": Question(f"{rare}", order="best"),
        "name": Question(f'"{rng.choice(town.names)}"'),
        "telephone": Question(town.phone()),
        "case": Question(f"{rng.randrange(2018, 2026)}/{rng.randrange(1, 9_999)}"),
        "prefix": Question(f"{rng.choice(STARTS)}{rng.choice(MIDDLES)}*"),
        "not": Question("søknad -barnehage"),
        "topic and word": Question("avgift", Filters(topic=topic)),
        "agent and word": Question("skole", Filters(agent=f"bygg-{rng.randrange(OF_DEPARTMENT)}")),
        "a month": Question(word(60, 300), first=date(2023, 5, 1), last=date(2023, 5, 31)),
        "filters alone": Question("", Filters(topic=topic, outcome="answered")),
    }


async def measure(parts: Infrastructure, count: int, asked: int) -> dict[str, Any]:
    """Fill the database, make the index, and search."""
    admin = parts.admin_settings()["PREK_DATABASE_URL"]
    town = Town(7, VOCABULARY)
    began = time.perf_counter()
    await fill(admin, town, count)
    made = time.perf_counter()
    keeper = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    app = search_database(parts.settings("transcript-service")["PREK_DATABASE_URL"])
    try:
        duty = Searchable(keeper)
        await duty.once()
        built = time.perf_counter()
        connection = await asyncpg.connect(admin)
        await connection.execute("VACUUM ANALYZE ledger.search")
        sizes = await connection.fetchrow(
            "SELECT count(*) AS rows, pg_table_size('ledger.search') / 1048576 AS table_mb,"
            " pg_relation_size('ledger.search_words') / 1048576 AS index_mb FROM ledger.search"
        )
        await connection.close()
        again = time.perf_counter()
        await duty.once()
        round_s = time.perf_counter() - again
        return {
            "conversations": count,
            "sayings": count * SAYINGS,
            "made_s": round(made - began, 1),
            "built_s": round(built - made, 1),
            "round_without_news_s": round(round_s, 3),
            **dict(sizes or {}),
            **await _searched(Finding(app, Digests("k" * 32)), town, asked),
        }
    finally:
        await keeper.stop()
        await app.stop()


async def _searched(finding: Finding, town: Town, asked: int) -> dict[str, Any]:
    rng = Random(11)
    set_up = directory()
    by_reader: dict[str, list[float]] = {}
    by_kind: dict[str, list[float]] = {}
    found = busy = 0
    for turn in range(asked + 1):
        for reader, profile in READERS.items():
            caller = Caller(TENANT, profile.id, set_up, profile, None)
            for kind, question in questions(town, rng).items():
                began = time.perf_counter()
                try:
                    answer = await finding.find(caller, question)
                except Transient:
                    answer, busy = {"results": []}, busy + 1
                took_ms = (time.perf_counter() - began) * 1_000
                if turn:  # The first time, unmeasured, is for the caches.
                    by_reader.setdefault(reader, []).append(took_ms)
                    by_kind.setdefault(kind, []).append(took_ms)
                    found += bool(answer["results"])
    everything = [ms for each in by_reader.values() for ms in each]
    return {
        "searches": len(everything),
        "with_results": found,
        "busy": busy,
        "all": _spread(everything),
        "by_reader": {name: _spread(each) for name, each in by_reader.items()},
        "by_kind": {name: _spread(each) for name, each in by_kind.items()},
    }


def _spread(times_ms: list[float]) -> dict[str, float]:
    cuts = quantiles(times_ms, n=100, method="inclusive")
    names = {"p50_ms": cuts[49], "p95_ms": cuts[94], "max_ms": max(times_ms)}
    return {name: round(ms, 1) for name, ms in names.items()}


async def _measured(parts: Infrastructure, count: int) -> dict[str, Any]:
    await migrated(parts)
    return await measure(parts, count, ASKED)


def main() -> int:
    """Measure once, on a database of its own."""
    parser = argparse.ArgumentParser(prog="bench.fulltext", description=__doc__)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--write", type=Path, help="a file for the figures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prek-search-") as folder:
        parts = Infrastructure(Path(folder) / "run")
        try:
            parts.postgresql.prepare()
            parts.start_part("database")
            parts.postgresql.furnish()
            found = asyncio.run(_measured(parts, asked.conversations))
        finally:
            parts.remove()
    if asked.write:
        asked.write.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
