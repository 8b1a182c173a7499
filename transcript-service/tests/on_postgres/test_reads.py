"""Ranges, desks, lines, transcripts and directories: what is read, and by whom."""

import json

import pytest
from services.contracts import (
    AgentLoad,
    AskWritten,
    ClearAlarm,
    Close,
    Consult,
    Leave,
    MakeOffer,
    OpenConversation,
    PostMessage,
    PostNote,
    ReadDesk,
    ReadDirectory,
    ReadLine,
    ReadRange,
    ReadReceipt,
    ReadWaits,
    RequestHandover,
    SetReachable,
    TakeOver,
)
from transcript_service.copies.exact import as_json
from transcript_service.core.erased import was_erased
from transcript_service.handlers import Queries

pytestmark = pytest.mark.integration

CITIZEN, STRANGER, KARI, NORA, ROUTER = (
    "citizen:c1", "citizen:c2", "agent:kari", "agent:nora", "router:0",
)  # fmt: skip


@pytest.fixture
def ask(replica):
    """Ask a query as the ledger's queue would bring it, and return the body of the answer."""
    queries = Queries(replica.reads, lambda: replica.make.now)

    async def one(sender, body, **fields):
        envelope = replica.make.envelope(sender, body, **{"reply_to": "test", **fields})
        ((answer,),) = await queries([envelope])
        assert answer.topic == "test"
        return answer.envelope.body

    return one


async def test_a_long_stream_is_read_in_pages_without_a_gap(replica, ask):
    c = await replica.open()
    make = replica.make
    for start in range(0, 1100, 100):
        await replica.carry_out(
            *(
                make.envelope(CITIZEN, PostMessage(conversation=c, text=str(start + n)))
                for n in range(100)
            )
        )
    seqs, after, pages = [], 0, 0
    more = True
    while more:
        read = await ask(CITIZEN, ReadRange(conversation=c, after=after))
        seqs += [event.seq for event in read.events]
        after, more, pages = seqs[-1], read.more, pages + 1
        assert len(read.events) <= 500
        assert read.last_seq == 1101

    assert seqs == list(range(1, 1102))
    assert pages == 3


@pytest.mark.parametrize(
    ("after", "seqs"),
    [(-(2**70), [1, 2]), (0, [1, 2]), (1, [2]), (2, []), (2**31, []), (2**70, [])],
)
async def test_a_range_begins_after_any_seq_a_reader_claims(replica, ask, after, seqs):
    """A claim beyond the database's integers once was held and tried again for ever."""
    c = await replica.open()
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hei"))
    read = await ask(CITIZEN, ReadRange(conversation=c, after=after))

    assert [event.seq for event in read.events] == seqs


@pytest.mark.parametrize(
    ("reader", "stream", "may"),
    [
        (CITIZEN, "dialogue", True),
        (CITIZEN, "desk", False),
        (STRANGER, "dialogue", False),
        (KARI, "dialogue", True),
        (KARI, "desk", True),
        (NORA, "dialogue", False),
        ("agent:nobody", "dialogue", False),
    ],
)
async def test_a_range_is_given_to_who_may_read_it_and_to_nobody_else(
    replica, ask, reader, stream, may
):
    c = await replica.open()
    await replica.say(KARI, PostNote(conversation=c, text="Husk"))
    answer = await ask(reader, ReadRange(conversation=c, stream=stream))

    assert (answer.type == "range.v1") is may
    if not may:
        assert answer.code == "not_found"


async def test_what_a_gateway_is_given_knows_nothing_of_the_desk(replica, ask):
    c = await replica.open()
    await replica.join(c, "kari")
    await replica.say(KARI, PostNote(conversation=c, text="Husk"))
    asked = RequestHandover(conversation=c, epoch=1, department="bygg", agent="per")
    await replica.say(KARI, asked)
    read = await ask(CITIZEN, ReadRange(conversation=c))

    assert set(read.summary.last_seq) == {"dialogue"}
    assert read.summary.handover.from_agent == ""
    assert {event.stream for event in read.events} == {"dialogue"}


