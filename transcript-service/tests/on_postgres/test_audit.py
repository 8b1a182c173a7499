"""The audit on a real database: what is written, by whom, who may search it, and that it stays."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from services.contracts import Block, BreakGlass, OpenConversation, PostMessage
from services.errors import Transient
from services.tokens import Signer
from transcript_service import reads as reads_module
from transcript_service.audit.routes import add_audit_routes
from transcript_service.audit.table import Audit, note_read
from transcript_service.callers import Callers
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"
KEY = "0123456789abcdef0123456789abcdef"
ROLES = {
    "kari": ("agent",),
    "lise": ("agent", "leader"),
    "sara": ("supervisor",),
    "arne": ("archivist",),
    "adam": ("admin",),
}
BLOCKING = "agent:lise"


class Door:
    """What the desk's service asks, with tokens for it."""

    def __init__(self, replica, database):
        self.make, self.replica = replica.make, replica
        self.signer = Signer(KEY)
        self.audit = Audit(database)
        app = FastAPI()
        add_audit_routes(app, self.audit, Callers(Reads(database), self.signer))
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://ledger")

    def headers(self, agent, scope, **claims):
        named = {"tenant": self.make.tenant, "agent": agent, "scope": scope}
        token = self.signer.sign(
            claims.pop("audience", "transcript"), {**named, **claims}, ttl_s=30
        )
        return {"Authorization": f"Bearer {token}"}

    async def search(self, agent="arne", *, claims=None, **params):
        return await self.client.get(
            "/internal/v1/audit",
            params={name.rstrip("_"): value for name, value in params.items()},
            headers=self.headers(agent, **{"scope": "audit", **(claims or {})}),
        )

    async def note(self, agent="lise", *, claims=None, **body):
        given = {
            "id": str(uuid4()),
            "action": "presence_set",
            "about": {"agent": "kari", "presence": "away", "reason": "Møte"},
        }
        return await self.client.post(
            "/internal/v1/audit",
            json={**given, **body},
            headers=self.headers(agent, **{"scope": "audit_note", **(claims or {})}),
        )

    async def rows(self, **params):
        """Return what there is but the searches for it."""
        entries = (await self.search(**{"limit": 200, **params})).json()["entries"]
        return [row for row in entries if row["action"] != "audit_searched"]


def staffed(make):
    agents = make.directory().agents
    known = {agent.id: agent for agent in agents}
    more = [make.agent(name, roles=roles) for name, roles in ROLES.items() if name not in known]
    return make.directory(version=2, agents=(*agents, *more))


@pytest.fixture
async def door(replica, tenant):
    await replica.carry_out(tenant.publish(staffed(tenant)))
    door = Door(replica, replica.database)
    yield door
    await door.client.aclose()


@pytest.fixture
async def app(app_url):
    """A connection as the service's own role."""
    connection = await asyncpg.connect(app_url)
    yield connection
    await connection.close()


@pytest.fixture
async def retention(admin):
    await admin.execute("SET ROLE transcript_retention")
    yield admin
    await admin.execute("RESET ROLE")


def code(answer):
    return answer.status_code, answer.json()["code"]


# It stays

_ADD = "INSERT INTO ledger.audit (tenant, id, who, action"
_ROW = "'t', gen_random_uuid(), 'kari', 'read'"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger.audit SET who = who",
        "DELETE FROM ledger.audit",
        "TRUNCATE ledger.audit",
        f"{_ADD}, at) VALUES ({_ROW}, '2020-01-01')",
        f"{_ADD}, n) OVERRIDING SYSTEM VALUE VALUES ({_ROW}, 1)",
        "SELECT ledger.audit_event()",
        "SELECT ledger.audit_erasure()",
        "ALTER TABLE ledger.event DISABLE TRIGGER audit_event",
    ],
)
async def test_the_service_adds_to_the_audit_and_changes_nothing_of_it(app, sql):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger.audit SET who = who",
        "DELETE FROM ledger.audit",
        "TRUNCATE ledger.audit",
        f"{_ADD}) VALUES ({_ROW})",
    ],
)
async def test_who_erases_words_cannot_touch_the_audit(retention, sql):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await retention.execute(sql)


# What other services tell


