"""Text as words: where each stands, and in which form it is looked for.

A word is in small letters, without accents; what is written `ä` and `ö` elsewhere is `æ` and `ø`.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 100
"""Letters of a word that count; an index takes none of 2,047 bytes."""
PHONE: Final = 8
"""Digits of a Norwegian telephone number."""
_FEWEST_JOINED, _MOST_JOINED = 5, 16

_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_BETWEEN_DIGITS: Final = re.compile(r"[ \u00a0\u202f.\-]")
_PLAIN: Final = re.compile(r"[0-9A-Za-zÆØÅæøå]+")
"""Words that need no more than small letters: nearly all of them."""
_OURS: Final = frozenset("æøå")
_THEIRS: Final = str.maketrans("äö", "æø")
_COUNTRY: Final = ("0047", "47")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text."""

    start: int
    end: int
    """Places in the text, in characters; the last is not of it."""
    word: str

    @property
    def numeric(self) -> bool:
        """Whether it is digits and nothing else."""
        return self.word.isdecimal()


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that are written in groups, as one number."""

    first: int
    last: int
    """Which tokens it is made of, both included."""
    digits: str


@lru_cache(maxsize=100_000)
def folded(word: str) -> str:
    """Return the form of a word that is compared: `Åse` is `åse`, `Amélie` is `amelie`."""
    if _PLAIN.fullmatch(word):
        return word.lower()[:LONGEST]
    small = unicodedata.normalize("NFC", word).casefold().translate(_THEIRS)
    letters = (
        letter if letter in _OURS else _bare(letter)
        for letter in unicodedata.normalize("NFC", small)
    )
    return ("".join(letters) or small)[:LONGEST]


def _bare(letter: str) -> str:
    apart = unicodedata.normalize("NFKD", letter)
    bare = "".join(each for each in apart if not unicodedata.combining(each) and each != "\0")
    # Signs such as 𝝖 and ℡ are capitals only when they have been taken apart.
    return bare.casefold()


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order."""
    return [Token(m.start(), m.end(), folded(m.group())) for m in _WORD.finditer(text)]


def numbers(text: str, found: Sequence[Token]) -> Iterator[Number]:
    """Yield the numbers a text may hold: `99 88 77 66`, with or without spaces, dots, hyphens.

    A row of groups is one number, and each part of it that is as long as a telephone number is one.
    The country's own prefix is no part of it.
    """
    n = 0
    while n < len(found):
        last = _end_of_row(text, found, n)
        if last >= n:
            yield from _numbers_in(found, n, last)
        n = max(last, n) + 1


def joined(groups: Sequence[str]) -> str | None:
    """Return the number that groups of digits are together, or None where they are too short."""
    digits = "".join(groups)
    for prefix in _COUNTRY:
        if digits.startswith(prefix) and len(digits) - len(prefix) == PHONE:
            digits = digits[len(prefix) :]
    return digits if _FEWEST_JOINED <= len(digits) <= _MOST_JOINED else None


def row_of_digits(text: str, found: Sequence[Token], first: int) -> int:
    """Return the index after the last token of a row of digits; `first` where there is none."""
    return _end_of_row(text, found, first) + 1


def _end_of_row(text: str, found: Sequence[Token], first: int) -> int:
    """Return the last token of a row of groups of digits; `first - 1` where there is none."""
    if not found[first].numeric:
        return first - 1
    last = first
    while (
        last + 1 < len(found)
        and found[last + 1].numeric
        and _BETWEEN_DIGITS.fullmatch(text[found[last].end : found[last + 1].start])
    ):
        last += 1
    return last


def _numbers_in(found: Sequence[Token], first: int, last: int) -> Iterator[Number]:
    whole = joined([token.word for token in found[first : last + 1]])
    if whole is not None and (last > first or whole != found[first].word):
        yield Number(first, last, whole)
    for begin in range(first, last + 1):
        length = 0
        for end in range(begin, last + 1):
            length += len(found[end].word)
            if length >= PHONE:
                if length == PHONE and end > begin and (begin, end) != (first, last):
                    digits = "".join(token.word for token in found[begin : end + 1])
                    yield Number(begin, end, digits)
                break