async def test_another_municipality_does_not_read_it_under_the_same_id(replica, ask):
    c = await replica.open()
    answer = await ask(CITIZEN, ReadRange(conversation=c), tenant="annenvik")

    assert answer.code == "not_found"


async def test_an_erased_event_keeps_its_place_for_every_reader(replica, ask, admin):
    """It once left the range, and a client that waits for the next seq waited for ever."""
    c = await replica.open()
    for text in ("a", "b"):
        words = replica.make.envelope(CITIZEN, PostMessage(conversation=c, text=text))
        await replica.carry_out(words)
    await admin.execute(
        "DELETE FROM ledger.event_body WHERE tenant = $1 AND stream = 'dialogue' AND seq = 3",
        replica.make.tenant,
    )
    read = await ask(CITIZEN, ReadRange(conversation=c))
    (again,) = await replica.carry_out(words)
    transcript = await replica.reads.transcript(replica.make.tenant, c, "dialogue")
    document = json.loads(as_json(transcript, None))

    assert [event.seq for event in read.events] == [1, 2, 3]
    assert [event.body.text for event in read.events[1:]] == ["a", "(slettet)"]
    assert (again.code, again.events[0].seq) == (None, 3)
    assert [was_erased(event) for event in transcript.events] == [False, False, True]
    assert document["events"][2]["body"] == {"kind": "erased"}


async def test_a_desk_shows_ones_own_and_the_lines_one_answers(replica, ask):
    mine, offered, line, building, closed = [
        await replica.open(n, topic=topic)
        for n, topic in enumerate((None, None, None, "garasje", None), start=1)
    ]
    await replica.join(mine, "kari")
    await replica.join(closed, "kari")
    await replica.say(KARI, Close(conversation=closed, epoch=1))
    await replica.carry_out(replica.make.publish(replica.make.directory(version=2, capacity=3)))
    await replica.say(ROUTER, MakeOffer(conversation=offered, agent="kari", epoch=0))

    async def shown(agent):
        desk = await ask(f"agent:{agent}", ReadDesk())
        return {s.conversation for s in desk.conversations}, {s.conversation for s in desk.line}

    assert await shown("kari") == ({mine, offered, closed}, {offered, line})
    assert await shown("per") == (set(), {building})
    assert await shown("lise") == (set(), {offered, line, mine}), "and leads kari, not per"
    assert await shown("gro") == (set(), {offered, line, building, mine}), "and leads them all"
    assert await shown("arve") == await shown("ada") == (set(), set())
    assert (await ask("agent:nobody", ReadDesk())).code == "not_found"


async def test_a_desk_shows_what_is_handed_over_to_it_by_name(replica, ask):
    c = await replica.open()
    await replica.join(c, "kari")
    asked = RequestHandover(conversation=c, epoch=1, department="bygg", agent="per")
    await replica.say(KARI, asked)

    for agent in ("kari", "per"):
        desk = await ask(f"agent:{agent}", ReadDesk())
        assert [s.conversation for s in desk.conversations] == [c]
    assert (await ask("agent:siv", ReadDesk())).conversations == ()


async def test_a_long_line_of_others_does_not_hide_ones_own(replica, ask):
    """Only the first 500 of all lines together were once looked at."""
    make = replica.make
    for start in range(10, 520, 85):
        await replica.carry_out(
            *(
                make.envelope(CITIZEN, OpenConversation(conversation=make.id(start + n)))
                for n in range(85)
            )
        )
    building = await replica.open(1, topic="garasje")

    assert [s.conversation for s in (await ask("agent:per", ReadDesk())).line] == [building]


