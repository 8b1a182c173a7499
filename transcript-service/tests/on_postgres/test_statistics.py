"""The figures on a real database, against a count by hand; and who is given which."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.tokens import Signer
from transcript_service.callers import Callers
from transcript_service.counting import figures as figures_module
from transcript_service.counting.figures import Statistics
from transcript_service.counting.period import Period
from transcript_service.counting.routes import add_statistics_routes
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads

pytestmark = pytest.mark.integration

KEY = "0123456789abcdef0123456789abcdef"
OSLO = ZoneInfo("Europe/Oslo")
TARGET_S = 120.0

SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
"""Days of 23 and of 25 hours."""
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
MIDNIGHTS = (-7_200, -3_600, 79_200, 82_800)
"""Seconds from these to when a day begins in Norway, in summer or winter."""

_SEED = """
INSERT INTO ledger.conversation (
    tenant, id, version, citizen, state, topic, department, language, priority, owner, epoch,
    opened_at, entered_at, last_seq, heads, missed, agents, closed_at, answered_at, answered_in,
    due_at, receipt, answer_by, rating
)
SELECT $1, r.id, 1, 'citizen:c1', r.state, r.topic, r.department, 'nb', 5, r.owner, 0,
    r.opened_at, r.entered_at, '{}', '{}', '{}', r.agents, r.closed_at, r.answered_at,
    r.answered_in, r.due_at, r.receipt, r.answer_by, r.rating
FROM jsonb_populate_recordset(NULL::ledger.conversation, $2::jsonb) AS r
"""
_SEED_HANDOVERS = """
INSERT INTO ledger.handover
SELECT $1, r.conversation, r.id, 'kari', 'bygg', NULL, now(), now(), r.state
FROM jsonb_populate_recordset(NULL::ledger.handover, $2::jsonb) AS r
"""


async def seed(admin, tenant, conversations):
    """Put conversations in the tables as the ledger would leave them."""
    given = {
        "state": "waiting",
        "topic": None,
        "department": "torget",
        "owner": None,
        "agents": [],
        "closed_at": None,
        "answered_at": None,
        "answered_in": None,
        "due_at": None,
        "rating": None,
        "handovers": [],
    }
    rows, handovers = [], []
    for conversation in conversations:
        row = {**given, **conversation, "id": str(uuid4())}
        row.setdefault("entered_at", row["opened_at"])
        if row["due_at"]:
            row |= {"receipt": row["id"], "answer_by": "receipt"}
        if row["state"] == "active":
            row["owner"] = "kari"
        rows.append(row)
        handovers += [
            {"conversation": row["id"], "id": str(uuid4()), "state": state}
            for state in row["handovers"]
        ]
    await admin.execute(_SEED, tenant, json.dumps(rows, default=datetime.isoformat))
    await admin.execute(_SEED_HANDOVERS, tenant, json.dumps(handovers))


# Counted by hand: read in the order of the rows, and nothing of the statement


def share(values, part):
    """Return the value below which a part of them is, between two where it falls there."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def by_hand(rows):
    waits = [
        (row["answered_at"] - row["opened_at"]).total_seconds()
        for row in rows
        if row["answered_at"]
    ]
    handled = [
        (row["closed_at"] - row["answered_at"]).total_seconds()
        for row in rows
        if row["answered_at"] and row["closed_at"] and not row["due_at"]
    ]
    counted = {
        "opened": len(rows),
        "answered": len(waits),
        "within_target": len([wait for wait in waits if wait <= TARGET_S]),
        "left": 0,
        "written": 0,
        "handed_over": 0,
        "wait_median_s": share(waits, 0.5),
        "wait_p90_s": share(waits, 0.9),
        "handle_median_s": share(handled, 0.5),
        "rated_yes": 0,
        "rated_partly": 0,
        "rated_no": 0,
    }
    for row in rows:
        counted["left"] += row["state"] == "closed" and not row["agents"] and not row["due_at"]
        counted["written"] += row["due_at"] is not None
        counted["handed_over"] += "accepted" in row["handovers"]
        if row["rating"]:
            counted[f"rated_{row['rating']}"] += 1
    return {
        name: pytest.approx(value, abs=1e-3) if name.endswith("_s") else value
        for name, value in counted.items()
    }


