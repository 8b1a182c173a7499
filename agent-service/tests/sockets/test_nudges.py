"""Accepted and silent: the owner is nudged on every device, then the leaders are told."""

from uuid import uuid4

import pytest
from services.bus import Push
from services.contracts import AgentNudged, Envelope
from services.testing import MemoryBus
from services.topology import agent_topic, line_topic


@pytest.fixture
async def router(broker, now):
    bus = MemoryBus(broker, source="router", instance="router-1")
    await bus.start()

    async def nudge(stage, topic, conversation=None):
        body = AgentNudged(
            conversation=conversation or uuid4(), agent="kari", stage=stage, waited_s=61
        )
        said = Envelope(
            id=uuid4(), source="router", tenant="sarpsborg", time=now, sender="router:0", body=body
        )
        await bus.push(Push("agent", topic, said))
        return str(body.conversation)

    yield nudge
    await bus.stop()


async def test_the_owner_is_nudged_on_every_device_and_nobody_else(house, router):
    await house.add_replica()
    devices = [await house.console("kari", replica=n) for n in (0, 1)]
    others = [await house.console(agent) for agent in ("ola", "mona")]
    conversation = await router("nudge", agent_topic("sarpsborg", "kari"))
    for device in devices:
        nudge = await device.until("nudge")

        assert (nudge["conversation"], nudge["agent"]) == (conversation, "kari")
        assert (nudge["stage"], nudge["waited_s"]) == ("nudge", 61)
    for other in others:
        await other.echo()

        assert "nudge" not in [f["type"] for f in other.frames]


async def test_then_the_leaders_are_told_and_nobody_else(house, router):
    leader, owner = await house.console("mona"), await house.console("kari")
    await router("leader", line_topic("sarpsborg"))
    nudge = await leader.until("nudge")
    await owner.echo()

    assert (nudge["agent"], nudge["stage"]) == ("kari", "leader")
    assert "nudge" not in [f["type"] for f in owner.frames]


async def test_of_a_known_conversation_those_who_lead_its_department_are_told(
    house, ledger, router
):
    known = ledger.conversation(state="active", owner="kari", department="byggesak")
    leads, leads_all = await house.console("berit"), await house.console("siv")
    others = [await house.console(agent) for agent in ("mona", "per", "arne", "alma")]
    await ledger.change(known, epoch=1)
    await leads.until("summary")
    await router("leader", line_topic("sarpsborg"), known.id)
    for leader in (leads, leads_all):
        assert (await leader.until("nudge"))["conversation"] == str(known.id)
    for other in others:
        await other.echo()

        assert "nudge" not in [f["type"] for f in other.frames]


async def test_of_an_unknown_one_every_leader_is_told(house, router):
    leaders = [await house.console(agent) for agent in ("mona", "berit", "siv")]
    other = await house.console("alma")
    await router("leader", line_topic("sarpsborg"))
    for leader in leaders:
        await leader.until("nudge")
    await other.echo()

    assert "nudge" not in [f["type"] for f in other.frames]
