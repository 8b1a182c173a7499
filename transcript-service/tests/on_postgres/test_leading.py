"""The board, moves, outcomes and broken glass on the real database."""

from datetime import timedelta

import asyncpg
import pytest
from services.contracts import (
    AskWritten,
    BreakGlass,
    Classify,
    Close,
    Leave,
    MakeOffer,
    Move,
    PostMessage,
    PostNote,
    ReadBoard,
    ReadDesk,
    ReadRange,
    TakeOver,
)
from transcript_service.board import _BOARD
from transcript_service.handlers import Queries

pytestmark = pytest.mark.integration

CITIZEN, KARI, LISE, NORA, GRO, ARVE, ADA, ROUTER = (
    "citizen:c1", "agent:kari", "agent:lise", "agent:nora", "agent:gro", "agent:arve", "agent:ada",
    "router:0",
)  # fmt: skip


@pytest.fixture
def ask(replica):
    queries = Queries(replica.reads, lambda: replica.make.now)

    async def one(sender, body, **fields):
        envelope = replica.make.envelope(sender, body, **{"reply_to": "test", **fields})
        ((answer,),) = await queries([envelope])
        return answer.envelope.body

    return one


@pytest.fixture
def turn_back(replica, admin):
    """Set a column of a conversation some seconds back, as if that time had passed."""

    async def back(conversation, column, seconds):
        await admin.execute(
            f"UPDATE ledger.conversation SET {column} = {column} - $3::interval"  # noqa: S608
            " WHERE tenant = $1 AND id = $2",
            replica.make.tenant,
            conversation,
            timedelta(seconds=seconds),
        )
        for one in (replica,):
            one.store.doubt([(replica.make.tenant, conversation)])

    return back


@pytest.fixture
async def roomy(replica):
    make = replica.make
    await replica.carry_out(make.publish(make.directory(version=2, capacity=9)))


# The board


async def test_an_empty_board_has_every_line_that_is_led(ask):
    board = await ask(LISE, ReadBoard())
    (line,) = board.lines

    assert (line.department, line.waiting, line.oldest_entered_at) == ("torget", 0, None)
    assert [of.department for of in (await ask(GRO, ReadBoard())).lines] == [
        "torget", "bygg", "barn",
    ]  # fmt: skip


@pytest.mark.parametrize("sender", [KARI, ARVE, ADA, "agent:nobody", CITIZEN])
async def test_who_leads_nothing_has_no_board(ask, sender):
    assert (await ask(sender, ReadBoard())).code == "not_found"


async def test_a_board_counts_each_conversation_where_it_stands(
    replica, ask, admin, turn_back, roomy
):
    waiting, offered, active, written, late, asked, over, left, building, walled = [
        await replica.open(n, topic=topic)
        for n, topic in enumerate([None] * 8 + ["garasje", "omsorg"], start=1)
    ]
    await turn_back(waiting, "entered_at", 500)
    await replica.say(ROUTER, MakeOffer(conversation=offered, agent="kari", epoch=0))
    await replica.join(active, "kari")
    for c in (written, late, asked):
        await replica.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    await replica.say(ROUTER, MakeOffer(conversation=asked, agent="ola", epoch=0))
    await replica.join(late, "lise")
    await admin.execute(
        "UPDATE ledger.conversation SET due_at = now() - interval '1 day'"
        " WHERE tenant = $1 AND id = $2",
        replica.make.tenant,
        late,
    )
    await replica.join(over, "ola")
    await replica.say("agent:ola", Close(conversation=over, epoch=1))
    await replica.say(CITIZEN, PostMessage(conversation=left, text="Farvel", alarm="danger"))
    await replica.say(CITIZEN, Leave(conversation=left))
    board = await ask(GRO, ReadBoard())
    lines = {line.department: line for line in board.lines}
    torget = lines["torget"]

    assert (torget.waiting, torget.active, torget.alarms) == (2, 2, 1)
    assert (torget.written, torget.overdue) == (2, 1)
    assert board.now - torget.oldest_entered_at >= timedelta(seconds=500)
    assert (lines["bygg"].waiting, lines["barn"].waiting) == (1, 1)
    assert (await ask(LISE, ReadBoard())).lines == (torget,), "all but this is another's"
    assert {building, walled}.isdisjoint(
        {s.conversation for s in (await ask(LISE, ReadDesk())).line}
    )


