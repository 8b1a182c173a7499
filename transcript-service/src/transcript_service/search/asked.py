"""What is looked for: words, "phrases", prefix*, -not; read, put to the index, and marked in text.

barnehage søknad      both words, in any form and either written Norwegian
"Kari Hansen"         these words as they are written, one after the other
barneh*               words that begin so (three letters or more)
-skole                not that word
2026/1234-5           with digits, dots or @ in it: exactly that
99 88 77 66           that number, in whatever groups it is written
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transcript_service.search.spelling import one_form
from transcript_service.search.words import Token, joined, numbers, row_of_digits, tokens

MOST: Final = 32
"""Terms that are looked for; more are told as ignored."""
SHORTEST_PREFIX: Final = 3

Stems = Mapping[str, str | None]
"""The stem of every word that was asked for; None: too common to be looked for."""

_CHUNK: Final = re.compile(r'(-?)"([^"]*)"?|(\S+)')
_QUOTES: Final = str.maketrans("“”„«»", '"""""')
_EXACT: Final = re.compile(r"[0-9@.]")
_GAP: Final = "<{}>"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms."""

    text: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words as they are written, one after the other."""

    words: tuple[str, ...]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """How a word begins."""

    text: str
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Digits:
    """A number, in whatever groups it is written."""

    groups: tuple[str, ...]
    negative: bool = False


