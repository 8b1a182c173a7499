"""Masked words are masked for every reader at once; then the original is gone, and provably so."""

import asyncio
import json
from uuid import uuid4

import pytest
from services.contracts import (
    BreakGlass,
    Close,
    EndWrapUp,
    PostMessage,
    PostNote,
)
from transcript_service.audit.table import Audit
from transcript_service.callers import Caller, NotAnswered
from transcript_service.files.store import Missing
from transcript_service.files.table import FileTable
from transcript_service.postgres import keeper_database
from transcript_service.seals.key import keys_of
from transcript_service.seals.mask_duty import Masks
from transcript_service.seals.masking import Maskings, Wanted
from transcript_service.verify import Against, verify

pytestmark = pytest.mark.integration

CITIZEN, KARI = "citizen:c1", "agent:kari"
MARK = "[fjernet: gjelder en annen person]"


@pytest.fixture
async def said(replica, talked):
    """A conversation in which dialogue 4 names somebody."""
    await replica.say(CITIZEN, PostMessage(conversation=talked, text="Naboen Per Ås er syk"))
    return talked


@pytest.fixture
async def duty(parts, seal_key, store):
    database = keeper_database(parts.settings("keeper")["PREK_DATABASE_URL"], size=2)
    yield Masks(database, seal_key, store)
    await database.stop()


@pytest.fixture
def mask(replica, tenant):
    maskings = Maskings(replica.database, Audit(replica.database))

    async def mask(
        agent, conversation, *, seq=4, stream="dialogue", text=None, place=None, id_=None
    ):
        directory = await replica.reads.directory(tenant.tenant)
        caller = Caller(tenant.tenant, agent, directory, directory.agent(agent), None)
        wanted = Wanted(id_ or uuid4(), conversation, stream, seq, "third_party", text, place)
        return await maskings.mask(caller, wanted)

    mask.maskings = maskings
    return mask


@pytest.fixture
def words(replica, tenant):
    async def words(conversation, stream="dialogue"):
        found = await replica.reads.transcript(tenant.tenant, conversation, stream)
        return [getattr(event.body, "text", event.body.kind) for event in found.events]

    return words


@pytest.fixture
def find(app_url, seal_key, tenant):
    async def find():
        found = await verify(app_url, None, Against(keys=keys_of([seal_key.public])))
        return [line for line in found if line.startswith(f"{tenant.tenant} ")]

    return find


async def test_masked_words_are_masked_at_once_and_erased_by_the_keeper(
    said, replica, tenant, mask, duty, words, find, admin
):
    assert await mask("kari", said, text="Per Ås") == 1
    at_once = await words(said)
    read = await replica.reads.range(tenant.tenant, said, "dialogue", 3, reader=CITIZEN)
    before = await admin.fetchval(
        "SELECT body FROM ledger.event_body WHERE tenant = $1 AND stream = 'dialogue' AND seq = 4",
        tenant.tenant,
    )
    assert await find() == []
    await duty.once()
    mark = await admin.fetchrow("SELECT * FROM ledger.erasure WHERE tenant = $1", tenant.tenant)
    left = await admin.fetchval(
        "SELECT string_agg(t.row, '') FROM ("
        " SELECT to_jsonb(b)::text AS row FROM ledger.event_body AS b WHERE b.tenant = $1 UNION ALL"
        " SELECT to_jsonb(m)::text FROM ledger.masking AS m WHERE m.tenant = $1) AS t",
        tenant.tenant,
    )

    assert at_once[3] == read.events[0].body.text == f"Naboen {MARK} er syk"
    assert "Per Ås" in before
    assert await words(said) == at_once
    assert "Per Ås" not in left
    assert (mark["by"], mark["reason"], mark["n"]) == ("kari", "third_party", 1)
    assert await find() == []
    await duty.once()
    assert await find() == []


async def test_a_repeated_command_is_answered_with_masked_words(said, replica, mask):
    """A redelivery says what was said again: it must not say what is masked."""
    asking = replica.make.envelope(CITIZEN, PostMessage(conversation=said, text="Per Ås her"))
    await replica.carry_out(asking)
    await mask("kari", said, seq=5, text="Per Ås")
    (again,) = await replica.carry_out(asking)

    assert [event.body.text for event in again.events] == [f"{MARK} her"]


async def test_masks_of_the_same_words_follow_each_other(said, mask, duty, words, find, erase):
    await mask("kari", said, text="Per Ås")
    await mask("kari", said, text="syk")
    assert (await words(said))[3] == f"Naboen {MARK} er {MARK}"
    await duty.once()
    await mask("kari", said)
    await duty.once()
    assert (await words(said))[3] == MARK
    assert await find() == []
    await mask("kari", said, text="fjernet")
    await erase(said)
    await duty.once()

    assert (await words(said))[3] == "(slettet)"
    assert await find() == []


async def test_two_who_mask_the_same_words_at_once_leave_none_of_them(
    said, mask, words, duty, find
):
    await asyncio.gather(
        mask("kari", said, text="Per Ås"),
        mask("kari", said, text="syk"),
        mask("lise", said, text="Naboen"),
    )
    text = (await words(said))[3]

    assert not [word for word in ("Per Ås", "syk", "Naboen") if word in text]
    await duty.once()
    assert (await words(said))[3] == text
    assert await find() == []


