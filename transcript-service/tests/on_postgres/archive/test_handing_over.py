"""From closed to received: each enquiry once, whoever is killed where; anew by a new class."""

import pytest
from services.contracts import MailCopy, Rate
from services.errors import Transient
from transcript_service.archive import table
from transcript_service.archive.rules import faults_of
from transcript_service.copies.press import CannotPrintError

pytestmark = pytest.mark.integration

CITIZEN = "citizen:c1"


async def test_an_enquiry_is_dropped_taken_confirmed_and_leaves_nothing_lying(house):
    c = await house.closed(sent=[("Min søknad.txt", b"Hei")])
    await house.rounds(2)
    assert (await house.row())["state"] == "sent"
    (files,) = house.taken()
    assert faults_of(files) == ()
    assert files["vedlegg-1.txt"] == b"Hei"
    house.put_receipt(f"{c}-1")
    await house.rounds(3)
    row = await house.row()

    assert (row["state"], row["case_number"], row["record_number"]) == (
        "received",
        "2026/123",
        "2026/456",
    )
    assert house.lying() == []


@pytest.mark.parametrize("archive", [None, "none"])
async def test_what_is_not_worth_archiving_or_not_classified_stays(house, archive):
    await house.closed(archive=archive)
    await house.rounds()

    assert await house.rows() == []
    assert house.lying() == []


async def test_nothing_goes_before_the_wrap_up_is_over(house):
    await house.closed(done=False)
    await house.rounds()

    assert await house.rows() == []


async def test_nothing_goes_by_itself_where_the_set_up_says_so(house):
    await house.set_up("none")
    await house.closed()
    await house.rounds()

    assert await house.rows() == []


async def test_a_written_question_says_where_it_was_answered(house):
    await house.closed(written=True)
    await house.rounds(2)
    (files,) = house.taken()

    assert b"per@testvik.no" in files["arkivmelding.xml"]
    assert b"Skriftlig" in files["arkivmelding.xml"]


async def test_what_is_said_later_is_not_part_of_what_was_ordered(house):
    c = await house.closed()
    await house.duty().once()
    first = await house.row()
    await house.replica.say(CITIZEN, Rate(conversation=c, rating="no", comment="etterpå"))
    await house.replica.say(CITIZEN, MailCopy(conversation=c, contact="per@testvik.no"))
    async with house.keeper.connection() as connection:
        await connection.execute(
            "UPDATE ledger.export SET state = 'waiting' WHERE tenant = $1", house.tenant
        )
    await house.rounds(1)
    again = await house.row()

    assert first["sha256"] is not None
    assert again["sha256"] == first["sha256"]


# Killed on the way


class KilledError(BaseException):
    """Nothing of ours catches it."""


SEAMS = ("make", "keep", "note_made", "drop", "note_sent", "receipt", "note_received", "clear")


def kill_at(monkeypatch, duty, house, seam, when):
    """Have the duty die before or after one of the things it does."""
    holder = {"make": duty._maker}.get(seam, table if seam.startswith("note") else duty._spool)
    real = getattr(holder, seam)

    async def killed(*given, **named):
        if when == "after":
            await real(*given, **named)
        raise KilledError

    monkeypatch.setattr(holder, seam, killed)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("seam", SEAMS)
async def test_killed_anywhere_the_same_package_goes_once(house, monkeypatch, seam, when):
    c = await house.closed(sent=[("a.txt", b"a")])
    taken, died = [], 0
    for _ in range(8):
        await house.hurry()
        duty = house.duty()
        with monkeypatch.context() as patch:
            if not died:
                kill_at(patch, duty, house, seam, when)
            try:
                await duty.once()
            except KilledError:
                died += 1
        if new := house.taken():
            taken += new
            house.put_receipt(f"{c}-1")
    row = await house.row()

    assert died == 1
    assert len(taken) == 1
    assert (row["state"], row["version"]) == ("received", 1)
    assert house.lying() == []


@pytest.mark.parametrize("times", [1, 3])
async def test_an_archive_that_takes_it_and_dies_has_it_once(house, times):
    await house.set_up("http")
    c = await house.closed()
    house.theirs.dies_after = times
    await house.rounds(times + 3)

    assert list(house.theirs.kept) == [f"{c}-1"]
    assert len(house.theirs.puts) == times + 1
    assert {put.headers["idempotency-key"] for put in house.theirs.puts} == {f"{c}-1"}
    assert (await house.row())["state"] == "received"


