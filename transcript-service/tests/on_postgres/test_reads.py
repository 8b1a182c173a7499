"""Ranges, desks, lines, transcripts and directories: what is read, and by whom."""

import json

import pytest
from services.contracts import (
    AgentLoad,
    Close,
    MakeOffer,
    OpenConversation,
    PostMessage,
    PostNote,
    ReadDesk,
    ReadDirectory,
    ReadLine,
    ReadRange,
    RequestHandover,
    SetReachable,
)
from transcript_service.copy import as_json
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
    assert await shown("lise") == (set(), {offered, line, building})
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
