"""What handlers say to whom, and what they do about units that were not committed."""

import asyncio
from uuid import uuid4

import pytest
from services.bus import Push, Send
from services.contracts import (
    AnswerReady,
    AskWritten,
    Close,
    CommandDone,
    Consult,
    DirectoryChanged,
    EndConsult,
    EventCommitted,
    LineChanged,
    MilestoneReached,
    OpenConversation,
    PostMessage,
    PostNote,
    RaiseAlarm,
    Refused,
    RequestHandover,
    SetReachable,
    SummaryChanged,
    TopicSuggestion,
)
from services.errors import Transient
from services.inbox import Inbox
from services.testing import MemoryBroker, MemoryBus
from transcript_service.handlers import MAX_ROUNDS, Commands, Impossible

from services import topology

CITIZEN, KARI, OLA, ROUTER = "citizen:c1", "agent:kari", "agent:ola", "router:0"


class ShelfStore:
    """The store on a shelf: what handlers need, without a database."""

    def __init__(self, shelf):
        self.shelf = shelf
        self.spoil = []
        """Ids of commands whose unit may never be stored, with the reason."""
        self.lose = 0
        """How many commits come too late."""
        self.loads = 0

    def remembered(self, _key):
        return None

    async def load(self, _envelopes):
        self.loads += 1
        return self.shelf.books()

    async def commit(self, units):
        if units and self.lose:
            self.lose -= 1
            return {unit.after.key: "version" for unit in units}
        spoilt = {
            unit.after.key: why
            for id_, why in self.spoil
            for unit in units
            if id_ in {sealed.entry.cause for sealed in unit.sealed}
        }
        books = self.shelf.books()
        books.units = {u.after.key: u for u in units if u.after.key not in spoilt}
        return self.shelf.commit(books) | spoilt

    async def publish_directory(self, directory):
        if directory.version > self.shelf.directory.version:
            self.shelf.publish(directory)
        return directory == self.shelf.directory


@pytest.fixture
def store(world):
    return ShelfStore(world.shelf)


@pytest.fixture
def handle(store, make):
    commands = Commands(store, lambda: make.now)

    async def one(envelope):
        (result,) = await commands([envelope])
        return result

    one.all = commands
    return one


def pushes(result, target, kind=None):
    found = [m for m in result if isinstance(m, Push) and m.target == target]
    return [m for m in found if kind is None or isinstance(m.envelope.body, kind)]


async def test_a_message_is_told_to_both_sides_and_nothing_else_is_said(world, make, handle):
    c = world.open()
    words = make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei"), reply_to="gw-1")
    result = await handle(words)
    topic = topology.stream_topic(c, "dialogue")

    assert [(m.target, m.topic) for m in result] == [("agent", topic), ("gateway", topic)]
    assert all(isinstance(m.envelope.body, EventCommitted) for m in result)


async def test_nothing_of_the_desk_is_said_towards_a_gateway(world, make, handle):
    c = world.open()
    world.join(c, "kari")
    note = await handle(make.envelope(KARI, PostNote(conversation=c, text="Hemmelig")))
    asked = RequestHandover(
        conversation=c, epoch=1, department="bygg", agent="per", note="Hemmelig"
    )
    handed = await handle(make.envelope(KARI, asked))
    (shown,) = pushes(handed, "gateway", SummaryChanged)
    summary = shown.envelope.body.summary

    assert pushes(note, "gateway") == []
    assert "Hemmelig" not in repr(pushes(handed, "gateway"))
    assert {m.envelope.body.event.stream for m in pushes(handed, "gateway", EventCommitted)} == {
        "dialogue"
    }
    assert (summary.handover.from_agent, summary.handover.agent) == ("", None)
    assert set(summary.last_seq) == {"dialogue"}
    assert set(world.of(c).summary.last_seq) == {"dialogue", "desk"}


async def test_offers_misses_and_wrap_ups_are_not_shown_to_a_citizen(world, make, handle):
    c = world.open()
    world.offer(c, "kari")
    result = await handle(make.envelope(ROUTER, SetReachable(conversation=c, reachable=False)))
    (shown,) = pushes(result, "gateway", SummaryChanged)
    summary = shown.envelope.body.summary

    assert (summary.offer, summary.missed, summary.wrapup) == (None, (), None)
    assert summary.preferred_agent is None


async def test_what_the_desk_knows_of_a_citizen_is_not_shown_to_the_citizen(world, make, handle):
    c = make.id(1)
    suggested = TopicSuggestion(topic="garasje", score=0.9)
    world.say(CITIZEN, OpenConversation(conversation=c, suggested=suggested))
    world.join(c, "kari")
    world.say(KARI, RaiseAlarm(conversation=c, alarm="abuse"))
    asked = Consult(conversation=c, epoch=1, agent="per", note="Hemmelig")
    result = await handle(make.envelope(KARI, asked))
    (shown,) = pushes(result, "gateway")
    (whole, *_) = pushes(result, "agent", SummaryChanged)
    hidden = ("consulted", "unanswered_since", "alarm", "suggested")
    nothing = [(), None, None, None]

    assert [getattr(shown.envelope.body.summary, name) for name in hidden] == nothing
    assert all(getattr(whole.envelope.body.summary, name) for name in hidden)