async def test_two_keepers_at_once_send_one(house):
    await house.set_up("http")
    c = await house.closed()
    for _ in range(3):
        await house.hurry()
        await house.duty().once()
        await house.duty().once()

    assert list(house.theirs.kept) == [f"{c}-1"]
    assert len(await house.rows()) == 1


# Over HTTP


async def test_a_token_and_a_checksum_go_with_it(house):
    await house.set_up("http")
    await house.closed()
    await house.rounds(2)
    (put,) = house.theirs.puts

    assert put.headers["authorization"] == "Bearer hemmelig"
    assert put.headers["repr-digest"].startswith("sha-256=:")
    assert (await house.row())["state"] == "received"


async def test_a_receipt_may_come_later(house):
    await house.set_up("http")
    await house.closed()
    house.theirs.at_once, house.theirs.receipt, kept = False, None, house.theirs.receipt
    await house.rounds(4)
    assert (await house.row())["state"] == "sent"
    house.theirs.receipt = kept
    await house.rounds(1)

    assert (await house.row())["state"] == "received"
    assert len(house.theirs.puts) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_what_is_away_is_tried_again_later_each_time(house, status):
    await house.set_up("http")
    await house.closed()
    await house.duty().once()
    house.theirs.answers = [status, status]
    await house.rounds(1)
    first = await house.row()
    await house.rounds(1)
    second = await house.row()
    await house.rounds(1)

    assert (first["state"], first["error"], first["attempts"]) == ("made", "unreachable", 1)
    assert second["attempts"] == 2
    assert second["next_at"] > first["next_at"]
    assert (await house.row())["state"] == "received"


@pytest.mark.parametrize("status", [301, 400, 401, 403, 413, 422])
async def test_what_is_refused_waits_for_a_person(house, status):
    await house.set_up("http")
    await house.closed()
    house.theirs.answers = [status]
    await house.rounds(4)
    row = await house.row()

    assert (row["state"], row["error"]) == ("failed", f"refused: {status}")
    assert len(house.theirs.puts) == 1


async def test_a_token_goes_nowhere_but_where_the_operator_lets_it(house):
    await house.set_up("http", url="https://tyv.example/inn")
    await house.closed()
    await house.rounds()

    assert house.theirs.puts == []
    assert (await house.row())["error"] == "address_differs"


async def test_without_a_token_nothing_goes_and_it_is_said(house):
    await house.set_up("http")
    house.access = None
    await house.closed()
    await house.rounds()

    assert (await house.row())["error"] == "no_access"


async def test_a_receipt_that_says_no_waits_for_a_person(house):
    c = await house.closed()
    await house.rounds(2)
    refusal = (
        b'<arkivmeldingKvittering xmlns="https://ks-no.github.io/standarder/fiks-protokoll/'
        b'fiks-arkiv/arkivmelding/opprett/kvittering/v1"><registreringFeilet/>'
        b"</arkivmeldingKvittering>"
    )
    house.put_receipt(f"{c}-1", refusal)
    await house.rounds(1)

    assert (await house.row())["error"] == "refused"


async def test_half_a_receipt_is_looked_at_again(house):
    c = await house.closed()
    await house.rounds(2)
    house.put_receipt(f"{c}-1", b"<arkivmeldingKvitt")
    await house.rounds(1)
    row = await house.row()
    assert (row["state"], row["error"]) == ("sent", "receipt_invalid")
    house.put_receipt(f"{c}-1")
    await house.rounds(1)

    assert (await house.row())["state"] == "received"


async def test_a_file_that_is_gone_is_named_and_nothing_is_sent(house):
    await house.closed(sent=[("a.txt", b"a")])
    async for place in house.store.older_than(house.make.after(10**9)):
        await house.store.delete(place)
    await house.rounds()
    row = await house.row()

    assert (row["state"], row["error"]) == ("failed", "file_missing")
    assert house.dropped() == []


async def test_a_typesetter_that_fails_is_tried_again(house):
    class Broken:
        async def pdf(self, document):
            raise CannotPrintError("failed")

    whole, house.press = house.press, Broken()
    await house.closed()
    await house.rounds(1)
    assert (await house.row())["error"] == "not_set"
    house.press = whole
    await house.rounds(2)

    assert (await house.row())["state"] == "sent"


