"""Other people in words that are not the asker's own: masked by rule, and by a list.

By rule: e-mail addresses, telephone numbers, and the numbers no door lets through. By the list that
an archivist gives: names, addresses, whatever else. Nothing else is found: no rule knows a name
when it sees one. So everything somebody else wrote is to be read by a person too.
Pure.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from services.contracts import Event
from services.masking import MASK, mask

from transcript_service.core.erased import was_erased

Kind = Literal["email", "phone", "number", "word"]
KINDS: Final[tuple[Kind, ...]] = ("email", "phone", "number", "word")

_EMAIL: Final = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
# Eight digits, as Norwegian telephones have, in whatever groups; or any that names its country. A
# row of digits that is longer, or part of a case number (26/12345678), is no telephone.
_PHONE: Final = re.compile(
    r"(?<![\d/+*])(?:(?:(?:\+|00)47[ \u00a0.\-]?)?[2-9](?:[ \u00a0.\-]?\d){7}"
    r"|\+[1-9](?:[ \u00a0.\-]?\d){6,14})(?![\d/*])"
)
_COUNTRY: Final = "47"
_PHONE_DIGITS: Final = 8
_PART: Final = 3
"""A part of a name is masked alone when it has so many letters."""
_FREE: Final[Mapping[str, str]] = {
    "message": "text",
    "note": "text",
    "attached": "name",
    "blocked": "reason",
    "glass_broken": "reason",
    "rated": "comment",
    "contact_given": "contact",
}
"""Where people write freely, by the kind of event."""


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    stop: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Rules:
    """What is masked, and what is the asker's own and stands."""

    own: tuple[str, ...] = ()
    """Names, addresses and numbers that may stand: the asker's, the municipality's."""
    words: tuple[str, ...] = ()
    """Other people's, as the archivist listed them."""
    signs: Mapping[Kind, str] = field(default_factory=dict)
    """What stands instead, by kind."""

    def masked(self, text: str) -> tuple[str, Counter[Kind]]:
        """Return a text without other people, and what was masked in it."""
        stands = list(_spans(text, self.own))
        finds = [find for find in self._finds(text) if not _within(find, stands)]
        out, end, counted = [], 0, Counter[Kind]()
        for find in sorted(finds, key=lambda f: (f.start, -f.stop)):
            if find.start < end:
                continue
            out += [text[end : find.start], self.signs.get(find.kind, MASK)]
            end = find.stop
            counted[find.kind] += 1
        return "".join(out) + text[end:], counted

    def _finds(self, text: str) -> Iterator[_Find]:
        own_mails = {own.casefold() for own in self.own}
        own_phones = {_digits(own) for own in self.own}
        for match in _EMAIL.finditer(text):
            if match[0].casefold() not in own_mails:
                yield _Find(*match.span(), "email")
        for match in _PHONE.finditer(text):
            if _digits(match[0]) not in own_phones:
                yield _Find(*match.span(), "phone")
        for match in re.finditer(re.escape(MASK), text):
            yield _Find(*match.span(), "number")
        for start, stop in _spans(text, self.words):
            yield _Find(start, stop, "word")
        for start, stop in _spans(text, _parts(self.words), any_case=False):
            yield _Find(start, stop, "word")


def without_others(
    events: Sequence[Event], rules: Rules
) -> tuple[tuple[Event, ...], Counter[Kind], int]:
    """Return events without other people, what was masked, and how many texts a person must read.

    What the asker wrote is left as it is, and so is what was erased.
    """
    out: list[Event] = []
    counted = Counter[Kind]()
    to_read = 0
    for event in events:
        name = _FREE.get(event.body.kind)
        text: Any = getattr(event.body, name) if name else None
        if not text or event.author.kind == "citizen" or was_erased(event):
            out.append(event)
            continue
        to_read += 1
        masked, found = rules.masked(mask(text).text)
        counted += found
        # Unchanged, it is the same object: that tells what was erased.
        body = event.body if masked == text else event.body.evolve(**{str(name): masked})
        out.append(event.evolve(body=body))
    return tuple(out), counted, to_read


def _spans(text: str, words: Iterable[str], *, any_case: bool = True) -> Iterator[tuple[int, int]]:
    """Yield where words stand, as whole ones, also with a Norwegian or English genitive."""
    for word in words:
        pattern = r"\s+".join(re.escape(part) for part in word.split())
        if not pattern:
            continue
        flags = re.IGNORECASE if any_case else 0
        for match in re.finditer(rf"(?<!\w){pattern}(?:['’]?s|['’])?(?!\w)", text, flags):
            yield match.span()


def _parts(words: Iterable[str]) -> Iterator[str]:
    """Yield the parts of names, for who is called by one of them: those with a capital."""
    for word in words:
        parts = word.split()
        if len(parts) > 1:
            yield from (p for p in parts if len(p) >= _PART and p[0].isupper())


def _within(find: _Find, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= find.start and find.stop <= stop for start, stop in spans)


def _digits(text: str) -> str:
    """Return the digits of a telephone number without Norway's own country."""
    digits = re.sub(r"\D", "", text).removeprefix("00")
    longer = len(digits) == _PHONE_DIGITS + len(_COUNTRY)
    return digits.removeprefix(_COUNTRY) if longer else digits