async def test_what_another_service_did_for_an_agent_is_kept_with_the_databases_time(door):
    c = await door.replica.open()
    before = datetime.now(UTC)
    answer = await door.note("lise")
    fetched = await door.note(
        "kari", action="file_fetched", conversation=str(c), about={"file": str(c)}
    )
    newest, oldest = await door.rows()

    assert (answer.status_code, fetched.status_code) == (200, 200)
    assert answer.json() == {"at": oldest["at"], "again": False}
    assert (newest["who"], newest["action"], newest["conversation"]) == (
        "kari",
        "file_fetched",
        str(c),
    )
    assert oldest["about"] == {"agent": "kari", "presence": "away", "reason": "Møte"}
    assert (oldest["who"], oldest["conversation"]) == ("lise", None)
    assert before - timedelta(seconds=1) < datetime.fromisoformat(oldest["at"])


async def test_said_twice_it_is_kept_once(door):
    id_ = str(uuid4())
    answers = [await door.note(id=id_) for _ in range(3)]
    together = await asyncio.gather(*(door.note(id=id_) for _ in range(5)))

    said = [answer.json() for answer in (*answers, *together)]
    (row,) = await door.rows()

    assert {answer.status_code for answer in (*answers, *together)} == {200}
    assert {each["at"] for each in said} == {row["at"]}
    assert [each["again"] for each in said] == [False] + [True] * 7


async def test_an_id_that_stands_for_something_else_is_refused(door):
    id_ = str(uuid4())
    await door.note(id=id_)

    for changed in ({"about": {}}, {"action": "file_fetched"}, {"conversation": str(uuid4())}):
        assert code(await door.note(id=id_, **changed)) == (409, "id_reused")
    assert code(await door.note("kari", id=id_)) == (409, "id_reused")
    assert len(await door.rows()) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"action": "read"},
        {"action": "glass_broken"},
        {"action": "transcript_fetched"},
        {"action": "audit_searched"},
        {"id": "1"},
        {"about": {"reason": "x" * 501}},
        {"about": {"reason": "hemmelig\x00"}},
        {"about": {"reason": ["hemmelig"]}},
        {"about": {f"k{chr(97 + n)}": 1 for n in range(9)}},
        {"about": {"Hemmelige ord": 1}},
        {"who": "kari"},
        {"about": {"reason": "hemmelig"}, "id": "x" * 20_000},
    ],
)
async def test_what_may_not_be_told_is_refused_and_not_repeated(door, body):
    answer = await door.note(**body)

    assert answer.status_code == 422
    assert answer.json() == {"code": "frame_invalid"}
    assert await door.rows() == []


# Who may ask


@pytest.mark.parametrize("agent", [name for name in ROLES if name != "arne"])
async def test_nobody_but_an_archivist_searches(door, agent):
    assert code(await door.search(agent)) == (403, "not_allowed")
    assert await door.rows() == []


@pytest.mark.parametrize("agent", ["nobody", ""])
async def test_an_agent_who_is_not_there_finds_and_tells_nothing(door, agent):
    assert code(await door.search(agent)) == (404, "not_found")
    assert code(await door.note(agent)) == (404, "not_found")


async def test_a_token_opens_what_it_is_for_and_nothing_else(door):
    assert code(await door.search(claims={"scope": "audit_note"})) == (404, "not_found")
    assert code(await door.search(claims={"scope": "statistics"})) == (404, "not_found")
    assert code(await door.note(claims={"scope": "audit"})) == (404, "not_found")
    assert code(await door.search(claims={"tenant": "annenvik"})) == (404, "not_found")
    assert code(await door.search(claims={"audience": "copy"})) == (401, "token_invalid")
    assert code(await door.note(claims={"audience": "copy"})) == (401, "token_invalid")


async def test_a_role_that_was_taken_away_since_opens_nothing(door, tenant):
    await door.note()
    assert (await door.search()).status_code == 200
    await door.replica.carry_out(tenant.publish(tenant.directory(version=3)))

    assert code(await door.search()) == (404, "not_found")


async def test_while_the_database_is_away_the_caller_is_told_to_come_again(replica, door):
    database = ledger_database("postgresql://transcript_app@127.0.0.1:1/none", size=1)
    away = Door(replica, database)

    assert code(await away.search()) == (503, "busy")
    assert code(await away.note()) == (503, "busy")
    await away.client.aclose()


# Searching


