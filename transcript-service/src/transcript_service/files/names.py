"""Names of files made harmless: no path, nothing invisible, an ending that fits the content."""

import unicodedata
from typing import Final
from urllib.parse import quote, unquote

from services.contracts.files import MAX_NAME, MEDIA_TYPES

_NAMELESS: Final = {
    media_type: "bilde" if media_type.startswith("image/") else "fil" for media_type in MEDIA_TYPES
}
_NOT_IN_NAMES: Final = frozenset('<>:"|?*')
"""What Windows refuses in a name; the slashes part paths."""
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories: controls, formats (overrides of direction are among them), halves of
surrogates, private and unassigned characters, separators of lines."""
_ENDINGS: Final = frozenset(ending for endings in MEDIA_TYPES.values() for ending in endings)
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""Names that Windows takes for devices, whatever their ending."""


def clean_name(given: str, media_type: str) -> str:
    """Return a name to show and to save under, for content of a type.

    The name's own ending stays if it fits, is replaced if it is that of another type that may be
    sent, and is otherwise followed by one that fits: `install.bat` is saved as `install.bat.txt`.
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", last))
    stem, dot, ending = " ".join(visible.split()).strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    fitting = MEDIA_TYPES[media_type]
    if ending.lower() in fitting:
        ending = ending.lower()
    else:
        if ending and ending.lower() not in _ENDINGS:
            stem = f"{stem}.{ending}"
        ending = fitting[0]
    stem = stem.strip(" .")[: MAX_NAME - len(ending) - 1].rstrip(" .")
    if not stem:
        stem = _NAMELESS[media_type]
    if stem.partition(".")[0].strip().lower() in _RESERVED:
        stem = f"_{stem}"[: MAX_NAME - len(ending) - 1]
    return f"{stem}.{ending}"


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    if character in _NOT_IN_NAMES:
        return "_"
    return "" if unicodedata.category(character) in _INVISIBLE else character


def from_header(value: str) -> str:
    """Return the name in `Prek-File-Name`: percent-encoded UTF-8. What is not becomes U+FFFD."""
    return unquote(value, errors="replace")


def disposition(name: str) -> str:
    """Return `Content-Disposition`: always to be saved, under any script's name (RFC 6266)."""
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"
