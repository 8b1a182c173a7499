"""Our own rules find what is wrong with a package: each check is seen to fail once."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from transcript_service.archive.characters import is_xml_text, xml_text
from transcript_service.archive.package import Package, _checksums, unpack
from transcript_service.archive.rules import CHECKSUMS, MESSAGE_FILE, faults_of

PICTURE = ("Min garasje.jpg", "image/jpeg", b"\xff\xd8\xff")


@pytest.fixture
def good(enquiries):
    rules = {"classes": {"skatt": "233"}, "shielded_topics": ("skatt",)}
    return dict(enquiries.package(archive="journal", sent=[PICTURE], rules=rules).files)


def broken(files, pattern, new, count=1):
    """The package with its message changed; the checksum list agrees with it."""
    message = files[MESSAGE_FILE].decode()
    changed, n = re.subn(pattern, new, message, count=count, flags=re.DOTALL)
    assert n > 0, pattern
    return with_message(files, changed.encode())


def with_message(files, message):
    others = {name: content for name, content in files.items() if name != CHECKSUMS}
    others[MESSAGE_FILE] = message
    return {**others, CHECKSUMS: _checksums(others)}


def codes(files):
    return {str(fault) for fault in faults_of(files)}


def test_what_we_make_has_no_fault(enquiries):
    for archive in ("archive", "journal"):
        for folder in ("conversation", "topic_year"):
            for sent in ((), (PICTURE, ("a\x07b.txt", "text/plain", b""))):
                for fields in ({}, {"topic": None}, {"topic": "omsorg", "department": "barn"}):
                    package = enquiries.package(
                        archive=archive, sent=sent, rules={"folder": folder}, **fields
                    )
                    assert faults_of(package.files) == ()


BREAKS = {
    "missing arkivmelding/system": (r"<system>.*?</system>", ""),
    "missing mappe/tittel": (r"<tittel>.*?</tittel>", ""),
    "missing journalpost/journalstatus": (r"<journalstatus>.*?</journalstatus>", ""),
    "missing skjerming/skjermingshjemmel": (r"<skjermingshjemmel>.*?</skjermingshjemmel>", ""),
    "missing klassifikasjon/klasseID": (r"<klasseID>.*?</klasseID>", ""),
    "empty tittel": (r"<tittel>.*?</tittel>", "<tittel> </tittel>"),
    "unknown mappe/hemmelig": (r"<saksdato>", "<hemmelig>x</hemmelig><saksdato>"),
    "repeated mappe/saksdato": (r"(<saksdato>.*?</saksdato>)", r"\1\1"),
    "order mappe": (
        r"(<saksdato>.*?</saksdato>)\s*(<administrativEnhet>.*?</administrativEnhet>)",
        r"\2\1",
    ),
    "code journalposttype": (r"<n5mdk:kode>I</n5mdk:kode>", "<n5mdk:kode>TULL</n5mdk:kode>"),
    "code format": ("fmt/476", "fmt/000"),
    "code korrespondanseparttype": (
        r"<n5mdk:kode>EA</n5mdk:kode>",
        "<n5mdk:kode>XX</n5mdk:kode>",
    ),
    "missing dokumentmedium/kode": (r"<n5mdk:kode>E</n5mdk:kode>", ""),
    "wrong_namespace noekkel": (
        r"<n5mdk:noekkel>(.*?)</n5mdk:noekkel>",
        r"<noekkel>\1</noekkel>",
    ),
    "wrong_namespace saksdato": (
        r"<saksdato>(.*?)</saksdato>",
        r"<n5mdk:saksdato>\1</n5mdk:saksdato>",
    ),
    "kind registrering": ('xsi:type="journalpost"', 'xsi:type="saksmappe"'),
    "malformed saksdato": (r"<saksdato>.*?</saksdato>", "<saksdato>25.10.2026</saksdato>"),
    "malformed mottattDato": (r"(<mottattDato>[^+]*)\+\d\d:\d\d", r"\1"),
    "malformed filstoerrelse": (r"(<filstoerrelse>)\d+", r"\1-1"),
    "reference referanseForelderMappe": (
        r"(<referanseForelderMappe>.*?<n5mdk:noekkel>)[^<]*",
        r"\1annen",
    ),
    "main_document tilknyttetRegistreringSom": (
        r"<n5mdk:kode>H</n5mdk:kode>",
        "<n5mdk:kode>V</n5mdk:kode>",
    ),
    "numbering dokumentnummer": (r"<dokumentnummer>2<", "<dokumentnummer>3<"),
    "archive_format variantformat": (
        r"<n5mdk:kode>A</n5mdk:kode>(\s*<n5mdk:beskrivelse>Arkivf)",
        r"<n5mdk:kode>P</n5mdk:kode>\1",
    ),
    "count antallVedlegg": (r"(<antallVedlegg>)\d+", r"\g<1>7"),
    "count antallFiler": (r"(<antallFiler>)\d+", r"\g<1>7"),
    "file_missing dokumentobjekt": (r"samtale\.json</referanse", "annet.json</referanse"),
    "repeated referanseDokumentfil": (r"samtale\.json</referanse", "samtale.pdf</referanse"),
    "algorithm sjekksumAlgoritme": ("SHA-256", "MD5"),
    "checksum sjekksum": (r"(<sjekksum>)\w{4}", r"\g<1>0000"),
    "size filstoerrelse": (r"(<filstoerrelse>)\d+", r"\g<1>99"),
    "wrong_namespace arkivmelding": ("arkivmelding/opprett/v1", "arkivmelding/v2"),
}


@pytest.mark.parametrize("code", BREAKS)
def test_a_broken_message_is_found_by_the_rule_it_breaks(good, code):
    assert code in codes(broken(good, *BREAKS[code]))


def test_a_message_that_is_no_xml_is_found(good):
    assert codes(with_message(good, b"<arkivmelding>")) == {"message_unreadable"}


def test_a_package_without_message_or_checksums_is_found(good):
    assert codes({"samtale.pdf": b""}) == {"message_missing"}
    assert codes({n: c for n, c in good.items() if n != CHECKSUMS}) == {"checksums_missing"}


def test_a_changed_an_added_and_a_lost_file_are_found(good):
    changed = codes({**good, "samtale.pdf": b"%PDF-1.8"})
    added = codes({**good, "annet.txt": b""})
    lost = codes({name: content for name, content in good.items() if name != "samtale.pdf"})

    assert {"checksum sjekksum", f"checksum {CHECKSUMS}"} <= changed
    assert {"file_unlisted", f"checksum {CHECKSUMS}"} <= added
    assert {"file_missing dokumentobjekt", f"checksum {CHECKSUMS}"} <= lost


def test_an_external_entity_is_not_read(good, tmp_path):
    secret = tmp_path / "hemmelig"
    secret.write_text("hemmelig")
    message = (
        good[MESSAGE_FILE]
        .decode()
        .replace(
            "<arkivmelding", f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><arkivmelding', 1
        )
    )
    message = message.replace("<system>Prek med oss", "<system>&x;", 1)

    assert "empty system" in codes(with_message(good, message.encode()))


@given(st.text())
def test_any_text_becomes_one_that_xml_holds_and_nothing_of_it_disappears(text):
    shown = xml_text(text)

    assert is_xml_text(shown)
    assert len(shown) >= len(text)
    assert is_xml_text(text) == (shown == text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(min_size=1, max_size=200), contact=st.none() | st.text(min_size=1))
def test_any_name_of_a_file_and_any_contact_make_a_package_without_fault(enquiries, name, contact):
    contact = contact if contact and contact.strip() else None
    package = enquiries.package(sent=[(name, "text/plain", b"x")], contact=contact)

    assert faults_of(package.files) == ()


def test_the_same_parts_make_the_same_bytes(enquiries):
    one, other = (enquiries.package(sent=[PICTURE]).zipped for _ in range(2))

    assert one == other
    assert unpack(one) == enquiries.package(sent=[PICTURE]).files


def test_no_name_of_peoples_is_a_name_in_the_package(enquiries):
    package = enquiries.package(sent=[("../../etc/passwd", "text/plain", b"x")])

    assert sorted(package.files) == [
        "arkivmelding.xml",
        "samtale.json",
        "samtale.pdf",
        "sjekksummer.sha256",
        "vedlegg-1.txt",
    ]
    assert isinstance(package, Package)
