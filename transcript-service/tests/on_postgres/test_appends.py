"""Words decided on what a replica remembers: one round trip, and a wrong memory costs nothing."""

import asyncio
from datetime import timedelta

import pytest
from services.contracts import Close, OpenConversation, PostMessage, PostNote, TakeOver
from transcript_service.appends import APPEND
from transcript_service.handlers import Commands
from transcript_service.postgres import ledger_database
from transcript_service.store import Store

pytestmark = pytest.mark.integration

CITIZEN, KARI, LISE = "citizen:c1", "agent:kari", "agent:lise"
LOAD, COMMIT = "SELECT ledger.load_batch($1)", "SELECT ledger.commit_batch($1)"
WAYS = {APPEND: "append", LOAD: "load", COMMIT: "commit"}


class Watched:
    """A replica's commands on one connection, with the statements they cost."""

    def __init__(self, url, make):
        self.make = make
        self.database = ledger_database(url, size=1)
        self.store = Store(self.database)
        self.commands = Commands(self.store, lambda: make.now)
        self.asked = []

    async def watch(self):
        async with self.database.connection() as connection:
            connection.add_query_logger(lambda query: self.asked.append(query.query))

    async def say(self, *envelopes):
        """Return the ways that were gone, in order."""
        self.asked.clear()
        results = await self.commands(envelopes)
        assert not [result for result in results if isinstance(result, Exception)]
        return [WAYS[query] for query in self.asked if query in WAYS]

    def words(self, conversation, *texts, sender=CITIZEN):
        make = self.make
        return [
            make.envelope(sender, PostMessage(conversation=conversation, text=t)) for t in texts
        ]


@pytest.fixture
async def watched(app_url, replica):
    watched = Watched(app_url, replica.make)
    await watched.watch()
    yield watched
    await watched.database.stop()


async def texts(replica, conversation):
    read = await replica.reads.range(
        replica.make.tenant, conversation, "dialogue", 0, reader=CITIZEN
    )
    assert [event.seq for event in read.events] == list(range(1, len(read.events) + 1))
    return [getattr(event.body, "text", event.body.kind) for event in read.events]


async def test_a_batch_costs_two_round_trips_and_the_next_in_its_conversation_one(replica, watched):
    """DESIGN.md section 3 allows three; the driver's reset of a connection would be more."""
    c = await replica.open()
    ways = [await watched.say(*watched.words(c, *map(str, range(n)))) for n in (1, 1, 40)]

    assert ways == [["load", "commit"], ["append"], ["append"]]
    assert await texts(replica, c) == ["opened", "0", "0", *map(str, range(40))]


async def test_what_another_replica_wrote_is_told_by_the_refused_statement(replica, watched):
    c = await replica.open()
    await watched.say(*watched.words(c, "a"))
    await replica.say(CITIZEN, PostMessage(conversation=c, text="b"))

    assert await watched.say(*watched.words(c, "c")) == ["append", "append"]
    assert await watched.say(*watched.words(c, "d")) == ["append"]
    assert await texts(replica, c) == ["opened", "a", "b", "c", "d"]


async def test_of_a_batch_only_what_is_not_remembered_is_loaded(replica, watched):
    one, two = await replica.open(1), await replica.open(2)
    await watched.say(*watched.words(one, "a"))
    ways = await watched.say(*watched.words(one, "b"), *watched.words(two, "c"))

    assert sorted(ways) == ["append", "commit", "load"]
    assert (await texts(replica, one), await texts(replica, two)) == (
        ["opened", "a", "b"],
        ["opened", "c"],
    )


async def test_words_beside_another_command_are_decided_in_the_order_they_were_sent(
    replica, watched
):
    c = await replica.open()
    await replica.join(c)
    (words,) = watched.words(c, "a")
    await watched.say(words)
    closing = watched.make.envelope(KARI, Close(conversation=c, epoch=1))
    ways = await watched.say(*watched.words(c, "b"), closing, *watched.words(c, "too late"))

    assert ways == ["load", "commit"]
    assert await texts(replica, c) == ["opened", "joined", "a", "b", "closed"]


async def test_the_first_words_of_an_owner_are_written_with_the_state_and_the_next_are_quick(
    replica, watched
):
    c = await replica.open()
    await replica.join(c)

    async def say(sender, **fields):
        body = PostMessage(conversation=c, text="Hei", **fields)
        return await watched.say(watched.make.envelope(sender, body))

    assert await say(CITIZEN) == ["load", "commit"]
    assert await say(CITIZEN) == ["append"]
    assert await say(KARI, epoch=1) == ["load", "commit"]
    assert await say(KARI, epoch=1) == ["append"]
    assert await say(CITIZEN, alarm="danger") == ["load", "commit"]
    stored = await replica.state(watched.make.envelope(CITIZEN, OpenConversation(conversation=c)))
    assert (stored.unanswered_since, stored.alarm) == (None, "danger")


