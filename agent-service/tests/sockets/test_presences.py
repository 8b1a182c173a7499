"""Presence as consoles see it: chosen, missed, drained, and the same on every device."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from services.clock import utc_now
from services.contracts import PendingOffer


def offer_to(agent, *, ended_s=1):
    """An offer whose time is up since `ended_s` seconds."""
    deadline = utc_now() - timedelta(seconds=ended_s)
    return PendingOffer(id=uuid4(), agent=agent, deadline=deadline)


async def miss(ledger, known, agent, **offer):
    """Let an offer be made and run out."""
    await ledger.change(known, state="offered", offer=offer_to(agent, **offer))
    await ledger.change(known, state="waiting", offer=None, missed=(agent,))


def leases_of(house, agent):
    return [
        json.loads(payload)
        for (_, name), payload in house.leases.held.items()
        if name.startswith(f"{agent}:")
    ]


def woken(house):
    """Count how often the router was told to look."""
    return sum(e.body.type == "line.changed.v1" for e in house.broker.sent)


async def test_who_sits_down_is_available_and_the_router_is_told(house):
    before = woken(house)
    await house.console("kari")
    (lease,) = leases_of(house, "kari")
    assert lease["departments"] == ["servicetorget"]

    assert (lease["presence"], lease["instance"]) == ("available", "agent-1")
    assert woken(house) == before + 1


async def test_a_choice_is_seen_by_every_colleague_and_written_to_the_lease(house, eventually):
    kari, ola = await house.console("kari"), await house.console("ola")
    await kari.say("presence", presence="busy", reason="Telefon")
    for client in (kari, ola):
        told = await client.until("presence", agent="kari")

        assert (told["presence"], told["reason"]) == ("busy", "Telefon")
    await eventually(lambda: leases_of(house, "kari")[0]["presence"] == "busy")


async def test_coming_back_wakes_the_router_and_going_does_not(house, eventually):
    client = await house.console("kari")
    before = woken(house)
    await client.say("presence", presence="away")
    await client.until("presence", presence="away")
    await eventually(lambda: leases_of(house, "kari")[0]["presence"] == "away")

    assert woken(house) == before

    await client.say("presence", presence="available")
    await eventually(lambda: woken(house) == before + 1)


@pytest.mark.parametrize("devices", ["same replica", "two replicas"])
async def test_every_device_of_an_agent_agrees(house, eventually, devices):
    await house.add_replica()
    first = await house.console("kari")
    second = await house.console("kari", replica=0 if devices == "same replica" else 1)
    await first.say("presence", presence="busy", reason="a")
    await second.until("presence", presence="busy")
    await second.say("presence", presence="away", reason="b")
    await first.until("presence", presence="away", reason="b")

    await eventually(lambda: {x["presence"] for x in leases_of(house, "kari")} == {"away"})
    assert len(leases_of(house, "kari")) == 2


async def test_a_choice_made_on_another_replica_keeps_the_place_in_the_idle_order(
    house, eventually
):
    await house.add_replica()
    first = await house.console("kari")
    second = await house.console("kari", replica=1)
    (idle_since,) = {lease["idle_since"] for lease in leases_of(house, "kari")}
    await first.say("presence", presence="busy")
    await second.until("presence", presence="busy")
    await eventually(lambda: {x["presence"] for x in leases_of(house, "kari")} == {"busy"})

    assert {lease["idle_since"] for lease in leases_of(house, "kari")} == {idle_since}


async def test_a_new_device_finds_the_agent_as_they_are_elsewhere(house, eventually):
    await house.add_replica()
    first = await house.console("kari")
    await first.say("presence", presence="busy", reason="Kurs")
    await eventually(lambda: leases_of(house, "kari")[0]["presence"] == "busy")
    second = await house.console("kari", replica=1)
    (welcome,) = second.frames

    assert (welcome["presence"], welcome["reason"]) == ("busy", "Kurs")


async def test_a_reload_keeps_the_presence(house, eventually):
    session = house.store.sit("kari")
    first = await house.console("kari", session=session)
    await first.say("presence", presence="away", reason="Lunsj")
    await eventually(lambda: leases_of(house, "kari")[0]["presence"] == "away")
    await first.connection.close()
    again = await house.console("kari", session=session)

    assert again.frames[0]["presence"] == "away"
    assert len(leases_of(house, "kari")) == 1


async def test_the_first_missed_offer_is_told_and_the_second_forces_away(house, ledger):
    known = ledger.conversation()
    client = await house.console("kari")
    await miss(ledger, known, "kari", ended_s=9)
    first = await client.until("presence", agent="kari")
    await miss(ledger, known, "kari", ended_s=1)
    second = await client.until("presence", agent="kari")

    assert (first["presence"], first["misses"]) == ("available", 1)
    assert (second["presence"], second["reason"]) == ("forced_away", "missed_offers")


async def test_one_click_brings_a_forced_away_agent_back(house, ledger, eventually):
    known = ledger.conversation()
    client = await house.console("kari")
    for ended_s in (9, 1):
        await miss(ledger, known, "kari", ended_s=ended_s)
        await client.until("presence", agent="kari")
    before = woken(house)
    await client.say("presence", presence="available")
    back = await client.until("presence", agent="kari")

    assert (back["presence"], back["misses"], back["reason"]) == ("available", 0, "")
    await eventually(lambda: woken(house) == before + 1)


async def test_a_declined_offer_is_not_a_missed_one(house, ledger):
    known = ledger.conversation()
    client = await house.console("kari")
    await ledger.change(known, state="offered", offer=offer_to("kari"))
    await ledger.change(known, by="agent:kari", state="waiting", offer=None, missed=("kari",))
    while client.frames[-1]["type"] != "summary" or not client.frames[-1]["summary"]["missed"]:
        await client.next()
    await client.echo()

    assert not [f for f in client.frames if f["type"] == "presence"]


async def test_one_miss_with_two_devices_on_two_replicas_is_one_miss(house, ledger, eventually):
    await house.add_replica()
    known = ledger.conversation()
    clients = [await house.console("kari", replica=n) for n in (0, 1)]
    await miss(ledger, known, "kari")
    for client in clients:
        await client.until("presence", agent="kari", misses=1)
    await eventually(lambda: {lease["misses"] for lease in leases_of(house, "kari")} == {1})
    for client in clients:
        await client.echo()

        assert "forced_away" not in [f.get("presence") for f in client.frames]


async def test_taking_a_conversation_counts_as_no_longer_idle(house, ledger, eventually):
    known = ledger.conversation(state="offered", offer=offer_to("kari", ended_s=-60))
    await house.console("kari")
    (lease,) = leases_of(house, "kari")
    await ledger.change(known, by="agent:kari", state="active", offer=None, owner="kari", epoch=1)

    await eventually(lambda: leases_of(house, "kari")[0]["idle_since"] > lease["idle_since"])


async def test_sitting_down_again_keeps_the_place_in_the_idle_order(house, ledger, eventually):
    """The first look at a conversation the agent had long had was taken for taking it."""
    known = ledger.conversation(state="active", owner="kari", epoch=1)
    await house.add_replica()
    await house.console("kari")
    (before,) = leases_of(house, "kari")
    second = await house.console("kari", replica=1)
    await ledger.change(known, by="router:0", priority=2)
    await second.until("summary")
    await second.echo()

    assert {x["idle_since"] for x in leases_of(house, "kari")} == {before["idle_since"]}


class TestDraining:
    @pytest.fixture
    def changes(self):
        return {"watermark_s": 0.05}

    async def test_a_draining_agent_is_away_when_the_last_conversation_has_ended(
        self, house, ledger
    ):
        known = ledger.conversation(state="active", owner="kari", epoch=1)
        client = await house.console("kari")
        await client.say("presence", presence="draining")
        await client.until("presence", presence="draining")
        await client.until("snapshot")
        await client.until("snapshot")
        await ledger.change(known, by="agent:kari", state="closed", owner=None)
        told = await client.until("presence", presence="away")

        assert told["reason"] == "drained"


async def test_leases_are_asserted_again_and_again_in_full(house, eventually):
    await house.add_replica(renew_s=0.02)
    await house.console("kari", replica=1)
    house.leases.held.clear()  # Redis was wiped

    await eventually(lambda: leases_of(house, "kari"))


async def test_while_redis_is_away_desks_work_and_it_is_said_once(house, eventually, capsys):
    await house.add_replica(renew_s=0.02)
    house.leases.away = True
    client = await house.console("kari", replica=1)
    await client.say("presence", presence="busy")
    await client.until("presence", presence="busy")
    house.leases.away = False
    await eventually(lambda: leases_of(house, "kari"))
    said = capsys.readouterr().out

    assert (said.count("redis_unavailable"), said.count("redis_back")) == (1, 1)


async def test_a_lease_of_another_version_stops_nobody(house):
    house.leases.held["sarpsborg", "kari:other"] = '{"new": 1}'

    assert (await house.console("kari")).frames[0]["presence"] == "available"
