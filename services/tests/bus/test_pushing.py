"""Pushes, on every bus: to those who subscribe and nobody else, over reconnects too."""

import asyncio

import pytest
from services.bus import Push


async def test_a_push_reaches_every_instance_that_subscribes_and_no_other(
    bench, gateway, agent, pushes, make, eventually
):
    others = {}
    for name in ("subscribed", "another topic", "unsubscribed"):
        bus = bench.bus("agent")
        others[name] = []
        bus.on_push(lambda topic, envelope, mine=others[name]: mine.append(topic))
        await bus.start()
        await bus.wait_connected()
        await bus.subscribe("t2" if name == "another topic" else "t1")
        if name == "unsubscribed":
            await bus.unsubscribe("t1")
        await bus.subscribe("last")
    await agent.subscribe("t1")
    envelope = make.typing()
    await gateway.push(Push("agent", "t1", envelope))
    await gateway.push(Push("agent", "last", make.typing()))
    ((topic, pushed),) = await pushes.until(1)
    await eventually(lambda: all("last" in seen for seen in others.values()))

    assert (topic, pushed) == ("t1", envelope)
    assert others == {
        "subscribed": ["t1", "last"],
        "another topic": ["last"],
        "unsubscribed": ["last"],
    }


async def test_an_instance_gets_what_is_pushed_to_its_own_name(gateway, agent, pushes, make):
    await gateway.push(Push("agent", agent.instance, make.typing()))
    ((topic, _),) = await pushes.until(1)

    assert topic == agent.instance


async def test_a_push_to_another_kind_of_service_does_not_arrive(bench, agent, pushes, make):
    ledger = bench.bus("ledger")
    await ledger.start()
    await ledger.wait_connected()
    await agent.subscribe("t1")
    await ledger.push(Push("gateway", "t1", make.hint()))
    await ledger.push(Push("agent", "t1", make.hint()))
    await ledger.push(Push("agent", agent.instance, make.hint()))
    await pushes.until_some(lambda push: push[0] == agent.instance)

    assert [topic for topic, _ in pushes.all] == ["t1", agent.instance]


async def test_subscriptions_survive_a_lost_connection(bench, gateway, agent, pushes, make):
    again = asyncio.Event()

    async def on_reconnect():
        again.set()

    agent.on_reconnect(on_reconnect)
    await agent.subscribe("kept")
    await agent.subscribe("given up")
    await agent.unsubscribe("given up")
    await bench.cut(agent)
    await asyncio.wait_for(again.wait(), 30)
    await gateway.push(Push("agent", "given up", make.typing()))
    await gateway.push(Push("agent", "kept", make.typing()))
    ((topic, _),) = await pushes.until(1)

    assert topic == "kept"


async def test_a_topic_subscribed_while_the_broker_is_away_is_bound_when_it_is_back(
    bench, gateway, agent, pushes, make, eventually
):
    await bench.go_away()
    await eventually(lambda: agent.missing() and gateway.missing())
    await agent.subscribe("meanwhile")
    await bench.come_back()
    await agent.wait_connected()
    await gateway.wait_connected()
    await gateway.push(Push("agent", "meanwhile", make.typing()))
    ((topic, _),) = await pushes.until(1)

    assert topic == "meanwhile"


@pytest.mark.needs("slow connects")
async def test_a_topic_that_comes_or_goes_while_others_are_bound_is_not_forgotten(
    bench, gateway, pushes, make, eventually
):
    """A snapshot of the topics was bound: what was subscribed meanwhile got no pushes at all."""
    agent = bench.bus("agent")
    agent.on_push(pushes.take)
    for n in range(300):
        await agent.subscribe(f"many.{n}")
    await agent.start()
    await eventually(lambda: agent._link is not None and agent._link.bound)
    assert agent.missing()
    changes = [agent.subscribe("late"), *(agent.unsubscribe(f"many.{n}") for n in range(300))]
    await asyncio.gather(*changes)
    await agent.wait_connected()
    for n in range(300):
        await gateway.push(Push("agent", f"many.{n}", make.typing()))
    await gateway.push(Push("agent", "late", make.typing()))
    ((topic, _),) = await pushes.until(1)

    assert topic == "late"


async def test_every_callback_is_called_after_each_connect(bench, eventually):
    calls = []
    bus = bench.bus("router")
    for n in range(2):

        async def on_reconnect(n=n):
            calls.append((n, bus.missing()))

        bus.on_reconnect(on_reconnect)
    await bus.start()
    await eventually(lambda: len(calls) == 2)
    await bench.cut(bus)
    await eventually(lambda: len(calls) == 4)

    assert calls == [(0, None), (1, None)] * 2


async def test_a_push_without_the_right_is_lost_and_the_bus_goes_on(
    bench, gateway, make, eventually
):
    """A channel the broker closed was never opened again: every later push was lost, unseen."""
    told, heard = [], []
    router = bench.bus("router")
    router.on_push(lambda topic, envelope: told.append(topic))
    agent = bench.bus("agent")
    agent.on_push(lambda topic, envelope: heard.append(topic))
    for bus in (router, agent):
        await bus.start()
        await bus.wait_connected()
        await bus.subscribe("t1")
    await gateway.push(Push("router", "t1", make.typing()))  # a gateway may not write there
    async with asyncio.timeout(30):
        while not heard:
            await gateway.push(Push("agent", "t1", make.typing()))
            await asyncio.sleep(0.01)

    assert told == []


async def test_one_listeners_mistake_does_not_cost_another_its_push(bench, gateway, make, pushes):
    def mistaken(topic, envelope):
        raise ValueError("mistake")

    agent = bench.bus("agent")
    agent.on_push(mistaken)
    agent.on_push(pushes.take)
    await agent.start()
    await agent.wait_connected()
    await gateway.push(Push("agent", agent.instance, make.typing()))
    ((topic, _),) = await pushes.until(1)

    assert topic == agent.instance
