"""The product's own rules for a package: looked at each time before one leaves.

What the schema would say of what we use (order, required fields, no empty text), what it does not
say (codes), and what no schema can (files, checksums, one key that leads from record to folder).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lxml import etree

from transcript_service.archive.codes import CODES, FORMATS
from transcript_service.archive.message import ALGORITHM, CATALOGUE, INSTANCE, KINDS, MESSAGE

MESSAGE_FILE: Final = "arkivmelding.xml"
CHECKSUMS: Final = "sjekksummer.sha256"

_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "arkivmelding": ("system!", "antallFiler!", "mappe!", "registrering!"),
    "mappe": (
        "tittel!", "offentligTittel!", "dokumentmedium!", "opprettetAv!", "skjerming",
        "klassifikasjon", "referanseEksternNoekkel!", "saksdato!", "administrativEnhet!",
        "saksansvarlig", "saksstatus!",
    ),
    "arkivnotat": (
        "opprettetAv!", "referanseForelderMappe!", "skjerming", "dokumentbeskrivelse!+", "tittel!",
        "offentligTittel!", "beskrivelse", "dokumentmedium!", "korrespondansepart!+",
        "klassifikasjon", "referanseEksternNoekkel!", "dokumentetsDato!", "mottattDato!",
        "antallVedlegg!",
    ),
    "journalpost": (
        "opprettetAv!", "referanseForelderMappe!", "skjerming", "dokumentbeskrivelse!+", "tittel!",
        "offentligTittel!", "beskrivelse", "dokumentmedium!", "korrespondansepart!+",
        "klassifikasjon", "referanseEksternNoekkel!", "journalposttype!", "journalstatus!",
        "journaldato!", "dokumentetsDato!", "mottattDato!", "antallVedlegg!",
    ),
    "dokumentbeskrivelse": (
        "dokumenttype!", "dokumentstatus!", "tittel!", "dokumentmedium!",
        "tilknyttetRegistreringSom!", "dokumentnummer!", "dokumentobjekt!+",
    ),
    "dokumentobjekt": (
        "versjonsnummer!", "variantformat!", "format", "mimeType!", "filnavn!",
        "referanseDokumentfil!", "sjekksum!", "sjekksumAlgoritme!", "filstoerrelse!",
    ),
    "korrespondansepart": (
        "korrespondanseparttype!", "korrespondansepartNavn!", "epostadresse", "telefonnummer",
        "administrativEnhet", "saksbehandler", "erSkjermet", "erPersonnavn",
    ),
    "skjerming": ("tilgangsrestriksjon!", "skjermingshjemmel!"),
    "klassifikasjon": ("klassifikasjonssystemID", "klasseID!", "tittel"),
    "referanseForelderMappe": ("referanseEksternNoekkel!",),
    "referanseEksternNoekkel": ("fagsystem!", "noekkel!"),
    "administrativEnhet": ("navn!",),
    "saksansvarlig": ("navn!",),
    "saksbehandler": ("navn!",),
}  # fmt: skip
"""What each part holds, in order. `!`: must be there. `+`: several may."""
_CODED: Final = (*CODES, "tilgangsrestriksjon", "format")
_DATES: Final = frozenset({"saksdato", "journaldato", "dokumentetsDato"})
_CATALOGUES_OWN: Final = frozenset({"fagsystem", "noekkel", "navn", "kode", "beskrivelse"})
_HEX: Final = 64


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a package. It quotes nothing of it."""

    code: str
    where: str = ""

    def __str__(self) -> str:
        """Return both."""
        return f"{self.code} {self.where}".rstrip()


def faults_of(files: Mapping[str, bytes]) -> tuple[Fault, ...]:
    """Return all that is wrong with a package.

    Args:
        files: the whole package, by name.
    """
    return tuple(_found(files))


