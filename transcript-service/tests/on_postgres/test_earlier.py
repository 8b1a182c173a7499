"""What a citizen asked before: for who may read it, and without a trace of what is behind walls."""

import json
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from services.contracts import Close, Leave, OpenConversation, Rate
from services.tokens import Signer
from transcript_service.callers import Callers
from transcript_service.earlier import _EARLIER, MOST, Earlier, add_earlier_routes
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"
KEY = "0123456789abcdef0123456789abcdef"


class Door:
    """What the desk's service asks, with tokens for it."""

    def __init__(self, replica, database):
        self.make, self.replica = replica.make, replica
        self.signer = Signer(KEY)
        app = FastAPI()
        callers = Callers(Reads(database), self.signer)
        add_earlier_routes(app, Earlier(database), callers)
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    async def ask(self, conversation, agent="kari", *, claims=None):
        named = {
            "tenant": self.make.tenant,
            "agent": agent,
            "scope": "earlier",
            "conversation": str(conversation),
        }
        token = self.signer.sign("transcript", {**named, **(claims or {})}, ttl_s=30)
        return await self.client.get(
            f"/internal/v1/conversations/{conversation}/earlier",
            headers={"Authorization": f"Bearer {token}"},
        )

    async def earlier(self, conversation, agent="kari"):
        answer = await self.ask(conversation, agent)
        assert answer.status_code == 200, answer.text
        return answer.json()["conversations"]

    async def ids(self, conversation, agent="kari"):
        return [row["conversation"] for row in await self.earlier(conversation, agent)]

    async def left(self, n, citizen=CITIZEN, **fields):
        """An enquiry whose citizen left before anybody had it."""
        conversation = self.make.id(n)
        await self.replica.say(citizen, OpenConversation(conversation=conversation, **fields))
        await self.replica.say(citizen, Leave(conversation=conversation, reason="citizen_left"))
        return conversation


@pytest.fixture
async def door(replica):
    door = Door(replica, replica.database)
    yield door
    await door.client.aclose()


def code(answer):
    return answer.status_code, answer.json()["code"]


async def test_the_same_citizens_enquiries_before_this_one_are_told_newest_first(door):
    first = await door.replica.open(1, topic="skatt")
    await door.replica.join(first, "kari")
    await door.replica.say("agent:kari", Close(conversation=first, epoch=1))
    await door.replica.say(CITIZEN, Rate(conversation=first, rating="partly"))
    second = await door.left(2)
    await door.left(3, citizen="citizen:c2")
    this = await door.replica.open(4)
    await door.left(5)
    newest, oldest = await door.earlier(this)

    assert (newest["conversation"], newest["state"]) == (str(second), "closed")
    assert oldest == {
        "conversation": str(first),
        "opened_at": oldest["opened_at"],
        "closed_at": oldest["closed_at"],
        "state": "closed",
        "topic": "skatt",
        "department": "torget",
        "agents": ["kari"],
        "outcome": None,
        "rating": "partly",
    }
    assert oldest["opened_at"] < oldest["closed_at"] < newest["opened_at"]


async def test_of_what_one_may_not_read_there_is_no_trace(door):
    """What a mother asked child care is neither a row nor a count at the service centre."""
    walled = await door.left(1, topic="omsorg")
    plain = await door.left(2)
    this = await door.replica.open(3)
    answer = (await door.ask(this, "kari")).json()

    assert list(answer) == ["conversations"]
    assert await door.ids(this, "kari") == [str(plain)]
    theirs = await door.replica.open(4, topic="omsorg")
    assert await door.ids(theirs, "nora") == [str(walled)]


async def test_who_may_not_read_this_one_learns_nothing_of_the_others(door):
    await door.left(1)
    walled = await door.replica.open(2, topic="omsorg")
    answers = [await door.ask(walled, "kari"), await door.ask(uuid4(), "kari")]

    assert [code(answer) for answer in answers] == [(404, "not_found")] * 2
    assert answers[0].content == answers[1].content


async def test_there_are_no_more_than_fit_and_they_are_the_newest(door, admin, tenant):
    await door.left(1)
    # The same, often, and older each time.
    await admin.execute(
        "INSERT INTO ledger.conversation SELECT (jsonb_populate_record(c, jsonb_build_object("
        " 'id', gen_random_uuid(), 'opened_at', c.opened_at - n * interval '1 day'))).*"
        " FROM ledger.conversation AS c, generate_series(1, 60) AS n WHERE c.tenant = $1",
        tenant.tenant,
    )
    this = await door.replica.open(2)
    found = await door.earlier(this)

    assert len(found) == MOST
    assert found[0]["conversation"] == str(door.make.id(1))
    assert [row["opened_at"] for row in found] == sorted(
        (row["opened_at"] for row in found), reverse=True
    )


async def test_a_token_opens_the_conversation_it_names_and_nothing_else(door):
    this, other = await door.replica.open(1), await door.replica.open(2)
    refused = [
        await door.ask(this, claims={"conversation": str(other)}),
        await door.ask(this, claims={"scope": "dialogue"}),
        await door.ask(this, claims={"scope": "statistics"}),
        await door.ask(this, claims={"tenant": "annenvik"}),
        await door.ask(this, "nobody"),
    ]

    assert [code(answer) for answer in refused] == [(404, "not_found")] * 5
    door.signer = Signer(KEY[::-1])
    assert code(await door.ask(this)) == (401, "token_invalid")


async def test_while_the_database_is_away_the_caller_is_told_to_come_again(door):
    database = ledger_database("postgresql://transcript_app@127.0.0.1:1/none", size=1)
    away = Door(door.replica, database)

    assert code(await away.ask(uuid4())) == (503, "busy")
    await away.client.aclose()


async def test_it_is_found_by_the_citizen_and_not_by_looking_at_everybody(admin):
    """Of the thousand citizens of an archive, the conversations of one are read."""
    await admin.execute(
        "INSERT INTO ledger.conversation (tenant, id, version, citizen, state, department,"
        " language, priority, epoch, opened_at, entered_at, last_seq, heads, missed, agents)"
        " SELECT 'known', gen_random_uuid(), 1, 'citizen:' || n % 1000, 'waiting', 'torget', 'nb',"
        " 5, 0, at, at, '{}', '{}', '{}', '{}' FROM generate_series(1, 10000) AS n,"
        " LATERAL (SELECT timestamptz '2023-06-01' + n * interval '1 hour') AS opened (at)"
    )
    await admin.execute("ANALYZE ledger.conversation")
    newest = await admin.fetchval(
        "SELECT id FROM ledger.conversation WHERE tenant = 'known' AND citizen = 'citizen:7'"
        " ORDER BY opened_at DESC LIMIT 1"
    )
    explained = await admin.fetchval(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {_EARLIER}", "known", newest, 300
    )
    (read,) = [
        node
        for node in nodes(json.loads(explained)[0]["Plan"])
        if node.get("Index Name") == "conversation_citizen"
    ]

    assert read["Actual Rows"] == 9
    assert read.get("Rows Removed by Filter", 0) == 0


def nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)