def grouped(rows, name, key, keys=()):
    groups = {key: [] for key in keys}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return [{name: key, **by_hand(some)} for key, some in groups.items()]


def all_by_hand(rows, period, departments):
    def there(row):
        return row["opened_at"].astimezone(OSLO)

    def department(row):
        return row["answered_in"] or row["department"]

    rows = [
        row
        for row in rows
        if period.first <= there(row).date() <= period.last
        and (departments is None or department(row) in departments)
    ]
    days = [day.isoformat() for day in period.days()]
    return {
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "totals": by_hand(rows),
        "by_hour": grouped(rows, "hour", lambda row: there(row).hour, range(24)),
        "by_day": grouped(rows, "day", lambda row: there(row).date().isoformat(), days),
        "by_weekday": grouped(rows, "weekday", lambda row: there(row).isoweekday(), range(1, 8)),
        "by_topic": by_name(grouped(rows, "topic", lambda row: row["topic"]), "topic"),
        "by_department": by_name(grouped(rows, "department", department), "department"),
    }


def by_name(rows, name):
    return sorted(rows, key=lambda row: (row[name] is not None, row[name] or ""))


@st.composite
def conversations(draw, around):
    """A conversation as the ledger leaves them, opened about then."""
    after_s = draw(st.one_of(st.integers(-100_000, 200_000), st.sampled_from(MIDNIGHTS)))
    opened = around + timedelta(seconds=after_s)
    state = draw(st.sampled_from(["waiting", "active", "closed", "closed", "written"]))
    answered = state == "active" or (state == "closed" and draw(st.booleans()))
    written = state == "written" or (state != "waiting" and draw(st.integers(0, 3)) == 0)
    wait_s = draw(st.one_of(st.integers(0, 400), st.just(TARGET_S), st.just(TARGET_S + 0.001)))
    # Answered in writing: by an agent, and never live.
    live = answered and not (written and draw(st.booleans()))
    answered_at = opened + timedelta(seconds=wait_s) if live else None
    handle_s = draw(st.integers(0, 5_000))
    return {
        "opened_at": opened,
        "state": state,
        "topic": draw(st.sampled_from([None, "garasje", "skatt"])),
        "department": draw(st.sampled_from(["torget", "bygg", "barn", "nedlagt"])),
        "agents": ["kari"] if answered else [],
        "answered_at": answered_at,
        "answered_in": draw(st.sampled_from(["torget", "bygg"])) if live else None,
        "closed_at": (answered_at or opened) + timedelta(seconds=handle_s)
        if state == "closed"
        else None,
        "due_at": opened + timedelta(days=2) if written else None,
        "rating": draw(st.sampled_from([None, "yes", "partly", "no"]))
        if state == "closed"
        else None,
        "handovers": draw(st.sampled_from([[], [], ["accepted"], ["accepted"] * 2, ["returned"]])),
    }


@st.composite
def towns(draw):
    """When it is, what a municipality has of then, and what its neighbour has."""
    around = draw(st.sampled_from([SPRING, AUTUMN, NEW_YEAR]))
    rows = st.lists(conversations(around), min_size=4, max_size=16)
    return around, draw(rows), draw(rows)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    town=towns(),
    begins=st.integers(-1, 1),
    more=st.integers(0, 3),
    departments=st.sampled_from([None, None, ("torget",), ("torget", "barn"), ()]),
)
async def test_the_figures_are_those_that_one_counts_by_hand(
    replica, admin, town, begins, more, departments
):
    around, rows, others = town
    tenant, other = f"t{uuid4().hex[:12]}", f"t{uuid4().hex[:12]}"
    await seed(admin, tenant, rows)
    await seed(admin, other, others)
    first = around.date() + timedelta(days=begins)
    period = Period(first, first + timedelta(days=more))
    found = await Statistics(replica.database).of(tenant, period, departments, TARGET_S)

    assert found == all_by_hand(rows, period, departments)


