"""The database goes away and comes back under the same process: commands wait, none is lost."""

import asyncio
import contextlib

import pytest
from native.infrastructure import Infrastructure
from services.contracts import PostMessage, ReadLine
from services.errors import Transient
from transcript_service.handlers import Queries
from transcript_service.postgres import ledger_database

pytestmark = pytest.mark.integration

CITIZEN, ROUTER = "citizen:c1", "router:0"


async def until(is_so):
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - the watch sets no event
            await asyncio.sleep(0.02)


async def test_while_the_database_is_away_commands_wait_and_then_go_on(replica, parts):
    """Stopped, and killed in the middle of work; the pool is the same before and after."""
    c = await replica.open()
    make = replica.make
    await replica.database.start()
    await until(lambda: replica.database.missing() is None)
    for n, stop in enumerate((parts.stop_part, parts.kill)):
        stop("database")
        words = make.envelope(CITIZEN, PostMessage(conversation=c, text=str(n)))
        with pytest.raises(Transient):
            await replica.commands([words])
        queries = Queries(replica.reads, lambda: make.now)
        with pytest.raises(Transient):
            await queries([make.envelope(ROUTER, ReadLine(), reply_to="test")])
        await until(lambda: replica.database.missing() == "database")
        parts.start_part("database")
        await until(lambda: replica.database.missing() is None)
        (told,) = await replica.carry_out(words)

        assert told.events[0].body.text == str(n)
        assert told.events[0].seq == n + 2


async def test_killed_in_the_middle_of_commits_nothing_is_lost_and_nothing_is_there_twice(
    replica, parts
):
    """Each word is said until it is done, as the shell does; some commits are cut in two."""
    c = await replica.open()
    make = replica.make
    cut = 0

    async def say(n):
        nonlocal cut
        words = make.envelope(CITIZEN, PostMessage(conversation=c, text=str(n)))
        while True:
            try:
                await replica.carry_out(words)
                return
            except Transient:
                cut += 1
                await asyncio.sleep(0.05)

    async def talk(first):
        for n in range(first, first + 40):
            await say(n)

    talking = [asyncio.get_running_loop().create_task(talk(first)) for first in (0, 100)]
    read = None
    async with asyncio.timeout(60):
        while read is None or read.last_seq < 20:
            read = await replica.reads.range(make.tenant, c, "dialogue", 0, reader=CITIZEN)
    # In a thread, so that the talking goes on until the very moment.
    await asyncio.to_thread(parts.kill, "database")
    await until(lambda: cut > 0)
    parts.start_part("database")
    await asyncio.gather(*talking)
    read = await replica.reads.range(make.tenant, c, "dialogue", 0, reader=CITIZEN)
    texts = [event.body.text for event in read.events[1:]]

    assert [event.seq for event in read.events] == list(range(1, 82))
    assert sorted(texts, key=int) == [str(n) for n in (*range(40), *range(100, 140))]


async def test_connections_that_are_ended_by_the_server_cost_a_wait_and_never_a_command(
    replica, admin
):
    """The moment between its last word and the end was once taken for a mistake of ours."""
    c = await replica.open()
    make = replica.make
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'transcript_app'"
    talking = True

    async def talk(first):
        n = first
        while talking:
            words = make.envelope(CITIZEN, PostMessage(conversation=c, text=str(n)))
            with contextlib.suppress(Transient):
                await replica.carry_out(words)
                n += 1
        return n - first

    talks = [asyncio.get_running_loop().create_task(talk(first)) for first in (0, 10_000, 20_000)]
    for _ in range(60):
        await admin.fetch(end)
    talking = False
    said = await asyncio.gather(*talks)
    transcript = await replica.reads.transcript(make.tenant, c, "dialogue")

    assert sum(said) > 0
    assert len({event.body.text for event in transcript.events[1:]}) >= sum(said)
    assert [e.seq for e in transcript.events] == list(range(1, len(transcript.events) + 1))


async def test_a_database_that_was_never_there_is_connected_when_it_comes(tmp_path):
    """Also while its roles are missing: then it refuses us, and is away all the same."""
    late = Infrastructure(tmp_path / "run")
    database = ledger_database(late.settings("transcript-service")["PREK_DATABASE_URL"], size=1)
    await database.start()
    try:
        with pytest.raises(Transient):
            async with database.connection():
                pass
        late.postgresql.prepare()
        late.start_part("database")
        with pytest.raises(Transient):
            async with database.connection():
                pass
        late.postgresql.furnish()
        async with asyncio.timeout(30):
            answer = None
            while answer is None:
                with contextlib.suppress(Transient):
                    async with database.connection() as connection:
                        answer = await connection.fetchval("SELECT 1")

        assert answer == 1
        assert database.missing() == "database"  # there are no tables yet
    finally:
        await database.stop()
        late.remove()