def parser() -> Any:
    """Return what reads XML that somebody else may have written: no entities, no network."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _found(files: Mapping[str, bytes]) -> Iterator[Fault]:
    if MESSAGE_FILE not in files:
        yield Fault("message_missing")
        return
    try:
        root = etree.fromstring(files[MESSAGE_FILE], parser())
    except etree.XMLSyntaxError:
        yield Fault("message_unreadable")
        return
    if root.tag != f"{{{MESSAGE}}}arkivmelding":
        yield Fault("wrong_namespace", "arkivmelding")
        return
    yield from _part(root, "arkivmelding")
    yield from _kinds(root)
    yield from _references(root)
    yield from _documents(root)
    yield from _listed(root, files)
    yield from _checksums(files)


def _part(element: Any, kind: str) -> Iterator[Fault]:
    """Hold one part against the table: what is there, in which order, and each thing in it."""
    expected = [name.rstrip("!+") for name in _PARTS[kind]]
    there = [_name(child) for child in element]
    for name in _PARTS[kind]:
        if "!" in name and name.rstrip("!+") not in there:
            yield Fault("missing", f"{kind}/{name.rstrip('!+')}")
    for name in sorted(set(there)):
        if name not in expected:
            yield Fault("unknown", f"{kind}/{name}")
        elif there.count(name) > 1 and f"{name}!+" not in _PARTS[kind]:
            yield Fault("repeated", f"{kind}/{name}")
    places = [expected.index(name) for name in there if name in expected]
    if places != sorted(places):
        yield Fault("order", kind)
    for child in element:
        yield from _child(child)


def _child(child: Any) -> Iterator[Fault]:
    name = _name(child)
    expected = CATALOGUE if _is_catalogues(child, name) else MESSAGE
    if etree.QName(child).namespace != expected:
        yield Fault("wrong_namespace", name)
    if name in _CODED:
        yield from _code(child, name)
    elif name == "registrering":
        kind = child.get(f"{{{INSTANCE}}}type")
        yield from _part(child, kind if kind in KINDS.values() else "journalpost")
    elif name in _PARTS:
        yield from _part(child, name)
    elif not (child.text or "").strip():
        yield Fault("empty", name)
    elif not _is_well_formed(name, child.text):
        yield Fault("malformed", name)


def _is_catalogues(child: Any, name: str) -> bool:
    within = _name(child.getparent())
    # A document's and a record's own description is the message's.
    plain = name == "beskrivelse" and within in ("registrering", "dokumentbeskrivelse")
    return (name in _CATALOGUES_OWN and not plain) or within == "referanseForelderMappe"


def _code(element: Any, name: str) -> Iterator[Fault]:
    code = element.findtext(f"{{{CATALOGUE}}}kode")
    if not code:
        yield Fault("missing", f"{name}/kode")
    elif name == "format":
        if code not in {known for known, _ in FORMATS.values()}:
            yield Fault("code", name)
    elif name in CODES and code not in CODES[name]:
        yield Fault("code", name)


def _is_well_formed(name: str, text: str) -> bool:
    try:
        if name in _DATES:
            date.fromisoformat(text)
        elif name == "mottattDato":
            return datetime.fromisoformat(text).tzinfo is not None
        elif name in ("antallFiler", "antallVedlegg", "dokumentnummer", "filstoerrelse"):
            return int(text) >= 0
    except ValueError:
        return False
    return True


def _kinds(root: Any) -> Iterator[Fault]:
    kinds = {"mappe": ("saksmappe",), "registrering": tuple(KINDS.values())}
    for name, allowed in kinds.items():
        for found in root.iter(f"{{{MESSAGE}}}{name}"):
            if found.get(f"{{{INSTANCE}}}type") not in allowed:
                yield Fault("kind", name)


def _references(root: Any) -> Iterator[Fault]:
    own = f"{{{MESSAGE}}}mappe/{{{MESSAGE}}}referanseEksternNoekkel/{{{CATALOGUE}}}noekkel"
    said = (
        f"{{{MESSAGE}}}registrering/{{{MESSAGE}}}referanseForelderMappe/"
        f"{{{CATALOGUE}}}referanseEksternNoekkel/{{{CATALOGUE}}}noekkel"
    )
    if root.findtext(own) != root.findtext(said):
        yield Fault("reference", "referanseForelderMappe")


def _documents(root: Any) -> Iterator[Fault]:
    """One main document, first; the rest are enclosures, and as many as is said."""
    documents = list(root.iter(f"{{{MESSAGE}}}dokumentbeskrivelse"))
    as_ = [_kode(document, "tilknyttetRegistreringSom") for document in documents]
    if as_ != ["H", *["V"] * (len(documents) - 1)]:
        yield Fault("main_document", "tilknyttetRegistreringSom")
    numbers = [document.findtext(f"{{{MESSAGE}}}dokumentnummer") for document in documents]
    if numbers != [str(n) for n in range(1, len(documents) + 1)]:
        yield Fault("numbering", "dokumentnummer")
    if documents and _kode(documents[0], "dokumentobjekt", "variantformat") != "A":
        yield Fault("archive_format", "variantformat")
    said = root.findtext(f".//{{{MESSAGE}}}antallVedlegg")
    if said != str(len(documents) - 1):
        yield Fault("count", "antallVedlegg")


def _kode(at: Any, *names: str) -> str | None:
    path = "/".join([*(f"{{{MESSAGE}}}{name}" for name in names), f"{{{CATALOGUE}}}kode"])
    found: str | None = at.findtext(path)
    return found


def _listed(root: Any, files: Mapping[str, bytes]) -> Iterator[Fault]:
    """Hold each file against what the message says of it."""
    said = []
    for at in root.iter(f"{{{MESSAGE}}}dokumentobjekt"):
        name = at.findtext(f"{{{MESSAGE}}}referanseDokumentfil")
        said.append(name)
        content = files.get(name)
        if content is None:
            yield Fault("file_missing", "dokumentobjekt")
            continue
        if at.findtext(f"{{{MESSAGE}}}sjekksumAlgoritme") != ALGORITHM:
            yield Fault("algorithm", "sjekksumAlgoritme")
        if at.findtext(f"{{{MESSAGE}}}sjekksum") != hashlib.sha256(content).hexdigest():
            yield Fault("checksum", "sjekksum")
        if at.findtext(f"{{{MESSAGE}}}filstoerrelse") != str(len(content)):
            yield Fault("size", "filstoerrelse")
    if len(set(said)) != len(said):
        yield Fault("repeated", "referanseDokumentfil")
    if set(files) - {MESSAGE_FILE, CHECKSUMS} - set(said):
        yield Fault("file_unlisted")
    if root.findtext(f"{{{MESSAGE}}}antallFiler") != str(len(said)):
        yield Fault("count", "antallFiler")


def _checksums(files: Mapping[str, bytes]) -> Iterator[Fault]:
    if CHECKSUMS not in files:
        yield Fault("checksums_missing")
        return
    try:
        lines = files[CHECKSUMS].decode("ascii").splitlines()
    except UnicodeDecodeError:
        yield Fault("malformed", CHECKSUMS)
        return
    said = {line[_HEX + 2 :]: line[:_HEX] for line in lines}
    there = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != CHECKSUMS
    }
    if said != there:
        yield Fault("checksum", CHECKSUMS)


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)