async def test_the_router_is_given_all_that_is_open_or_holds_a_slot_and_every_load(replica, ask):
    waiting, active, wrapping, left = [await replica.open(n) for n in (1, 2, 3, 4)]
    await replica.join(active, "kari")
    await replica.join(wrapping, "ola")
    await replica.say("agent:ola", Close(conversation=wrapping, epoch=1))
    await replica.join(left, "kari")
    await replica.say(ROUTER, SetReachable(conversation=waiting, reachable=False))
    line = await ask(ROUTER, ReadLine())

    assert {s.conversation for s in line.conversations} == {waiting, active, wrapping, left}
    assert {(a.agent, a.load) for a in line.loads} >= {("kari", 2), ("ola", 1), ("nora", 0)}
    assert AgentLoad(agent="kari", load=2, capacity=2) in line.loads
    away = next(s.away_since for s in line.conversations if s.conversation == waiting)
    assert away < line.now


async def test_gateways_are_given_directories_without_staff(replica, ask):
    tenants = (replica.make.tenant, "nowhere")
    (public,) = (await ask(CITIZEN, ReadDirectory(tenants=tenants))).directories
    (whole,) = (await ask(ROUTER, ReadDirectory(tenants=tenants))).directories
    everyone = (await ask(ROUTER, ReadDirectory())).directories

    assert public.agents == ()
    assert whole == replica.make.directory()
    assert whole in everyone


async def test_a_directory_that_was_read_before_is_read_again_when_it_is_newer(replica, ask):
    c = await replica.open(topic="omsorg")
    assert (await ask(KARI, ReadRange(conversation=c))).code == "not_found"
    make = replica.make
    agents = tuple(
        agent.evolve(departments=("torget", "barn")) if agent.id == "kari" else agent
        for agent in make.directory().agents
    )
    await replica.carry_out(make.publish(make.directory(version=2, agents=agents)))

    assert (await ask(KARI, ReadRange(conversation=c))).type == "range.v1"


async def test_who_may_not_ask_and_who_does_not_wait_get_nothing(replica, ask):
    queries = Queries(replica.reads, lambda: replica.make.now)
    silent = replica.make.envelope(ROUTER, ReadLine())

    assert (await ask(CITIZEN, ReadLine())).code == "not_found"
    assert await queries([silent]) == [[]]


async def test_who_is_asked_for_advice_reads_both_streams_and_has_it_on_the_desk(replica, ask):
    c = await replica.open()
    await replica.join(c, "kari")
    per = "agent:per"

    async def sees():
        streams = [
            await ask(per, ReadRange(conversation=c, stream=s)) for s in ("dialogue", "desk")
        ]
        desk = await ask(per, ReadDesk())
        return [s.type for s in streams], [s.conversation for s in desk.conversations]

    nothing = (["refused.v1", "refused.v1"], [])
    assert await sees() == nothing
    await replica.say(KARI, Consult(conversation=c, epoch=1, agent="per"))
    assert await sees() == (["range.v1", "range.v1"], [c])
    await replica.say(KARI, Close(conversation=c, epoch=1))
    assert await sees() == nothing


async def test_what_a_gateway_is_given_says_nothing_of_consults_alarms_and_silence(replica, ask):
    c = await replica.open()
    await replica.join(c, "kari")
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hjelp", alarm="danger"))
    await replica.say(KARI, Consult(conversation=c, epoch=1, agent="per"))
    shown = (await ask(CITIZEN, ReadRange(conversation=c))).summary
    whole = (await ask(KARI, ReadRange(conversation=c))).summary

    assert (shown.alarm, shown.consulted, shown.unanswered_since) == (None, (), None)
    assert (whole.alarm, whole.consulted) == ("danger", ("per",))
    assert whole.unanswered_since is not None


async def test_written_questions_are_in_the_lines_after_those_who_wait(replica, ask):
    first, second = await replica.open(1), await replica.open(2)
    await replica.say(CITIZEN, AskWritten(conversation=first, answer_by="receipt"))
    desk = await ask(KARI, ReadDesk())
    line = await ask(ROUTER, ReadLine())

    assert [s.conversation for s in desk.line] == [second, first]
    assert {s.conversation: s.state for s in line.conversations} == {
        first: "written",
        second: "waiting",
    }