Term = Word | Phrase | Prefix | Digits


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was read."""

    terms: tuple[Term, ...]
    ignored: tuple[str, ...]
    """What of it says nothing to look for, as it was written."""

    def words(self) -> set[str]:
        """Return every word whose stem is to be known."""
        single = {term.text for term in self.terms if isinstance(term, Word)}
        several = {word for term in self.terms if isinstance(term, Phrase) for word in term.words}
        return single | several

    def without_common(self, stems: Stems) -> "Asked":
        """Return the question without what is too common to be looked for."""
        kept: list[Term] = []
        ignored = list(self.ignored)
        for term in self.terms:
            if isinstance(term, Word) and stems[term.text] is None:
                ignored.append(term.text)
            elif isinstance(term, Phrase) and all(stems[word] is None for word in term.words):
                ignored.append(" ".join(term.words))
            else:
                kept.append(term)
        return Asked(tuple(kept), tuple(ignored))

    def query(self, stems: Stems) -> str:
        """Return it as a `tsquery`; empty when it says nothing."""
        return " & ".join(
            f"!({text})" if term.negative else f"({text})"
            for term in self.terms
            for text in [_query(term, stems)]
        )

    def rank_query(self, stems: Stems) -> str:
        """Return what makes a conversation fit better: the words as they are written count too."""
        parts = []
        for term in self.terms:
            if not term.negative:
                parts.append(_query(term, stems))
                if isinstance(term, Word):
                    parts.append(lexeme("=" + term.text))
        return " | ".join(f"({part})" for part in parts)

    def hits(self, text: str, found: Sequence[Token], stems: Stems) -> set[int]:
        """Return which tokens of a text are of what is looked for.

        Args:
            text: in which the tokens stand.
            found: its tokens.
            stems: of the question's words and of these.
        """
        hits: set[int] = set()
        for term in self.terms:
            if not term.negative:
                hits.update(_hits(term, text, found, stems))
        return hits


def read(text: str) -> Asked:
    """Return what a question looks for. Every text is one; some say nothing."""
    terms: list[Term] = []
    ignored: list[str] = []
    plain: list[str] = []

    def settle() -> None:
        words = " ".join(plain)
        terms.extend(_plain(words))
        ignored.extend(each for each in plain if not tokens(each))
        plain.clear()

    for minus, quoted, bare in _CHUNK.findall(text.translate(_QUOTES)):
        negative = minus == "-" or (bare.startswith("-") and len(bare) > 1)
        if not bare:
            settle()
            words = tuple(token.word for token in tokens(quoted))
            (terms.append(Phrase(words, negative)) if words else ignored.append(f'"{quoted}"'))
        elif bare.endswith("*") and bare.strip("*-"):
            settle()
            _prefix(bare, negative, terms, ignored)
        elif negative:
            settle()
            found = list(_plain(bare[1:], negative=True))
            terms.extend(found)
            ignored.extend([] if found else [bare])
        else:
            plain.append(bare)
    settle()
    ignored.extend(" ".join(_said(term)) for term in terms[MOST:])
    return Asked(tuple(terms[:MOST]), tuple(ignored))


def _prefix(bare: str, negative: bool, terms: list[Term], ignored: list[str]) -> None:
    found = tokens(bare)
    if not found or len(found[-1].word) < SHORTEST_PREFIX:
        ignored.append(bare)
        return
    terms.extend(Word(token.word, negative) for token in found[:-1])
    terms.append(Prefix(found[-1].word, negative))


def _plain(text: str, *, negative: bool = False) -> Iterator[Term]:
    """Yield the terms of words without signs."""
    found = tokens(text)
    n = 0
    while n < len(found):
        end = _chunk_end(text, found, n)
        row = row_of_digits(text, found, n)
        if row >= end:
            yield Digits(tuple(token.word for token in found[n:row]), negative)
            n = row
            continue
        chunk = text[found[n].start : found[end - 1].end]
        words = tuple(token.word for token in found[n:end])
        if _EXACT.search(chunk):
            yield Phrase(words, negative)
        else:
            yield from (Word(word, negative) for word in words)
        n = end


def _chunk_end(text: str, found: Sequence[Token], first: int) -> int:
    """Return the index after the last token that is written together with the first."""
    end = first + 1
    while end < len(found) and not re.search(r"\s", text[found[end - 1].end : found[end].start]):
        end += 1
    return end


def lexeme(text: str) -> str:
    """Return a word as it stands in a `tsvector` or a `tsquery`."""
    inside = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{inside}'"


def _query(term: Term, stems: Stems) -> str:
    match term:
        case Word(text):
            stem = stems[text]
            # A word with digits in it has no forms.
            return lexeme(stem or "") if stem and stem != "=" else lexeme("=" + text)
        case Prefix(text):
            return f"{lexeme('=' + text)}:* | {lexeme(one_form(text))}:*"
        case Phrase(words):
            return _phrase(words, stems)
        case Digits(groups):
            whole = joined(groups)
            parts = _phrase(groups, dict.fromkeys(groups, "="))
            return parts if whole is None else f"{lexeme('=' + whole)} | ({parts})"


def _phrase(words: Sequence[str], stems: Stems) -> str:
    """Return words in a row; what is too common to be in the index leaves a gap of its width."""
    query, gap = "", 1
    for word in words:
        if stems[word] is None:
            gap += 1
            continue
        query += f" {_GAP.format(gap)} " * bool(query) + lexeme("=" + word)
        gap = 1
    return query


def _hits(term: Term, text: str, found: Sequence[Token], stems: Stems) -> Iterator[int]:
    match term:
        case Word(word):
            yield from _word_hits(word, found, stems)
        case Prefix(prefix):
            other = one_form(prefix)
            for n, token in enumerate(found):
                stem = stems[token.word]
                if token.word.startswith(prefix) or (stem and stem.startswith(other)):
                    yield n
        case Phrase(words) | Digits(words):
            row = list(words)
            for n in range(len(found) - len(row) + 1):
                if [token.word for token in found[n : n + len(row)]] == row:
                    yield from range(n, n + len(row))
            if isinstance(term, Digits):
                yield from _number_hits(row, text, found)


def _word_hits(word: str, found: Sequence[Token], stems: Stems) -> Iterator[int]:
    stem = stems[word]
    for n, token in enumerate(found):
        if token.word == word or (stem not in (None, "=") and stems[token.word] == stem):
            yield n


def _number_hits(groups: Sequence[str], text: str, found: Sequence[Token]) -> Iterator[int]:
    whole = joined(groups)
    for number in numbers(text, found):
        if number.digits == whole:
            yield from range(number.first, number.last + 1)
    yield from (n for n, token in enumerate(found) if token.word == whole)


def _said(term: Term) -> tuple[str, ...]:
    match term:
        case Word(text) | Prefix(text):
            return (text,)
        case Phrase(words) | Digits(words):
            return words
