"""Sending, on every bus: what is confirmed is in the queue, and what is not is said to be so."""

import asyncio
from uuid import uuid4

import pytest
from services.bus import Subscription, decode
from services.errors import Permanent, Transient
from services.rabbit import RabbitBus

from services import topology


async def test_a_confirmed_message_is_in_the_queue(bench, gateway, make):
    envelope = make.post("Når åpner dere?")
    queue = topology.COMMANDS[int(topology.route(envelope).routing_key)]

    await gateway.send(envelope)

    assert await bench.waiting(queue) == 1


async def test_a_message_arrives_as_it_was_sent_with_the_user_that_sent_it(
    gateway, ledger, deliveries, make
):
    envelope = make.post("Blåbærsyltetøy 🫐 \u202eabc")
    await gateway.send(envelope)
    (delivery,) = await deliveries.until(1)

    assert decode(delivery.body, delivery.vouched) == envelope
    assert delivery.vouched == "gateway"
    assert delivery.queue == topology.COMMANDS[int(topology.route(envelope).routing_key)]


async def test_messages_of_one_conversation_arrive_in_the_order_they_were_sent(
    gateway, ledger, deliveries, make
):
    conversation = uuid4()
    sent = [make.post(str(n), conversation=conversation) for n in range(20)]
    for envelope in sent:
        await gateway.send(envelope)
    arrived = await deliveries.until(len(sent))

    assert [decode(d.body, d.vouched).id for d in arrived] == [e.id for e in sent]


async def test_a_message_no_queue_takes_is_refused_for_good(bench, gateway, make):
    envelope = make.post()
    key = topology.route(envelope).routing_key
    await bench.unbind("cmd", topology.COMMANDS[int(key)], key)

    with pytest.raises(Permanent):
        await gateway.send(envelope)


async def test_sending_while_the_broker_is_away_fails_and_works_again_when_it_is_back(
    bench, gateway, ledger, deliveries, eventually, make
):
    await bench.go_away()
    await eventually(gateway.missing)
    with pytest.raises(Transient):
        await gateway.send(make.post())

    await bench.come_back()
    await gateway.wait_connected()
    envelope = make.post("Er du der?")
    await gateway.send(envelope)
    await deliveries.until_some(lambda d: decode(d.body, d.vouched).id == envelope.id)

    assert gateway.missing() is None


async def test_a_bus_may_be_started_while_the_broker_is_away(bench, eventually, make):
    gateway = bench.bus("gateway")
    await bench.go_away()
    await gateway.start()
    await bench.go_away()  # its own way too, which is there only now
    await eventually(gateway.missing)
    await bench.come_back()
    await gateway.wait_connected()
    await gateway.send(make.post())

    assert gateway.missing() is None


@pytest.mark.needs("full queues")
async def test_a_full_queue_refuses_for_now_and_takes_again_when_there_is_room(
    bench, gateway, make
):
    envelope = make.post()
    key = topology.route(envelope).routing_key
    queue = topology.COMMANDS[int(key)]
    arguments = topology.queues()[queue]
    await bench.admin.queue_delete(queue)
    small = await bench.admin.declare_queue(
        queue, durable=True, arguments={**arguments, "x-max-length": 2}
    )
    await small.bind("cmd", key)
    try:
        with pytest.raises(Transient):
            await _send_repeatedly(gateway, envelope, 50)  # a quorum queue's limit is soft
        await small.purge()
        await gateway.send(envelope)

        assert await bench.waiting(queue) == 1
    finally:
        await bench.admin.queue_delete(queue)
        whole = await bench.admin.declare_queue(queue, durable=True, arguments=arguments)
        await whole.bind("cmd", key)


async def _send_repeatedly(bus, envelope, times):
    for _ in range(times):
        await bus.send(envelope)


@pytest.mark.needs("closed channels")
async def test_a_message_the_broker_forbids_fails_and_the_bus_goes_on(bench, make, eventually):
    gateway = bench.bus("gateway")
    reconnected = asyncio.Event()

    async def on_reconnect():
        reconnected.set()

    gateway.on_reconnect(on_reconnect)
    await gateway.start()
    await asyncio.wait_for(reconnected.wait(), 30)
    reconnected.clear()
    with pytest.raises(Transient):
        await gateway.send(make.hint(source="gateway"))  # a gateway has no domain events

    await asyncio.wait_for(reconnected.wait(), 30)
    await gateway.send(make.question())

    assert await bench.waiting("ledger.query") == 1


@pytest.mark.needs("dead brokers")
async def test_what_was_confirmed_is_there_after_the_broker_was_killed(
    bench, gateway, deliveries, make, eventually
):
    # RabbitMQ 3.10 never recovers a quorum queue whose broker is killed within seconds of its
    # declaration; other tests declare queues again. Stopped in order it has written all down.
    await asyncio.to_thread(bench.parts.stop_part, "broker")
    await eventually(gateway.missing)
    await _start_broker(bench.parts)
    await gateway.wait_connected()
    sent = [make.post() for _ in range(10)]
    for envelope in sent:
        await gateway.send(envelope)
    await asyncio.to_thread(bench.parts.kill, "broker")
    await eventually(gateway.missing)
    await _start_broker(bench.parts)
    ledger = bench.bus("ledger")
    ledger.consume(Subscription(topology.COMMANDS, 100, deliveries.take))
    await ledger.start()
    arrived = await deliveries.until(len(sent))

    assert {decode(d.body, d.vouched).id for d in arrived} == {e.id for e in sent}


async def _start_broker(parts):
    parts.spawn("broker")  # on this thread: a part ends with the thread that starts it
    await asyncio.to_thread(parts.wait_ready, ("broker",))


async def test_a_wait_that_the_client_cancels_is_a_lost_connection(monkeypatch, eventually):
    """aiormq cancels what waits on a channel that closes: the supervisor ended without a word."""
    opened = []

    class Link:
        def __init__(self):
            self.lost = asyncio.Event()
            self.bound = set()

        async def connect(self, url):
            opened.append(url)
            if len(opened) == 1:
                raise asyncio.CancelledError

        async def close(self):
            pass

    monkeypatch.setattr("services.rabbit.Link", Link)
    bus = RabbitBus("amqp://nowhere", source="ledger", instance="l1")
    await bus.start()
    await asyncio.wait_for(bus.wait_connected(), 30)
    await bus.stop()

    assert len(opened) == 2
