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

    async def nudge(stage, topic):
        body = AgentNudged(conversation=uuid4(), agent="kari", stage=stage, waited_s=61)
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