async def test_every_search_is_in_the_audit_before_it_finds_anything(door):
    await door.note()
    await door.search(who="lise", action="presence_set", from_="2026-01-01", to="2026-12-31")
    found = (await door.search(action="audit_searched")).json()["entries"]

    assert [(row["who"], row["about"]) for row in found] == [
        ("arne", {"action": "audit_searched"}),
        (
            "arne",
            {"who": "lise", "action": "presence_set", "from": "2026-01-01", "to": "2026-12-31"},
        ),
    ]


async def test_a_search_finds_what_it_asks_for(door):
    one, two = uuid4(), uuid4()
    await door.note("kari", action="file_fetched", conversation=str(one), about={})
    await door.note("kari", action="file_fetched", conversation=str(two), about={})
    await door.note("lise", action="file_fetched", conversation=str(one), about={})
    await door.note("lise")

    async def found(**wanted):
        rows = await door.rows(**wanted)
        return [(row["who"], row["action"], row["conversation"]) for row in rows]

    assert await found(who="kari") == [
        ("kari", "file_fetched", str(two)),
        ("kari", "file_fetched", str(one)),
    ]
    assert await found(action="presence_set") == [("lise", "presence_set", None)]
    assert await found(conversation=str(one), who="lise") == [("lise", "file_fetched", str(one))]
    assert len(await found()) == 4
    assert await found(who="ola") == []


async def test_pages_have_every_row_once_whatever_is_added_meanwhile(door):
    for n in range(7):
        await door.note(about={"n": n})
    seen, before = [], {}
    while True:
        page = (await door.search(action="presence_set", limit=3, **before)).json()
        seen += [row["about"]["n"] for row in page["entries"]]
        await door.note(about={"n": 99})
        if not page["more"]:
            break
        before = {"before": page["entries"][-1]["id"]}

    assert seen == [6, 5, 4, 3, 2, 1, 0]


@pytest.fixture
async def neighbour(replicas, make):
    """Another municipality on the same ledger."""
    other = type(make)(f"t{uuid4().hex[:12]}")
    await replicas[1].carry_out(other.publish(staffed(other)))
    neighbour = Door(replicas[1], replicas[1].database)
    neighbour.make = other
    yield neighbour
    await neighbour.client.aclose()


async def test_before_a_row_of_another_municipality_or_of_none_there_is_nothing(door, neighbour):
    await door.note()
    await neighbour.note()
    (theirs,) = await neighbour.rows()

    for id_ in (theirs["id"], str(uuid4())):
        assert (await door.search(before=id_)).json() == {"entries": [], "more": False}


async def test_nothing_of_another_municipality_is_found(door, neighbour):
    await neighbour.note()
    await door.note(about={})

    assert [row["about"] for row in await door.rows()] == [{}]
    assert len(await neighbour.rows()) == 1


async def test_days_are_norways_on_both_sides_of_summer_time(door, admin, tenant):
    """The clocks went back on 25 October 2026: that day is 25 hours long."""
    times = {
        "2026-10-24T21:59:59Z": "the day before",
        "2026-10-24T22:00:00Z": "first",
        "2026-10-25T22:59:59Z": "last",
        "2026-10-25T23:00:00Z": "the day after",
    }
    for at, what in times.items():
        await admin.execute(
            "INSERT INTO ledger.audit (tenant, id, at, who, action)"
            " VALUES ($1, gen_random_uuid(), $2, 'kari', $3)",
            tenant.tenant,
            datetime.fromisoformat(at),
            what,
        )
    found = await door.rows(from_="2026-10-25", to="2026-10-25")

    assert [row["action"] for row in found] == ["last", "first"]


@pytest.mark.parametrize("days", [{"from_": "i går"}, {"to": "2026-02-30"}, {"to": "9999-12-31"}])
async def test_days_that_are_none_are_refused(door, days):
    assert code(await door.search(**days)) == (422, "period_invalid")


@pytest.mark.parametrize("wanted", [{"who": "' OR 1=1"}, {"action": "\x00"}, {"limit": 0}])
async def test_what_cannot_be_in_the_audit_cannot_be_asked_for(door, wanted):
    assert (await door.search(**wanted)).status_code == 422