async def test_one_that_fails_does_not_hold_up_the_others(house):
    await house.closed(1, sent=[("a.txt", b"a")])
    async for place in house.store.older_than(house.make.after(10**9)):
        await house.store.delete(place)
    await house.closed(2)
    await house.rounds()

    assert sorted(row["state"] for row in await house.rows()) == ["failed", "sent"]


async def test_one_that_nobody_foresaw_does_not_hold_up_the_others(house):
    class Odd(type(house.press)):
        async def pdf(self, document):
            if any("rart" in said.words for said in document.said):
                raise ZeroDivisionError
            return await super().pdf(document)

    house.press = Odd()
    await house.closed(1, text="rart")
    await house.closed(2)
    await house.rounds()
    found = {(row["state"], row["error"]) for row in await house.rows()}

    assert found == {("waiting", "not_foreseen"), ("sent", None)}


async def test_what_is_to_be_sent_does_not_wait_behind_answers_that_are_asked_after(house):
    await house.closed(1)
    await house.rounds(2)
    await house.hurry()
    fresh = await house.closed(2)
    async with house.keeper.connection() as connection:
        await table.open_orders(connection, house.tenant)
        (first,) = await table.due(connection, house.tenant, 1)

    assert (first.conversation, first.state) == (fresh, "waiting")


async def test_a_disk_that_is_full_is_tried_again(house):
    await house.closed()

    class Full:
        def __getattr__(self, name):
            return getattr(house.spool(), name)

        async def keep(self, *given):
            raise Transient("archive_dir")

    with pytest.raises(Transient):
        await house.duty(spool=Full()).once()
    await house.rounds(2)

    assert (await house.row())["state"] == "sent"


# Classified anew


async def test_a_class_that_is_changed_before_it_goes_is_the_one_that_goes(house):
    c = await house.closed()
    async with house.keeper.connection() as connection:
        await table.open_orders(connection, house.tenant)
    await house.classify(c, "journal")
    await house.rounds(2)
    (files,) = house.taken()

    assert (await house.row())["archive"] == "journal"
    assert b'xsi:type="journalpost"' in files["arkivmelding.xml"]


async def test_what_is_not_worth_archiving_after_all_does_not_go(house):
    c = await house.closed()
    async with house.keeper.connection() as connection:
        await table.open_orders(connection, house.tenant)
    await house.classify(c, "none")
    await house.rounds()

    assert await house.rows() == []
    assert house.lying() == []


async def test_a_class_that_is_changed_on_the_way_waits_and_makes_a_second_version(house):
    c = await house.closed()
    await house.rounds(2)
    house.taken()
    await house.classify(c, "journal")
    await house.rounds()
    assert [row["state"] for row in await house.rows()] == ["sent"]
    house.put_receipt(f"{c}-1")
    await house.rounds(4)
    (files,) = house.taken()

    assert [(row["version"], row["archive"], row["state"]) for row in await house.rows()] == [
        (1, "archive", "received"),
        (2, "journal", "sent"),
    ]
    assert f"{c}/2".encode() in files["arkivmelding.xml"]
    assert f"Erstatter registreringen med nøkkel {c}:".encode() in files["arkivmelding.xml"]


async def test_what_the_archive_has_confirmed_is_not_taken_back(house):
    c = await house.closed()
    await house.rounds(2)
    house.put_receipt(f"{c}-1")
    await house.rounds(1)
    await house.classify(c, "none")
    await house.rounds()

    assert [(row["version"], row["state"]) for row in await house.rows()] == [(1, "received")]


async def test_what_lies_there_of_another_database_is_let_be(house):
    await house.closed()
    stranger = house.archive_dir / house.tenant / "ut"
    stranger.mkdir(parents=True)
    kept = stranger / f"{house.make.id(999)}-1.zip"
    kept.write_bytes(b"")
    (stranger / "les meg.txt").write_bytes(b"")
    await house.rounds()

    assert kept.exists()
    assert (stranger / "les meg.txt").exists()


async def test_the_audit_says_what_went_and_what_came_back(house, admin):
    c = await house.closed()
    await house.rounds(2)
    house.put_receipt(f"{c}-1")
    await house.rounds(1)
    found = await admin.fetch(
        "SELECT who, action, conversation FROM ledger.audit WHERE tenant = $1 ORDER BY n",
        house.tenant,
    )

    assert [tuple(row) for row in found] == [
        ("keeper", "archive_sent", c),
        ("keeper", "archive_received", c),
    ]
