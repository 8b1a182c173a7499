"""Words of a text and their stems, for comparing what citizens write with what is listed.

Stems are Snowball's, for Norwegian (bokmål and nynorsk alike) and English. Nothing here keeps a
word that it is given.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import snowballstemmer  # type: ignore[import-untyped]  # it has no types of its own

MAX_LETTERS: Final = 40
"""No listed word is longer; a longer one is taken as it stands, for stemming it costs time."""

_Stem = Callable[[str], str]
_norwegian = cast("_Stem", snowballstemmer.stemmer("norwegian").stemWord)
_english = cast("_Stem", snowballstemmer.stemmer("english").stemWord)

_CLAUSE_ENDS = re.compile(r"[.,!?;:()\[\]\"«»\n\r…–—]+")
_WORD = re.compile(r"[^\W_]+")
# Apostrophes go, so that "don’t" is one word; soft hyphens and marks without a width go, for they
# are not seen. Letters of Swedish and German keyboards are read as ours.
_READ_AS = str.maketrans(
    {"ä": "æ", "ö": "ø"} | dict.fromkeys("'’‘`´\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in small letters, with its Norwegian and its English stem."""

    text: str
    norwegian: str
    english: str


def stem(text: str) -> Word:
    """Return a word with its stems.

    Args:
        text: one word in small letters.
    """
    if len(text) > MAX_LETTERS:
        return Word(text, text, text)
    return Word(text, _norwegian(text), _english(text))


def clauses(text: str) -> list[list[str]]:
    """Return the words between marks of punctuation, in small letters, in order."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_READ_AS)
    found = [_WORD.findall(clause) for clause in _CLAUSE_ENDS.split(plain)]
    return [words for words in found if words]


def words(text: str) -> list[str]:
    """Return all words of a text, in small letters, in order."""
    return [word for clause in clauses(text) for word in clause]
