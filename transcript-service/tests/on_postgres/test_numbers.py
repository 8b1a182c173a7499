"""Who is given which numbers, other channels as they are entered, and open data, over HTTP."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.tokens import Signer
from transcript_service.audit.table import Audit
from transcript_service.callers import Callers
from transcript_service.counting.channel_table import ChannelTable
from transcript_service.counting.keeping import Numbers
from transcript_service.counting.numbers_routes import add_numbers_routes
from transcript_service.counting.report import Report
from transcript_service.postgres import keeper_database
from transcript_service.reads import Reads

pytestmark = pytest.mark.integration

KEY = "0123456789abcdef0123456789abcdef"
_SEED = (
    "INSERT INTO ledger.conversation (tenant, id, version, citizen, state, department, language,"
    " priority, epoch, opened_at, entered_at, last_seq, heads, missed, agents)"
    " SELECT $1, gen_random_uuid(), 1, 'citizen:c1', 'waiting', $2, 'nb', 5, 0, $3, $3, '{}',"
    " '{}', '{}', '{}' FROM generate_series(1, $4)"
)
OPENED = datetime(2026, 5, 12, 9, tzinfo=UTC)
CSV = "Måned;Telefon;Nettbesøk\n2013-01;6667;84000\n2013-02;7001;\n"


class Door:
    """What the desk's service asks, with tokens for it."""

    def __init__(self, make, database):
        self.make = make
        self.signer = Signer(KEY)
        app = FastAPI()
        add_numbers_routes(
            app,
            Report(database),
            ChannelTable(database, Audit(database)),
            Callers(Reads(database), self.signer),
        )
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    def _headers(self, agent, scope):
        said = {"tenant": self.make.tenant, "agent": agent, "scope": scope}
        token = self.signer.sign("transcript", said, ttl_s=30)
        return {"Authorization": f"Bearer {token}"}

    async def numbers(self, agent, *, scope="numbers", path="", **params):
        return await self.client.get(
            f"/internal/v1/numbers{path}",
            params={"from": "2026-01", "to": "2026-12", **params},
            headers=self._headers(agent, scope),
        )

    async def enter(self, agent, *, trial=False, scope="numbers_channels", **told):
        return await self.client.post(
            f"/internal/v1/numbers/channels?trial={str(trial).lower()}",
            json=told,
            headers=self._headers(agent, scope),
        )

    async def channels(self, agent="lise", **months):
        answer = await self.numbers(agent, **{"from": "2013-01", "to": "2013-12", **months})
        return {row.pop("month"): row for row in answer.json()["channels"]}


@pytest.fixture
async def keepers(parts):
    database = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield database
    await database.stop()


@pytest.fixture
async def door(replica, admin, tenant, keepers):
    """A municipality with enquiries at each department, that were counted."""
    agents = (
        *tenant.directory().agents,
        tenant.agent("lena", "bygg", roles=("leader",)),
        tenant.agent("sara", roles=("supervisor",)),
        tenant.agent("arne", "torget", roles=("archivist",)),
        tenant.agent("adam", "torget", roles=("admin",)),
    )
    await replica.carry_out(tenant.publish(tenant.directory(version=2, agents=agents)))
    for department, count in (("torget", 30), ("bygg", 12), ("barn", 3), ("nedlagt", 2)):
        await admin.execute(_SEED, tenant.tenant, department, OPENED, count)
    await Numbers(keepers).once()
    door = Door(tenant, replica.database)
    yield door
    await door.client.aclose()


def code(answer):
    return answer.status_code, answer.json()["code"]


def seen(answer):
    return {row["department"]: row["opened"] for row in answer.json()["by_department"]}


async def test_who_leads_is_given_the_numbers_of_what_they_lead(door):
    everything = {"torget": 30, "bygg": 12, "barn": 3, "nedlagt": 2}

    assert seen(await door.numbers("lise")) == {"torget": 30}
    assert seen(await door.numbers("lena")) == {"bygg": 12}
    assert seen(await door.numbers("sara")) == everything
    assert seen(await door.numbers("sara", department="barn")) == {"barn": 3}


async def test_the_answer_says_of_which_months_it_is_and_when_it_was_counted(door):
    found = (await door.numbers("lise", **{"from": "2026-04", "to": "2026-06"})).json()

    assert [row["month"] for row in found["by_month"]] == ["2026-04", "2026-05", "2026-06"]
    assert [row["opened"] for row in found["by_month"]] == [0, 30, 0]
    assert datetime.now(UTC) - datetime.fromisoformat(found["counted_at"]) < timedelta(minutes=5)
    assert found["target_s"] == door.make.directory().timing.target_s


@pytest.mark.parametrize("agent", ["kari", "arne", "adam"])
async def test_who_leads_nothing_is_given_none(door, agent):
    assert code(await door.numbers(agent)) == (403, "not_allowed")
    assert code(await door.numbers(agent, path="/open")) == (403, "not_allowed")
    assert code(await door.enter(agent, csv=CSV)) == (403, "not_allowed")


@pytest.mark.parametrize(
    ("agent", "department"), [("lise", "bygg"), ("lise", "barn"), ("sara", "nowhere")]
)
async def test_a_department_one_does_not_lead_looks_like_one_that_is_not(door, agent, department):
    assert code(await door.numbers(agent, department=department)) == (404, "not_found")