async def test_a_board_says_how_many_were_answered_in_time_of_late_and_where(
    replica, ask, turn_back, roomy
):
    conversations = [
        await replica.open(n, topic=topic)
        for n, topic in enumerate([None, None, None, "garasje", None, None], start=1)
    ]
    for c, waited_s in zip(conversations, [0, 59, 61, 0, 0, 0], strict=True):
        await turn_back(c, "entered_at", waited_s)
        taker = "agent:siv" if c == conversations[3] else KARI
        assert (await replica.say(taker, TakeOver(conversation=c, epoch=0))).code is None
    long_ago = conversations[4]
    await turn_back(long_ago, "entered_at", 7201)
    await turn_back(long_ago, "answered_at", 7201)
    await replica.say(KARI, Close(conversation=conversations[5], epoch=1))
    written = await replica.open(9)
    await replica.say(CITIZEN, AskWritten(conversation=written, answer_by="receipt"))
    await replica.say(KARI, TakeOver(conversation=written, epoch=0))
    lines = {of.department: of for of in (await ask(GRO, ReadBoard())).lines}

    assert (lines["torget"].answered, lines["torget"].within_target) == (4, 3)
    assert (lines["bygg"].answered, lines["bygg"].within_target) == (1, 1)
    assert lines["barn"].answered == 0


async def test_a_boards_loads_are_those_of_who_is_in_a_department_led(replica, ask):
    await replica.join(await replica.open(1), "kari")
    lise, gro = await ask(LISE, ReadBoard()), await ask(GRO, ReadBoard())

    assert [of.agent for of in lise.loads] == ["ada", "kari", "lise", "ola", "siv"]
    assert [of.agent for of in gro.loads] == ["ada", "kari", "lise", "nora", "ola", "per", "siv"]
    assert {of.agent: (of.load, of.capacity) for of in lise.loads}["kari"] == (1, 2)


async def test_a_board_is_found_by_indexes_however_much_there_ever_was(replica, admin):
    tenant = replica.make.tenant
    await admin.execute(
        "INSERT INTO ledger.conversation (tenant, id, version, citizen, state, department,"
        " language, priority, epoch, opened_at, entered_at, last_seq, heads, missed, agents,"
        " closed_at) SELECT $1, gen_random_uuid(), 1, 'citizen:c1', 'closed', 'torget', 'nb', 5, 1,"
        " now(), now(), '{}', '{}', '{}', '{}', now() FROM generate_series(1, 5000)",
        tenant,
    )
    await admin.execute("ANALYZE ledger.conversation")
    try:
        plan = await admin.fetch(
            f"EXPLAIN (COSTS OFF) {_BOARD}", tenant, ["torget"], timedelta(seconds=60), ["kari"]
        )
    finally:
        await admin.execute("DELETE FROM ledger.conversation WHERE tenant = $1", tenant)
    lines = [row[0] for row in plan]

    assert not [line for line in lines if "Seq Scan on conversation" in line]
    assert [line for line in lines if "conversation_open" in line]
    assert [line for line in lines if "conversation_answered" in line]


# Moves, outcomes and looks


async def test_what_is_moved_and_classified_is_stored_as_it_was_told(replica, replicas, faults):
    c = await replica.open()
    await replica.say(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0))
    moved = await replica.say(LISE, Move(conversation=c, department="bygg", epoch=0))
    told = await replica.say(
        "agent:per", Classify(conversation=c, outcome="handed_on", archive="journal")
    )
    other = replicas[1]
    again = await other.say("agent:per", Classify(conversation=c, archive="none"))
    stored = await other.state(
        replica.make.envelope("agent:per", PostNote(conversation=c, text="x"))
    )

    assert (moved.code, moved.summary.state, moved.summary.department) == (None, "waiting", "bygg")
    assert await replica.load("kari") == 0
    assert (told.summary.outcome, told.summary.archive) == ("handed_on", "journal")
    assert again.summary == stored
    assert (stored.outcome, stored.archive, stored.department) == ("handed_on", "none", "bygg")
    assert await faults(c) == []


