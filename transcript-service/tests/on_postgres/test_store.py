"""Batches on a real database: once, whole or not at all, whoever else writes at the same time."""

import asyncio
import random
from collections import Counter

import pytest
from services.contracts import (
    Close,
    EndWrapUp,
    MakeOffer,
    OpenConversation,
    PostMessage,
    PostNote,
    RequestHandover,
    SetReachable,
    TakeOver,
    derived_id,
)
from transcript_service.handlers import Impossible

pytestmark = pytest.mark.integration

CITIZEN, KARI, OLA, LISE, ROUTER = (
    "citizen:c1", "agent:kari", "agent:ola", "agent:lise", "router:0",
)  # fmt: skip


async def words_of(replica, conversation, stream="dialogue"):
    reader = CITIZEN if stream == "dialogue" else KARI
    read = await replica.reads.range(replica.make.tenant, conversation, stream, 0, reader=reader)
    return [getattr(event.body, "text", event.body.kind) for event in read.events]


async def test_what_is_committed_reads_back_as_it_was_decided(replica):
    c = await replica.open(topic="skatt", language="nn")
    await replica.join(c, "kari")
    note, epoch = "Ring først", 1
    handover = RequestHandover(conversation=c, epoch=epoch, department="bygg", note=note)
    told = await replica.say(KARI, handover)
    stored = await replica.state(replica.make.envelope(KARI, handover))

    assert stored == told.summary
    assert (stored.language, stored.topic, stored.owner) == ("nn", "skatt", "kari")
    assert stored.handover.department == "bygg"
    assert [e.seq for e in told.events] == [3, 2]


async def test_a_batch_is_committed_as_one_and_in_its_order(replica):
    make, c = replica.make, replica.make.id(1)
    batch = [
        make.envelope(CITIZEN, OpenConversation(conversation=c)),
        *(make.envelope(CITIZEN, PostMessage(conversation=c, text=str(n))) for n in range(20)),
    ]
    told = await replica.carry_out(*batch)

    assert [t.events[0].seq for t in told] == list(range(1, 22))
    assert await words_of(replica, c) == ["opened", *map(str, range(20))]


async def test_the_same_command_again_gives_the_same_events_also_from_another_replica(replicas):
    """In a batch twice, in a later batch, and on another replica after a crash before the ack."""
    one, two = replicas
    c = await one.open()
    words = one.make.envelope(CITIZEN, PostMessage(conversation=c, text="Hei"))
    twice = await one.carry_out(words, words)
    (later,) = await one.carry_out(words)
    (elsewhere,) = await two.carry_out(words)

    assert len({told.events[0].model_dump_json() for told in (*twice, later, elsewhere)}) == 1
    assert await words_of(one, c) == ["opened", "Hei"]


async def test_a_silent_command_is_known_when_it_comes_again(replicas):
    one, two = replicas
    c = await one.open()
    away = one.make.envelope(ROUTER, SetReachable(conversation=c, reachable=False))
    back = one.make.envelope(ROUTER, SetReachable(conversation=c, reachable=True))
    await one.carry_out(away)
    await one.carry_out(back)
    (again,) = await two.carry_out(away)

    assert again.done
    assert (await two.state(away)).away_since is None


async def test_two_replicas_that_write_to_one_conversation_number_it_without_a_gap(replicas):
    c = await replicas[0].open()

    async def talk(replica, name):
        for n in range(25):
            told = await replica.say(CITIZEN, PostMessage(conversation=c, text=f"{name}{n}"))
            assert told.code is None

    await asyncio.gather(*(talk(r, name) for r in replicas for name in ("a", "b")))
    read = await replicas[0].reads.range(replicas[0].make.tenant, c, "dialogue", 0, reader=CITIZEN)
    texts = [e.body.text for e in read.events[1:]]

    assert [e.seq for e in read.events] == list(range(1, 102))
    assert Counter(texts) == Counter({f"{x}{n}": 2 for x in "ab" for n in range(25)})


async def test_two_openings_of_one_conversation_at_once_open_it_once(replicas):
    for n in range(1, 31):
        c = replicas[0].make.id(n)
        told = await asyncio.gather(
            *(r.say(CITIZEN, OpenConversation(conversation=c)) for r in replicas)
        )

        assert sorted(len(t.events) for t in told) == [0, 1]
        assert await words_of(replicas[0], c) == ["opened"]


async def test_of_two_who_take_a_conversation_at_once_one_owns_it_and_the_other_is_told(replicas):
    one, two = replicas
    for n in range(1, 26):
        c = await one.open(n)
        told = await asyncio.gather(
            one.say(KARI, TakeOver(conversation=c, epoch=0)),
            two.say(OLA, TakeOver(conversation=c, epoch=0)),
        )
        codes = [t.code for t in told]
        stored = await one.state(one.make.envelope(KARI, TakeOver(conversation=c, epoch=0)))

        assert codes.count(None) == 1
        assert {"not_allowed", "stale_epoch"} & set(codes)
        assert stored.owner == ("kari", "ola")[codes.index(None)]
        assert stored.epoch == 1
        owner = f"agent:{stored.owner}"
        await one.say(owner, Close(conversation=c, epoch=1))
        await one.say(owner, EndWrapUp(conversation=c))


