"""Retention on a real database and a real folder: looked at, approved, carried out, killed."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from services.contracts import ArchiveRules, Classify, Privacy, Retention
from transcript_service.archive.spool import Spool
from transcript_service.retention import runs
from transcript_service.retention.holds import Gone, lift_hold, set_hold
from transcript_service.seals.erasing import remove_conversation

pytestmark = pytest.mark.integration

BASIS = "fvl. § 11"
YEARS = timedelta(days=10 * 366)


async def test_a_look_says_what_would_go_and_changes_nothing(house, admin):
    due, journaled = await house.closed(1), await house.closed(2, archive="journal")
    before = await house.holding(admin, "hemmelig")
    run = await house.look()

    assert (await house.run(run))["state"] == "previewed"
    (step,) = await house.steps(run)
    assert (step["conversation"], step["why"], step["result"]) == (str(due), "over_time", None)
    assert await house.holding(admin, "hemmelig") == before
    assert {"event_body", "file"} <= before
    await house.duty().once()
    assert await house.there(due)
    assert await house.there(journaled)


async def test_a_look_at_too_early_a_moment_finds_nothing(house):
    await house.closed()
    early, late = await house.look(timedelta(days=29)), await house.look(timedelta(days=31))

    assert (await house.run(early))["count"] == 0
    assert (await house.run(late))["count"] == 1


async def test_what_an_archivist_approved_is_gone_everywhere(house, admin):
    marker = f"merke{uuid4().hex}"
    c = await house.closed(1, marker=marker)
    kept = await house.closed(2, archive="journal")
    assert {"event_body", "file"} <= await house.holding(admin, marker)
    run = await house.look()
    await house.approve(run)
    await house.duty().once()

    told = await house.run(run)
    assert (told["state"], told["count"], told["erased"], told["left"]) == ("done", 1, 1, 0)
    assert told["approved_by"] == "arve"
    assert await house.holding(admin, marker) == set()
    assert [path for path in house.files() if marker in path.read_text()] == []
    assert not await house.there(c)
    assert await house.there(kept)
    assert len(house.files()) == 1
    noted = await admin.fetch(
        "SELECT who, action FROM ledger.audit WHERE tenant = $1 AND action = ANY ($2) ORDER BY n",
        house.tenant,
        ["removed", "retention_done"],
    )
    assert [tuple(row) for row in noted] == [("arve", "removed"), ("arve", "retention_done")]


async def test_what_became_different_since_the_look_is_left_for_the_next(house):
    held, other, gone = await house.closed(1), await house.closed(2), await house.closed(3)
    run = await house.look()
    await house.replica.say("agent:lise", Classify(conversation=other, archive="journal"))
    async with house.replica.database.connection() as connection:
        await set_hold(connection, house.tenant, held, reason="Klage", by="arve")
    await house.approve(run)
    await house.duty().once()

    assert {
        (step["conversation"], step["result"], step["left_why"]) for step in await house.steps(run)
    } == {
        (str(held), "left", "held"),
        (str(other), "left", "not_archived"),
        (str(gone), "erased", None),
    }
    assert await house.there(held)
    assert await house.there(other)


async def test_what_goes_by_another_rule_than_was_approved_is_left(house, admin):
    """By either it would go; but nobody has seen that one."""
    c = await house.closed()
    run = await house.look()
    await admin.execute(
        "UPDATE ledger.conversation SET topic = 'garasje' WHERE tenant = $1 AND id = $2",
        house.tenant,
        c,
    )
    await house.approve(run)
    await house.duty().once()

    (step,) = await house.steps(run)
    assert (step["result"], step["left_why"]) == ("left", "changed")
    assert await house.there(c)


async def test_a_longer_time_since_the_look_keeps_it(house):
    c = await house.closed()
    run = await house.look(timedelta(days=31))
    longer = Privacy(retention=(Retention(archive="none", kept_days=90),))
    await house.set_up(privacy=longer)
    await house.approve(run)
    await house.duty().once()

    (step,) = await house.steps(run)
    assert (step["result"], step["left_why"]) == ("left", "not_due")
    assert await house.there(c)


async def test_a_hold_keeps_it_until_it_is_lifted_and_goes_with_it(house, admin):
    c = await house.closed()
    async with house.replica.database.connection() as connection:
        assert await set_hold(connection, house.tenant, c, reason="Klage fra Per", by="arve")
        assert await set_hold(connection, house.tenant, c, reason="Igjen", by="arve") is None
    assert (await house.run(await house.look()))["count"] == 0
    async with house.replica.database.connection() as connection:
        assert await lift_hold(connection, house.tenant, c, reason="Avgjort", by="arve")
        assert await lift_hold(connection, house.tenant, c, reason="Igjen", by="arve") is None
    run = await house.look()
    await house.approve(run)
    await house.duty().once()

    assert not await house.there(c)
    assert await admin.fetch("SELECT FROM ledger.hold WHERE tenant = $1", house.tenant) == []


async def test_nights_go_by_themselves_where_the_set_up_says_so(house):
    c = await house.closed()
    await house.duty(YEARS).once()
    assert await house.there(c)

    await house.set_up(archive=ArchiveRules(erases="nightly"))
    day = timedelta(days=1)
    noon = await house.noon()
    await house.duty(noon).once()
    assert await house.there(c)
    await house.duty(noon + 31 * day).once()
    assert not await house.there(c)
    kinds = [(run["kind"], run["made_by"], run["erased"]) for run in await house.runs()]
    assert kinds == [("nightly", "keeper", 1), ("nightly", "keeper", 0)]
    await house.duty(noon + 31 * day).once()
    assert len(await house.runs()) == 2


async def test_a_night_that_one_run_cannot_take_takes_several(house, monkeypatch):
    monkeypatch.setattr(runs, "MOST", 2)
    monkeypatch.setattr("transcript_service.retention.cases.PAGE", 2)
    for n in range(1, 6):
        await house.closed(n)
    await house.set_up(archive=ArchiveRules(erases="nightly"))
    await house.duty(await house.noon() + YEARS).once()

    assert [(run["count"], run["erased"], run["more"]) for run in await house.runs()] == [
        (1, 1, False),
        (2, 2, True),
        (2, 2, True),
    ]


async def test_a_wish_is_granted_at_once_where_nothing_stands_against_it(house):
    granted = await house.closed(1, forget=True)
    unclassified = await house.closed(2, archive=None, forget=True)
    journaled = await house.closed(3, archive="journal", forget=True)
    nobody_asked = await house.closed(4)
    await house.duty().once()

    assert not await house.there(granted)
    for kept in (unclassified, journaled, nobody_asked):
        assert await house.there(kept)
    (run,) = await house.runs()
    assert (run["kind"], run["approved_by"], run["erased"]) == ("wish", "keeper", 1)
    await house.replica.say("agent:lise", Classify(conversation=unclassified, archive="none"))
    await house.duty().once()
    assert not await house.there(unclassified)


async def exported(admin, house, conversation, state, archive="journal", version=1):
    """Say that a package of it is on its way to the archive, or has been received."""
    await admin.execute(
        "INSERT INTO ledger.export"
        " (tenant, conversation, version, archive, state, upto, sha256, received_at)"
        " VALUES ($1, $2, $3, $4, $5, '{}', repeat('0', 64),"
        " CASE WHEN $5 = 'received' THEN clock_timestamp() END)",
        house.tenant,
        conversation,
        version,
        archive,
        state,
    )


async def test_what_is_to_be_archived_goes_once_the_archive_has_it_as_it_is_classified(
    house, admin
):
    rules = (Retention(archive="journal", kept_days=10, legal_basis="arkivlova § 13"),)
    await house.set_up(privacy=Privacy(retention=rules))
    never, sent, other, received = [await house.closed(n, archive="journal") for n in range(1, 5)]
    await exported(admin, house, sent, "sent")
    await exported(admin, house, other, "received", "archive")
    await exported(admin, house, received, "received")
    run = await house.look()

    assert [step["conversation"] for step in await house.steps(run)] == [str(received)]
    assert (await house.run(await house.look(timedelta(days=9))))["count"] == 0
    spool = Spool(house.spool)
    for c in (sent, received):
        await spool.keep(house.tenant, f"{c}-1", b"PK")
        await spool.drop(house.tenant, f"{c}-1")
    await house.approve(run)
    await house.duty().once()
    assert not await house.there(received)
    assert await spool.keys(house.tenant) == [(sent, 1)]
    assert all([await house.there(one) for one in (never, sent, other)])


async def test_a_wish_about_what_the_archive_has_erases_the_copy_here(house, admin):
    c = await house.closed(1, archive="journal", forget=True)
    await house.duty().once()
    assert await house.there(c)

    await exported(admin, house, c, "received")
    await house.duty().once()
    assert not await house.there(c)
    why = await admin.fetchval(
        "SELECT reason FROM ledger.tombstone WHERE tenant = $1 AND conversation = $2",
        house.tenant,
        c,
    )
    assert why == "forget_archived"


async def test_nothing_is_erased_while_a_package_of_it_is_on_its_way(house, admin):
    """It was classified as nothing worth keeping after it had been sent."""
    c = await house.closed(1, forget=True)
    await exported(admin, house, c, "sent")
    await house.duty().once()

    assert await house.there(c)


async def test_a_look_that_is_too_old_is_not_approved_and_is_forgotten(house, admin):
    await house.closed()
    run = await house.look()
    await _age(admin, run, "25 hours")
    assert (await house.run(run))["state"] == "old"
    await house.approve(run)
    assert (await house.run(run))["approved_by"] is None

    await _age(admin, run, "8 days")
    await house.duty().once()
    assert await house.run(run) is None


async def _age(admin, run, by):
    await admin.execute(
        "UPDATE ledger.retention_run SET made_at = made_at - $2::text::interval WHERE id = $1",
        run,
        by,
    )


async def test_one_that_cannot_be_removed_keeps_no_other_and_is_tried_again(house, admin):
    stuck, other = await house.closed(1), await house.closed(2)
    run = await house.look()
    await house.approve(run)
    duty = house.duty()
    remove, broken = duty._carrier._remove, [stuck]

    async def failing(connection, tenant, conversation, **why):
        if conversation in broken:
            raise ZeroDivisionError
        return await remove(connection, tenant, conversation, **why)

    duty._carrier._remove = failing
    await duty.once()
    assert (await house.run(run))["state"] == "running"
    assert await house.there(stuck)
    assert not await house.there(other)

    broken.clear()
    await duty.once()
    assert (await house.run(run))["state"] == "done"
    assert not await house.there(stuck)


# When it dies

DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from transcript_service.files.store import FolderStore
from transcript_service.postgres import keeper_database
from transcript_service.retention import carrying, duty
from transcript_service.retention.outside import SentFiles
from transcript_service.seals.key import SealKey

async def main(where, root):
    database = keeper_database(os.environ["PREK_DATABASE_URL"], size=4)
    outside = [SentFiles(FolderStore(Path(root)))]
    round_ = duty.retention_duty(database, SealKey.read(os.environ["PREK_SEAL_KEY"]), outside)
    carrier = round_._carrier
    remove, settle, end = carrier._remove, carrier._note, carrier._end
    delete = carrier._outside["files"].delete

    def after(step, times=1):
        left = [times]
        async def dying(*given, **named):
            answer = await step(*given, **named)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer
        return dying

    async def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    if where == "before the words go":
        carrier._remove = die
    elif where == "before the step is noted":
        carrier._remove = after(remove)
    elif where == "before the commit":
        carrier._note = after(settle)
    elif where == "before the bytes go":
        carrier._outside["files"].delete = die
    elif where == "after the bytes went":
        carrier._outside["files"].delete = after(delete)
    elif where == "in the middle of the run":
        carrier._note = after(settle, 2)
    elif where == "before the end is noted":
        carrier._end = die
    await round_.once()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("where", "settled"),
    [
        ("before the words go", 0),
        ("before the step is noted", 0),
        ("before the commit", 0),
        ("before the bytes go", 1),
        ("after the bytes went", 1),
        ("in the middle of the run", 1),
        ("before the end is noted", 3),
    ],
)
async def test_killed_half_way_nothing_is_half_gone_and_the_next_goes_on(
    house, parts, admin, where, settled
):
    marker = f"merke{uuid4().hex}"
    for n in (1, 2, 3):
        await house.closed(n, marker=marker)
    run = await house.look()
    await house.approve(run)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(DIES), where, str(house.root)],
        check=False,
        capture_output=True,
        env={**os.environ, **parts.settings("keeper")},
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]

    told = await house.run(run)
    assert (told["state"], told["erased"]) == ("running", settled)
    for step in await house.steps(run):
        # Either all of it can still be read, or nothing of it.
        assert await house.there(step["conversation"]) == (step["result"] is None)
    assert len(house.files()) >= 3 - settled

    await house.duty().once()
    told = await house.run(run)
    assert (told["state"], told["erased"]) == ("done", 3)
    assert await house.holding(admin, marker) == set()
    assert house.files() == []


async def test_a_hold_that_is_set_while_a_run_stood_still_is_kept_to(house, parts):
    """Files included: what lies outside the database goes after the commit, never before."""
    c = await house.closed()
    run = await house.look()
    await house.approve(run)
    await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", textwrap.dedent(DIES), "before the commit", str(house.root)],
        check=False,
        capture_output=True,
        env={**os.environ, **parts.settings("keeper")},
        timeout=60,
    )
    async with house.replica.database.connection() as connection:
        assert await set_hold(connection, house.tenant, c, reason="Klage", by="arve")
    await house.duty().once()

    assert (await house.run(run))["left"] == 1
    assert await house.there(c)
    assert len(house.files()) == 1


# What the database refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.retention_step SET result = 'erased'",
        "DELETE FROM ledger.retention_step",
        "DELETE FROM ledger.retention_run",
        "UPDATE ledger.retention_run SET ended_at = now()",
        "DELETE FROM ledger.hold",
        "UPDATE ledger.hold SET reason = ''",
        "SELECT ledger.lock_for_retention('t', gen_random_uuid())",
    ],
)
async def test_who_serves_asks_and_approves_and_settles_nothing(app_url, statement):
    connection = await asyncpg.connect(app_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


# At the same moment


async def test_a_hold_that_comes_while_it_is_erased_finds_nothing_to_hold(house, admin):
    """It waits for who erases, and never says that something is kept which is gone."""
    c = await house.closed()
    async with house.keeper.connection() as keeper, house.replica.database.connection() as other:
        erasing = keeper.transaction()
        await erasing.start()
        await keeper.execute("SELECT ledger.lock_for_retention($1, $2)", house.tenant, c)
        hold = asyncio.create_task(set_hold(other, house.tenant, c, reason="Klage", by="arve"))
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'"
        )
        async with asyncio.timeout(20):
            while not await admin.fetchval(waiting, other.get_server_pid()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        about = {"reason": "over_time", "basis": BASIS, "by": "arve"}
        assert await remove_conversation(keeper, house.key, house.tenant, c, **about)
        await erasing.commit()

        with pytest.raises(Gone):
            await hold


async def test_who_erases_waits_for_a_hold_and_keeps_to_it(house, admin):
    c = await house.closed()
    run = await house.look()
    await house.approve(run)
    async with house.replica.database.connection() as holding:
        setting = holding.transaction()
        await setting.start()
        assert await set_hold(holding, house.tenant, c, reason="Klage", by="arve")
        duty = asyncio.create_task(house.duty().once())
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE usename = 'transcript_keeper' AND wait_event_type = 'Lock'"
        )
        async with asyncio.timeout(20):
            while not await admin.fetchval(waiting):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        await setting.commit()
        await duty

    assert (await house.run(run))["left"] == 1
    assert await house.there(c)
