"""Written questions, blocks, consults and follow-ups on a real database and two replicas."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from services.contracts import (
    AcceptOffer,
    AskWritten,
    Block,
    ClearAlarm,
    Close,
    Consult,
    EndConsult,
    MakeOffer,
    MakeWritten,
    OpenConversation,
    PlanStep,
    PostMessage,
    RaiseAlarm,
    Requeue,
    RoutingPlan,
    SetTopic,
    TakeOver,
    TopicSuggestion,
    Why,
)
from transcript_service.core.receipts import candidates

pytestmark = pytest.mark.integration

CITIZEN, OTHER, KARI, OLA, LISE, ROUTER = (
    "citizen:c1", "citizen:c2", "agent:kari", "agent:ola", "agent:lise", "router:0",
)  # fmt: skip
EMAIL = {"answer_by": "email", "contact": "nils@testvik.no"}


async def written(replica, n=1, **fields):
    c = await replica.open(n)
    told = await replica.say(CITIZEN, AskWritten(conversation=c, **{**EMAIL, **fields}))
    assert told.code is None
    return c


async def stored(replica, conversation):
    body = OpenConversation(conversation=conversation)
    return await replica.state(replica.make.envelope(CITIZEN, body))


async def test_everything_that_was_decided_reads_back(replicas, faults):
    one, two = replicas
    suggested = TopicSuggestion(topic="garasje", score=0.75)
    former = await one.open(1)
    await one.join(former)
    await one.say(KARI, Close(conversation=former, epoch=1))
    c = await one.open(2, suggested=suggested, follows=former)
    told = [
        await two.say(KARI, SetTopic(conversation=c, topic="skatt")),
        await one.say(KARI, TakeOver(conversation=c, epoch=0)),
        await two.say(KARI, RaiseAlarm(conversation=c, alarm="threat")),
        await one.say(KARI, Consult(conversation=c, epoch=1, agent="per", note="Se")),
        await two.say(CITIZEN, AskWritten(conversation=c, **EMAIL)),
    ]
    summary = await stored(one, c)

    assert [t.code for t in told] == [None] * 5
    assert summary == told[-1].summary
    assert (summary.topic, summary.suggested, summary.follows) == ("skatt", suggested, former)
    assert (summary.preferred_agent, summary.consulted) == ("kari", ("per",))
    assert (summary.alarm, summary.answer_by) == ("threat", "email")
    assert summary.unanswered_since is not None
    later = await one.say(KARI, MakeWritten(conversation=c, reason="answer_later", epoch=1))
    summary = await stored(two, c)
    assert summary == later.summary
    assert (summary.state, summary.consulted, summary.unanswered_since) == ("written", (), None)
    assert summary.receipt is not None
    assert summary.due_at is not None
    assert await faults() == []


async def test_a_plans_why_is_stored_with_the_offer(replica):
    make = replica.make
    plan = RoutingPlan(id="p", steps=(PlanStep(),))
    await replica.carry_out(make.publish(make.directory(version=2, plans=(plan,))))
    c = await replica.open()
    why = Why(outcome="offered", reason="asked", agent="kari", plan="p", counts={"eligible": 2})
    await replica.say(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0, why=why))
    read = await replica.reads.range(make.tenant, c, "desk", 0, reader=KARI)

    assert read.events[-1].body.why == why


async def test_who_closes_it_has_the_citizen_told_where_they_asked_whichever_replica(replicas):
    one, two = replicas
    c = await written(one)
    await one.say(CITIZEN, AskWritten(conversation=c, answer_by="email", contact="ola@testvik.no"))
    await two.join(c)
    closing = two.make.envelope(KARI, Close(conversation=c, epoch=1))
    (first,) = await two.carry_out(closing)
    (again,) = await one.carry_out(closing)

    assert (first.ready.answer_by, first.ready.contact) == ("email", "ola@testvik.no")
    assert first.ready == again.ready
    assert first.ready.citizen == CITIZEN


async def test_a_contact_that_was_erased_is_told_to_nobody_nor_the_one_before(replica, admin):
    c = await written(replica)
    asked = AskWritten(conversation=c, answer_by="email", contact="per@testvik.no")
    await replica.say(CITIZEN, asked)
    await replica.join(c)
    await admin.execute(
        "DELETE FROM ledger.event_body AS b USING ledger.event AS e WHERE b.tenant = $1"
        " AND (b.conversation, b.stream, b.seq) = (e.conversation, e.stream, e.seq)"
        " AND e.tenant = b.tenant AND e.kind = 'contact_given'"
        " AND b.body LIKE '%per@%'",
        replica.make.tenant,
    )
    told = await replica.say(KARI, Close(conversation=c, epoch=1))

    assert told.ready.contact is None


async def test_contacts_stand_in_no_row_but_the_body_of_their_event(replica, admin):
    c = await written(replica)
    row = await admin.fetchval(
        "SELECT to_jsonb(c)::text FROM ledger.conversation AS c WHERE id = $1 AND tenant = $2",
        c,
        replica.make.tenant,
    )
    memory = replica.store.remembered((replica.make.tenant, c))

    assert "nils" not in row
    assert memory.contact is None


# Receipts


async def test_a_receipt_leads_to_its_conversation_in_its_municipality(replica):
    c = await written(replica)
    receipt = (await stored(replica, c)).receipt
    found = await replica.reads.receipt(replica.make.tenant, receipt)

    assert (found.conversation, found.citizen) == (c, CITIZEN)
    assert await replica.reads.receipt("annenvik", receipt) is None
    assert await replica.reads.receipt(replica.make.tenant, "TT-0000-0000") is None


async def give(admin, replica, conversation, receipt):
    """Let a conversation have a number that chance would seldom give it."""
    await admin.execute(
        "UPDATE ledger.conversation SET receipt = $3 WHERE tenant = $1 AND id = $2",
        replica.make.tenant,
        conversation,
        receipt,
    )


async def test_a_number_that_another_has_is_lengthened(replica, admin):
    other = await written(replica, 2)
    numbers = candidates(replica.make.tenant, replica.make.id(1))
    await give(admin, replica, other, numbers[0])

    assert (await stored(replica, await written(replica, 1))).receipt == numbers[1]


async def test_a_number_that_another_is_given_meanwhile_is_lengthened(replica, admin):
    """Between loading and committing: the unique key refuses, and it is decided again."""
    other, c = await written(replica, 2), await replica.open(1)
    numbers = candidates(replica.make.tenant, c)
    load, loads = replica.store.load, []

    async def too_late(envelopes):
        loads.append(await load(envelopes))
        if len(loads) == 1:
            await give(admin, replica, other, numbers[0])
        return loads[-1]

    replica.store.load = too_late
    told = await replica.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))

    assert told.summary.receipt == numbers[1]
    assert len(loads) == 2


# Blocks


async def test_a_block_holds_on_every_replica_for_this_citizen_and_municipality(replicas):
    one, two = replicas
    make = one.make
    c = await one.open()
    await one.join(c)
    opening = OpenConversation(conversation=make.id(2))
    assert (await one.say(KARI, Block(conversation=c, reason="Hets", hours=1))).code is None

    assert (await two.say(CITIZEN, opening)).code == "blocked"
    assert (await two.say(CITIZEN, OpenConversation(conversation=c))).code is None
    assert (await two.say(OTHER, opening)).code is None


async def test_a_block_ends_by_the_databases_clock_and_a_shorter_one_ends_none(replica, admin):
    make = replica.make
    c = await replica.open()
    await replica.join(c)
    for sender, hours in ((KARI, 2), (LISE, 1)):
        await replica.say(sender, Block(conversation=c, reason="Hets", hours=hours))
    left = await admin.fetchval(
        "SELECT until - clock_timestamp() FROM ledger.block WHERE tenant = $1", make.tenant
    )
    assert left.total_seconds() > 3600 + 1800
    await admin.execute(
        "UPDATE ledger.block SET until = clock_timestamp() WHERE tenant = $1", make.tenant
    )

    assert (await replica.say(CITIZEN, OpenConversation(conversation=make.id(2)))).code is None


async def test_one_citizen_blocked_twice_in_a_batch_is_blocked_for_the_longer_time(replica, admin):
    """Two rows of one citizen in one statement once held the whole batch for ever."""
    make = replica.make
    first, second = await replica.open(1), await replica.open(2)
    await replica.join(first, "kari")
    await replica.join(second, "kari")
    blocks = [
        make.envelope(KARI, Block(conversation=c, reason="Hets", hours=hours))
        for c, hours in ((first, 2), (second, 48))
    ]
    told = await replica.carry_out(*blocks)
    left = await admin.fetchval(
        "SELECT until - now() FROM ledger.block WHERE tenant = $1", make.tenant
    )

    assert [one.code for one in told] == [None, None]
    assert timedelta(hours=47) < left <= timedelta(hours=48)


async def test_retention_forgets_blocks_that_are_over(replica, admin):
    c = await replica.open()
    await replica.say(LISE, Block(conversation=c, reason="Hets"))
    await admin.execute("SET ROLE transcript_retention")
    done = await admin.execute("DELETE FROM ledger.block WHERE tenant = $1", replica.make.tenant)
    await admin.execute("RESET ROLE")

    assert done == "DELETE 1"


# Said twice, and at the same time

COMMANDS = [
    (CITIZEN, lambda c: AskWritten(conversation=c, **EMAIL)),
    (KARI, lambda c: MakeWritten(conversation=c, reason="answer_later", epoch=1)),
    (KARI, lambda c: SetTopic(conversation=c, topic="skatt")),
    (KARI, lambda c: Consult(conversation=c, epoch=1, agent="per", note="Se")),
    (KARI, lambda c: Consult(conversation=c, epoch=1, agent="ola")),
    (KARI, lambda c: EndConsult(conversation=c, agent="ola")),
    (KARI, lambda c: EndConsult(conversation=c, agent="per")),
    (KARI, lambda c: RaiseAlarm(conversation=c, alarm="threat")),
    (KARI, lambda c: RaiseAlarm(conversation=c, alarm="abuse")),
    (KARI, lambda c: ClearAlarm(conversation=c)),
    (KARI, lambda c: Block(conversation=c, reason="Hets")),
    (KARI, lambda c: PostMessage(conversation=c, text="Hei", epoch=1)),
    (CITIZEN, lambda c: PostMessage(conversation=c, text="Hjelp", alarm="danger")),
]


def in_order(told):
    return sorted(told.events, key=lambda event: (event.stream, event.seq))


@pytest.mark.parametrize(("sender", "body"), COMMANDS)
async def test_said_twice_it_is_done_once_also_at_once_and_on_another_replica(
    replicas, sender, body
):
    one, two = replicas
    c = await one.open()
    await one.join(c)
    await one.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
    await one.say(KARI, Consult(conversation=c, epoch=1, agent="ola"))
    await one.say(KARI, RaiseAlarm(conversation=c, alarm="abuse"))
    envelope = one.make.envelope(sender, body(c))
    (((a,), (b,))) = await asyncio.gather(one.carry_out(envelope), two.carry_out(envelope))
    summary = await stored(one, c)
    (later,) = await two.carry_out(envelope)

    assert (a.code, b.code, later.code) == (None, None, None)
    assert in_order(a) == in_order(b) == in_order(later)
    assert await stored(two, c) == summary


async def test_of_the_citizens_wish_and_the_agents_yes_at_once_one_comes_first(replicas):
    one, two = replicas
    seen = Counter()
    for n in range(1, 21):
        c = await one.open(n)
        offer = one.make.envelope(ROUTER, MakeOffer(conversation=c, agent="kari", epoch=0))
        await one.carry_out(offer)
        asked, accepted = await asyncio.gather(
            one.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt")),
            two.say(KARI, AcceptOffer(conversation=c, offer=offer.id)),
        )
        summary = await stored(one, c)
        seen[summary.state] += 1

        assert asked.code is None
        assert accepted.code == (None if summary.state == "active" else "offer_gone")
        assert (summary.due_at is None) == (summary.state == "active")
        assert await one.load("kari") == (summary.state == "active")
        if summary.state == "active":
            later = MakeWritten(conversation=c, reason="answer_later", epoch=1)
            assert (await two.say(KARI, later)).code is None
        assert await one.load("kari") == 0
    assert set(seen) <= {"active", "written"}


async def test_of_putting_off_and_taking_over_at_once_one_happens_and_the_other_is_told(replicas):
    one, two = replicas
    for n in range(1, 16):
        c = await one.open(n)
        await one.join(c)
        await one.say(CITIZEN, AskWritten(conversation=c, answer_by="receipt"))
        told = await asyncio.gather(
            one.say(KARI, MakeWritten(conversation=c, reason="answer_later", epoch=1)),
            two.say(LISE, TakeOver(conversation=c, epoch=1)),
        )
        summary = await stored(one, c)

        assert {str(t.code) for t in told} == {"None", "stale_epoch"}
        assert summary.epoch == 2
        assert (summary.owner, summary.state) in ((None, "written"), ("lise", "active"))
        loads = (await one.load("kari"), await one.load("lise"))
        assert loads == (0, summary.owner == "lise")
        if summary.owner:
            back = Requeue(conversation=c, epoch=2, reason="returned_by_agent")
            await one.say(LISE, back)


async def test_of_a_consult_and_a_requeue_at_once_nobody_is_left_reading_along(replicas):
    one, two = replicas
    for n in range(1, 16):
        c = await one.open(n)
        await one.join(c)
        told = await asyncio.gather(
            one.say(KARI, Consult(conversation=c, epoch=1, agent="per")),
            two.say(KARI, Requeue(conversation=c, epoch=1, reason="returned_by_agent")),
        )
        summary = await stored(one, c)

        assert told[1].code is None
        assert told[0].code in (None, "stale_epoch")
        assert (summary.state, summary.consulted) == ("waiting", ())