async def test_the_hour_that_comes_twice_in_autumn_counts_for_both(replica, admin, tenant):
    half_past_two_twice = (AUTUMN + timedelta(minutes=30), AUTUMN + timedelta(minutes=90))
    await seed(admin, tenant.tenant, [{"opened_at": at} for at in half_past_two_twice])
    day = date(2026, 10, 25)
    found = await Statistics(replica.database).of(tenant.tenant, Period(day, day), None, TARGET_S)

    assert {row["hour"]: row["opened"] for row in found["by_hour"] if row["opened"]} == {2: 2}
    assert found["totals"]["opened"] == 2


async def test_where_nothing_happened_there_are_zeros_and_no_medians(replica, tenant):
    period = Period(date(2026, 2, 1), date(2026, 2, 28))
    found = await Statistics(replica.database).of(tenant.tenant, period, None, TARGET_S)

    assert [len(found[name]) for name in ("by_hour", "by_day", "by_weekday")] == [24, 28, 7]
    assert (found["by_topic"], found["by_department"]) == ([], [])
    assert found["totals"]["opened"] == 0
    assert found["totals"]["wait_median_s"] is None


async def test_a_year_of_one_municipality_reads_no_others_rows(admin, app_url):
    """Twenty of them, of which one is asked for: the plan touches its rows and no more."""
    await admin.execute(
        "INSERT INTO ledger.conversation (tenant, id, version, citizen, state, department,"
        " language, priority, epoch, opened_at, entered_at, last_seq, heads, missed, agents)"
        " SELECT 'many-' || n % 20, gen_random_uuid(), 1, 'citizen:c1', 'waiting', 'torget', 'nb',"
        " 5, 0, at, at, '{}', '{}', '{}', '{}' FROM generate_series(1, 20000) AS n,"
        " LATERAL (SELECT timestamptz '2023-06-01' + n * interval '1 hour') AS opened (at)"
    )
    await admin.execute("ANALYZE ledger.conversation")
    period = (date(2024, 1, 1), date(2024, 12, 31))
    own = await admin.fetchval(
        "SELECT count(*) FROM ledger.conversation WHERE tenant = 'many-1'"
        " AND opened_at >= '2024-01-01 Europe/Oslo' AND opened_at < '2025-01-01 Europe/Oslo'"
    )
    app = await asyncpg.connect(app_url)  # without the settings that make it go by keys
    explained = await app.fetchval(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {figures_module._FIGURES}",
        "many-1",
        *period,
        None,
        TARGET_S,
    )
    await app.close()
    (read,) = [
        node
        for node in nodes(json.loads(explained)[0]["Plan"])
        if node.get("Relation Name") == "conversation"
    ]

    assert own > 400
    assert read["Actual Rows"] == own
    assert read.get("Rows Removed by Filter", 0) == 0
    assert read.get("Rows Removed by Index Recheck", 0) == 0
    assert read["Node Type"] != "Seq Scan"


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


# Who is given which


class Door:
    """What the desk's service asks, with tokens for it."""

    def __init__(self, make, database):
        self.make = make
        self.signer = Signer(KEY)
        app = FastAPI()
        callers = Callers(Reads(database), self.signer)
        add_statistics_routes(app, Statistics(database), callers)
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    async def figures(self, agent, *, claims=None, **params):
        named = {"tenant": self.make.tenant, "agent": agent, "scope": "statistics"}
        token = self.signer.sign("transcript", {**named, **(claims or {})}, ttl_s=30)
        return await self.client.get(
            "/internal/v1/statistics",
            params={"from": "2026-10-24", "to": "2026-10-26", **params},
            headers={"Authorization": f"Bearer {token}"},
        )

    async def seen(self, agent, **params):
        """Return, per department, how many enquiries an agent is given the figures of."""
        answer = await self.figures(agent, **params)
        assert answer.status_code == 200, answer.text
        return {row["department"]: row["opened"] for row in answer.json()["by_department"]}


