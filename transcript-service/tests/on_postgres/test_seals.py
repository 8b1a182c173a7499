"""What is done to a sealed ledger by its superuser is found and named; the chain alone cannot."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from services.contracts import Close, EndWrapUp, PostMessage
from services.errors import Transient
from transcript_service import rows
from transcript_service.core.chain import START, hash_body, link, metadata
from transcript_service.postgres import keeper_database
from transcript_service.seals.folder import Folder
from transcript_service.seals.key import SealKey, keys_of
from transcript_service.seals.sealing import Seals
from transcript_service.verify import Against, verify

pytestmark = pytest.mark.integration

CITIZEN, KARI = "citizen:c1", "agent:kari"
DAY = timedelta(days=1)
CUT_OFF = "DELETE FROM ledger.:table WHERE :here AND stream = 'dialogue' AND seq = 3"
SWAP = "UPDATE ledger.:table SET seq = 1007 - seq WHERE :here AND stream = 'dialogue' AND seq > 2"
TODAY = datetime.now(UTC).date().isoformat()


@pytest.fixture
async def keeping(parts):
    database = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield database
    await database.stop()


@pytest.fixture
async def folder(tmp_path, admin):
    """Seals of our own: what the database noted is of another test's."""
    await admin.execute("DELETE FROM ledger.seal")
    return Folder(tmp_path / "seals")


@pytest.fixture
def seals(keeping, seal_key, folder):
    """The duty, a day ahead: today is over and can be sealed."""
    return Seals(keeping, seal_key, folder, ahead=DAY)


@pytest.fixture
def find(app_url, seal_key, folder, tenant):
    """Return what is wrong with this municipality and the seals, others left out."""

    async def find(conversation=None, **against):
        given = {"keys": keys_of([seal_key.public]), "folder": folder, **against}
        prefix = f"{tenant.tenant} "
        return [
            line.removeprefix(prefix)
            for line in await verify(app_url, conversation, Against(**given))
            if line.startswith((prefix, "seal"))
        ]

    return find


@pytest.fixture
def end(replica):
    async def end(conversation):
        await replica.say(KARI, Close(conversation=conversation, epoch=1))
        await replica.say(KARI, EndWrapUp(conversation=conversation))

    return end


async def rebuild(admin, tamper, tenant, conversation, text):
    """Change a citizen's words, and compute the chain anew as who has read `core/chain.py` can."""
    found = await admin.fetch(
        "SELECT e.*, b.body, b.salt FROM ledger.event AS e JOIN ledger.event_body AS b"
        " USING (tenant, conversation, stream, seq) WHERE tenant = $1 AND stream = 'dialogue'"
        " AND conversation = $2 ORDER BY seq",
        tenant.tenant,
        conversation,
    )
    previous = START
    change = (
        "UPDATE ledger.:table SET :set"
        " WHERE :here AND conversation = $1 AND stream = 'dialogue' AND seq = $2"
    )
    for row in found:
        body = row["body"].replace('"Hei"', f'"{text}"')
        body_hash = hash_body(row["salt"], body)
        event = rows.event({**row, "body": None})
        about = metadata(row["tenant"], event, row["kind"], row["cause"], row["seen"])
        previous = link(previous, about, body_hash)
        place = (conversation, row["seq"])
        await tamper(change, *place, body, table="event_body", change="body = $3")
        hashes = (body_hash, previous)
        await tamper(change, *place, *hashes, table="event", change="body_hash = $3, hash = $4")
    await tamper(
        "UPDATE ledger.conversation SET heads = heads || jsonb_build_object('dialogue', $2::text)"
        " WHERE :here AND id = $1",
        conversation,
        previous.hex(),
    )


async def test_a_sealed_day_that_is_as_it_was_shows_no_fault(talked, tenant, seals, find, folder):
    (seal,) = await seals.days()

    assert await seals.days() == []
    assert seal.period.name == TODAY
    assert await find() == await find(talked) == []
    assert {line[3] for line in seal.lines if line[1] == tenant.tenant} == {"dialogue", "desk"}
    assert "Hei" not in (folder.root / TODAY[:4] / f"{TODAY}.json").read_text()
    assert "kari" not in (folder.root / TODAY[:4] / f"{TODAY}.json").read_text()


