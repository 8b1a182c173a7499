"""What the archive answers: `arkivmelding-kvittering.xml`, read with care: it is not ours."""

from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from transcript_service.archive.rules import parser

RECEIPT_FILE: Final = "arkivmelding-kvittering.xml"
MOST_BYTES: Final = 256 * 1024
_NAMESPACE: Final = "https://ks-no.github.io/standarder/fiks-protokoll/fiks-arkiv/arkivmelding/opprett/kvittering/v1"
_MOST: Final = 100
"""Characters of a number; a longer one is none."""


class Unreadable(Exception):
    """It is no receipt, or not all of one yet."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the archive made of a record."""

    case_number: str | None = None
    """Saksnummer, as `2026/123`; else the folder's id there."""
    record_number: str | None = None
    """Journalpostnummer, as `2026/456`; else the record's id there."""
    refused: bool = False


def receipt_of(content: bytes) -> Receipt:
    """Read a receipt.

    Raises:
        Unreadable: see there.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable
    try:
        root = etree.fromstring(content, parser())
    except etree.XMLSyntaxError:
        raise Unreadable from None
    if root.tag != _in("arkivmeldingKvittering"):
        raise Unreadable
    if any(root.find(_in(name)) is not None for name in ("mappeFeilet", "registreringFeilet")):
        return Receipt(refused=True)
    record = root.find(_in("registreringKvittering"))
    if record is None:
        raise Unreadable
    folder = root.find(_in("mappeKvittering"))
    return Receipt(
        case_number=_number(folder, "saksaar", "sakssekvensnummer", "mappeID"),
        record_number=_number(record, "journalaar", "journalsekvensnummer", "registreringsID"),
    )


def _number(at: Any, year: str, sequence: str, otherwise: str) -> str | None:
    if at is None:
        return None
    parts = [_text(at, year), _text(at, sequence)]
    if all(parts):
        return "/".join(part for part in parts if part)
    return _text(at, otherwise) or _text(at, "systemID")


def _text(at: Any, name: str) -> str | None:
    said = (at.findtext(_in(name)) or "").strip()
    return said if 0 < len(said) <= _MOST and said.isprintable() else None


def _in(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"
