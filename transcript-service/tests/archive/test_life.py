"""The life of an export, and what is read of an archive's receipt."""

import pytest
from transcript_service.archive.life import LIFE, after, before
from transcript_service.archive.receipts import MOST_BYTES, Receipt, Unreadable, receipt_of

NS = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/kvittering/v1"


def receipt(inside):
    return receipt_of(
        f'<arkivmeldingKvittering xmlns="{NS}">{inside}</arkivmeldingKvittering>'.encode()
    )


def record(number):
    inside = f"<registreringsID>{number}</registreringsID>"
    return f"<registreringKvittering>{inside}</registreringKvittering>"


def test_what_is_received_is_never_changed_again():
    assert LIFE["received"] == {}


def test_every_state_but_the_last_leads_to_the_last():
    for state in LIFE:
        seen, reached = set(), {state}
        while reached - seen:
            now = (reached - seen).pop()
            seen.add(now)
            reached |= set(LIFE[now].values())
        assert "received" in reached


def test_what_is_on_its_way_is_neither_made_anew_nor_classified_anew():
    assert before("classified") == ("waiting", "failed")
    assert before("asked_again") == ("failed",)
    with pytest.raises(KeyError):
        after("sent", "made")


def test_the_archives_numbers_are_kept():
    numbers = "<saksaar>2026</saksaar><sakssekvensnummer>9</sakssekvensnummer>"
    folder = f"<mappeKvittering>{numbers}</mappeKvittering>"

    assert receipt(folder + record("2026/9-1")) == Receipt("2026/9", "2026/9-1")


@pytest.mark.parametrize("name", ["mappeFeilet", "registreringFeilet"])
def test_a_part_that_failed_is_a_no(name):
    assert receipt(f"<registreringKvittering/><{name}/>").refused


@pytest.mark.parametrize(
    "content",
    [b"", b"<", b"{}", b"<arkivmeldingKvittering/>", b" " * (MOST_BYTES + 1)],
)
def test_what_is_no_receipt_is_not_read(content):
    with pytest.raises(Unreadable):
        receipt_of(content)


def test_a_receipt_without_a_record_is_not_read():
    with pytest.raises(Unreadable):
        receipt("<mappeKvittering/>")


def test_an_entity_in_a_receipt_is_not_followed(tmp_path):
    secret = tmp_path / "hemmelig"
    secret.write_text("hemmelig")
    content = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><arkivmeldingKvittering xmlns="{NS}">'
        "<registreringKvittering><registreringsID>&x;</registreringsID></registreringKvittering>"
        "</arkivmeldingKvittering>"
    )

    assert receipt_of(content.encode()).record_number is None


@pytest.mark.parametrize("number", ["x" * 101, "a\nb", ""])
def test_a_number_that_is_none_is_left_out(number):
    assert receipt(record(number)).record_number is None