@pytest.mark.parametrize(
    "months",
    [
        {"from": "2026-10", "to": "2026-09"},
        {"from": "2001-01", "to": "2026-10"},
        {"from": "", "to": "2026-10"},
        {"from": "2026-1", "to": "2026-10"},
        {"from": "2026-10-01", "to": "2026-10-31"},
    ],
)
async def test_months_that_are_none_are_refused(door, months):
    assert code(await door.numbers("lise", **months)) == (422, "period_invalid")


async def test_a_token_for_something_else_opens_nothing(door):
    assert code(await door.numbers("lise", scope="statistics")) == (404, "not_found")
    assert code(await door.enter("lise", scope="numbers", csv=CSV)) == (404, "not_found")


async def test_what_came_by_other_ways_is_looked_at_before_it_is_kept(door):
    looked = (await door.enter("lise", trial=True, csv=CSV, source="Sentralbordet")).json()

    assert looked == {
        "entries": [
            {"month": "2013-01", "channel": "phone", "n": 6667, "was": None},
            {"month": "2013-01", "channel": "site", "n": 84000, "was": None},
            {"month": "2013-02", "channel": "phone", "n": 7001, "was": None},
        ],
        "errors": [],
        "saved": False,
    }
    assert await door.channels() == {}

    kept = (await door.enter("lise", csv=CSV, source="Sentralbordet")).json()
    answer = await door.numbers("lise", **{"from": "2013-01", "to": "2013-12"})

    assert kept == {**looked, "saved": True}
    assert await door.channels() == {
        "2013-01": {"phone": 6667, "email": None, "desk": None, "site": 84000},
        "2013-02": {"phone": 7001, "email": None, "desk": None, "site": None},
    }
    assert answer.json()["sources"] == ["Sentralbordet"]


async def test_a_number_is_changed_and_taken_back_by_saying_another(door, admin, tenant):
    await door.enter("sara", csv=CSV)
    cells = [
        {"month": "2013-01", "channel": "phone", "n": 6700},
        {"month": "2013-02", "channel": "phone", "n": None},
    ]
    changed = (await door.enter("sara", entries=cells)).json()

    assert [cell["was"] for cell in changed["entries"]] == [6667, 7001]
    assert await door.channels("sara") == {
        "2013-01": {"phone": 6700, "email": None, "desk": None, "site": 84000}
    }
    # What was said before is still known, and by whom.
    rows = await admin.fetch(
        "SELECT n, who FROM ledger.channel_month WHERE tenant = $1 AND channel = 'phone'"
        " AND month = '2013-01-01' ORDER BY nth",
        tenant.tenant,
    )
    assert [tuple(row) for row in rows] == [(6667, "sara"), (6700, "sara")]


async def test_with_one_fault_nothing_is_kept(door):
    answer = await door.enter("lise", csv=CSV + "2013-13;1;\n2013-04;mange;\n")

    assert answer.json()["saved"] is False
    assert answer.json()["errors"] == [
        {"line": 4, "column": "Måned", "code": "month_invalid"},
        {"line": 5, "column": "Telefon", "code": "number_invalid"},
    ]
    assert await door.channels() == {}


async def test_who_enters_is_in_the_audit(door, admin, tenant):
    await door.enter("lise", csv=CSV, source="Sentralbordet", trial=True)
    await door.enter("lise", csv=CSV, source="Sentralbordet")
    rows = await admin.fetch(
        "SELECT who, about FROM ledger.audit WHERE tenant = $1 AND action = 'channels_entered'",
        tenant.tenant,
    )

    assert [(row["who"], json.loads(row["about"])) for row in rows] == [
        (
            "lise",
            {"entries": 3, "first": "2013-01", "last": "2013-02", "source": "Sentralbordet"},
        )
    ]


async def test_who_does_not_lead_the_first_line_enters_nothing(door):
    assert code(await door.enter("lena", csv=CSV)) == (403, "not_allowed")
    assert (await door.numbers("lena")).json()["may_enter"] is False
    assert (await door.numbers("lise")).json()["may_enter"] is True


@pytest.mark.parametrize(
    "told",
    [
        {"entries": [{"month": "2013-00", "channel": "phone", "n": 1}]},
        {"entries": [{"month": "2013-01", "channel": "pigeon", "n": 1}]},
        {"entries": [{"month": "2013-01", "channel": "phone", "n": -1}]},
        {"csv": "x" * 140_000},
        {"source": "\u0000", "csv": CSV},
        {"brevdue": 1},
    ],
)
async def test_what_is_no_such_thing_is_refused(door, told):
    assert code(await door.enter("lise", **told)) == (422, "frame_invalid")


async def test_open_data_are_of_everything_and_hide_the_few(door):
    found = (await door.numbers("lise", path="/open")).json()
    (quarter,) = found["quarters"]

    assert (quarter["quarter"], quarter["opened"]) == ("2026-K2", 47)
    # Three and two are few, and together not enough: the smallest other is with them.
    assert quarter["department"] == {"cells": {"torget": 30}, "rest": 17}
    assert quarter["month"] == {"cells": {"2026-04": 0, "2026-05": 47, "2026-06": 0}, "rest": None}


async def test_a_municipality_sees_nothing_of_another(door, replicas, make):
    other = make.__class__(f"t{uuid4().hex[:12]}")
    await replicas[1].carry_out(other.publish(other.directory()))
    there = Door(other, replicas[1].database)
    await door.enter("lise", csv=CSV)

    assert seen(await there.numbers("lise")) == {}
    assert await there.channels() == {}
    await there.client.aclose()
