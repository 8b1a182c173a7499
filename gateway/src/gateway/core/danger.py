"""Danger to life in a citizen's words: the emergency numbers are shown before anything else.

A phrase is a row of words. `a|b` is one of several, in any inflection; `=a` in this form alone;
`~` up to `GAP` other words. It is found within a clause, never across a comma or a full stop.
What follows `!` excuses it: with such a word near, it means something else (`dø av latter`).
A phrase that begins with `?` is excused by `EXCUSES` too. In capitals: alternatives that a line
`NAME: a|b` above has named. A line that begins with `#` is a heading.

A tenant's own phrases are plain words in a row, in any inflection, without signs.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.contracts import Alarm

from gateway.core.danger_phrases import ENGLISH, EXCUSES, NORWEGIAN
from gateway.core.words import Word, clauses, stem, words

GAP: Final = 3
"""Other words that may stand where a phrase has `~`."""
NEAR: Final = 5
"""Words before and after a phrase among which an excuse counts."""
MOST_STEMMED: Final = 500
"""Different words of one text that are stemmed: a page has fewer that could matter."""
_BEGINNING: Final = 2
"""Letters that a listed word and every inflection of it have in common;"""
_LIKELY: Final = 3
"""and those that nearly all have."""
_ANY: Final = frozenset[str]()
"""The place of a phrase where other words may stand. No word is one of none."""
_EXACT: Final = "="

_Forms = frozenset[str]
_FormsOf = Callable[[str], str]
_Clause = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What is looked for. A form is a stem marked with its language, or a whole word with `=`."""

    places: tuple[_Forms, ...]
    excuses: _Forms


@dataclass(frozen=True, slots=True)
class _Listed:
    """All phrases by each form their first word may have, and how any of their words begins."""

    firsts: dict[str, tuple[_Phrase, ...]]
    beginnings: frozenset[str]


def alarm_in(text: str, tenants: Iterable[str] = ()) -> Alarm | None:
    """Return `danger` when the words tell of danger to life, else None.

    Args:
        text: a citizen's words; nothing of them is kept.
        tenants: the tenant's own phrases besides the product's.
    """
    listed = _listed(tuple(tenants))
    found = clauses(text)
    distinct = dict.fromkeys(word for clause in found for word in clause)
    # Stemming is what costs time, so only what may be a listed word's inflection is stemmed.
    stemmed = [word for word in distinct if word[:_BEGINNING] in listed.beginnings]
    stemmed.sort(key=lambda word: word[:_LIKELY] not in listed.beginnings)
    forms = {word: _forms(stem(word)) for word in stemmed[:MOST_STEMMED]}
    for clause in found:
        if _any_in(tuple(forms.get(word, _ANY) for word in clause), listed.firsts):
            return "danger"
    return None


def _any_in(clause: _Clause, firsts: dict[str, tuple[_Phrase, ...]]) -> bool:
    for start, forms in enumerate(clause):
        for phrase in {phrase for form in forms for phrase in firsts.get(form, ())}:
            for end in _ends(clause, start + 1, phrase.places[1:]):
                near = clause[max(0, start - NEAR) : end + NEAR]
                if not any(forms & phrase.excuses for forms in near):
                    return True
    return False


def _ends(clause: _Clause, at: int, places: tuple[_Forms, ...]) -> Iterator[int]:
    """Yield where the rest of a phrase may end, if the clause goes on with it."""
    if not places:
        yield at
    elif places[0] is _ANY:
        for skipped in range(GAP + 1):
            yield from _ends(clause, at + skipped, places[1:])
    elif at < len(clause) and clause[at] & places[0]:
        yield from _ends(clause, at + 1, places[1:])


def _forms(word: Word) -> frozenset[str]:
    return frozenset({_EXACT + word.text, f"nb {word.norwegian}", f"en {word.english}"})


def _norwegian(text: str) -> str:
    return text if text.startswith(_EXACT) else f"nb {stem(text).norwegian}"


def _english(text: str) -> str:
    return text if text.startswith(_EXACT) else f"en {stem(text).english}"


def _parse(lines: str, form: _FormsOf) -> Iterator[_Phrase]:
    listed = frozenset(form(word) for word in EXCUSES.split())
    named: dict[str, _Forms] = {}

    def forms(alternatives: str) -> _Forms:
        each = [word for word in alternatives.split("|") if word]
        return _ANY.union(*(named[w] if w.isupper() else {form(w)} for w in each))

    for line in lines.splitlines():
        name, is_name, alternatives = line.partition(": ")
        if is_name:
            named[name] = named.get(name, _ANY) | forms(alternatives)
        elif line and not line.startswith("#"):
            said, _, excuses = line.removeprefix("?").partition(" !")
            places = (_ANY if place == "~" else forms(place) for place in said.split())
            weak = listed if line.startswith("?") else _ANY
            yield _Phrase(tuple(places), forms(excuses) | weak)


def _plain(phrase: str) -> Iterator[_Phrase]:
    stems = [stem(word) for word in words(phrase)]
    if stems:
        places = tuple(frozenset({f"nb {s.norwegian}", f"en {s.english}"}) for s in stems)
        yield _Phrase(places, _ANY)


def _letters(form: str) -> str:
    return form.removeprefix(_EXACT).removeprefix("nb ").removeprefix("en ")


_OWN: Final = (*_parse(NORWEGIAN, _norwegian), *_parse(ENGLISH, _english))


@lru_cache(maxsize=512)
def _listed(tenants: tuple[str, ...]) -> _Listed:
    firsts: dict[str, tuple[_Phrase, ...]] = {}
    forms = set[str]()
    for phrase in (*_OWN, *(p for text in tenants for p in _plain(text))):
        for form in phrase.places[0]:
            firsts[form] = (*firsts.get(form, ()), phrase)
        forms |= phrase.excuses.union(*phrase.places)
    letters = [_letters(form) for form in forms]
    beginnings = frozenset(w[:n] for w in letters for n in (_BEGINNING, _LIKELY))
    return _Listed(firsts, beginnings)
