"""Where in a conversation it was found: a few words before and after, with the hits marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from transcript_service.search.asked import Asked, Stems
from transcript_service.search.document import Said

MOST: Final = 2
"""Excerpts of a conversation."""
_BEFORE, _LENGTH = 6, 24
"""Words before the first hit, and in all."""
_LONGEST: Final = 400
"""Characters of an excerpt: a word may have no end."""
LOOKED_AT: Final = 300_000
"""Characters of a conversation that are looked through."""


@dataclass(frozen=True, slots=True)
class _Place:
    part: Said
    hits: frozenset[int]
    begin: int
    end: int

    @property
    def weight(self) -> tuple[int, int]:
        within = [self.part.tokens[n].word for n in self.hits if self.begin <= n < self.end]
        return len(set(within)), len(within)


def excerpts(asked: Asked, parts: Sequence[Said], stems: Stems) -> list[dict[str, Any]]:
    """Return the best excerpts, in the conversation's order.

    Args:
        asked: what was looked for.
        parts: what was said, in order.
        stems: of all words of both.
    """
    places: list[_Place] = []
    looked_at = 0
    for part in parts:
        looked_at += len(part.text)
        if looked_at > LOOKED_AT:
            break
        hits = frozenset(asked.hits(part.text, part.tokens, stems))
        if hits:
            places.append(_best(part, hits))
    best = sorted(range(len(places)), key=lambda n: places[n].weight, reverse=True)[:MOST]
    return [_told(places[n]) for n in sorted(best)]


def _best(part: Said, hits: frozenset[int]) -> _Place:
    """Return the stretch of a text that has the most of what was looked for."""
    stretches = (
        _Place(part, hits, max(0, hit - _BEFORE), min(len(part.tokens), hit - _BEFORE + _LENGTH))
        for hit in sorted(hits)[:50]
    )
    return max(stretches, key=lambda place: place.weight)


def _told(place: _Place) -> dict[str, Any]:
    text, tokens = place.part.text, place.part.tokens
    begins, ends = place.begin == 0, place.end == len(tokens)
    at = 0 if begins else tokens[place.begin].start
    until = len(text) if ends else tokens[place.end - 1].end
    first = tokens[min(n for n in place.hits if n >= place.begin)]
    if first.end - at > _LONGEST:
        at, begins = max(0, first.start), first.start == 0
    ends = ends and until - at <= _LONGEST
    until = min(until, at + _LONGEST)
    pieces: list[dict[str, Any]] = [] if begins else [{"text": "… ", "hit": False}]
    for n in sorted(place.hits):
        token = tokens[n]
        if token.start < at or token.start >= until:
            continue
        if token.start > at:
            pieces.append({"text": text[at : token.start], "hit": False})
        at = min(token.end, until)
        pieces.append({"text": text[token.start : at], "hit": True})
    if at < until:
        pieces.append({"text": text[at:until], "hit": False})
    if not ends:
        pieces.append({"text": " …", "hit": False})
    return {"stream": place.part.stream, "seq": place.part.seq, "parts": pieces}
