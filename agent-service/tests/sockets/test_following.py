"""Following a stream: subscribe, then read; in order, without a gap, while it is allowed."""

import asyncio
from uuid import uuid4

import pytest
from services.contracts import Messaged, Noted, Typing
from services.topology import stream_topic


@pytest.fixture
def known(ledger):
    return ledger.conversation(state="active", owner="kari", epoch=1)


async def test_follow_subscribes_before_it_reads(house, ledger, known):
    bound_when_read = []
    topic = stream_topic(known.id, "dialogue")
    bus = house.replicas[0].bus
    ledger.before_answer = lambda _: bound_when_read.append(topic in bus._bound)
    client = await house.console("kari")
    bound_when_read.clear()
    await client.follow(known.id)

    assert bound_when_read == [True]


async def test_what_is_committed_while_the_range_is_on_its_way_is_shown_once_in_order(
    house, ledger, known
):
    await ledger.commit(known, Messaged(text="en"))
    pushes = []

    def commit(asked):
        if asked.body.type == "range.read.v1" and not pushes:
            pushes.append(asyncio.ensure_future(ledger.commit(known, Messaged(text="to"))))

    ledger.before_answer = commit
    client = await house.console("kari")
    await client.follow(known.id)
    await ledger.commit(known, Messaged(text="tre"))
    await client.shown(3)

    assert client.texts == ["en", "to", "tre"]


async def test_follow_begins_after_what_the_console_has(house, ledger, known):
    for text in ("en", "to", "tre"):
        await ledger.commit(known, Messaged(text=text))
    client = await house.console("kari")
    events = await client.follow(known.id, after=2)

    assert [e["seq"] for e in events["events"]] == [3]
    assert events["last_seq"] == 3
    assert not events["more"]


