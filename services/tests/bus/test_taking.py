"""Taking from an inbox, on every bus: once settled never again, unsettled always again."""

import asyncio
from uuid import uuid4

import pytest
from services.bus import Subscription, decode
from services.inbox import Inbox

from services import topology


async def test_what_was_not_settled_comes_again_when_the_connection_is_lost(
    bench, gateway, ledger, deliveries, make, eventually
):
    envelope = make.post()
    await gateway.send(envelope)
    (first,) = await deliveries.until(1)
    await bench.cut(ledger)
    first, second = await deliveries.until(2)

    assert second.body == first.body
    assert first.stale
    assert not second.stale


async def test_what_was_settled_does_not_come_again(bench, gateway, ledger, deliveries, make):
    settled, later = make.post(), make.post()
    await gateway.send(settled)
    (delivery,) = await deliveries.until(1)
    await delivery.ack()
    await gateway.send(later)
    _, unsettled = await deliveries.until(2)
    await bench.cut(ledger)
    *_, again = await deliveries.until(3)

    assert again.body == unsettled.body


async def test_settling_a_stale_delivery_does_nothing(bench, gateway, ledger, deliveries, make):
    await gateway.send(make.post())
    await deliveries.until(1)
    await bench.cut(ledger)
    stale, again = await deliveries.until(2)
    await stale.ack()
    await bench.cut(ledger)
    *_, third = await deliveries.until(3)

    assert third.body == again.body


async def test_an_inbox_goes_on_when_the_connection_is_lost_under_it(
    bench, gateway, make, eventually
):
    """Asking a delivery whose channel was gone whether it is stale raised, and ended the worker."""
    handled = []
    go_on = asyncio.Event()

    async def handle(envelopes):
        await go_on.wait()
        handled.extend(envelope.id for envelope in envelopes)
        return [[] for _ in envelopes]

    reconnected = asyncio.Event()

    async def on_reconnect():
        reconnected.set()

    ledger = bench.bus("ledger")
    ledger.on_reconnect(on_reconnect)
    inbox = Inbox(ledger, handle, queues=topology.COMMANDS)
    ledger.consume(inbox.subscription)
    await inbox.start()
    await ledger.start()
    await asyncio.wait_for(reconnected.wait(), 30)
    reconnected.clear()
    sent = [make.post() for _ in range(5)]
    for envelope in sent:
        await gateway.send(envelope)
    await eventually(lambda: len(inbox._in_hand) == 5)
    await bench.cut(ledger)
    await asyncio.wait_for(reconnected.wait(), 30)
    go_on.set()
    later = make.post()
    await gateway.send(later)
    await eventually(lambda: {later.id, *(e.id for e in sent)} <= set(handled))
    await eventually(lambda: not inbox._in_hand)
    await ledger.cancel_consumers()
    await inbox.drain(30)

    assert len(handled) == 7  # the one that was in hand is handled again


async def test_no_more_than_the_prefetch_is_handed_out_unsettled(
    bench, gateway, deliveries, make, eventually
):
    conversation = uuid4()
    for n in range(5):
        await gateway.send(make.post(str(n), conversation=conversation))
    ledger = bench.bus("ledger")
    ledger.consume(Subscription(topology.COMMANDS, 2, deliveries.take))
    await ledger.start()
    await ledger.wait_connected()
    first, second = await deliveries.until(2)
    # A round trip on the same connection: whatever else was on its way would be here.
    other = bench.bus("ledger")
    others = []
    other.consume(Subscription(topology.COMMANDS, 10, others.append))
    await other.start()
    await eventually(lambda: len(others) == 3)

    assert len(deliveries.all) == 2

    await first.ack()
    await second.ack()
    later = make.post("5", conversation=conversation)
    await gateway.send(later)
    await eventually(lambda: len(others) + len(deliveries.all) == 6)


async def test_two_replicas_share_a_queue(bench, gateway, make, eventually):
    taken = [[], []]
    for mine in taken:
        ledger = bench.bus("ledger")
        ledger.consume(Subscription(topology.COMMANDS, 1, mine.append))
        await ledger.start()
        await ledger.wait_connected()
    conversation = uuid4()
    await gateway.send(make.post("1", conversation=conversation))
    await gateway.send(make.post("2", conversation=conversation))
    await eventually(lambda: len(taken[0]) == len(taken[1]) == 1)

    assert taken[0][0].body != taken[1][0].body


async def test_cancel_then_drain_bounces_nothing(bench, gateway, make, eventually):
    seen = []
    go_on = asyncio.Event()

    async def handle(envelopes):
        await go_on.wait()
        seen.extend(e.id for e in envelopes)
        return [[] for _ in envelopes]

    ledger = bench.bus("ledger")
    inbox = Inbox(ledger, handle, queues=topology.COMMANDS, prefetch=8)
    ledger.consume(inbox.subscription)
    await inbox.start()
    await ledger.start()
    await ledger.wait_connected()
    sent = [make.post() for _ in range(8)]
    for envelope in sent:
        await gateway.send(envelope)
    await eventually(lambda: len(inbox._in_hand) == 8)

    await ledger.cancel_consumers()
    go_on.set()
    await inbox.drain(30)
    after_the_cancel = make.post()
    await gateway.send(after_the_cancel)
    await ledger.stop()

    assert sorted(seen) == sorted(e.id for e in sent)
    assert sum([await bench.waiting(queue) for queue in topology.COMMANDS]) == 1


@pytest.mark.needs("deleted queues")
async def test_a_consumer_the_broker_cancelled_is_noticed_and_consumes_again(
    bench, gateway, ledger, deliveries, make, eventually
):
    envelope = make.post()
    key = topology.route(envelope).routing_key
    queue = topology.COMMANDS[int(key)]
    await bench.admin.queue_delete(queue)
    await eventually(ledger.missing)
    again = await bench.admin.declare_queue(queue, durable=True, arguments=topology.queues()[queue])
    await again.bind("cmd", key)
    await ledger.wait_connected()
    await gateway.send(envelope)
    arrived = await deliveries.until_some(lambda d: decode(d.body, d.vouched).id == envelope.id)

    assert not arrived.stale
