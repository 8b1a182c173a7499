"""Files that citizens and staff send each other. They lie in a store, never on the bus."""

from typing import Annotated, Final, Literal

from pydantic import Field

from services.contracts.model import Contract

MEDIA_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    "text/plain": ("txt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.oasis.opendocument.text": ("odt",),
}
"""What may be sent, and the endings of its names. None of them is a page that runs."""

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""What is shown in the dialogue itself; everything else is only saved."""

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
MAX_NAME: Final = 200
"""Longest file name in characters; a longer one is cut before its ending."""

FileName = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
"""A name as shown: no path, no control characters. Personal data, as a text is."""

Scan = Literal["clean", "unscanned"]
"""What the scanner said; without a scanner nothing was looked for."""


class FileRules(Contract):
    """What a tenant lets people send."""

    allowed: bool = True
    max_bytes: int = Field(default=MAX_FILE_BYTES, ge=1, le=MAX_FILE_BYTES)
    types: tuple[str, ...] = tuple(MEDIA_TYPES)
    """Of `MEDIA_TYPES`; others are not taken whatever a tenant says."""


class StoredFile(Contract):
    """Answer to an upload (HTTP): how the file lies in the store."""

    file: str
    name: FileName
    media_type: str
    """Found in the content, not believed of the sender."""
    size: int
    sha256: str
    """Of the bytes as they lie in the store: a picture is written anew, without its metadata."""
    scan: Scan
    width: int | None = None
    height: int | None = None
    """Of a picture, in pixels."""
    masked: int = 0
    """Numbers removed from the name."""