async def test_pushes_out_of_order_and_twice_are_shown_once_in_order(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    events = [await ledger.commit(known, Messaged(text=t), push=False) for t in "abcd"]
    for n in (1, 1, 0, 3, 0, 2, 3):
        await ledger.push_event(events[n])
    await client.shown(4)
    await client.echo()

    assert client.texts == list("abcd")


async def test_a_lost_push_is_read_when_the_next_one_comes(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    await ledger.commit(known, Messaged(text="tapt"), push=False)
    await ledger.commit(known, Messaged(text="kom"))
    await client.shown(2)

    assert client.texts == ["tapt", "kom"]


class TestWatermark:
    @pytest.fixture
    def changes(self):
        return {"watermark_s": 0.05}

    async def test_a_lost_tail_is_found_by_itself(self, house, ledger, known):
        client = await house.console("kari")
        await client.follow(known.id)
        await ledger.commit(known, Messaged(text="sist"), push=False)
        await client.until("event")

        assert client.texts == ["sist"]


async def test_what_was_missed_while_the_broker_was_away_comes_when_it_is_back(
    house, ledger, known
):
    client = await house.console("kari")
    await client.follow(known.id)
    house.broker.stop()
    await ledger.commit(known, Messaged(text="Hei"), push=False)
    house.broker.start()
    await client.until("event")

    assert client.texts == ["Hei"]


async def test_a_long_stream_comes_in_parts_that_are_asked_for(house, ledger, known):
    for n in range(1_100):
        await ledger.commit(known, Messaged(text=str(n)), push=False)
    client = await house.console("kari")
    more, after = True, 0
    while more:
        events = await client.follow(known.id, after=after)
        more, after = events["more"], events["events"][-1]["seq"]

    assert client.texts == [str(n) for n in range(1_100)]


async def test_a_long_absence_is_made_up_for_without_overflowing_the_socket(house, ledger, known):
    """Each missed event was a frame of its own, and more than 256 cut the console off."""
    client = await house.console("kari")
    await client.follow(known.id)
    for n in range(1_100):
        await ledger.commit(known, Messaged(text=str(n)), push=False)
    await ledger.commit(known, Messaged(text="sist"))
    await client.shown(1_101)

    assert client.texts == [*(str(n) for n in range(1_100)), "sist"]


async def test_both_streams_are_numbered_apart(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    await client.follow(known.id, stream="desk")
    await ledger.commit(known, Noted(text="internt"), sender="agent:ola")
    note = await client.until("event")
    await ledger.commit(known, Messaged(text="Hei"))
    message = await client.until("event")

    assert [(e["event"]["stream"], e["event"]["seq"]) for e in (note, message)] == [
        ("desk", 1),
        ("dialogue", 1),
    ]
    assert not note["event"]["mine"]


async def test_two_consoles_of_the_same_agent_see_the_same(house, ledger, known):
    first, second = await house.console("kari"), await house.console("kari")
    for client in (first, second):
        await client.follow(known.id)
    await first.act("send", conversation=known.id, text="Hei", epoch=1)
    seen = [await client.until("event") for client in (first, second)]

    assert seen[0] == seen[1]
    assert seen[0]["event"]["mine"]


async def test_when_one_of_two_consoles_goes_the_other_goes_on(house, ledger, known):
    first, second = await house.console("kari"), await house.console("kari")
    for client in (first, second):
        await client.follow(known.id)
    await first.connection.close()
    await second.echo()
    await ledger.commit(known, Messaged(text="Hei"))
    await second.until("event")

    assert second.texts == ["Hei"]


async def test_what_is_no_longer_followed_is_no_longer_sent(house, ledger, known, eventually):
    client = await house.console("kari")
    await client.follow(known.id)
    await client.say("unfollow", conversation=known.id)
    await client.echo()
    topic = stream_topic(known.id, "dialogue")
    await eventually(lambda: topic not in house.replicas[0].bus._bound)
    await ledger.commit(known, Messaged(text="Hei"))
    await client.echo()

    assert client.texts == []


async def test_following_again_keeps_the_subscription_and_shows_nothing_twice(house, ledger, known):
    client = await house.console("kari")
    await client.follow(known.id)
    await ledger.commit(known, Messaged(text="en"))
    await client.until("event")
    await client.follow(known.id, after=1)
    await ledger.commit(known, Messaged(text="to"))
    await client.until("event")

    assert client.texts == ["en", "to"]


async def test_letting_go_while_the_range_is_read_leaves_nothing_behind(
    house, ledger, known, eventually
):
    await ledger.commit(known, Messaged(text="Hei"))
    client = await house.console("kari")
    ledger.answering.clear()
    await client.say("follow", conversation=known.id, stream="dialogue")
    await eventually(lambda: ledger.asked("range.read.v1") == 1)
    await client.say("unfollow", conversation=known.id)
    await client.echo()
    topic = stream_topic(known.id, "dialogue")
    await eventually(lambda: topic not in house.replicas[0].bus._bound)
    ledger.answering.set()
    await client.follow(known.id, stream="desk")  # asked later, answered later

    assert client.texts == []


async def test_following_again_while_the_range_is_read_is_answered_once(
    house, ledger, known, eventually
):
    for text in ("en", "to"):
        await ledger.commit(known, Messaged(text=text))
    client = await house.console("kari")
    ledger.answering.clear()
    for after in (0, 1):
        await client.say("follow", conversation=known.id, stream="dialogue", after=after)
    await eventually(lambda: ledger.asked("range.read.v1") == 2)
    ledger.answering.set()
    await client.until("events")
    await client.follow(known.id, stream="desk")

    assert client.texts == ["to"]


async def test_a_silent_ledger_holds_nothing_else_up(house, ledger, known):
    client = await house.console("kari")
    ledger.answering.clear()
    for _ in range(4):
        await client.say("follow", conversation=uuid4(), stream="dialogue")
    action = await client.act("wrapup_done", conversation=known.id)
    await client.until("accepted", id=action)
    busy = await client.until("refused", code="busy")
    ledger.answering.set()

    assert busy["retry_after_s"] == 2
    assert busy["id"] is None


async def test_too_many_streams_are_refused(house, ledger, known):
    client = await house.console("kari")
    for _ in range(200):
        await client.say("follow", conversation=ledger.conversation().id, stream="dialogue")
    await client.say("follow", conversation=known.id, stream="dialogue")
    refused = await client.until("refused", code="rate_limited")

    assert refused["conversation"] == str(known.id)


async def test_hints_of_the_citizens_writing_reach_who_follows(house, ledger, known):
    client, other = await house.console("kari"), await house.console("ola")
    await client.follow(known.id)
    hint = ledger._wrap(
        Typing(conversation=known.id, author="citizen"), sender="citizen:c1", cause=None
    )
    body = hint.evolve(source="gateway").model_dump_json().encode()
    house.replicas[0].bus.offer("agent", stream_topic(known.id, "dialogue"), body, "gateway")
    typing = await client.until("typing")
    await other.echo()

    assert typing["author"] == "citizen"
    assert "typing" not in [f["type"] for f in other.frames]
