"""A municipality's set-up: the newest holds, and a lower capacity lets loads only shrink."""

import asyncio

import pytest
from services.contracts import DirectoryChanged, MakeOffer, Requeue

pytestmark = pytest.mark.integration

KARI, ROUTER = "agent:kari", "router:0"


async def stored(replica):
    (directory,) = await replica.reads.directories((replica.make.tenant,))
    return directory


async def test_an_older_version_changes_nothing_and_is_not_told(replica):
    make = replica.make
    new, old = make.directory(version=5, capacity=3), make.directory(version=4, capacity=1)
    await replica.carry_out(make.publish(new))
    (result,) = await replica.commands([make.publish(old)])

    assert result == []
    assert await stored(replica) == new
    line = await replica.reads.line(make.tenant)
    assert {load.capacity for load in line.loads} == {3}


async def test_a_version_said_again_is_told_again(replicas):
    """The first replica may have died between storing it and telling."""
    published = replicas[0].make.publish(replicas[0].make.directory(version=2))
    told = [(await replica.commands([published]))[0] for replica in replicas]

    for result in told:
        assert [type(m.envelope.body) for m in result] == [DirectoryChanged] * 3


async def test_the_same_version_with_other_contents_does_not_replace_it(replica):
    make = replica.make
    first = make.directory(version=2)
    await replica.carry_out(make.publish(first))
    (result,) = await replica.commands([make.publish(make.directory(version=2, capacity=9))])

    assert result == []
    assert await stored(replica) == first


async def test_a_capacity_below_the_load_is_taken_and_the_load_then_only_shrinks(replica):
    make = replica.make
    kept = [await replica.open(n) for n in (1, 2)]
    for c in kept:
        await replica.join(c, "kari")
    await replica.carry_out(make.publish(make.directory(version=2, capacity=1)))
    third = await replica.open(3)
    offer = MakeOffer(conversation=third, agent="kari", epoch=0)

    assert (await replica.say(ROUTER, offer)).code == "capacity"
    for c in kept:
        back = Requeue(conversation=c, epoch=1, reason="returned_by_agent")
        assert (await replica.say(KARI, back)).code is None
    assert (await replica.say(ROUTER, offer)).code is None
    assert await replica.load("kari") == 1


async def test_who_leaves_the_staff_keeps_what_they_have_and_gets_nothing_more(replica):
    make = replica.make
    c = await replica.open()
    await replica.join(c, "kari")
    agents = tuple(agent for agent in make.directory().agents if agent.id != "kari")
    await replica.carry_out(make.publish(make.directory(version=2, agents=agents)))
    other = await replica.open(2)
    offer = MakeOffer(conversation=other, agent="kari", epoch=0)
    line = await replica.reads.line(make.tenant)

    assert (await replica.say(ROUTER, offer)).code == "unknown_agent"
    assert [(x.load, x.capacity) for x in line.loads if x.agent == "kari"] == [(1, 0)]
    lost = Requeue(conversation=c, epoch=1, reason="owner_lost")
    assert (await replica.say(ROUTER, lost)).code is None
    assert await replica.load("kari") == 0


async def test_many_versions_at_once_leave_the_newest(replicas):
    make = replicas[0].make
    newest = 30
    published = [make.publish(make.directory(version=n)) for n in range(2, newest + 1)]
    await asyncio.gather(
        *(replicas[n % 2].carry_out(envelope) for n, envelope in enumerate(published))
    )

    assert (await stored(replicas[0])).version == newest


async def test_a_set_up_in_a_batch_holds_for_the_commands_of_that_batch(replica):
    make = replica.make
    c = await replica.open()
    agents = (*make.directory().agents, make.agent("ny", "torget"))
    told = await replica.carry_out(
        make.publish(make.directory(version=2, agents=agents)),
        make.envelope(ROUTER, MakeOffer(conversation=c, agent="ny", epoch=0)),
    )

    assert [t.code for t in told] == [None, None]
