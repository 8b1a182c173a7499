"""What each package is held against, besides the product's own rules and KS' schemas."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
from lxml import etree

_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def pdf_faults(content: bytes, language: str) -> list[str]:
    """Return what a PDF is not that an archive's PDF/A-2a is."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return list(_faults(pdf, language))
    except pikepdf.PdfError:
        return ["unreadable"]


def _faults(pdf: pikepdf.Pdf, language: str) -> Iterator[str]:
    root = pdf.Root
    with pdf.open_metadata() as metadata:
        if metadata.pdfa_status != "2A":
            yield f"declares {metadata.pdfa_status or 'nothing'}"
    if not root.get("/MarkInfo", {}).get("/Marked", False) or "/StructTreeRoot" not in root:
        yield "not tagged"
    if str(root.get("/Lang", "")) != language:
        yield "another language"
    if "/OutputIntents" not in root:
        yield "no output intent"
    if pdf.is_encrypted:
        yield "encrypted"
    fonts = list(_fonts(pdf))
    if not fonts or not all(any(name in font for name in _FONT_FILES) for font in fonts):
        yield "a font is not in it"
    if any("/JS" in found or "/JavaScript" in found for found in _dictionaries(pdf)):
        yield "a program in it"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for found in _dictionaries(pdf):
        if found.get("/Type") == "/FontDescriptor":
            yield found


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    return (found for found in pdf.objects if isinstance(found, pikepdf.Dictionary))


def word_faults(files: Mapping[str, bytes], said: list[str], gone: list[str]) -> list[str]:
    """Return whether the JSON lacks a word that was said, or anything holds one that was removed.

    Args:
        files: the package.
        said: every text as it was written, of those that nobody masked.
        gone: what was masked or erased since.
    """
    events = json.loads(files["samtale.json"])["events"]
    texts = [event["body"].get("text") for event in events]
    faults = [] if all(text in texts for text in said) else ["a text is not exact in the JSON"]
    readable = {name: files[name] for name in ("samtale.json", "arkivmelding.xml")}
    for name, content in readable.items():
        if any(word.encode() in content for word in gone):
            faults.append(f"what was removed is in {name}")
    return faults


def kind_of(files: Mapping[str, bytes]) -> str:
    """Return Noark's object: arkivnotat or journalpost."""
    root = etree.fromstring(files["arkivmelding.xml"])
    (record,) = root.findall("{*}registrering")
    return str(record.get("{http://www.w3.org/2001/XMLSchema-instance}type"))


def is_shielded(files: Mapping[str, bytes]) -> bool:
    """Return whether the record is not for everybody."""
    root = etree.fromstring(files["arkivmelding.xml"])
    return root.find("{*}registrering/{*}skjerming") is not None
