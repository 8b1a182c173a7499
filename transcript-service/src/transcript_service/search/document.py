"""A conversation as a row of the index: its words, names and numbers, and the marks of `reach`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcript_service.rows import Row
from transcript_service.search.asked import Stems, lexeme
from transcript_service.search.reach import marks_of
from transcript_service.search.words import Token, numbers, tokens

FORM: Final = 2
"""Of a row. Another number here makes the keeper write every row anew."""

SAYING: Final = {
    "message": "text",
    "note": "text",
    "attached": "name",
    "rated": "comment",
    "contact_given": "contact",
}
"""Events that say something, and which part of the body does."""

_LAST_PLACE: Final = 16_000
"""PostgreSQL knows the places of 16,383 words; those behind are found, but in no phrase."""
_PLACES: Final = 250
"""Places of one word."""
_ROOM: Final = 700_000
"""Bytes of words; a row takes a megabyte, with places. Only what somebody made to be large is."""
_BETWEEN_EVENTS: Final = 10


@dataclass(frozen=True, slots=True)
class Said:
    """The words of one event."""

    stream: str
    seq: int
    text: str
    tokens: Sequence[Token]


def said(events: Iterable[Row]) -> list[Said]:
    """Return what events say: rows with stream, seq, kind and body, which is JSON or None."""
    found = []
    for event in events:
        text = _text(event["kind"], event["body"])
        if text:
            found.append(Said(event["stream"], event["seq"], text, tokens(text)))
    return found


def _text(kind: str, body: str | None) -> str | None:
    if body is None or kind not in SAYING:
        return None
    value: Any = json.loads(body).get(SAYING[kind])
    return value if isinstance(value, str) else None


class _Places:
    """Lexemes with the places where they stand."""

    def __init__(self) -> None:
        self._of: dict[str, list[int]] = {}
        self._room = _ROOM

    def add(self, word: str, place: int | None = None) -> None:
        places = self._of.get(word)
        if places is None:
            cost = len(word.encode()) + 12
            if cost > self._room:
                return
            self._room -= cost
            places = self._of[word] = []
        if place is not None and place <= _LAST_PLACE and len(places) < _PLACES and self._room > 0:
            self._room -= 2
            places.append(place)

    def lexemes(self) -> Iterator[str]:
        for word, places in self._of.items():
            written = f":{','.join(map(str, places))}" if places else ""
            yield lexeme(word) + written


def vector(document: Row, parts: Sequence[Said], stems: Stems) -> str:
    """Return the `tsvector` of a conversation.

    Args:
        document: of `ledger.conversation_document`.
        parts: what was said in it.
        stems: of every word in them.
    """
    places = _Places()
    receipt = document["receipt"]
    if receipt:
        _receipt(places, receipt)
    at = 1
    for part in parts:
        for n, token in enumerate(part.tokens):
            stem = stems[token.word]
            if stem is None:
                continue
            places.add("=" + token.word, at + n)
            if stem != "=":
                places.add(stem)
        for number in numbers(part.text, part.tokens):
            places.add("=" + number.digits)
        at += len(part.tokens) + _BETWEEN_EVENTS
    return " ".join([*marks_of(document), *places.lexemes()])


def words_of(parts: Iterable[Said]) -> set[str]:
    """Return every word whose stem is to be known."""
    return {token.word for part in parts for token in part.tokens}


def _receipt(places: _Places, receipt: str) -> None:
    """A receipt's number is found as it is written, and without its hyphens."""
    groups = [token.word for token in tokens(receipt)]
    for n, group in enumerate(groups):
        # Behind all else: it stands in no sentence.
        places.add("=" + group, _LAST_PLACE - 100 + n)
    places.add("=" + "".join(groups))
