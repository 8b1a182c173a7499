"""Which topic an enquiry seems to be about, by its first words. Offline, and the same every time.

What the score says. Each word of the citizen's that names a topic has a quality:

    0.9   the topic's name, or a synonym of it, as a whole (any inflection)
    0.7   a compound that begins or ends with it: `barnehageplass` of `barnehage`
    0.45  a part of it: one of two words, or `skjenke` of `skjenkebevilling`

A topic's *support* is how sure they make it together, `1 - (1-q)(1-q')…`. The score is its support
times its share of all support (of the squares, so that the clearest stands out). So 0.9 and more:
a clear word for this topic and none for another. About 0.45: two topics named equally clearly, or
one by half a word. Below `FLOOR` nothing is suggested. A sum of guesses, and not a probability.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.contracts import TenantDirectory, Topic, TopicSuggestion

from gateway.core.stop_words import STOP_WORDS
from gateway.core.words import Word, stem, words

FLOOR: Final = 0.3
"""Lowest score that is worth showing."""
MAX_WORDS: Final = 80
"""Words of the citizen's that are looked at; what it is about is said at the beginning."""
_WHOLE, _COMPOUND, _PART = 0.9, 0.7, 0.45
_SHORTEST_STEM: Final = 4
"""Letters of the shortest listed stem that is looked for within a citizen's longer word."""
_SHORTEST_PART: Final = 5
"""Letters of the shortest word of a citizen's that is looked for within a longer listed one."""

_JOINT = re.compile(r"[,/&]|\s(?:og|eller|and|or)\s", re.IGNORECASE)
"""Where a topic's name joins several things, each of which names it: `Vann og avløp`."""

_Term = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A term of a topic that was found, and in which of the citizen's words."""

    quality: float
    places: frozenset[int]


class TopicIndex:
    """The names and synonyms of one directory's topics, ready to be looked up."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        """Take the topics. The order they come in changes nothing."""
        self._terms: list[tuple[str, _Term]] = []
        # Each: a stem, or a part of one, to the terms that have it.
        self._norwegian: dict[str, set[int]] = defaultdict(set)
        self._english: dict[str, set[int]] = defaultdict(set)
        self._parts: dict[str, set[int]] = defaultdict(set)
        for topic in topics:
            for phrase in sorted({*topic.name.values(), *topic.words}):
                for part in _JOINT.split(phrase):
                    self._add(topic.id, part)

    def _add(self, topic: str, phrase: str) -> None:
        term = _content(phrase)
        if not term:
            return
        number = len(self._terms)
        self._terms.append((topic, term))
        for word in term:
            self._norwegian[word.norwegian].add(number)
            self._english[word.english].add(number)
        if len(term) == 1:
            for part in _ends(term[0].norwegian, _SHORTEST_PART):
                self._parts[part].add(number)

    def suggest(self, text: str) -> TopicSuggestion | None:
        """Return the likeliest topic, or None when the words do not tell. Ties go by id."""
        said = _content(text)[:MAX_WORDS]
        hits: dict[str, list[_Hit]] = defaultdict(list)
        for number, places in self._found(said).items():
            topic, term = self._terms[number]
            told = len({said[place].norwegian for place in places})
            hits[topic].append(_judge(places, whole=told >= len(term)))
        support = {topic: _together(found) for topic, found in hits.items()}
        total = sum(value**2 for value in support.values())
        scores = {topic: value**3 / total for topic, value in support.items()}
        if not scores:
            return None
        best = min(scores, key=lambda topic: (-round(scores[topic], 6), topic))
        score = min(1.0, round(scores[best], 3))
        return TopicSuggestion(topic=best, score=score) if score >= FLOOR else None

    def _found(self, said: _Term) -> dict[int, dict[int, float]]:
        """Return, per term, the places where something of it was said, and how clearly."""
        found: dict[int, dict[int, float]] = defaultdict(dict)
        for place, word in enumerate(said):
            for number, quality in self._named_by(word).items():
                found[number][place] = quality
        return found

    def _named_by(self, word: Word) -> dict[int, float]:
        """Return the terms that one word names in whole or in part."""
        named = dict.fromkeys(self._parts.get(word.norwegian, ()), _PART)
        for part in _ends(word.norwegian, _SHORTEST_STEM):
            named |= dict.fromkeys(self._norwegian.get(part, ()), _COMPOUND)
        named |= dict.fromkeys(self._norwegian.get(word.norwegian, ()), _WHOLE)
        return named | dict.fromkeys(self._english.get(word.english, ()), _WHOLE)


class TopicIndexes:
    """One index per tenant, made anew when its directory changes."""

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[str, tuple[TenantDirectory, TopicIndex]] = {}

    def suggest(self, directory: TenantDirectory, text: str) -> TopicSuggestion | None:
        """Return the likeliest topic of a tenant's, or None when the words do not tell."""
        known, index = self._known.get(directory.tenant, (None, None))
        if known is not directory or index is None:
            index = TopicIndex(directory.topics)
            self._known[directory.tenant] = (directory, index)
        return index.suggest(text)


def _content(text: str) -> _Term:
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


def _ends(form: str, shortest: int) -> Iterable[str]:
    """Return what a longer word begins and ends with."""
    for cut in range(shortest, len(form)):
        yield form[:cut]
        yield form[-cut:]


def _judge(places: dict[int, float], *, whole: bool) -> _Hit:
    """Return how clearly a term is named by what was found of it."""
    best = max(places.values())
    return _Hit(best if whole else best * _PART / _WHOLE, frozenset(places))


def _together(hits: Iterable[_Hit]) -> float:
    """Return the support of several hits. A word counts once, in its best hit."""
    doubt, counted = [], set[int]()
    for hit in sorted(hits, key=lambda h: (-h.quality, -len(h.places), sorted(h.places))):
        if not hit.places & counted:
            counted |= hit.places
            doubt.append(1 - hit.quality)
    return 1 - math.prod(doubt)
