"""Histories leave no fault behind, and whatever is tampered with is found and named."""

import asyncio
import os
import random
import subprocess
import sys

import pytest
from services.contracts import Close, PostMessage, SetReachable

pytestmark = pytest.mark.integration

CITIZEN, KARI, ROUTER = "citizen:c1", "agent:kari", "router:0"


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_history_over_two_replicas_keeps_every_promise(
    replicas, player, faults, seed
):
    """Batches of apt, stale, repeated and strange commands, on both at once."""
    make, chance = replicas[0].make, random.Random(seed)
    play = player(make, chance.choice)
    summaries, said = {}, []

    async def some(replica):
        for _ in range(12):
            fresh = [play.command(summaries) for _ in range(chance.randint(1, 8))]
            again = chance.sample(said, min(len(said), 2))
            told = await replica.carry_out(*fresh, *again)
            for summary in (t.summary for t in told if t.summary):
                known = summaries.get(summary.conversation)
                if known is None or summary.version > known.version:
                    summaries[summary.conversation] = summary
            said.extend(e for e, t in zip(fresh, told, strict=False) if t.code is None)

    await asyncio.gather(*(some(replica) for replica in replicas))
    line = await replicas[0].reads.line(make.tenant)

    assert await faults() == []
    assert all(load.load <= load.capacity for load in line.loads)
    assert len(said) > 20
    for envelope in chance.sample(said, 10):
        one, two = [(await replica.carry_out(envelope))[0] for replica in replicas]
        assert one.code is None
        assert one.events == two.events


async def test_a_ledger_at_work_shows_no_fault(replica, faults):
    """Heads and events are read from one snapshot: what is said meanwhile is not a fault."""
    c = await replica.open()

    async def talk():
        for n in range(60):
            await replica.say(CITIZEN, PostMessage(conversation=c, text=str(n)))

    talking = asyncio.get_running_loop().create_task(talk())
    looked = []
    while not talking.done():
        looked += await faults()
    await talking

    assert looked == []


BODY = "UPDATE ledger.event_body SET :change WHERE :here AND stream = 'dialogue' AND seq = 3"
EVENT = BODY.replace("event_body", "event")

TAMPERED = [
    (BODY, 'body = \'{"kind":"message","masked":0,"text":"Nei"}\''),
    (BODY, "body = 'no json'"),
    (BODY, "salt = decode(repeat('00', 16), 'hex')"),
    (EVENT, "sender = 'citizen:other'"),
    (EVENT, 'author = \'{"kind":"system"}\''),
    (EVENT, "time = time + interval '1 microsecond'"),
    (EVENT, "epoch = epoch + 1"),
    (EVENT, "seen = 1"),
    (EVENT, "kind = 'note'"),
    (EVENT, "client_id = gen_random_uuid()"),
    (EVENT, "cause = gen_random_uuid()"),
    (EVENT, "body_hash = decode(repeat('00', 32), 'hex')"),
    (EVENT, "hash = decode(repeat('00', 32), 'hex')"),
]


@pytest.mark.parametrize(("sql", "change"), TAMPERED)
async def test_a_row_that_was_tampered_with_is_found_by_its_name(
    talked, tamper, faults, sql, change
):
    assert await faults(talked) == []
    await tamper(sql.replace(":change", change))
    what = "body" if sql == BODY else "event"

    assert f"{talked} dialogue 3: the {what} is not the one that was sealed" in await faults(talked)


async def test_an_event_that_was_cut_out_or_cut_off_is_missed(talked, tamper, faults):
    await tamper("DELETE FROM ledger.event WHERE :here AND stream = 'dialogue' AND seq = 2")
    assert f"{talked} dialogue 3: follows 1" in await faults()

    await tamper("DELETE FROM ledger.event WHERE :here AND stream = 'dialogue' AND seq = 3")
    assert f"{talked}: the head is not the last event" in await faults()