async def test_the_same_id_masks_once(said, mask, words):
    id_ = uuid4()
    assert await mask("kari", said, text="Per Ås", id_=id_) == 1
    assert await mask("kari", said, text="Per Ås", id_=id_) == 1
    with pytest.raises(NotAnswered, match="id_reused"):
        await mask("kari", said, seq=3, text="Hei", id_=id_)

    assert (await words(said))[3] == f"Naboen {MARK} er syk"


async def test_who_may_mask(said, replica, mask):
    """The owner and who leads; then who had it last and archivists; nobody else."""

    async def told(agent):
        try:
            return await mask(agent, said, seq=3)
        except NotAnswered as refused:
            return refused.code

    assert [await told(a) for a in ("ola", "per", "arve", "ada")] == [
        "not_allowed", "not_found", "not_found", "not_found",
    ]  # fmt: skip
    assert [await told(a) for a in ("kari", "lise", "gro")] == [1, 1, 1]
    await replica.say(KARI, Close(conversation=said, epoch=1))
    await replica.say(KARI, EndWrapUp(conversation=said))
    assert [await told(a) for a in ("kari", "lise", "gro", "arve")] == [1, 1, 1, 1]
    assert await told("ola") == "not_allowed"


async def test_what_is_behind_a_wall_is_masked_by_nobody_outside(replica, mask):
    c = await replica.open(topic="omsorg")
    await replica.say(CITIZEN, PostMessage(conversation=c, text="Hei"))
    with pytest.raises(NotAnswered, match="not_found"):
        await mask("gro", c, seq=2)
    assert (await replica.say("agent:gro", BreakGlass(conversation=c, reason="Fare"))).code is None
    with pytest.raises(NotAnswered, match="not_allowed"):
        await mask("gro", c, seq=2)


@pytest.mark.parametrize(
    "wrong", [{"seq": 99}, {"stream": "desk-1"}, {"text": "Kari"}, {"place": (3, 99)}, {"seq": 1}]
)
async def test_what_is_not_there_is_not_found(said, mask, wrong):
    with pytest.raises(NotAnswered, match="not_found"):
        await mask("kari", said, **wrong)


async def test_the_audit_knows_who_masked_and_the_list_has_no_words(
    said, tenant, mask, admin, replica
):
    await mask("kari", said, text="Per Ås")
    rows = await admin.fetch(
        "SELECT who, about::text FROM ledger.audit WHERE tenant = $1 AND action = 'masked'",
        tenant.tenant,
    )
    directory = await replica.reads.directory(tenant.tenant)
    caller = Caller(tenant.tenant, "ola", directory, directory.agent("ola"), None)
    (one,) = await mask.maskings.of(caller, said)

    assert [(row["who"], json.loads(row["about"])["seq"]) for row in rows] == [("kari", 4)]
    assert (one["seq"], one["by"], one["done"]) == (4, "kari", False)
    assert "Per" not in json.dumps(one)
    stranger = Caller(tenant.tenant, "per", directory, directory.agent("per"), None)
    with pytest.raises(NotAnswered, match="not_found"):
        await mask.maskings.of(stranger, said)


async def test_a_masked_file_cannot_be_fetched_and_its_bytes_go(
    talked, replica, attach, store, mask, duty, words, find
):
    place, table = await attach(talked), FileTable(replica.database)
    assert await table.shown(place.tenant, talked, place.file)
    await mask("kari", talked)

    assert await table.shown(place.tenant, talked, place.file) is None
    assert (await words(talked))[3] == MARK
    await duty.once()
    assert (await words(talked))[3] == MARK
    with pytest.raises(Missing):
        await store.open(place)
    assert (await table.look(place.tenant, talked, place.file)).kept is None
    assert await find() == []


async def test_a_mask_that_is_not_what_it_shows_erases_nothing(
    said, tenant, mask, duty, tamper, words, admin
):
    """The service's role cannot have the keeper put words of its own there."""
    await mask("kari", said, text="Per Ås")
    shown = '{"kind":"message","masked":0,"text":"Jeg tilstår"}'
    await tamper("UPDATE ledger.masking SET shown = $1 WHERE :here", shown)
    await duty.once()

    assert (
        await admin.fetchval("SELECT count(*) FROM ledger.erasure WHERE tenant = $1", tenant.tenant)
        == 0
    )


async def test_a_word_put_in_the_place_of_a_masked_one_is_named(said, mask, duty, tamper, find):
    await mask("kari", said, text="Per Ås")
    await duty.once()
    await tamper(
        "UPDATE ledger.event_body SET body = replace(body, 'syk', 'frisk') WHERE :here AND seq = 4"
    )

    assert [line.rpartition(": ")[2] for line in await find()] == [
        "the body is not the one that was sealed"
    ]


async def test_a_note_is_masked_on_the_desk(said, mask, words):
    assert await mask("kari", said, stream="desk", seq=2) == 1
    assert (await words(said, "desk"))[1] == MARK


async def test_a_removed_conversation_takes_its_masks_along(
    said, replica, tenant, mask, duty, remove, admin, find
):
    await mask("kari", said, text="Per Ås")
    await replica.say(KARI, PostNote(conversation=said, text="Slutt"))
    await replica.say(KARI, Close(conversation=said, epoch=1))
    await replica.say(KARI, EndWrapUp(conversation=said))
    assert await remove(said)
    await duty.once()

    assert (
        await admin.fetchval("SELECT count(*) FROM ledger.masking WHERE tenant = $1", tenant.tenant)
        == 0
    )
    assert await find() == []
