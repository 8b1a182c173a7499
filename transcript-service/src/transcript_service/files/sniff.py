"""What a file is, by its content. The sender's word for it is not asked.

Each type is recognised by what its readers insist on, from the first byte on: who hides one type
behind another has hidden it from them too. Nothing here trusts a length that the file states.
Written out rather than taken from a library: those that name hundreds of types by their first bytes
do not tell a document from one with macros in it, nor bound what they unpack.
"""

import codecs
import re
import zipfile
import zlib
from html import unescape
from pathlib import Path
from typing import Final, Literal

from transcript_service.files.refused import RefusedFile

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"

_PICTURES: Final = (
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL)),
)
_PDF_END: Final = 1024
"""A reader looks for `%%EOF` in so many bytes at the end (ISO 32000-1, annex H)."""
_ENCRYPTED: Final = re.compile(rb"/Encrypt\s*(\d+\s+\d+\s+R\b|<<)")

_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SEARCHED: Final = 22 + 65_535
MAX_DIRECTORY: Final = 1024 * 1024
"""Bytes of a zip's table of contents that are read; a document's has some kilobytes."""
MAX_ENTRIES: Final = 4_000
MAX_UNPACKED: Final = 200 * 1024 * 1024
"""Bytes that a document may become when its reader unpacks it. Measured by unpacking: what the zip
says of itself may be a lie."""
_SMALL: Final = 1024 * 1024
"""Bytes of an entry that is read to know the type."""
_PIECE: Final = 256 * 1024

_MACROS: Final = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml)$|(^|/)activeX/|^Basic/|^Scripts/|^Dialogs/", re.IGNORECASE
)
_TARGET: Final = re.compile(r"Target\s*=\s*[\"']([^\"']*)")
_ON_A_DISK: Final = re.compile(r"file:///[a-z](:|%3a)[\\/]", re.IGNORECASE)
"""Where Word says that the template of the writer's own office lies: on nobody else's machine."""

_MARKUP: Final = re.compile(
    r"\s*(<\?|<!|<(html|head|body|script|svg|math|iframe|img|object|embed|link|meta|style|table"
    r"|title|div|p|a|b|br|h1|font)\b|\{\\rtf|%!PS)",
    re.IGNORECASE,
)
"""Text that a program would run or draw rather than show."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")

TextCode = Literal["utf-8", "utf-16", "cp1252"]


def sniff(path: Path) -> str:
    """Return the media type of a file that is not empty.

    Raises:
        RefusedFile: `file_type_not_allowed`, or `file_broken` for one that its reader cannot open.
    """
    content = path.read_bytes()
    for media_type, begins in _PICTURES:
        if begins.match(content):
            return media_type
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _document(path, content[-_ZIP_END_SEARCHED:])
    return _text(content)


def _pdf(content: bytes) -> str:
    """Return the type. Cut off or locked, nobody could read it, now or in the archive."""
    if b"%%EOF" not in content[-_PDF_END:] or _ENCRYPTED.search(content):
        raise RefusedFile("file_broken")
    return "application/pdf"


def _document(path: Path, end: bytes) -> str:
    """Return the type of a zip: an office document without macros, or nothing we take."""
    _bound_directory(end)
    try:
        with zipfile.ZipFile(path) as archive:
            return _office(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,  # an entry has a password
        UnicodeDecodeError,
        ValueError,
        OSError,
    ):
        raise RefusedFile("file_broken") from None


def _bound_directory(end: bytes) -> None:
    """Refuse a table of contents that is no document's, before anybody reads it."""
    at = end.rfind(_ZIP_END)
    if at < 0 or len(end) < at + 22:
        raise RefusedFile("file_broken")
    entries = int.from_bytes(end[at + 10 : at + 12], "little")
    size = int.from_bytes(end[at + 12 : at + 16], "little")
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise RefusedFile("file_broken")


def _office(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    if any(_MACROS.search(name) for name in names):
        raise RefusedFile("file_type_not_allowed")
    if len({name.lower() for name in names}) < len(names):
        # Readers differ in which of two they take: what we looked at need not be what they open.
        raise RefusedFile("file_broken")
    _unpack(archive)
    media_type = _opendocument(archive, names) or _openxml(archive, names)
    if media_type is None:
        raise RefusedFile("file_type_not_allowed")
    return media_type


def _opendocument(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    """Return the type that its entry for that tells (ODF 1.2 part 3, section 3.3)."""
    if "mimetype" not in names or "content.xml" not in names:
        return None
    return ODT if _read(archive, "mimetype").strip() == ODT.encode() else None


def _openxml(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    """Return the type that the table of contents gives the main part."""
    if "[Content_Types].xml" not in names:
        return None
    types = _read(archive, "[Content_Types].xml")
    if b"macroEnabled" in types:
        return None
    links = (_read(archive, name) for name in names if name.lower().endswith(".rels"))
    if any(map(_fetches_template, links)):
        return None
    for media_type, part in ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml")):
        if part in names and f"{media_type}.main+xml".encode() in types:
            return media_type
    return None


def _fetches_template(links: bytes) -> bool:
    """Return whether a document fetches its template, and the macros in that, when it is opened.

    Looked at element by element, so that no text takes long; written in a code in which these
    words could hide, it is no document of a usual writer.
    """
    if b"\0" in links:
        return True
    for piece in links.decode("utf-8", "replace").split("<"):
        element = unescape(piece)
        if "attachedTemplate" in element and "External" in element:
            target = _TARGET.search(element)
            if target is None or not _ON_A_DISK.match(target[1]):
                return True
    return False


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        content = entry.read(_SMALL + 1)
    if len(content) > _SMALL:
        raise RefusedFile("file_broken")
    return content


def _unpack(archive: zipfile.ZipFile) -> None:
    """Unpack everything to nowhere: each checksum is checked, and no bomb goes off elsewhere."""
    left = MAX_UNPACKED
    for info in archive.infolist():
        with archive.open(info) as entry:
            while piece := entry.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise RefusedFile("file_broken")


def _text(content: bytes) -> str:
    text = decoded(content)
    if text is None or _CONTROLS.search(text) or _MARKUP.match(text.removeprefix("\ufeff")):
        raise RefusedFile("file_type_not_allowed")
    return "text/plain"


def decoded(content: bytes) -> str | None:
    """Return a text in one of the codes that texts have here, or None."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    codes: tuple[TextCode, ...] = ("utf-16",) if utf16 else ("utf-8", "cp1252")
    for code in codes:
        try:
            return content.decode(code)
        except UnicodeDecodeError:
            continue
    return None