async def test_the_last_slot_of_an_agent_is_given_once_whatever_the_number_of_replicas(replicas):
    """Two routers, many rounds: never above the capacity, and every loser is told why."""
    make = replicas[0].make
    for n in range(10):
        await replicas[0].open(n + 1)
    for round_ in range(5):
        offers = [
            MakeOffer(conversation=make.id(2 * round_ + k + 1), agent="kari", epoch=0)
            for k in range(2)
        ]
        told = await asyncio.gather(
            *(r.say(ROUTER, offer) for r, offer in zip(replicas, offers, strict=True))
        )
        load = await replicas[0].load("kari")

        assert load <= 2
        assert sorted(str(t.code) for t in told) == (
            ["None", "None"] if round_ == 0 else ["capacity", "capacity"]
        )


async def test_two_replicas_race_for_one_slot_and_one_of_them_wins(replicas):
    one, two = replicas
    make = one.make
    await one.carry_out(make.publish(make.directory(version=2, capacity=1)))
    for n in range(1, 31, 2):
        a, b = await one.open(n), await one.open(n + 1)
        told = await asyncio.gather(
            one.say(KARI, TakeOver(conversation=a, epoch=0)),
            two.say(KARI, TakeOver(conversation=b, epoch=0)),
        )

        assert sorted(str(t.code) for t in told) == ["None", "capacity"]
        assert await one.load("kari") == 1
        won = (a, b)[[t.code for t in told].index(None)]
        await one.say(KARI, Close(conversation=won, epoch=1))
        await one.say(KARI, EndWrapUp(conversation=won))


async def test_big_batches_over_the_same_agents_and_conversations_do_not_lock_each_other(replicas):
    """Locks are taken in one order: shuffled batches at the same time end, and add up."""
    make, chance = replicas[0].make, random.Random(7)
    numbers = list(range(1, 13))
    for n in numbers:
        await replicas[0].open(n)

    async def rush(replica):
        for _ in range(8):
            chance.shuffle(numbers)
            batch = [
                make.envelope(ROUTER, MakeOffer(conversation=make.id(n), agent=agent, epoch=0))
                for n, agent in zip(numbers, ("kari", "ola") * 6, strict=True)
            ]
            batch += [
                make.envelope(CITIZEN, PostMessage(conversation=make.id(n), text="Hei"))
                for n in numbers
            ]
            await replica.carry_out(*batch)

    await asyncio.gather(rush(replicas[0]), rush(replicas[1]))
    line = await replicas[0].reads.line(make.tenant)
    offered = Counter(c.offer.agent for c in line.conversations if c.offer)

    assert offered == {"kari": 2, "ola": 2}
    assert all(c.last_seq["dialogue"] == 17 for c in line.conversations)


async def test_an_id_that_another_id_was_derived_from_is_told_and_not_tried_for_ever(replica):
    """A client once could hold up the ledger: the unique key refused, and it was decided again."""
    c = await replica.open()
    await replica.join(c, "kari")
    asked = replica.make.envelope(
        KARI, RequestHandover(conversation=c, epoch=1, department="bygg", note="Se")
    )
    await replica.carry_out(asked)
    clash = derived_id(asked.id, "note")
    batch = [
        replica.make.envelope(KARI, PostNote(conversation=c, text="a")),
        replica.make.envelope(KARI, PostNote(conversation=c, text="b"), id=clash),
        replica.make.envelope(CITIZEN, PostMessage(conversation=c, text="c")),
    ]
    told = await replica.carry_out(*batch)

    assert [t.code for t in told] == [None, "id_reused", None]
    assert await words_of(replica, c, "desk") == ["offered", "Se", "a"]
    assert (await words_of(replica, c))[-1] == "c"


async def test_rows_that_may_not_be_do_not_stop_the_others_of_their_batch(replica, admin):
    """The load of an agent was tampered with: freeing a slot would take it below nothing."""
    make = replica.make
    a, b = await replica.open(1), await replica.open(2)
    await replica.join(a, "kari")
    await admin.execute("UPDATE ledger.agent SET load = 0 WHERE tenant = $1", make.tenant)
    batch = [
        make.envelope(CITIZEN, PostMessage(conversation=b, text="før")),
        make.envelope(LISE, TakeOver(conversation=a, epoch=1)),
        make.envelope(CITIZEN, PostMessage(conversation=b, text="etter")),
    ]
    results = await replica.commands(batch)

    assert isinstance(results[1], Impossible)
    assert await words_of(replica, b) == ["opened", "før", "etter"]
    assert (await replica.state(batch[1])).owner == "kari"


async def test_an_offer_or_hand_over_that_ended_does_not_begin_again(replica, admin):
    c = await replica.open()
    await replica.join(c, "kari")
    asked = replica.make.envelope(KARI, RequestHandover(conversation=c, epoch=1, department="bygg"))
    await replica.carry_out(asked)
    await replica.say(LISE, TakeOver(conversation=c, epoch=1))
    stolen = RequestHandover(conversation=c, epoch=2, department="bygg")

    assert (await replica.say(LISE, stolen, id=asked.id)).code == "id_reused"
    states = await admin.fetch(
        "SELECT from_agent, state FROM ledger.handover WHERE tenant = $1", replica.make.tenant
    )
    assert [tuple(row) for row in states] == [("kari", "returned")]


async def test_any_words_that_pass_the_doors_are_stored_exactly(replica):
    c = await replica.open()
    words = ["\u202e\x01\x7f\ufffe", "'; DROP TABLE x; --", "\\u0000 \\x00", "😀" * 2000, "\ud7ff"]
    for text in words:
        await replica.say(CITIZEN, PostMessage(conversation=c, text=text))

    assert await words_of(replica, c) == ["opened", *words]