async def test_a_search_goes_by_the_key_of_what_it_asks_for(door, admin, app, tenant):
    """One conversation among the many of one archive, and one tenant among many."""
    await admin.execute(
        "INSERT INTO ledger.audit (tenant, id, who, action, conversation)"
        " SELECT 'full-' || n % 20, gen_random_uuid(), 'kari', 'read', gen_random_uuid()"
        " FROM generate_series(1, 20000) AS n"
    )
    await admin.execute("ANALYZE ledger.audit")
    plan = await app.fetch(
        "EXPLAIN SELECT * FROM ledger.audit AS a WHERE a.tenant = $1 AND a.conversation = $2"
        " ORDER BY a.n DESC LIMIT 51",
        "full-1",
        uuid4(),
    )
    newest = await app.fetch(
        "EXPLAIN SELECT * FROM ledger.audit AS a WHERE a.tenant = $1 ORDER BY a.n DESC LIMIT 51",
        "full-1",
    )

    assert "audit_conversation" in str(plan)
    assert "audit_newest" in str(newest)


# Reading


async def test_who_reads_without_being_involved_is_noted_once_an_hour(door, tenant):
    c = await door.replica.open()
    books = await door.replica.store.load(
        [tenant.envelope(CITIZEN, PostMessage(conversation=c, text="Hei"))]
    )
    (conversation,) = books.conversations.values()
    then = datetime(2026, 11, 24, 12, 59, 59, tzinfo=UTC)
    async with door.replica.database.connection() as connection:
        for now in (then, then - timedelta(minutes=59), then + timedelta(seconds=1)):
            await note_read(connection, conversation, "ola", now)
        await note_read(connection, conversation, "lise", then)

    assert [(row["who"], row["action"], row["conversation"]) for row in await door.rows()] == [
        ("lise", "read", str(c)),
        ("ola", "read", str(c)),
        ("ola", "read", str(c)),
    ]


async def test_who_has_it_reads_it_as_a_matter_of_course(door, tenant):
    c = await door.replica.open()
    await door.replica.join(c, "kari")
    books = await door.replica.store.load(
        [tenant.envelope(CITIZEN, PostMessage(conversation=c, text="Hei"))]
    )
    (conversation,) = books.conversations.values()
    async with door.replica.database.connection() as connection:
        await note_read(connection, conversation, "kari", tenant.now)

    assert await door.rows() == []


@pytest.mark.parametrize(
    ("reader", "noted"),
    [
        ("agent:kari", []),
        ("agent:ola", ["ola"]),
        ("agent:sara", ["sara"]),
        ("agent:per", []),
        ("agent:nobody", []),
        (CITIZEN, []),
        ("citizen:c2", []),
    ],
)
async def test_words_that_are_given_to_who_is_not_involved_are_noted(door, tenant, reader, noted):
    """kari has it, ola is a colleague, sara leads everybody; the others are given nothing."""
    c = await door.replica.open()
    await door.replica.join(c, "kari")
    for stream in ("dialogue", "desk", "dialogue"):
        await door.replica.reads.range(tenant.tenant, c, stream, 0, reader=reader)

    assert [row["who"] for row in await door.rows(action="read")] == noted


async def test_what_cannot_be_noted_is_not_read(door, tenant, monkeypatch):
    c = await door.replica.open()

    async def away(*_about):
        raise Transient("database")

    monkeypatch.setattr(reads_module, "note_read", away)
    with pytest.raises(Transient):
        await door.replica.reads.range(tenant.tenant, c, "dialogue", 0, reader="agent:ola")


# What writes itself


async def test_a_block_is_in_the_audit_with_its_reason(door):
    c = await door.replica.open()
    told = await door.replica.say(BLOCKING, Block(conversation=c, reason="Hets", hours=2))
    (row,) = await door.rows()

    assert told.code is None
    assert (row["who"], row["action"], row["conversation"]) == ("lise", "blocked", str(c))
    assert row["about"]["reason"] == "Hets"
    assert datetime.fromisoformat(row["about"]["until"]).tzinfo is not None


async def test_one_action_id_used_in_two_conversations_is_two_rows(door, tenant):
    """The ids of actions are their senders': one that is used again must not stop a batch."""
    first, second, id_ = tenant.id(1), tenant.id(2), uuid4()
    await door.replica.say("citizen:c1", OpenConversation(conversation=first))
    await door.replica.say("citizen:c2", OpenConversation(conversation=second))
    told = await door.replica.carry_out(
        *(
            tenant.envelope(BLOCKING, Block(conversation=c, reason="Hets"), id=id_)
            for c in (first, second)
        )
    )

    assert [one.code for one in told] == [None, None]
    assert {row["conversation"] for row in await door.rows()} == {str(first), str(second)}


