"""Bindings: one for all holders, whatever the order in which they come and go."""

import asyncio

import pytest
from agent_service.topics import Topics
from hypothesis import given
from hypothesis import strategies as st


class SlowBus:
    """A bus whose changes take until the test lets them through."""

    def __init__(self, *, open_: bool = True) -> None:
        self.bound: set[str] = set()
        self.changes: list[tuple[str, str]] = []
        self.gate = asyncio.Event()
        if open_:
            self.gate.set()

    async def subscribe(self, topic: str) -> None:
        self.changes.append(("bind", topic))
        await self.gate.wait()
        self.bound.add(topic)

    async def unsubscribe(self, topic: str) -> None:
        self.changes.append(("unbind", topic))
        await self.gate.wait()
        self.bound.discard(topic)


async def settle() -> None:
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_first_holder_binds_and_the_last_unbinds():
    bus = SlowBus()
    topics = Topics(bus)
    for holder in ("a", "b"):
        topics.hold("t", holder)
        await topics.bound("t")
    topics.release("t", "a")
    await settle()

    assert bus.bound == {"t"}

    topics.release("t", "b")
    await settle()

    assert bus.bound == set()
    assert bus.changes == [("bind", "t"), ("unbind", "t")]


async def test_one_who_comes_while_the_last_one_goes_keeps_the_binding():
    """The unbinding was awaited while a new console of the same agent subscribed.

    The broker then undid what the new one had just been promised, and its pushes never came.
    """
    bus = SlowBus()
    topics = Topics(bus)
    topics.hold("t", "a")
    await topics.bound("t")
    bus.gate.clear()
    topics.release("t", "a")
    await settle()
    topics.hold("t", "b")
    coming = asyncio.ensure_future(topics.bound("t"))
    await settle()

    assert not coming.done()

    bus.gate.set()
    await coming

    assert bus.bound == {"t"}


async def test_one_who_goes_before_the_binding_is_made_leaves_nothing_behind():
    bus = SlowBus(open_=False)
    topics = Topics(bus)
    topics.hold("t", "a")
    coming = asyncio.ensure_future(topics.bound("t"))
    await settle()
    topics.release("t", "a")
    bus.gate.set()
    await coming
    await settle()

    assert bus.bound == set()


async def test_a_binding_given_up_half_way_is_made_by_the_next():
    bus = SlowBus(open_=False)
    topics = Topics(bus)
    topics.hold("t", "a")
    coming = asyncio.ensure_future(topics.bound("t"))
    await settle()
    coming.cancel()
    await asyncio.gather(coming, return_exceptions=True)
    bus.gate.set()
    await topics.bound("t")

    assert bus.bound == {"t"}


async def test_releasing_twice_or_what_was_never_held_changes_nothing():
    bus = SlowBus()
    topics = Topics(bus)
    topics.hold("t", "a")
    await topics.bound("t")
    topics.release("t", "b")
    topics.release("u", "a")
    await topics.bound("u")
    await settle()

    assert bus.bound == {"t"}


@pytest.mark.parametrize("seed", range(3))
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.booleans()), max_size=30))
def test_in_the_end_a_topic_is_bound_if_and_only_if_somebody_holds_it(seed, steps):
    async def play() -> None:
        bus = SlowBus()
        topics, holders = Topics(bus), set()
        waiting = []
        for comes, holder, pauses in steps:
            if comes:
                holders.add(holder)
                topics.hold("t", holder)
                waiting.append(asyncio.ensure_future(topics.bound("t")))
            else:
                holders.discard(holder)
                topics.release("t", holder)
            (bus.gate.clear if (holder + seed) % 2 else bus.gate.set)()
            if pauses:
                await settle()
        bus.gate.set()
        await asyncio.gather(*waiting)
        await settle()

        assert bus.bound == ({"t"} if holders else set())
        assert not topics._topics or holders

    asyncio.run(play())