async def test_an_owner_whom_another_replica_saw_come_is_not_taken_for_one_who_has_answered(
    replicas,
):
    """The replica that is asked remembers the conversation from before there was an owner."""
    one, two = replicas
    c = await one.open()
    await one.say(CITIZEN, PostMessage(conversation=c, text="a"))
    await two.join(c)
    told = await one.say(KARI, PostMessage(conversation=c, text="b", epoch=1))

    assert told.code is None
    assert told.summary.unanswered_since is None
    assert await texts(two, c) == ["opened", "a", "joined", "b"]


async def test_a_repeat_is_told_the_same_again_and_written_once(replica, watched):
    c = await replica.open()
    first = watched.words(c, "a")
    await watched.say(*first)
    await watched.say(*watched.words(c, "b"))

    assert await watched.say(*first) == ["append", "load"]
    assert await texts(replica, c) == ["opened", "a", "b"]


async def test_an_id_of_an_action_without_an_event_is_not_used_again(replica):
    c = await replica.open()
    silent = replica.make.envelope(CITIZEN, OpenConversation(conversation=c))
    (told,) = await replica.carry_out(silent)
    assert told.done
    await replica.say(CITIZEN, PostMessage(conversation=c, text="a"))
    told = await replica.say(CITIZEN, PostMessage(conversation=c, text="b"), id=silent.id)

    assert told.code == "id_reused"
    assert await texts(replica, c) == ["opened", "a"]


async def test_who_lost_the_conversation_meanwhile_says_nothing_more(replicas):
    """The replica that remembers the former owner is the one that is asked."""
    one, two = replicas
    c = await one.open()
    await one.join(c)
    assert (await one.say(KARI, PostMessage(conversation=c, text="a", epoch=1))).code is None
    assert (await two.say(LISE, TakeOver(conversation=c, epoch=1))).code is None

    assert (await one.say(KARI, PostMessage(conversation=c, text="b", epoch=1))).code == (
        "stale_epoch"
    )
    assert "b" not in await texts(one, c)


async def test_who_lost_the_right_meanwhile_says_nothing_more(replicas):
    """A new set-up counts at once, also where the old one is remembered."""
    one, two = replicas
    c = await one.open()
    assert (await one.say(KARI, PostNote(conversation=c, text="a"))).code is None
    known = one.make.directory(version=2)
    without = known.evolve(agents=tuple(a for a in known.agents if a.id != "kari"))
    await two.carry_out(one.make.publish(without))

    assert (await one.say(KARI, PostNote(conversation=c, text="b"))).code == "unknown_agent"


async def test_a_clock_that_is_off_is_found_out_and_put_right(replica, watched, admin):
    c = await replica.open()
    await watched.say(*watched.words(c, "a"))
    memory = watched.store._memory
    memory.heard(memory.now(0) + timedelta(hours=1), 0)
    ways = await watched.say(*watched.words(c, "b"))
    again = await watched.say(*watched.words(c, "c"))
    off_s = await admin.fetchval(
        "SELECT max(extract(epoch FROM time - clock_timestamp())) FROM ledger.event"
        " WHERE tenant = $1",
        replica.make.tenant,
    )

    assert (ways, again) == (["append", "load", "commit"], ["append"])
    assert off_s < 1


async def test_times_never_run_backwards_in_a_conversation(replicas, admin):
    one, two = replicas
    c = await one.open()
    for n in range(20):
        await (one, two, one)[n % 3].say(CITIZEN, PostMessage(conversation=c, text=str(n)))
    times = await admin.fetch(
        "SELECT time FROM ledger.event WHERE tenant = $1 ORDER BY seq", one.make.tenant
    )

    assert [row["time"] for row in times] == sorted(row["time"] for row in times)


async def test_the_chain_holds_whichever_way_words_went(replicas, faults):
    one, two = replicas
    conversations = [await one.open(n) for n in range(1, 4)]

    async def talk(replica, c):
        for n in range(15):
            await replica.say(CITIZEN, PostMessage(conversation=c, text=str(n)))

    await asyncio.gather(*(talk(r, c) for r in replicas for c in conversations))

    for c in conversations:
        assert len(await texts(two, c)) == 31
        assert await faults(c) == []