async def test_a_chain_rebuilt_without_the_seal_is_found_by_the_seal_alone(
    talked, seals, find, faults, admin, tamper, tenant
):
    await seals.days()
    await rebuild(admin, tamper, tenant, talked, "Nei")

    assert await faults() == []
    assert await find() == [f"{talked} dialogue 3: is not the one that was sealed on {TODAY}"]


async def test_a_whole_conversation_that_was_removed_is_missed(talked, seals, find, faults, tamper):
    await seals.days()
    for table in ("event_body", "event", "offer"):
        await tamper("DELETE FROM ledger.:table WHERE :here", table=table)
    await tamper("DELETE FROM ledger.conversation WHERE :here")
    await tamper("UPDATE ledger.agent SET load = 0 WHERE :here AND id = 'kari'")

    assert await faults() == []
    assert await find() == [
        f"{talked} desk 2: was sealed on {TODAY}, and is not there",
        f"{talked} dialogue 3: was sealed on {TODAY}, and is not there",
    ]


async def test_a_conversation_that_is_added_to_a_sealed_day_is_found(
    talked, replica, seals, find, faults
):
    await seals.days()
    other = await replica.open(2)

    assert await faults() == []
    assert await find() == [f"{other} dialogue 1: was added to {TODAY}, which is sealed"]


async def test_a_row_that_is_added_to_a_sealed_day_is_found(talked, replica, seals, find, faults):
    await seals.days()
    await replica.say(CITIZEN, PostMessage(conversation=talked, text="Ett ord til"))

    assert await faults() == []
    assert await find() == [f"{talked} dialogue 4: the last one sealed on {TODAY} was 3"]


async def test_a_tail_that_is_cut_off_with_its_head_is_found(
    talked, admin, seals, find, faults, tamper, tenant
):
    await seals.days()
    head = await admin.fetchval(
        "SELECT encode(hash, 'hex') FROM ledger.event"
        " WHERE tenant = $1 AND stream = 'dialogue' AND seq = 2",
        tenant.tenant,
    )
    for table in ("event_body", "event"):
        await tamper(
            "DELETE FROM ledger.:table WHERE :here AND stream = 'dialogue' AND seq = 3", table=table
        )
    await tamper(
        "UPDATE ledger.conversation SET last_seq = last_seq || '{\"dialogue\": 2}',"
        " heads = heads || jsonb_build_object('dialogue', $1::text) WHERE :here",
        head,
    )

    assert await faults() == []
    assert await find() == [f"{talked} dialogue 2: the last one sealed on {TODAY} was 3"]


async def test_two_rows_that_were_swapped_are_named(talked, replica, find, tamper):
    await replica.say(CITIZEN, PostMessage(conversation=talked, text="Og så?"))
    for table in ("event", "event_body"):
        await tamper(SWAP, table=table)
        back = "UPDATE ledger.:table SET seq = seq - 1000 WHERE :here AND seq > 1000"
        await tamper(back, table=table)

    assert f"{talked} dialogue 3: the event is not the one that was sealed" in await find()
    assert f"{talked} dialogue 4: the event is not the one that was sealed" in await find()


async def test_a_row_of_no_conversation_is_named(talked, find, tamper):
    await tamper("DELETE FROM ledger.conversation WHERE :here")

    assert f"{talked} dialogue 1: an event of no conversation" in await find()


async def test_a_mark_is_believed_only_of_a_key_that_is_known(
    talked, erase, find, seal_key, tamper
):
    thief = SealKey(b"t" * 32)
    await erase(talked, thief)
    unknown = f"is signed by the key {thief.public.id}, which nobody named"
    assert f"{talked} dialogue 3: the mark 1 {unknown}" in await find()
    await tamper("UPDATE ledger.erasure SET key = $1 WHERE :here", seal_key.public.id)

    assert f"{talked} dialogue 3: the mark 1 is not the one that was signed" in await find()
    assert f"{talked} dialogue 3: the mark 1 is not the one that was signed" in await find(
        talked, folder=None
    )


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'no reason'",
        "basis = ''",
        "by = 'kari'",
        "at = at - interval '1 day'",
        "instead = gone",
    ],
)
async def test_a_mark_that_was_changed_is_named(talked, erase, find, tamper, change):
    await erase(talked)
    here = "UPDATE ledger.erasure SET :set WHERE :here AND stream = 'desk' AND seq = 2"
    await tamper(here, change=change)

    assert f"{talked} desk 2: the mark 1 is not the one that was signed" in await find()


