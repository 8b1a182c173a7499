"""Words are erased under signed marks; who is taken out leaves no trace of anybody."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from services.contracts import (
    AcceptOffer,
    AskForget,
    AskWritten,
    Close,
    EndWrapUp,
    MakeOffer,
    OpenConversation,
    PostMessage,
    PostNote,
    RequestHandover,
)
from transcript_service.counting.figures import Statistics
from transcript_service.counting.period import Period
from transcript_service.earlier import Earlier

pytestmark = pytest.mark.integration

CITIZEN, KARI, PER = "citizen:c1", "agent:kari", "agent:per"
TABLES = ("event", "event_body", "erasure", "masking", "offer", "handled", "file")


@pytest.fixture
async def over(replica):
    """A conversation with both streams, an offer and a deadline, closed and wrapped up."""
    c = await replica.open()
    await replica.join(c, "kari")
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hei fra Storgata"))
    await replica.say(CITIZEN, AskWritten(conversation=c, answer_by="phone", contact="69108000"))
    await replica.say(KARI, PostNote(conversation=c, text="Husk"))
    await replica.say(KARI, Close(conversation=c, epoch=1))
    await replica.say(KARI, EndWrapUp(conversation=c))
    return c


async def test_erased_words_leave_signed_marks_and_are_read_as_erased(
    over, replica, erase, keeper, tenant, faults
):
    erased = await erase(over)
    read = await replica.reads.range(tenant.tenant, over, "dialogue", 0, reader=CITIZEN)
    marks = await keeper.fetch("SELECT * FROM ledger.erasure WHERE tenant = $1", tenant.tenant)

    assert erased == len(marks) > 6
    assert {(m["reason"], m["basis"], m["by"]) for m in marks} == {("asked", "gdpr-17", "arve")}
    assert all(m["signature"] for m in marks)
    assert {e.body.text for e in read.events} == {"(slettet)"}
    assert await faults() == []
    assert await erase(over) == 0


async def test_a_removed_conversation_is_found_by_nobody(over, replica, remove, tenant):
    make = replica.make
    known = await replica.state(make.envelope(KARI, PostNote(conversation=over, text="?")))
    assert await remove(over)
    assert not await remove(over)
    told = await replica.say(KARI, PostNote(conversation=over, text="Er du der?"))
    forget = await replica.say(CITIZEN, AskForget(conversation=over))
    again = await replica.say(CITIZEN, OpenConversation(conversation=over))

    assert {told.code, forget.code, again.code} == {"not_found"}
    for reader in (CITIZEN, KARI, "agent:gro", "agent:arve"):
        assert await replica.reads.range(tenant.tenant, over, "dialogue", 0, reader=reader) is None
    assert await replica.reads.transcript(tenant.tenant, over, "dialogue") is None
    assert await replica.reads.receipt(tenant.tenant, known.receipt) is None
    desk = await replica.reads.desk(tenant.tenant, "kari")
    assert desk.conversations == desk.line == ()
    assert (await replica.reads.line(tenant.tenant)).conversations == ()
    directory = await replica.reads.directory(tenant.tenant)
    caller = type("", (), {"tenant": tenant.tenant, "directory": directory})
    caller.profile = directory.agent("gro")
    assert await Earlier(replica.database).before(caller, over) is None


async def test_one_that_follows_a_removed_one_follows_nothing(over, replica, remove):
    assert await remove(over)
    told = await replica.say(
        CITIZEN, OpenConversation(conversation=replica.make.id(2), follows=over)
    )

    assert told.code is None
    assert told.summary.follows is None


async def test_of_a_removed_conversation_nobodys_name_and_nobodys_words_are_left(
    over, replica, remove, tenant, admin, faults
):
    await remove(over)
    left = await admin.fetchrow(
        "SELECT to_jsonb(c)::text FROM ledger.conversation AS c WHERE id = $1 AND tenant = $2",
        over,
        tenant.tenant,
    )
    stone = await admin.fetchrow("SELECT * FROM ledger.tombstone WHERE tenant = $1", tenant.tenant)

    for table in TABLES:
        count = "SELECT count(*) FROM ledger.:table WHERE tenant = $1".replace(":table", table)
        assert await admin.fetchval(count, tenant.tenant) == 0, table
    # The citizen's name as a whole word: an id or a hash may have any two letters in it.
    assert re.findall(r"kari|\bc1\b|Storgata|69108000", left[0]) == []
    assert stone["by"] == "arve"
    assert await faults() == []


async def test_the_figures_are_the_same_after_a_removal(
    replica, over, remove, tenant, admin, faults
):
    c = await replica.open(2, follows=over)
    await replica.join(c, "kari")
    asking = RequestHandover(conversation=c, department="bygg", epoch=1)
    handover = (await replica.say(KARI, asking)).summary.handover
    offering = MakeOffer(conversation=c, agent="per", epoch=1, handover=handover.id)
    offer = replica.make.envelope("router:0", offering)
    await replica.carry_out(offer)
    await replica.say(PER, AcceptOffer(conversation=c, offer=offer.id))
    await replica.say(PER, Close(conversation=c, epoch=2))
    await replica.say(PER, EndWrapUp(conversation=c))
    today = datetime.now(UTC).date()
    period = Period(today - timedelta(days=1), today + timedelta(days=1))
    statistics = Statistics(replica.database)
    before = await statistics.of(tenant.tenant, period, None, 120)
    assert await remove(c)
    assert await remove(over)

    rows = await admin.fetch(
        "SELECT follows FROM ledger.conversation WHERE tenant = $1", tenant.tenant
    )
    # That one followed another is still counted; which one is not told.
    assert {row["follows"] for row in rows} == {None, UUID(int=0)}
    assert before["totals"]["opened"] == 2
    assert before["totals"]["handed_over"] == 1
    assert await statistics.of(tenant.tenant, period, None, 120) == before
    assert await faults() == []


async def test_what_is_not_over_is_not_removed(replica, remove):
    c = await replica.open()
    assert not await remove(c)
    await replica.join(c, "kari")
    assert not await remove(c)
    await replica.say(KARI, Close(conversation=c, epoch=1))
    assert not await remove(c)
    await replica.say(KARI, EndWrapUp(conversation=c))

    assert await remove(c)


async def test_the_service_itself_can_neither_erase_nor_remove(over, app_url, tenant):
    connection = await asyncpg.connect(app_url)
    try:
        for call in ("erase_bodies('[]', false)", "remove_conversation('{}', true)"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"SELECT ledger.{call}")
    finally:
        await connection.close()