async def test_an_alarm_is_in_the_line_until_it_is_cleared_also_when_the_citizen_left(replica, ask):
    """Who writes a farewell and leaves is the one it is for."""
    c = await replica.open()
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Farvel", alarm="danger"))
    await replica.say(CITIZEN, Leave(conversation=c))

    async def alarms():
        return [s.alarm for s in (await ask(ROUTER, ReadLine())).conversations]

    assert await alarms() == ["danger"]
    await replica.say("agent:lise", ClearAlarm(conversation=c))
    assert await alarms() == []


async def test_an_alarm_calls_a_leader_to_what_a_colleague_has(replica, ask):
    c = await replica.open()
    await replica.join(c, "kari")
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hjelp", alarm="danger"))

    async def line(agent):
        return [s.conversation for s in (await ask(f"agent:{agent}", ReadDesk())).line]

    assert (await line("lise"), await line("ola")) == ([c], [])


async def test_waits_end_with_the_first_agent_and_are_told_by_line_newest_first(
    replica, ask, admin
):
    make = replica.make
    await replica.carry_out(make.publish(make.directory(version=2, capacity=5)))
    for n, (topic, agent) in enumerate(
        [(None, "kari"), ("garasje", "per"), (None, "ola")], start=1
    ):
        c = await replica.open(n, topic=topic)
        await admin.execute(
            "UPDATE ledger.conversation SET entered_at = entered_at - interval '1 minute' * $3"
            " WHERE tenant = $1 AND id = $2",
            make.tenant,
            c,
            n,
        )
        replica.store.doubt([(make.tenant, c)])
        await replica.say(f"agent:{agent}", TakeOver(conversation=c, epoch=0))
    late = await replica.open(8)
    await replica.join(late, "kari")
    await admin.execute(
        "UPDATE ledger.conversation SET answered_at = answered_at - interval '2 hours'"
        " WHERE tenant = $1 AND id = $2",
        make.tenant,
        late,
    )
    written = await replica.open(9)
    await replica.say(CITIZEN, AskWritten(conversation=written, answer_by="receipt"))
    await replica.join(written, "kari")
    waits = (await ask(ROUTER, ReadWaits())).waits
    minutes = {w.department: [round(s / 60) for s in w.waited_s] for w in waits}

    assert minutes == {"bygg": [2], "torget": [3, 1]}
    assert (await ask(CITIZEN, ReadWaits())).code == "not_found"


async def test_of_each_line_the_last_hundred_waits_are_told(replica, ask, admin):
    make = replica.make
    await admin.execute(
        "INSERT INTO ledger.conversation (tenant, id, version, citizen, state, department,"
        " language, priority, epoch, opened_at, entered_at, last_seq, heads, missed, agents,"
        " closed_at, answered_at, answered_in)"
        " SELECT $1, gen_random_uuid(), 1, 'citizen:c1', 'closed', 'torget', 'nb', 5, 1, now(),"
        " now() - interval '1 second' * n, '{}', '{}', '{}', '{}', now(),"
        " now() - interval '1 millisecond' * n, 'torget' FROM generate_series(1, 150) AS n",
        make.tenant,
    )
    (waits,) = (await ask(ROUTER, ReadWaits())).waits

    assert [round(s) for s in waits.waited_s] == list(range(1, 101))


async def test_a_gateway_asks_which_conversation_a_receipt_is_of_and_nobody_else(replica, ask):
    c = await replica.open()
    told = await replica.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    question = ReadReceipt(receipt=told.summary.receipt)
    found = await ask("system:gateway", question, source="gateway")

    assert (found.conversation, found.citizen) == (c, CITIZEN)
    assert (await ask(KARI, question)).code == "not_found"
    unknown = ReadReceipt(receipt="TT-0000-0000")
    assert (await ask("system:gateway", unknown, source="gateway")).code == "not_found"