async def test_a_stream_that_was_removed_with_its_head_is_missed(talked, tamper, faults):
    await tamper("DELETE FROM ledger.event WHERE :here AND stream = 'desk'")
    await tamper("UPDATE ledger.conversation SET heads = heads - 'desk' WHERE :here")

    assert f"{talked}: the head is not the last event" in await faults()


@pytest.mark.parametrize("load", [0, 2])
async def test_a_load_that_is_not_what_an_agent_holds_is_found(talked, tamper, faults, load):
    sql = "UPDATE ledger.agent SET load = :load WHERE :here AND id = 'kari'"
    await tamper(sql.replace(":load", str(load)))

    assert await faults() == [f"kari: load {load}, counted 1"]


async def test_wrap_ups_and_absences_are_no_faults(talked, replica, faults):
    await replica.say(ROUTER, SetReachable(conversation=talked, reachable=False))
    await replica.say(KARI, Close(conversation=talked, epoch=1))

    assert await faults() == []


async def test_an_erased_body_leaves_a_mark_and_a_chain_that_can_be_checked(
    talked, admin, erase, tenant, tamper, faults
):
    await erase(talked)
    marks = await admin.fetch("SELECT * FROM ledger.erasure WHERE tenant = $1", tenant.tenant)

    assert await faults() == []
    assert {(m["stream"], m["seq"]) for m in marks} == {
        ("dialogue", 1), ("dialogue", 2), ("dialogue", 3), ("desk", 1), ("desk", 2),
    }  # fmt: skip
    await tamper("UPDATE ledger.event SET epoch = 9 WHERE :here AND stream = 'desk' AND seq = 2")
    assert await faults() == [f"{talked} desk 2: the event is not the one that was sealed"]


async def test_a_body_that_was_erased_under_no_signature_is_named(talked, admin, tenant, faults):
    async with admin.transaction():
        await admin.execute("SET LOCAL ROLE transcript_retention")
        await admin.execute(
            "DELETE FROM ledger.event_body WHERE tenant = $1 AND stream = 'dialogue' AND seq = 3",
            tenant.tenant,
        )
    marks = await admin.fetch("SELECT * FROM ledger.erasure WHERE tenant = $1", tenant.tenant)

    assert len(marks) == 1
    assert await faults() == [f"{talked} dialogue 3: the mark 1 is not signed"]


async def test_a_body_that_is_gone_without_a_mark_is_missed(talked, tamper, faults):
    await tamper("DELETE FROM ledger.event_body WHERE :here AND stream = 'desk' AND seq = 1")

    assert await faults() == [f"{talked} desk 1: the body is gone without a mark"]


async def test_a_mark_at_a_body_that_is_still_there_is_found(talked, tamper, faults):
    await tamper(
        "INSERT INTO ledger.erasure (tenant, conversation, stream, seq, by, gone)"
        " SELECT tenant, conversation, stream, seq, 'me', body_hash FROM ledger.event"
        " WHERE :here AND stream = 'desk' AND seq = 1"
    )

    assert await faults() == [
        f"{talked} desk 1: the mark 1 is not signed",
        f"{talked} desk 1: the body is marked as erased, yet it is there",
    ]


async def test_one_conversation_can_be_verified_alone(talked, replica, tamper, faults):
    other = await replica.open(2)
    sql = "UPDATE ledger.event SET epoch = 9 WHERE :here AND conversation = ':other'"
    await tamper(sql.replace(":other", str(other)))

    assert await faults(talked) == []
    assert len(await faults(other)) == 1


async def test_the_command_says_what_is_wrong_and_fails(talked, app_url, tamper, tenant):
    await tamper("UPDATE ledger.event SET epoch = 9 WHERE :here AND stream = 'desk' AND seq = 1")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "transcript_service", "verify", "--all"],
        env={**os.environ, "PREK_DATABASE_URL": app_url, "PREK_AMQP_URL": "amqp://unused"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    sealed = "the event is not the one that was sealed"
    assert f"{tenant.tenant} {talked} desk 1: {sealed}" in done.stdout
    assert "Hei" not in done.stdout
