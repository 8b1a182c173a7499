"""A backup brings back what was lost and not what was erased; what it lost is named."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from native.infrastructure import Infrastructure
from native.postgresql import newest_installation
from services.contracts import Close, EndWrapUp, PostMessage, PostNote
from transcript_service.audit.table import Audit
from transcript_service.callers import Caller
from transcript_service.files.store import FolderStore, Missing
from transcript_service.postgres import keeper_database
from transcript_service.seals.erasing import erase_words, remove_conversation
from transcript_service.seals.key import SealKey
from transcript_service.seals.mask_duty import Masks
from transcript_service.seals.masking import Maskings, Wanted
from transcript_service.seals.removals import ListRemovals, Removals

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

CITIZEN, KARI = "citizen:c1", "agent:kari"
WHY = {"reason": "asked", "basis": "gdpr-17", "by": "arve"}
SECRET = "Huldrestien"


class Machine:
    """A server of our own, that may be lost, and the folders beside it."""

    def __init__(self, folder, migrating):
        self.parts = Infrastructure(folder / "run")
        self.migrating = migrating
        self.seals, self.files = folder / "seals", folder / "files"  # as the fixture `store` has it
        self.dump = folder / "prek.dump"
        self.key = SealKey.read(self.parts.settings("keeper")["PREK_SEAL_KEY"])

    def start(self):
        self.parts.postgresql.prepare()
        self.parts.start_part("database")
        self.parts.postgresql.furnish()
        process = self.migrating(self.parts)
        words, _ = process.communicate(timeout=60)
        assert process.returncode == 0, words

    @property
    def admin_url(self):
        return self.parts.admin_settings()["PREK_DATABASE_URL"]

    def program(self, name, *arguments):
        command = [str(newest_installation() / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def back_up(self):
        self.program("pg_dump", "--format=custom", f"--file={self.dump}", self.admin_url)

    def lose_and_restore(self):
        server, _, name = self.admin_url.rpartition("/")
        self.program("psql", f"{server}/postgres", "-c", f"DROP DATABASE {name} WITH (FORCE)")
        self.parts.postgresql.furnish()
        self.program("pg_restore", "--exit-on-error", f"--dbname={self.admin_url}", str(self.dump))

    def everything(self):
        """All that is in the database, as text."""
        return self.program("pg_dump", "--data-only", self.admin_url)

    def tool(self, *arguments):
        """Run a tool as the operator does. Return its exit code and its lines."""
        settings = {
            **self.parts.settings("keeper"),
            "PREK_SEALS_DIR": str(self.seals),
            "PREK_FILES_DIR": str(self.files),
        }
        done = subprocess.run(
            [sys.executable, "-m", "transcript_service", *arguments],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr or "sealed" in done.stderr, done.stderr
        return done.returncode, done.stdout.splitlines()


@pytest.fixture
def machine(tmp_path, migrating):
    machine = Machine(tmp_path, migrating)
    try:
        machine.start()
        yield machine
    finally:
        machine.parts.remove()


@pytest.fixture
async def replica(machine, tenant, replica_at):
    """A replica on the server that is lost."""
    replica = replica_at(machine.parts.settings("transcript-service")["PREK_DATABASE_URL"])
    await replica.carry_out(tenant.publish(tenant.directory()))
    yield replica
    await replica.database.stop()


@pytest.fixture
async def keeping(machine):
    database = keeper_database(machine.parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield database
    await database.stop()


async def over(replica, n, attach=None):
    """A conversation that is over, with secret words in dialogue 3 and desk 2."""
    c = await replica.open(n)
    await replica.join(c)
    await replica.say(CITIZEN, PostMessage(conversation=c, text=f"Jeg bor i {SECRET} 4"))
    await replica.say(KARI, PostNote(conversation=c, text=f"{SECRET}?"))
    if attach is not None:
        await attach(c)
    await replica.say(KARI, Close(conversation=c, epoch=1))
    await replica.say(KARI, EndWrapUp(conversation=c))
    return c


async def erase_some(machine, replica, keeping, gone, erased, masked):
    """What happens after a backup: some are taken out, of some the words are erased or masked."""
    tenant = replica.make.tenant
    directory = await replica.reads.directory(tenant)
    kari = Caller(tenant, "kari", directory, directory.agent("kari"), None)
    maskings = Maskings(replica.database, Audit(replica.database))
    for conversation, stream, seq in ((masked, "dialogue", 3), (masked, "desk", 2)):
        wanted = Wanted(uuid4(), conversation, stream, seq, "sensitive", SECRET, None)
        assert await maskings.mask(kari, wanted) == 1
    await Masks(keeping, machine.key, FolderStore(machine.files)).once()
    async with keeping.connection() as connection:
        for conversation in gone:
            assert await remove_conversation(connection, machine.key, tenant, conversation, **WHY)
        for conversation in erased:
            assert await erase_words(connection, machine.key, tenant, conversation, **WHY)


async def test_what_was_erased_since_the_backup_does_not_come_back(
    machine, replica, keeping, tenant, attach, store
):
    kept, gone, erased, masked = [await over(replica, n) for n in (1, 2, 3, 4)]
    filed = await over(replica, 5, attach)
    (place,) = [place async for place in store.older_than(datetime.now(UTC) + timedelta(days=1))]
    await replica.say(CITIZEN, PostMessage(conversation=await replica.open(6), text="Hei"))
    code, _ = machine.tool("seal", "--until-now")
    assert code == 0
    found = machine.tool("verify", "--all")
    assert found == (0, ["every hash and every load is right"]), found
    machine.back_up()

    await erase_some(machine, replica, keeping, (gone, filed), (kept, erased), masked)
    await ListRemovals(keeping, Removals(machine.seals)).once()
    await ListRemovals(keeping, Removals(machine.seals)).once()
    assert machine.tool("seal", "--until-now")[0] == 0
    listed = (machine.seals / "removals").glob("*.jsonl")
    assert SECRET not in "".join(file.read_text() for file in listed)
    assert SECRET not in machine.everything()

    await keeping.stop()
    await replica.database.stop()
    machine.lose_and_restore()
    assert SECRET in machine.everything()
    code, found = machine.tool("verify")
    assert code == 1
    assert any(f"{gone}: the tombstone: was sealed on" in line for line in found)
    assert any(f"{erased} dialogue 3: the mark 1: was sealed on" in line for line in found)
    code, lines = machine.tool("replay-removals")

    assert code == 0, lines
    done = {line.removeprefix(f"{tenant.tenant} ") for line in lines}
    assert {f"{gone}: taken out", f"{filed}: taken out", f"{erased} desk 2: erased"} <= done
    assert {f"{masked} dialogue 3: masked", f"{masked} desk 2: masked"} <= done
    assert machine.tool("replay-removals") == (0, ["0 erased again, 0 could not be"])
    assert machine.tool("verify", "--all") == (0, ["every hash and every load is right"])
    assert SECRET not in machine.everything()
    with pytest.raises(Missing):
        await store.open(place)
    assert len(machine.tool("removals")[1]) == len(lines) - 1
    assert machine.tool("removals", "--since", "2999-01-01") == (0, [])


async def test_a_backup_made_while_it_went_on_gives_slots_back(
    machine, replica, keeping, tenant, replica_at
):
    """It was active when the backup was made, and was closed and taken out after it."""
    c = await replica.open()
    await replica.join(c)
    waiting = await replica.open(2)
    machine.back_up()
    await replica.say(KARI, Close(conversation=c, epoch=1))
    await replica.say(KARI, EndWrapUp(conversation=c))
    async with keeping.connection() as connection:
        assert await remove_conversation(connection, machine.key, tenant.tenant, c, **WHY)
    await ListRemovals(keeping, Removals(machine.seals)).once()
    await keeping.stop()
    await replica.database.stop()
    machine.lose_and_restore()

    assert machine.tool("replay-removals")[0] == 0
    assert machine.tool("verify")[0] == 0
    restored = replica_at(machine.parts.settings("transcript-service")["PREK_DATABASE_URL"])
    await restored.join(waiting)
    await restored.database.stop()


async def test_a_restore_that_lost_rows_is_named(machine, replica, tenant):
    c = await over(replica, 1)
    machine.back_up()
    other = await over(replica, 2)
    code, _ = machine.tool("seal", "--until-now")
    assert code == 0
    await replica.database.stop()
    machine.lose_and_restore()
    code, lines = machine.tool("verify")

    assert code == 1
    assert any(
        line.startswith(f"{tenant.tenant} {other} dialogue 4: was sealed on") for line in lines
    )
    assert not [line for line in lines if str(c) in line]


async def test_a_forged_line_removes_nothing(machine, replica, keeping, tenant):
    """Who can write to the list, but has no key, cannot have anything erased."""
    c = await over(replica, 1)
    thief = SealKey(b"t" * 32)
    machine.back_up()
    async with keeping.connection() as connection:
        assert await remove_conversation(connection, thief, tenant.tenant, c, **WHY)
    await ListRemovals(keeping, Removals(machine.seals)).once()
    await keeping.stop()
    await replica.database.stop()
    machine.lose_and_restore()
    code, lines = machine.tool("replay-removals")

    assert code == 1
    assert lines[0].endswith("which nobody named")
    connection = await asyncpg.connect(machine.admin_url)
    assert await connection.fetchval("SELECT count(*) FROM ledger.tombstone") == 0
    await connection.close()
