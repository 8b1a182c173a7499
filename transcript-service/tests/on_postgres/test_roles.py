"""What the database itself refuses, whoever holds the service's password."""

import asyncpg
import pytest
from services.contracts import PostMessage

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"


@pytest.fixture
async def app(app_url):
    """A connection as the service's own role."""
    connection = await asyncpg.connect(app_url)
    yield connection
    await connection.close()


@pytest.fixture
async def retention(admin):
    """A connection that has taken on the role that erases."""
    await admin.execute("SET ROLE transcript_retention")
    yield admin
    await admin.execute("RESET ROLE")


HAPPENED = ("event", "event_body", "handled", "erasure")


@pytest.mark.parametrize("table", HAPPENED)
@pytest.mark.parametrize("verb", ["UPDATE ledger.{} SET tenant = tenant", "DELETE FROM ledger.{}"])
async def test_the_service_never_changes_or_deletes_what_happened(app, table, verb):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(verb.format(table))


@pytest.mark.parametrize(
    "table", [*HAPPENED, "conversation", "offer", "handover", "agent", "directory", "block"]
)
async def test_the_service_deletes_nothing_at_all(app, table):
    for verb in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(f"{verb} ledger.{table}")


async def test_the_service_cannot_leave_a_mark_of_erasing(app):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("INSERT INTO ledger.erasure VALUES ('t', gen_random_uuid(), 'desk', 1)")


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM ledger.event",
        "UPDATE ledger.event SET tenant = tenant",
        "UPDATE ledger.event_body SET body = ''",
        "INSERT INTO ledger.event_body SELECT * FROM ledger.event_body",
        "DELETE FROM ledger.conversation",
        "UPDATE ledger.conversation SET state = 'waiting'",
        "DELETE FROM ledger.erasure",
        "INSERT INTO ledger.erasure SELECT * FROM ledger.erasure",
        "UPDATE ledger.block SET until = now()",
        "INSERT INTO ledger.block VALUES ('t', 'citizen:c1', now())",
        "SELECT ledger.commit_batch('[]')",
        "SELECT ledger.mark_erasure()",
    ],
)
async def test_retention_erases_bodies_and_nothing_else(retention, sql):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await retention.execute(sql)


async def test_retention_erases_a_body_and_the_mark_says_when_and_by_whom(
    replica, retention, tenant
):
    c = await replica.open()
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hei"))
    done = await retention.execute(
        "DELETE FROM ledger.event_body WHERE tenant = $1 AND seq = 2", tenant.tenant
    )
    mark = await retention.fetchrow(
        "SELECT *, clock_timestamp() - at AS ago FROM ledger.erasure WHERE tenant = $1",
        tenant.tenant,
    )

    assert done == "DELETE 1"
    assert (mark["conversation"], mark["stream"], mark["seq"]) == (c, "dialogue", 2)
    assert mark["by"] == "postgres"
    assert mark["ago"].total_seconds() >= 0


async def test_no_load_grows_beyond_the_capacity_whoever_writes_it(admin, replica, tenant):
    """The last line: also the database's administrator is refused."""
    grow = "UPDATE ledger.agent SET load = load + 1 WHERE tenant = $1 AND id = 'kari'"
    await admin.execute(grow, tenant.tenant)
    await admin.execute(grow, tenant.tenant)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await admin.execute(grow, tenant.tenant)

    assert refused.value.sqlstate == "PK001"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'active'",
        "state = 'closed'",
        "owner = 'kari'",
        "closed_at = now()",
        "wrapup_agent = 'kari'",
        "state = 'lost'",
        "version = 0",
        "epoch = -1",
        "state = 'written'",
        "due_at = now()",
        "receipt = 'TE-AAAA-AAAA'",
        "due_at = now(), receipt = 'TE-AAAA-AAAA'",
        "answer_by = 'brevdue'",
        "alarm = 'fire'",
        "answered_at = now()",
        "unanswered_since = now()",
        "consulted = '{per}'",
    ],
)
async def test_a_state_that_contradicts_its_columns_cannot_be_stored(admin, replica, change):
    c = await replica.open()
    sql = "UPDATE ledger.conversation SET :change WHERE id = $1"
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(sql.replace(":change", change), c)