async def test_a_block_said_twice_is_one_row(door, tenant):
    c = await door.replica.open()
    blocking = tenant.envelope(BLOCKING, Block(conversation=c, reason="Hets"))
    await door.replica.carry_out(blocking)
    await door.replica.carry_out(blocking)

    assert len(await door.rows()) == 1


async def test_a_broken_glass_is_in_the_audit_with_its_reason_and_then_every_read(door, tenant):
    c = await door.replica.open(topic="omsorg")
    breaking = BreakGlass(conversation=c, reason="Klage fra en far", masked=0)
    told = await door.replica.say("agent:sara", breaking)
    await door.replica.reads.range(tenant.tenant, c, "dialogue", 0, reader="agent:sara")
    read, broken = await door.rows()

    assert told.code is None
    assert (broken["who"], broken["action"], broken["conversation"]) == (
        "sara",
        "glass_broken",
        str(c),
    )
    assert broken["about"]["reason"] == "Klage fra en far"
    assert datetime.fromisoformat(broken["about"]["until"]) > datetime.now(UTC)
    assert (read["who"], read["action"], read["conversation"]) == ("sara", "read", str(c))


async def test_a_glass_that_is_not_broken_leaves_no_row(door):
    c = await door.replica.open(topic="omsorg")
    told = await door.replica.say("agent:kari", BreakGlass(conversation=c, reason="Nysgjerrig"))

    assert told.code is not None
    assert await door.rows() == []


_BLOCKED = """
INSERT INTO ledger.event (tenant, conversation, stream, seq, client_id, cause, sender, author,
    epoch, seen, kind, time, body_hash, hash)
VALUES ($1, $2, 'desk', 1, gen_random_uuid(), gen_random_uuid(), 'agent:sara', '{}',
    0, 0, 'blocked', now(), $3, $3)
"""


async def test_the_row_comes_and_goes_with_its_event(door, admin, tenant):
    c = await door.replica.open()

    async def write():
        await admin.execute(_BLOCKED, tenant.tenant, c, bytes(32))
        await admin.execute(
            "INSERT INTO ledger.event_body VALUES ($1, $2, 'desk', 1, $3, $4)",
            tenant.tenant,
            c,
            '{"kind":"blocked","reason":"Hets","until":"2026-11-24T13:00:00Z"}',
            bytes(16),
        )

    transaction = admin.transaction()
    await transaction.start()
    await write()
    await transaction.rollback()
    assert await door.rows() == []
    async with admin.transaction():
        await write()

    assert [row["about"]["reason"] for row in await door.rows()] == ["Hets"]
    # It is in no chain: whoever verifies the whole ledger after this test would say so.
    for table in ("event_body", "erasure", "event"):
        await admin.execute(
            f"DELETE FROM ledger.{table} WHERE tenant = $1 AND stream = 'desk'",  # noqa: S608
            tenant.tenant,
        )


async def test_words_of_citizens_and_agents_are_in_no_row(door, admin, tenant):
    c = await door.replica.open()
    await door.replica.join(c, "lise")
    await door.replica.say(CITIZEN, PostMessage(conversation=c, text="Ordet er tyttebær"))
    await door.replica.say(BLOCKING, PostMessage(conversation=c, text="Ordet er multebær", epoch=1))
    await door.replica.say(BLOCKING, Block(conversation=c, reason="Hets"))
    everything = str(
        await admin.fetch("SELECT a::text FROM ledger.audit AS a WHERE tenant = $1", tenant.tenant)
    )

    assert "Hets" in everything
    assert "bær" not in everything


async def test_erased_words_leave_a_row_a_conversation_and_not_one_a_word(door, retention, tenant):
    first, second = await door.replica.open(1), await door.replica.open(2)
    for c in (first, first, second):
        await door.replica.say(CITIZEN, PostMessage(conversation=c, text="Hei"))
    erase = "DELETE FROM ledger.event_body WHERE tenant = $1 AND stream = 'dialogue'"
    await retention.execute(erase, tenant.tenant)
    await retention.execute(erase, tenant.tenant)
    rows = await door.rows()

    assert {(row["who"], row["action"]) for row in rows} == {("role:postgres", "erased")}
    assert {row["conversation"]: row["about"] for row in rows} == {
        str(first): {"events": 3},
        str(second): {"events": 2},
    }
    assert len(rows) == 2
