"""`make archive-proof` in small, and that each of its checks can fail."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from archive_proof.checks import pdf_faults, word_faults
from archive_proof.proof import Proof
from archive_proof.talks import KINDS
from native.infrastructure import Infrastructure
from transcript_service.archive.schemas import Schemas, SchemasUnreadable
from transcript_service.copies.typeset import typeset

pytestmark = pytest.mark.timeout(600)

FEW = 40
PAGE = '<html lang="nb"><head><title>Hei</title></head><body><p>Hei</p></body></html>'


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Infrastructure]:
    """A database of our own, with the ledger's tables and nothing in them."""
    parts = Infrastructure(tmp_path / "run")
    parts.postgresql.prepare()
    parts.start_part("database")
    parts.postgresql.furnish()
    try:
        subprocess.run(
            [sys.executable, "-m", "transcript_service", "migrate"],
            env={**os.environ, **parts.migration_settings("transcript-service")},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield parts
    finally:
        parts.remove()


def folder_of_schemas() -> Path:
    return Path(os.environ.get("SHARED_DATA", "../shared/data")) / "fiks-arkiv" / "V1"


@pytest.mark.integration
async def test_every_kind_of_conversation_is_handed_over_without_a_fault(parts, tmp_path):
    report = await Proof(parts, tmp_path / "proof").run(FEW)

    assert report.faults == []
    assert report.made == report.handed_over == report.received == FEW
    assert set(report.by_kind) == set(KINDS)
    assert set(report.by_object) == {"arkivnotat", "journalpost"}
    assert report.set_twice > 0


@pytest.mark.integration
@pytest.mark.shared_data
async def test_every_kind_is_as_ks_schemas_and_code_lists_would_have_it(parts, tmp_path):
    report = await Proof(parts, tmp_path / "proof", Schemas(folder_of_schemas())).run(FEW)

    assert report.faults == []
    assert report.handed_over == FEW


# Every check can fail


def test_what_we_set_is_an_archives_pdf():
    assert pdf_faults(typeset(PAGE), "nb") == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "declares nothing"),
        ({"pdf_variant": "pdf/a-2b"}, "declares 2B"),
        ({"pdf_variant": "pdf/a-2b"}, "not tagged"),
        ({}, "no output intent"),
    ],
)
def test_another_pdf_is_found(options, found):
    assert found in pdf_faults(weasyprint.HTML(string=PAGE).write_pdf(**options), "nb")


def changed(change):
    """What we set, with one thing taken out or put in."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(typeset(PAGE))) as pdf:
        change(pdf)
        pdf.save(target)
    return pdf_faults(target.getvalue(), "nb")


def without_fonts(pdf):
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/FontDescriptor":
            for name in ("/FontFile", "/FontFile2", "/FontFile3"):
                if name in found:
                    del found[name]


def with_a_program(pdf):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    pdf.Root.OpenAction = pdf.make_indirect(action)


def test_a_font_that_is_not_in_it_and_a_program_that_is_are_found():
    assert "a font is not in it" in changed(without_fonts)
    assert "a program in it" in changed(with_a_program)


def test_another_language_and_what_is_no_pdf_are_found():
    assert pdf_faults(typeset(PAGE), "nn") == ["another language"]
    assert pdf_faults(b"hei", "nb") == ["unreadable"]


def test_a_text_that_is_not_exact_and_a_word_that_is_still_there_are_found():
    said = {"events": [{"body": {"kind": "message", "text": "Hei\x07"}}]}
    files = {"samtale.json": json.dumps(said).encode(), "arkivmelding.xml": b"<a>Hansen</a>"}

    assert word_faults(files, ["Hei\x07"], []) == []
    assert word_faults(files, ["Hei"], []) == ["a text is not exact in the JSON"]
    assert word_faults(files, [], ["Hansen"]) == ["what was removed is in arkivmelding.xml"]


def test_a_folder_without_schemas_is_told_of(tmp_path):
    with pytest.raises(SchemasUnreadable):
        Schemas(tmp_path)
