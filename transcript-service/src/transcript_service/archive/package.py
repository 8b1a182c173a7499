"""What goes to the archive as one thing: message, PDF, JSON, enclosures, checksums; and its zip.

The same parts make the same bytes: times in the zip are fixed, names and order too, and nothing is
compressed, which each library does in its own way.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.contracts.files import MEDIA_TYPES

from transcript_service.archive.codes import FORMATS
from transcript_service.archive.message import Part, message_of
from transcript_service.archive.record import Record
from transcript_service.archive.rules import CHECKSUMS, MESSAGE_FILE

PDF: Final = "samtale.pdf"
JSON: Final = "samtale.json"
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can say: when it was packed is no fact of the enquiry's."""
_PLAIN_FILE: Final = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that somebody sent in the enquiry."""

    name: str
    """As it was shown."""
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Package:
    """All of it, by name, in order."""

    files: Mapping[str, bytes]

    @property
    def zipped(self) -> bytes:
        """Return it as one file."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name, content in self.files.items():
                entry = zipfile.ZipInfo(name, _LONG_AGO)
                entry.external_attr = _PLAIN_FILE
                entry.create_system = 3  # else it says on which system it was made
                archive.writestr(entry, content)
        return target.getvalue()

    def listed(self) -> list[dict[str, Any]]:
        """Return name, size and checksum of each file. The names are ours, and name nobody."""
        return [
            {"name": name, "size": len(content), "sha256": sha256(content)}
            for name, content in self.files.items()
        ]


def pack(record: Record, pdf: bytes, json: bytes, sent: Sequence[Enclosure]) -> Package:
    """Return the package of an enquiry.

    Args:
        record: what is said of it.
        pdf: its dialogue to be kept for long.
        json: its dialogue exactly.
        sent: files that people sent in it.
    """
    conversation = [
        _part(PDF, PDF, pdf, "application/pdf", "A", "pdf/a-2a"),
        _part(JSON, JSON, json, "application/json", "P", "application/json"),
    ]
    names = [_enclosure_name(n, one) for n, one in enumerate(sent, start=1)]
    enclosures = [
        _part(
            name,
            one.name if one.name.strip() else name,
            one.content,
            one.media_type,
            "P",
            one.media_type if one.media_type in FORMATS else None,
        )
        for name, one in zip(names, sent, strict=True)
    ]
    files = {
        MESSAGE_FILE: message_of(record, conversation, enclosures),
        PDF: pdf,
        JSON: json,
        **{name: one.content for name, one in zip(names, sent, strict=True)},
    }
    return Package({**files, CHECKSUMS: _checksums(files)})


def unpack(zipped: bytes) -> Mapping[str, bytes]:
    """Return the files of a package that was zipped.

    Raises:
        zipfile.BadZipFile: it is none.
    """
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def sha256(content: bytes) -> str:
    """Return a checksum as it is written everywhere here: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _part(
    file: str, shown: str, content: bytes, media_type: str, variant: str, known: str | None
) -> Part:
    return Part(file, shown, sha256(content), len(content), media_type, variant, known)


def _enclosure_name(number: int, one: Enclosure) -> str:
    """Return a name of ours: people's may hold anything, and name anybody."""
    ending = MEDIA_TYPES.get(one.media_type, ("bin",))[0]
    return f"vedlegg-{number}.{ending}"


def _checksums(files: Mapping[str, bytes]) -> bytes:
    """Return the list as `sha256sum --check` reads it."""
    return "".join(f"{sha256(content)}  {name}\n" for name, content in files.items()).encode()