@pytest.mark.parametrize("column", ["outcome = 'lost'", "archive = 'maybe'", "glimpses = '{}'"])
async def test_the_table_takes_no_other_outcome_class_or_look(replica, admin, column):
    await replica.open()
    with pytest.raises(asyncpg.CheckViolationError):
        await admin.execute(
            f"UPDATE ledger.conversation SET {column} WHERE tenant = $1",  # noqa: S608
            replica.make.tenant,
        )


async def test_through_broken_glass_one_reads_until_the_databases_clock_says_it_is_over(
    replica, ask, admin
):
    c = await replica.open(topic="omsorg")
    await replica.join(c, "nora")
    await replica.say(NORA, PostNote(conversation=c, text="Bekymret"))

    async def reads(agent):
        streams = ("dialogue", "desk")
        return [(await ask(agent, ReadRange(conversation=c, stream=s))).type for s in streams]

    nothing, all_of_it = ["refused.v1"] * 2, ["range.v1"] * 2
    assert await reads(LISE) == nothing
    told = await replica.say(LISE, BreakGlass(conversation=c, reason="Fare for liv"))
    (glimpse,) = told.summary.glimpses
    assert (glimpse.agent, glimpse.until) == ("lise", told.events[0].body.until)
    assert (await reads(LISE), await reads(GRO), await reads(KARI)) == (
        all_of_it, nothing, nothing,
    )  # fmt: skip
    assert (await replica.say(LISE, PostNote(conversation=c, text="Hei"))).code == "not_allowed"
    assert c not in {s.conversation for s in (await ask(LISE, ReadDesk())).line}

    until = await admin.fetchval("SELECT clock_timestamp() - interval '1 second'")
    await admin.execute(
        "UPDATE ledger.conversation SET glimpses = jsonb_build_array(jsonb_build_object("
        " 'agent', 'lise', 'until', $3::timestamptz)) WHERE tenant = $1 AND id = $2",
        replica.make.tenant,
        c,
        until,
    )
    assert await reads(LISE) == nothing


async def test_an_archivist_reads_what_is_closed_and_outside_walls(replica, ask):
    open_, closed, walled = [
        await replica.open(n, topic=t) for n, t in ((1, None), (2, None), (3, "omsorg"))
    ]
    for c, agent in ((closed, "kari"), (walled, "nora")):
        await replica.join(c, agent)
        await replica.say(f"agent:{agent}", Close(conversation=c, epoch=1))
    read = {c: await ask(ARVE, ReadRange(conversation=c)) for c in (open_, closed, walled)}
    gone = {c: await ask(ADA, ReadRange(conversation=c)) for c in (open_, closed, walled)}

    assert [read[c].type for c in read] == ["refused.v1", "range.v1", "refused.v1"]
    assert {answer.code for answer in gone.values()} == {"not_found"}


async def test_what_a_gateway_is_given_says_nothing_of_outcomes_and_looks(replica, ask):
    c = await replica.open(topic="omsorg")
    await replica.say(NORA, Classify(conversation=c, outcome="answered", archive="journal"))
    await replica.say(LISE, BreakGlass(conversation=c, reason="Fare for liv"))
    shown = (await ask(CITIZEN, ReadRange(conversation=c))).summary
    whole = (await ask(NORA, ReadRange(conversation=c))).summary

    assert (shown.outcome, shown.archive, shown.glimpses) == (None, None, ())
    assert (whole.outcome, whole.archive, len(whole.glimpses)) == ("answered", "journal", 1)


async def test_who_reads_what_is_not_theirs_is_in_the_audit_before_the_words_are_read(
    replica, ask, admin
):
    c = await replica.open()
    await replica.join(c, "kari")
    for agent in (KARI, LISE, LISE, GRO, ARVE):
        await ask(agent, ReadRange(conversation=c))
    await ask(CITIZEN, ReadRange(conversation=c))
    found = await admin.fetch(
        "SELECT who FROM ledger.audit WHERE tenant = $1 AND conversation = $2 AND action = 'read'"
        " ORDER BY n",
        replica.make.tenant,
        c,
    )

    assert [row["who"] for row in found] == ["lise", "gro"]