async def test_a_mark_cannot_be_moved_to_another_event(talked, erase, find, tamper):
    """A signed mark of one body says nothing of another."""
    await erase(talked)
    move = "UPDATE ledger.erasure SET seq = {} WHERE :here AND stream = 'desk' AND seq = {}"
    for to, since in ((9, 1), (1, 2), (2, 9)):
        await tamper(move.format(to, since))

    assert f"{talked} desk 1: the mark 1 is not the one that was signed" in await find()
    assert f"{talked} desk 1: the mark 1 is not of the body that stood there" in await find()


async def test_a_mark_that_was_sealed_and_is_gone_or_late_is_named(
    talked, erase, seals, find, tamper
):
    await erase(talked)
    await seals.days()
    assert await find() == []
    await tamper("DELETE FROM ledger.erasure WHERE :here AND stream = 'desk' AND seq = 2")

    assert await find() == [
        f"{talked} desk 2: the body is gone without a mark",
        f"{talked} desk 2: the mark 1: was sealed on {TODAY}, and is not there",
    ]


async def test_a_removed_conversation_is_no_fault_and_its_tombstone_is_sealed(
    talked, replica, remove, seals, find, end, tamper
):
    await end(talked)
    other = await replica.open(2)
    await replica.join(other)
    await end(other)
    await seals.days()
    assert await remove(talked)
    late = f"{talked}: the tombstone: was added to {TODAY}, which is sealed"
    assert await find() == [late]  # of a day that is sealed already, for we are a day ahead
    await tamper("UPDATE ledger.tombstone SET reason = 'mine' WHERE :here")
    assert f"{talked}: the tombstone is not the one that was signed" in await find()
    await tamper("DELETE FROM ledger.tombstone WHERE :here")

    assert f"{talked}: was taken out without a tombstone" in await find()
    assert f"{talked} dialogue 4: was sealed on {TODAY}, and is not there" in await find()


async def test_a_removal_before_the_seal_is_in_the_seal(
    talked, remove, tenant, seals, find, end, tamper
):
    await end(talked)
    assert await remove(talked)
    (seal,) = await seals.days()
    assert [line[0] for line in seal.lines if line[1] == tenant.tenant] == ["tombstone"]
    assert await find() == []
    await tamper("DELETE FROM ledger.tombstone WHERE :here")

    assert f"{talked}: the tombstone: was sealed on {TODAY}, and is not there" in await find()


async def test_a_forged_tombstone_hides_nothing(talked, seals, find, end, remove):
    await end(talked)
    await seals.days()
    thief = SealKey(b"t" * 32)
    assert await remove(talked, thief)

    unknown = f"is signed by the key {thief.public.id}, which nobody named"
    assert f"{talked}: the tombstone {unknown}" in await find()


async def test_seals_that_were_removed_edited_or_reordered_are_named(talked, seals, find, folder):
    by_hand = [await seals_by_hand(seals) for _ in range(3)]
    _first, second, third = folder.files()
    assert await find() == []

    text = second.read_text()
    second.write_text(text.replace(str(talked), str(UUID(int=1))))
    name = by_hand[1].period.name
    assert f"seal {name}: its lines are not the ones that were signed" in await find()
    second.unlink()
    gap = f"seal {by_hand[2].period.name}: is number 3 and follows number 1"
    assert gap in await find()
    assert f"seal {name}: is noted in the ledger, and not in the folder" in await find()
    second.write_text(third.read_text())
    third.write_text(text)
    assert {
        f"seal {second.stem}: cannot be read as a seal",
        f"seal {third.stem}: cannot be read as a seal",
    } <= set(await find())
    third.unlink()
    second.write_text(text)
    noted = f"seal {by_hand[2].period.name}: is noted in the ledger, and not in the folder"
    assert await find() == [noted]


async def seals_by_hand(seals):
    seals._ahead = timedelta(0)  # of this moment, not of tomorrow
    return await seals.until_now()


