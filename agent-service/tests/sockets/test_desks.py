"""What desks show: states of conversations, as they are pushed and as they are read."""

import asyncio
from datetime import timedelta

import pytest
from services.clock import utc_now


def versions(client, known):
    return [
        frame["summary"]["version"]
        for frame in client.frames
        if frame["type"] == "summary" and frame["summary"]["conversation"] == str(known.id)
    ]


async def test_a_new_enquiry_appears_in_the_line_of_those_who_answer_it(house, ledger):
    kari, per, mona = [await house.console(agent) for agent in ("kari", "per", "mona")]
    known = ledger.conversation()
    await ledger.tell(known)
    for client in (kari, mona):
        await client.until("summary")
    await per.echo()

    assert versions(kari, known) == versions(mona, known) == [1]
    assert versions(per, known) == []


async def test_a_state_told_by_several_topics_is_shown_once(house, ledger):
    kari, second = await house.console("kari"), await house.console("kari")
    known = ledger.conversation(state="active", owner="kari", epoch=1)
    await ledger.tell(known)
    for client in (kari, second):
        await client.until("summary")
        await client.echo()

    assert versions(kari, known) == versions(second, known) == [1]


async def test_what_leaves_a_desk_is_shown_a_last_time(house, ledger):
    known = ledger.conversation()
    kari, ola = await house.console("kari"), await house.console("ola")
    await ledger.change(known, by="agent:ola", state="active", owner="ola", epoch=1)
    await ledger.change(known, by="agent:ola", priority=2)
    for client in (kari, ola):
        await client.until("summary")
        await client.echo()

    assert versions(kari, known) == [2]
    assert versions(ola, known) == [2, 3]


async def test_an_older_state_that_comes_late_is_not_shown(house, ledger):
    known = ledger.conversation(version=5)
    client = await house.console("kari")
    await ledger.tell(known)
    known.summary = known.summary.evolve(version=4)
    await ledger.tell(known)
    await client.until("summary")
    await client.echo()

    assert versions(client, known) == [5]


async def test_a_state_another_agents_snapshot_has_shown_is_still_news_to_the_rest(house, ledger):
    """The read of one agent's desk hid the push of the same state from everybody else's."""
    known = ledger.conversation()
    await ledger.tell(known)
    kari = await house.console("kari")
    known.summary = known.summary.evolve(version=2, priority=1)
    ola = await house.console("ola")
    await ledger.tell(known)
    for client in (kari, ola):
        await client.until("summary")

    assert versions(kari, known) == [2]


class TestWatermark:
    @pytest.fixture
    def changes(self):
        return {"watermark_s": 0.05}

    async def test_a_lost_state_is_found_by_itself(self, house, ledger):
        known = ledger.conversation()
        client = await house.console("kari")
        house.broker.drop_pushes = True
        known.summary = known.summary.evolve(version=9, priority=1)
        house.broker.drop_pushes = False
        found = {}
        while found.get("version") != 9:
            snapshot = await client.until("snapshot")
            found = snapshot["line"][0]

        assert found["priority"] == 1

    async def test_each_agent_is_read_for_once_however_many_consoles_there_are(self, house, ledger):
        clients = [await house.console("kari") for _ in range(3)]
        before = ledger.asked("desk.read.v1", "kari")
        await clients[0].until("snapshot")
        rounds = ledger.asked("desk.read.v1", "kari") - before
        for client in clients[1:]:
            for _ in range(max(1, rounds)):
                await client.until("snapshot")

        assert rounds <= 2

    async def test_nobody_who_is_gone_is_read_for(self, house, ledger, eventually):
        client = await house.console("kari")
        await client.until("snapshot")
        await client.connection.close()
        other = await house.console("ola")
        await other.until("snapshot")
        await other.until("snapshot")
        asked = ledger.asked("desk.read.v1", "kari")
        await other.until("snapshot")
        await other.until("snapshot")

        assert ledger.asked("desk.read.v1", "kari") == asked


async def test_after_the_broker_was_away_every_desk_is_read_again(house, ledger):
    known = ledger.conversation()
    client = await house.console("kari")
    house.broker.stop()
    known.summary = known.summary.evolve(version=2, priority=1)
    house.broker.start()
    snapshot = await client.until("snapshot")

    assert snapshot["line"][0]["version"] == 2


async def test_a_state_pushed_while_a_snapshot_was_read_still_leaves_the_desk_later(house, ledger):
    """The older snapshot made the desk forget that it showed the conversation at all."""
    client = await house.console("kari")
    known = ledger.conversation()
    pushed = []

    def push(asked):
        if asked.body.type == "desk.read.v1" and not pushed:
            pushed.append(asyncio.ensure_future(ledger.tell(known)))

    ledger.conversations.pop(known.id)  # not in the snapshot yet
    ledger.before_answer = push
    house.broker.disconnect(house.replicas[0].bus)  # reads the desk again
    await client.until("summary")
    await client.until("snapshot")
    ledger.conversations[known.id] = known
    await ledger.change(known, by="agent:ola", state="active", owner="ola", epoch=1)
    await client.until("summary")

    assert versions(client, known) == [1, 2]


async def test_the_snapshot_is_stamped_with_the_moment_it_was_asked_for(house):
    before = utc_now()
    client = await house.console("kari")
    (welcome,) = client.frames
    asked = welcome["snapshot"]["now"]

    assert before.isoformat() <= asked.replace("Z", "+00:00")
    assert asked.replace("Z", "+00:00") <= (utc_now() + timedelta(seconds=1)).isoformat()


async def test_a_leaders_desk_with_five_hundred_waiting_is_no_slow_reader(house, ledger):
    """The welcome alone was over the bound, and the next frame cut the console off again."""
    for _ in range(499):
        ledger.conversation(topic="x" * 300)
    last = ledger.conversation()
    pushed = []

    def push(_):
        if not pushed:
            pushed.append(asyncio.ensure_future(ledger.tell(last)))

    ledger.before_answer = push
    client = await house.console("mona")
    await client.until("summary")
    await client.echo()

    assert len(client.frames[0]["snapshot"]["line"]) == 500
