"""The record as `arkivmelding.xml`: Fiks Arkiv, message `arkivmelding.opprett` V1.

The order of elements is the schema's. Codes, keys, people and references have their parts in the
catalogue's own namespace, all else is in the message's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from transcript_service.archive.characters import xml_text
from transcript_service.archive.codes import FORMATS, JOURNAL_POST_TYPE, described
from transcript_service.archive.record import SYSTEM, Folder, Party, Record

MESSAGE: Final = (
    "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/v1"
)
CATALOGUE: Final = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/metadatakatalog/v1"
INSTANCE: Final = "http://www.w3.org/2001/XMLSchema-instance"
KINDS: Final = {"archive": "arkivnotat", "journal": "journalpost"}
"""Noark's object by our class."""
ALGORITHM: Final = "SHA-256"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the package, as the message speaks of it."""

    file: str
    """Its name inside the package."""
    shown: str
    """The name people know it by."""
    sha256: str
    size: int
    """In bytes."""
    media_type: str
    variant: str
    format: str | None = None
    """Key of `FORMATS`; None: the media type says all that is known."""


def message_of(record: Record, conversation: Sequence[Part], sent: Sequence[Part]) -> bytes:
    """Return the message.

    Args:
        record: what is said of the enquiry.
        conversation: its dialogue, in each variant: the archive's first.
        sent: files that people sent in it, in the order in which they stood there.
    """
    root = etree.Element(
        _in(MESSAGE, "arkivmelding"),
        nsmap={None: MESSAGE, "n5mdk": CATALOGUE, "xsi": INSTANCE},
    )
    _add(root, "system", SYSTEM)
    _add(root, "antallFiler", str(len(conversation) + len(sent)))
    _folder(root, record)
    _registration(root, record, conversation, sent)
    written: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True, standalone=None
    )
    return written


def _folder(root: Any, record: Record) -> None:
    folder: Folder = record.folder
    at = _add(root, "mappe")
    at.set(_in(INSTANCE, "type"), "saksmappe")
    _add(at, "tittel", folder.title)
    _add(at, "offentligTittel", folder.public_title)
    _code(at, "dokumentmedium", "E")
    _add(at, "opprettetAv", record.creator)
    _shielding(at, folder)
    _classification(at, record)
    _key(at, "referanseEksternNoekkel", folder.key)
    _add(at, "saksdato", folder.began.isoformat())
    _person(at, "administrativEnhet", folder.unit)
    if folder.responsible:
        _person(at, "saksansvarlig", folder.responsible)
    _code(at, "saksstatus", folder.status)


def _registration(
    root: Any, record: Record, conversation: Sequence[Part], sent: Sequence[Part]
) -> None:
    at = _add(root, "registrering")
    at.set(_in(INSTANCE, "type"), KINDS[record.archive])
    _add(at, "opprettetAv", record.creator)
    parent = _add(at, "referanseForelderMappe")
    _key(parent, "referanseEksternNoekkel", record.folder.key, within=CATALOGUE)
    _shielding(at, record)
    _document(at, 1, record.document_title, "H", conversation)
    for number, part in enumerate(sent, start=2):
        _document(at, number, part.shown, "V", [part])
    _add(at, "tittel", record.title)
    _add(at, "offentligTittel", record.public_title)
    if record.description:
        _add(at, "beskrivelse", record.description)
    _code(at, "dokumentmedium", "E")
    for party in record.parties:
        _party(at, party, shielded=record.shielding is not None)
    _classification(at, record)
    _key(at, "referanseEksternNoekkel", record.key)
    if record.archive == "journal":
        _code(at, "journalposttype", JOURNAL_POST_TYPE)
        _code(at, "journalstatus", record.journal_status)
        _add(at, "journaldato", record.ended_on.isoformat())
    _add(at, "dokumentetsDato", record.ended_on.isoformat())
    _add(at, "mottattDato", record.received_at.isoformat())
    _add(at, "antallVedlegg", str(len(sent)))


def _document(at: Any, number: int, title: str, as_: str, parts: Sequence[Part]) -> None:
    document = _add(at, "dokumentbeskrivelse")
    _code(document, "dokumenttype", "KORR")
    _code(document, "dokumentstatus", "F")
    _add(document, "tittel", title)
    _code(document, "dokumentmedium", "E")
    _code(document, "tilknyttetRegistreringSom", as_)
    _add(document, "dokumentnummer", str(number))
    for part in parts:
        _object(document, part)


def _object(document: Any, part: Part) -> None:
    at = _add(document, "dokumentobjekt")
    _add(at, "versjonsnummer", "1")
    _code(at, "variantformat", part.variant)
    if part.format is not None:
        known, name = FORMATS[part.format]
        _coded(at, "format", known, name)
    _add(at, "mimeType", part.media_type)
    _add(at, "filnavn", part.shown)
    _add(at, "referanseDokumentfil", part.file)
    _add(at, "sjekksum", part.sha256)
    _add(at, "sjekksumAlgoritme", ALGORITHM)
    _add(at, "filstoerrelse", str(part.size))


def _party(at: Any, party: Party, *, shielded: bool) -> None:
    of = _add(at, "korrespondansepart")
    _code(of, "korrespondanseparttype", party.kind)
    _add(of, "korrespondansepartNavn", party.name)
    if party.email:
        _add(of, "epostadresse", party.email)
    if party.telephone:
        _add(of, "telefonnummer", party.telephone)
    if party.unit:
        _person(of, "administrativEnhet", party.unit)
    if party.agent:
        _person(of, "saksbehandler", party.agent)
    if party.kind == "EA":
        # An address may name somebody, though we know no name.
        _add(of, "erSkjermet", _truth(shielded or bool(party.email or party.telephone)))
        _add(of, "erPersonnavn", _truth(False))


def _shielding(at: Any, of: Folder | Record) -> None:
    if of.shielding is None:
        return
    shielding = _add(at, "skjerming")
    _coded(shielding, "tilgangsrestriksjon", of.shielding.code, None)
    _add(shielding, "skjermingshjemmel", of.shielding.legal_basis)


def _classification(at: Any, record: Record) -> None:
    if record.classification is None:
        return
    system, class_, title = record.classification
    of = _add(at, "klassifikasjon")
    if system:
        _add(of, "klassifikasjonssystemID", system)
    _add(of, "klasseID", class_)
    _add(of, "tittel", title)


def _key(at: Any, name: str, key: str, *, within: str = MESSAGE) -> None:
    of = _add(at, name, within=within)
    _add(of, "fagsystem", SYSTEM, within=CATALOGUE)
    _add(of, "noekkel", key, within=CATALOGUE)


def _person(at: Any, name: str, called: str) -> None:
    _add(_add(at, name), "navn", called, within=CATALOGUE)


def _code(at: Any, name: str, code: str) -> None:
    _coded(at, name, code, described(name, code))


def _coded(at: Any, name: str, code: str, meaning: str | None) -> None:
    of = _add(at, name)
    _add(of, "kode", code, within=CATALOGUE)
    if meaning:
        _add(of, "beskrivelse", meaning, within=CATALOGUE)


def _add(at: Any, name: str, text: str | None = None, *, within: str = MESSAGE) -> Any:
    added = etree.SubElement(at, _in(within, name))
    if text is not None:
        added.text = xml_text(text)
    return added


def _in(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"


def _truth(value: bool) -> str:
    return "true" if value else "false"