async def test_words_of_danger_are_told_to_the_citizen_as_words_alone(world, make, handle):
    c = world.open()
    words = PostMessage(conversation=c, text="Hjelp", alarm="danger")
    result = await handle(make.envelope(CITIZEN, words))
    kinds = [m.envelope.body.event.body.kind for m in pushes(result, "gateway", EventCommitted)]

    assert kinds == ["message"]
    assert pushes(result, "agent", SummaryChanged)[0].envelope.body.summary.alarm == "danger"


async def test_who_is_asked_for_advice_is_told_when_it_begins_and_when_it_is_over(
    world, make, handle
):
    c = world.open()
    world.join(c, "kari")
    topic = topology.agent_topic(make.tenant, "per")
    for body in (
        Consult(conversation=c, epoch=1, agent="per"),
        RaiseAlarm(conversation=c, alarm="threat"),
        EndConsult(conversation=c, agent="per"),
    ):
        result = await handle(make.envelope(KARI, body))
        assert topic in {m.topic for m in pushes(result, "agent", SummaryChanged)}
    after = await handle(make.envelope(KARI, RaiseAlarm(conversation=c, alarm="danger")))

    assert topic not in {m.topic for m in pushes(after, "agent")}


def answered(world, conversation, **fields):
    world.say(CITIZEN, AskWritten(conversation=conversation, **fields))
    world.join(conversation, "kari")
    return world.make.envelope(KARI, Close(conversation=conversation, epoch=1))


async def test_a_written_answer_is_announced_once_however_often_it_is_said(world, make, handle):
    c = world.open()
    closing = answered(world, c, answer_by="email", contact="nils@testvik.no")
    said = [[m for m in await handle(closing) if isinstance(m, Send)] for _ in range(2)]
    ready = AnswerReady(
        conversation=c,
        receipt=world.of(c).summary.receipt,
        answer_by="email",
        contact="nils@testvik.no",
        citizen=CITIZEN,
        department=world.of(c).summary.department,
    )

    line, letter, milestone = [m.envelope.body for m in said[0]]
    assert (line, letter) == (LineChanged(why="conversation.close.v1"), ready)
    assert isinstance(milestone, MilestoneReached)
    assert [m.envelope.id for m in said[0]] == [m.envelope.id for m in said[1]]
    assert said[1][1].envelope.body == ready
    assert topology.route(said[0][1].envelope).exchange == "evt"


@pytest.mark.parametrize(("way", "contact"), [("receipt", None), ("phone", "69116911")])
async def test_nothing_is_announced_of_what_is_fetched_or_called_or_was_live(
    world, make, handle, way, contact
):
    fetched = answered(world, world.open(1), answer_by=way, contact=contact)
    live = world.open(2, citizen="citizen:c2")
    world.join(live, "ola")
    world.say("citizen:c2", AskWritten(conversation=live, answer_by="email", contact="a@b.no"))
    for closing in (fetched, make.envelope(OLA, Close(conversation=live, epoch=1))):
        result = await handle(closing)
        assert not [m for m in result if isinstance(m.envelope.body, AnswerReady)]


async def test_a_contact_is_said_to_the_desk_and_in_the_announcement_alone(world, make, handle):
    c = world.open()
    asked = AskWritten(conversation=c, answer_by="email", contact="nils@testvik.no")
    result = await handle(make.envelope(CITIZEN, asked))
    told = [m for m in result if "nils" in repr(m.envelope)]

    assert {(m.target, m.topic) for m in told} == {("agent", topology.stream_topic(c, "desk"))}


async def test_a_change_of_state_is_told_to_the_line_the_router_and_whom_it_concerns(
    world, make, handle
):
    c = world.open()
    world.join(c, "kari")
    asked = RequestHandover(conversation=c, epoch=1, department="bygg", agent="per")
    result = await handle(make.envelope(KARI, asked))
    topics = {m.topic for m in pushes(result, "agent", SummaryChanged)}
    line = topology.line_topic(make.tenant)

    assert topics == {line, *(topology.agent_topic(make.tenant, a) for a in ("kari", "per"))}
    assert [m.envelope.body for m in result if isinstance(m, Send)] == [
        LineChanged(why="handover.request.v1")
    ]


async def test_the_answer_goes_to_the_instance_that_waits_and_only_if_one_does(world, make, handle):
    c = world.open()
    body = SetReachable(conversation=c, reachable=True)
    waiting = await handle(make.envelope(ROUTER, body, reply_to="router-1"))
    silent = await handle(make.envelope(ROUTER, body))
    done = [m for m in waiting if isinstance(m.envelope.body, CommandDone)]

    assert [(m.target, m.topic) for m in done] == [("router", "router-1")]
    assert not any(isinstance(m.envelope.body, CommandDone) for m in silent)