async def test_a_seal_of_this_moment_lets_more_come_and_nothing_go(
    talked, replica, seals, find, tamper
):
    seal = await seals_by_hand(seals)
    await replica.say(CITIZEN, PostMessage(conversation=talked, text="Mer"))
    assert await find() == []
    for table in ("event_body", "event"):
        await tamper(
            "DELETE FROM ledger.:table WHERE :here AND stream = 'dialogue' AND seq = 3", table=table
        )

    sealed = f"was sealed on {seal.period.name}, and is not there"
    assert f"{talked} dialogue 3: {sealed}" in await find()


async def test_a_day_is_not_sealed_while_something_of_it_is_being_written(
    talked, admin, keeping, seal_key, folder, find
):
    """The transaction began before the seal; what it writes is in the seal, or there is none."""
    waited = []

    async def rest(seconds):
        waited.append(seconds)
        assert folder.files() == []
        if len(waited) == 3:
            await writing.commit()

    writing = admin.transaction()
    await writing.start()
    await admin.execute("SELECT pg_current_xact_id()")
    seals = Seals(keeping, seal_key, folder, ahead=DAY, rest=rest)
    (seal,) = await seals.days()

    assert len(waited) >= 3
    assert seal.number == 1


async def test_what_is_never_done_writing_puts_the_seal_off(admin, keeping, seal_key, folder):
    async def rest(_seconds):
        return

    async with admin.transaction():
        await admin.execute("SELECT pg_current_xact_id()")
        with pytest.raises(Transient):
            await Seals(keeping, seal_key, folder, ahead=DAY, rest=rest).days()

    assert folder.files() == []


async def test_a_day_is_sealed_only_after_its_margin(talked, keeping, seal_key, folder):
    now = datetime.now(UTC)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + DAY
    early = midnight + timedelta(seconds=90) - now
    assert await Seals(keeping, seal_key, folder, ahead=early).days() == []

    assert len(await Seals(keeping, seal_key, folder, ahead=early + timedelta(minutes=1)).days())


async def test_days_that_were_missed_are_sealed_one_by_one(talked, keeping, seal_key, folder, find):
    made = await Seals(keeping, seal_key, folder, ahead=3 * DAY).days()

    assert [seal.number for seal in made] == [1, 2, 3]
    assert [bool(seal.lines) for seal in made] == [True, False, False]
    assert await find() == []


async def test_two_keepers_and_a_crash_after_the_file_leave_one_seal(
    talked, keeping, seal_key, folder, find, admin
):
    """The file was written, the database was not told: the next round tells it."""
    seals = Seals(keeping, seal_key, folder, ahead=DAY)
    await seals.days()
    await admin.execute("DELETE FROM ledger.seal")
    await seals.days()

    assert await admin.fetchval("SELECT count(*) FROM ledger.seal") == 1
    assert await find() == []


async def test_what_was_decided_long_ago_is_decided_again(replica, talked, monkeypatch):
    """A replica stood still between deciding and writing: its event is of now, not of then."""
    load, slow = replica.store._books, []

    def old(loaded):
        books = load(loaded)
        if not slow:
            slow.append(books.now)
            books.now -= timedelta(minutes=2)
        return books

    monkeypatch.setattr(replica.store, "_books", old)
    other = await replica.open(2)
    read_back = await replica.reads.transcript(replica.make.tenant, other, "dialogue")

    assert slow
    assert read_back.events[0].time >= slow[0] - timedelta(seconds=5)


async def test_bytes_of_a_file_that_are_others_or_gone_are_named(
    talked, attach, store, find, tmp_path, tamper
):
    place = await attach(talked)
    (path,) = (tmp_path / "files").rglob(f"{place.file}.*")
    where = f"{talked} dialogue 4"
    assert await find(files=store) == []
    path.write_bytes(b"Hoi")
    assert await find(files=store) == [f"{where}: the file is not the one that was sealed"]
    assert await find() == []  # nobody looked
    path.unlink()
    assert await find(files=store) == [f"{where}: the file is gone"]
    await tamper("UPDATE ledger.file SET sha256 = repeat('0', 64) WHERE :here")
    assert await find() == [f"{where}: the file's row is not what was sealed"]
    await tamper("DELETE FROM ledger.file WHERE :here")
    assert await find() == [f"{where}: the file's row is gone"]
