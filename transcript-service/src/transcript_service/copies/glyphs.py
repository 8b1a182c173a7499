"""Visible substitutes for what print cannot show. Nothing anybody wrote disappears from the paper.

PDF/A refuses characters that the font has no picture of, those whose meaning only their writer
knows, and a few that stand for nothing; the page's own language refuses control characters.
"""

import unicodedata
from collections.abc import Container
from typing import Final

_BREAKS: Final = {
    ord("\r"): "\n",
    0x85: "\n",
    0x2028: "\n",
    0x2029: "\n",
}
"""What breaks a line does so in print."""
_NAMELESS: Final = "-"
"""The name of a character that has none but its number contains this before the number."""
_FORBIDDEN: Final = frozenset({0xFEFF, 0xFFFE, 0xFFFF})
"""PDF/A-2 (ISO 19005-2, 6.2.11.7.2) takes no text that maps to one of them."""
_UNSEEN: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
"""Categories without a picture, or with one that nobody else knows."""


def printable(text: str, known: Container[int]) -> str:
    r"""Return a text in which every character can be printed: `\x07` becomes `[U+0007]`.

    Args:
        text: anything.
        known: code points that the font has a picture of.
    """
    text = text.replace("\r\n", "\n")
    strange = {code for code in map(ord, set(text)) if not _prints(code, known)}
    return text.translate({code: _BREAKS.get(code) or _substitute(code) for code in strange})


def _prints(code: int, known: Container[int]) -> bool:
    if code in (0x0A, 0x09):
        return True
    return (
        code in known
        and code not in _BREAKS
        and code not in _FORBIDDEN
        and unicodedata.category(chr(code)) not in _UNSEEN
    )


def _substitute(code: int) -> str:
    name = unicodedata.name(chr(code), "").lower()
    number = f"U+{code:04X}"
    # A name like `cjk unified ideograph-4f60` says the number once more and nothing else.
    repeats = name.endswith(f"{_NAMELESS}{code:x}")
    return f"[{number} {name}]" if name and not repeats else f"[{number}]"