async def test_a_refusal_says_of_what_and_why_and_nothing_is_pushed(world, make, handle):
    words = make.envelope("citizen:c2", PostMessage(conversation=world.open(), text="Hei"))
    refused = await handle(words.evolve(reply_to="gw-1"))

    assert [m.envelope.body for m in refused] == [
        Refused(about=words.id, conversation=make.id(1), code="not_found")
    ]
    assert await handle(words) == []


async def test_a_redelivered_command_says_the_same_again_under_the_same_ids(world, make, handle):
    """A crash between commit and acknowledgement is this."""
    opening = make.envelope(CITIZEN, OpenConversation(conversation=make.id(1)))
    first = await handle(opening)
    second = await handle(opening)

    def said(result):
        return [(type(m), getattr(m, "topic", ""), m.envelope.id, m.envelope.body) for m in result]

    assert said(second) == said(first)


async def test_a_command_whose_unit_came_too_late_is_decided_again(world, make, store, handle):
    c = world.open()
    store.lose = 3
    result = await handle(make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei")))

    assert len(pushes(result, "gateway")) == 1
    assert store.loads == 4
    assert len(world.told(c)) == 2


async def test_endless_contention_is_waited_out_and_not_given_up(world, make, store, handle):
    c = world.open()
    store.lose = MAX_ROUNDS
    result = await handle(make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei")))

    assert isinstance(result, Transient)


async def test_a_command_that_may_not_be_stored_does_not_stop_the_others(
    world, make, store, handle
):
    """Also not those of its own conversation."""
    one, two = world.open(1), world.open(2)
    batch = [
        make.envelope(CITIZEN, PostMessage(conversation=c, text=text))
        for c, text in ((one, "a"), (one, "b"), (two, "c"))
    ]
    store.spoil = [(batch[0].id, "impossible")]
    first, *others = await handle.all(batch)

    assert isinstance(first, Impossible)
    assert [len(pushes(result, "gateway")) for result in others] == [1, 1]
    assert [e.body.text for e in world.told(one)[1:]] == ["b"]


async def test_an_id_that_was_used_for_another_action_is_told_and_not_tried_for_ever(
    world, make, store, handle
):
    """A unique key once made the ledger decide such a command again without an end."""
    c = world.open()
    words = make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei"), reply_to="gw-1")
    store.spoil = [(words.id, "reused")]
    (told,) = await handle(words)

    assert told.envelope.body.code == "id_reused"
    assert store.loads == 1


async def test_a_set_up_is_told_to_all_and_to_gateways_without_staff(make, handle):
    published = make.publish(make.directory(version=2), reply_to="agent-1")
    result = await handle(published)
    shown = {m.target: m.envelope.body.directory for m in result[1:]}

    assert isinstance(result[0].envelope.body, CommandDone)
    assert set(shown) == {"gateway", "router", "agent"}
    assert shown["gateway"].agents == ()
    assert shown["agent"].agents


async def test_a_set_up_said_again_is_told_again_and_an_older_one_is_not(make, handle):
    """The replica may have died between storing and telling."""
    new, old = make.publish(make.directory(version=3)), make.publish(make.directory(version=2))
    first = await handle(new)
    again = await handle(new)

    assert [m.envelope for m in again] == [m.envelope for m in first]
    assert len(pushes(first, "gateway", DirectoryChanged)) == 1
    assert await handle(old) == []


async def test_nobody_publishes_the_set_up_of_another_municipality(world, make, handle):
    foreign = make.publish(make.directory(version=9)).evolve(tenant="annenvik", reply_to="agent-1")
    (told,) = await handle(foreign)

    assert told.envelope.body.code == "not_allowed"
    assert world.shelf.directory.version == 1


async def test_from_queue_to_screens_over_the_bus(world, make, handle):
    """The handler in its shell, on the bus in memory: commit, say, then acknowledge."""
    broker = MemoryBroker()
    bus = MemoryBus(broker, source="ledger", instance="ledger-1")
    gateway = MemoryBus(broker, source="gateway", instance="gateway-1")
    inbox = Inbox(bus, handle.all, queues=topology.COMMANDS, max_batch=8)
    bus.consume(inbox.subscription)
    for step in (bus.start, gateway.start, inbox.start):
        await step()
    c = uuid4()
    for body in (OpenConversation(conversation=c), PostMessage(conversation=c, text="Hei")):
        await gateway.send(make.envelope(CITIZEN, body))

    def said():
        return [
            push.envelope.body.event.body.kind
            for push in broker.pushed
            if push.target == "gateway" and isinstance(push.envelope.body, EventCommitted)
        ]

    async with asyncio.timeout(10):
        while len(said()) < 2:  # noqa: ASYNC110 - the broker in memory sets no event
            await asyncio.sleep(0)
    await inbox.drain(10)

    assert said() == ["opened", "message"]
    assert not any(broker.queues[name].ready for name in topology.COMMANDS)
    await gateway.stop()
    await bus.stop()