@pytest.fixture
async def door(replica, admin, tenant):
    """A municipality with one enquiry at each department, and one whose department is gone."""
    agents = (
        *tenant.directory().agents,
        tenant.agent("lena", "bygg", "torget", roles=("leader",)),
        tenant.agent("sara", roles=("supervisor",)),
        tenant.agent("arne", "torget", roles=("archivist",)),
        tenant.agent("adam", "torget", roles=("admin",)),
    )
    await replica.carry_out(tenant.publish(tenant.directory(version=2, agents=agents)))
    departments = ("torget", "bygg", "barn", "nedlagt")
    rows = [{"opened_at": AUTUMN, "department": department} for department in departments]
    await seed(admin, tenant.tenant, rows)
    door = Door(tenant, replica.database)
    yield door
    await door.client.aclose()


def code(answer):
    return answer.status_code, answer.json()["code"]


async def test_who_leads_is_given_the_figures_of_what_they_lead(door):
    assert await door.seen("lise") == {"torget": 1}
    assert await door.seen("lena") == {"torget": 1, "bygg": 1}
    assert await door.seen("sara") == {"torget": 1, "bygg": 1, "barn": 1, "nedlagt": 1}
    assert await door.seen("lena", department="bygg") == {"bygg": 1}
    assert await door.seen("sara", department="barn") == {"barn": 1}


@pytest.mark.parametrize("agent", ["kari", "arne", "adam"])
async def test_who_leads_nothing_is_given_none(door, agent):
    assert code(await door.figures(agent)) == (403, "not_allowed")
    assert code(await door.figures(agent, department="torget")) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("agent", "department"),
    [("lise", "bygg"), ("lise", "barn"), ("lise", "nowhere"), ("sara", "nowhere"), ("lise", "")],
)
async def test_a_department_one_does_not_lead_looks_like_one_that_is_not(door, agent, department):
    assert code(await door.figures(agent, department=department)) == (404, "not_found")


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-10-26", "to": "2026-10-24"},
        {"from": "2025-01-01", "to": "2026-10-24"},
        {"from": "", "to": "2026-10-24"},
        {"from": "2026-10-24", "to": "i dag"},
    ],
)
async def test_days_that_are_no_period_are_refused(door, days):
    assert code(await door.figures("lise", **days)) == (422, "period_invalid")


async def test_a_token_opens_what_it_is_for_and_nothing_else(door):
    for claims in ({"scope": "audit"}, {"scope": "dialogue"}, {"tenant": "annenvik"}):
        assert code(await door.figures("lise", claims=claims)) == (404, "not_found")
    assert code(await door.figures("nobody")) == (404, "not_found")
    door.signer = Signer(KEY[::-1])
    assert code(await door.figures("lise")) == (401, "token_invalid")


async def test_a_municipality_sees_nothing_of_another(door, replicas, make):
    other = make.__class__(f"t{uuid4().hex[:12]}")
    await replicas[1].carry_out(other.publish(other.directory()))
    there = Door(other, replicas[1].database)

    assert await there.seen("lise") == {}
    assert await door.seen("lise") == {"torget": 1}
    await there.client.aclose()


async def test_the_target_is_the_municipalitys_own(door, admin, replica, tenant):
    timing = tenant.directory().timing.evolve(target_s=50)
    agents = tenant.directory().agents
    await replica.carry_out(
        tenant.publish(tenant.directory(version=3, agents=agents, timing=timing))
    )
    waits = (49, 50, 51)
    rows = [
        {
            "opened_at": AUTUMN,
            "state": "active",
            "agents": ["kari"],
            "answered_at": AUTUMN + timedelta(seconds=wait),
            "answered_in": "torget",
        }
        for wait in waits
    ]
    await seed(admin, tenant.tenant, rows)
    totals = (await door.figures("lise")).json()["totals"]

    assert (totals["answered"], totals["within_target"]) == (3, 2)


async def test_while_the_database_is_away_the_caller_is_told_to_come_again(tenant):
    database = ledger_database("postgresql://transcript_app@127.0.0.1:1/none", size=1)
    away = Door(tenant, database)

    assert code(await away.figures("lise")) == (503, "busy")
    await away.client.aclose()
