"""The shell round a handler, on the bus in memory."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from services.bus import Push, Send
from services.contracts import Envelope
from services.errors import MAX_ATTEMPTS, Permanent, Transient
from services.inbox import Inbox
from services.testing import MemoryBroker, MemoryBus

from services import errors, topology

QUEUES = topology.COMMANDS


@dataclass
class Handler:
    """Does as it is told, and remembers what it was given."""

    batches: list[list[Envelope]] = field(default_factory=list)
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    """Per text, what to raise the first times."""
    returns: dict[str, list[Exception]] = field(default_factory=dict)
    """Per text, what to return as the result the first times."""
    follows: Sequence[Push | Send] = ()
    held_back: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self):
        self.held_back.set()

    async def __call__(self, envelopes):
        await self.held_back.wait()
        self.batches.append(list(envelopes))
        for envelope in envelopes:
            if self.fails.get(envelope.body.text):
                raise self.fails[envelope.body.text].pop(0)
        return [self._result(envelope.body.text) for envelope in envelopes]

    def _result(self, text):
        return self.returns[text].pop(0) if self.returns.get(text) else list(self.follows)

    @property
    def texts(self):
        return [envelope.body.text for batch in self.batches for envelope in batch]


class World:
    """A gateway that sends, and a ledger whose inbox is tried."""

    def __init__(self, eventually, make):
        self.broker = MemoryBroker()
        self.gateway = MemoryBus(self.broker, source="gateway", instance="g1")
        self.ledger = MemoryBus(self.broker, source="ledger", instance="l1")
        self.handler = Handler()
        self.now = make.now
        self._eventually = eventually
        self._make = make

    async def start(self, **options):
        self.inbox = Inbox(
            self.ledger, self.handler, queues=QUEUES, clock=lambda: self.now, **options
        )
        self.ledger.consume(self.inbox.subscription)
        await self.gateway.start()
        await self.ledger.start()
        await self.inbox.start()

    async def send(self, *texts, conversation=None):
        for text in texts:
            await self.gateway.send(self._make.post(text, conversation=conversation))

    async def settled(self):
        """Wait until nothing is unsettled anywhere."""
        await self._eventually(
            lambda: (
                not self.inbox._in_hand
                and not any(
                    queue.ready or any(c.unacked for c in queue.consumers)
                    for name, queue in self.broker.queues.items()
                    if name in QUEUES
                )
            )
        )

    async def stop(self):
        if isinstance(self.handler, Handler):
            self.handler.held_back.set()
        await self.ledger.cancel_consumers()
        await self.inbox.drain(1)
        await self.ledger.stop()
        await self.gateway.stop()

    def metric(self, name, **labels):
        return REGISTRY.get_sample_value(name, labels) or 0


@pytest.fixture
async def world(eventually, make, monkeypatch):
    monkeypatch.setattr(errors, "_FIRST_DELAY_S", 0.001)
    monkeypatch.setattr(errors, "_LONGEST_DELAY_S", 0.001)
    world = World(eventually, make)
    yield world
    await world.stop()


async def test_what_waits_is_handled_in_one_batch_up_to_the_largest(world, make):
    conversation = make.post().body.conversation
    world.handler.held_back.clear()
    await world.start(max_batch=3)
    await world.send("0", conversation=conversation)
    await world._eventually(world.inbox._arrived.empty)
    await world.send("1", "2", "3", "4", conversation=conversation)
    await world._eventually(lambda: world.inbox._arrived.qsize() == 4)
    world.handler.held_back.set()
    await world.settled()

    texts = [[envelope.body.text for envelope in batch] for batch in world.handler.batches]
    assert texts == [["0"], ["1", "2", "3"], ["4"]]


async def test_several_workers_handle_batches_at_the_same_time(world, make):
    both = asyncio.Barrier(2)

    async def meet(envelopes):
        await both.wait()
        return [[] for _ in envelopes]

    world.handler = meet
    await world.start(workers=2)
    await world.send("1", "2")
    async with asyncio.timeout(10):
        await world.settled()


async def test_what_follows_is_published_before_the_message_is_settled(world, make):
    order = []
    follows = make.hint()
    push = Push("gateway", "t1", make.hint())
    world.handler.follows = [push, Send(follows)]
    send, publish = world.ledger.send, world.ledger.push

    async def sent(envelope):
        order.append(("sent", len(world.inbox._in_hand)))
        await send(envelope)

    async def pushed(push):
        order.append(("pushed", len(world.inbox._in_hand)))
        await publish(push)

    world.ledger.send, world.ledger.push = sent, pushed
    await world.start()
    await world.send("1")
    await world.settled()

    assert order == [("pushed", 1), ("sent", 1)]
    assert world.broker.pushed == [push]
    assert world.broker.sent[-1] == follows


async def test_a_message_whose_dependency_is_away_is_tried_until_it_is_back(world, make):
    tries = 3 * MAX_ATTEMPTS
    world.handler.fails["1"] = [Transient()] * tries
    await world.start()
    await world.send("1", "2")
    await world.settled()

    assert world.handler.texts.count("1") == tries + 1
    assert world.handler.texts.count("2") == 1
    assert world.broker.dead_letters == []


async def test_a_batch_whose_dependency_is_away_is_not_taken_apart(world, make):
    """It was: 256 calls of a database that does not answer, one after another."""
    world.handler.held_back.clear()
    await world.start(max_batch=10)
    await world.send("0")
    await world._eventually(world.inbox._arrived.empty)
    world.handler.fails["1"] = [Transient()]
    await world.send("1", "2", "3")
    await world._eventually(lambda: world.inbox._arrived.qsize() == 3)
    world.handler.held_back.set()
    await world.settled()

    sizes = [len(batch) for batch in world.handler.batches]
    assert sizes[:2] == [1, 3]
    assert sorted(world.handler.texts) == ["0", "1", "1", "2", "2", "3", "3"]


async def test_poison_is_found_out_of_its_batch_and_the_others_are_handled(world, make):
    world.handler.held_back.clear()
    await world.start(max_batch=10)
    await world.send("0")
    await world._eventually(world.inbox._arrived.empty)
    world.handler.fails["poison"] = [ValueError()] * 100
    await world.send("1", "poison", "2")
    await world._eventually(lambda: world.inbox._arrived.qsize() == 3)
    world.handler.held_back.set()
    await world.settled()

    ((body, reason),) = world.broker.dead_letters
    assert Envelope.read(body).body.text == "poison"
    assert reason == "ValueError"
    # In the batch, which failed, and alone.
    assert world.handler.texts.count("1") == world.handler.texts.count("2") == 2


async def test_a_permanent_error_is_a_dead_letter_at_once(world):
    world.handler.returns["1"] = [Permanent()]
    before = world.metric("prek_dead_letters_total", reason="Permanent")
    await world.start()
    await world.send("1")
    await world.settled()

    assert [reason for _, reason in world.broker.dead_letters] == ["Permanent"]
    assert world.handler.texts == ["1"]
    assert world.metric("prek_dead_letters_total", reason="Permanent") == before + 1


async def test_an_unknown_error_is_a_dead_letter_after_some_tries(world):
    world.handler.returns["1"] = [KeyError()] * 100
    await world.start()
    await world.send("1")
    await world.settled()

    assert [reason for _, reason in world.broker.dead_letters] == ["KeyError"]
    assert len(world.handler.texts) == MAX_ATTEMPTS


async def test_a_message_is_kept_while_its_dead_letter_cannot_be_written(
    world, eventually, monkeypatch
):
    """The message itself is settled only once the dead letter is confirmed."""
    bury = world.ledger.bury
    attempts = []

    async def refuse_once(delivery, reason):
        attempts.append(reason)
        if len(attempts) == 1:
            raise Transient
        await bury(delivery, reason)

    world.ledger.bury = refuse_once
    world.handler.returns["1"] = [Permanent(), Permanent()]
    await world.start()
    await world.send("1")
    await world.settled()

    assert attempts == ["Permanent", "Permanent"]
    assert len(world.broker.dead_letters) == 1


async def test_a_message_is_handled_again_when_what_follows_could_not_be_published(world, make):
    world.handler.follows = [Send(make.hint())]
    send = world.ledger.send
    failures = [Transient(), Transient()]

    async def fail_twice(envelope):
        if failures:
            raise failures.pop()
        await send(envelope)

    world.ledger.send = fail_twice
    await world.start()
    await world.send("1")
    await world.settled()

    assert world.handler.texts == ["1", "1", "1"]


async def test_a_handler_that_loses_count_is_an_unknown_error_and_the_inbox_goes_on(world):
    """The worker died of it, and with it the inbox."""
    calls = []

    async def lose_count(envelopes):
        calls.append(len(envelopes))
        return [[] for _ in envelopes] if envelopes[0].body.text == "fine" else []

    world.handler = lose_count
    await world.start()
    await world.send("not fine", "fine")
    await world.settled()

    assert [reason for _, reason in world.broker.dead_letters] == ["ValueError"]


async def test_a_delivery_whose_connection_is_gone_is_left_to_those_who_get_it_again(world):
    world.handler.held_back.clear()
    await world.start()
    await world.send("1", "2", "3")
    await world._eventually(lambda: world.inbox._arrived.qsize() == 2)
    world.broker.disconnect(world.ledger)
    world.handler.held_back.set()
    await world.settled()

    # One was in the handler's hands already and is handled twice; the rest were not begun.
    assert len(world.handler.texts) == 4
    assert set(world.handler.texts) == {"1", "2", "3"}


async def test_a_drain_waits_for_what_was_taken(world):
    world.handler.held_back.clear()
    await world.start()
    await world.send("1", "2")
    await world._eventually(lambda: len(world.inbox._in_hand) == 2)
    await world.ledger.cancel_consumers()
    draining = asyncio.ensure_future(world.inbox.drain(30))
    await asyncio.sleep(0)

    assert not draining.done()

    world.handler.held_back.set()
    await draining

    assert sorted(world.handler.texts) == ["1", "2"]
    assert not world.inbox._in_hand


async def test_a_drain_ends_when_its_time_is_up(world):
    world.handler.held_back.clear()
    await world.start()
    await world.send("1")
    await world._eventually(lambda: len(world.inbox._in_hand) == 1)
    await world.inbox.drain(0.01)
    await world.ledger.stop()

    assert sum(len(queue.ready) for queue in world.broker.queues.values()) == 1


async def test_the_oldest_message_is_as_old_as_since_it_was_said(world, make):
    """A message that had waited in the broker for an hour looked new: its age began here."""
    world.handler.held_back.clear()
    world.now = make.now + timedelta(hours=1)
    await world.start()
    post = make.post()
    queue = QUEUES[int(topology.route(post).routing_key)]
    await world.gateway.send(post)
    await world._eventually(lambda: world.metric("prek_inbox_oldest_seconds", queue=queue))

    assert 3600 <= world.metric("prek_inbox_oldest_seconds", queue=queue) < 3660
    assert world.metric("prek_inbox_in_hand", queue=queue) == 1
    assert sum(world.metric("prek_inbox_in_hand", queue=each) for each in QUEUES) == 1

    world.handler.held_back.set()
    await world.settled()

    assert world.metric("prek_inbox_oldest_seconds", queue=queue) == 0


async def test_a_clock_that_is_behind_makes_nothing_younger_than_it_is(world, make):
    world.now = make.now - timedelta(hours=1)
    world.handler.held_back.clear()
    await world.start()
    await world.send("1")
    await world._eventually(lambda: world.inbox._in_hand and world.inbox._arrived.empty())

    assert all(world.inbox._oldest_s(queue) >= 0 for queue in QUEUES)


async def test_two_inboxes_of_one_process_are_measured_apart(world, make):
    """The second one's gauge replaced the first one's."""
    other = Inbox(world.ledger, world.handler, queues=topology.QUERIES)
    world.ledger.consume(other.subscription)
    world.handler.held_back.clear()
    await world.start()
    await world.send("1")
    await world._eventually(lambda: world.inbox._in_hand)

    assert sum(world.metric("prek_inbox_in_hand", queue=queue) for queue in QUEUES) == 1
    assert world.metric("prek_inbox_in_hand", queue="ledger.query") == 0
