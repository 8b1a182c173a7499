"""Words that are taken out of a body afterwards, and the visible mark that stands there instead.

Only words that people wrote are masked; what the system says of itself is as it is. A file is
masked as a whole, its name too: a message of one mark stands for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from services.contracts.model import TextError, check_text

from transcript_service.core.chain import canonical

MaskReason = Literal["third_party", "sensitive", "secret", "mistake"]
"""About somebody else; more than was needed; a password or the like; sent by mistake."""
REASONS: Final[tuple[str, ...]] = get_args(MaskReason)

_WORDS: Final[Mapping[str, str]] = {"message": "text", "note": "text", "rated": "comment"}
"""By kind, the part of the body that holds somebody's words."""
_FILE: Final = "attached"

Place = tuple[int, int]
"""From a character on, until before another."""


class NothingToMask(Exception):
    """There are no such words."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to be done to a body. No word of it is in here."""

    part: str
    """The part of the body; empty: the body as a whole."""
    places: tuple[Place, ...]
    """In Unicode characters of the part, in order, apart from each other."""
    mark: str
    """What stands there instead."""

    def document(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"part": self.part, "places": [list(p) for p in self.places], "mark": self.mark}

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Edit":
        """Return what `document` gave."""
        places = tuple((int(a), int(b)) for a, b in document["places"])
        return cls(document["part"], places, document["mark"])


def edit_of(body: str, mark: str, *, text: str | None = None, place: Place | None = None) -> Edit:
    """Return what masks some words of a body.

    Args:
        body: as it is read now, canonical JSON.
        mark: what is to stand there.
        text: these words, wherever they stand.
        place: or these characters; neither: all of it.

    Raises:
        NothingToMask: it holds nobody's words, or not these.
    """
    document = json.loads(body)
    part = _WORDS.get(document["kind"])
    if document["kind"] == _FILE and text is None and place is None:
        return Edit("", ((0, 1),), mark)
    words = document.get(part) if part else None
    if part is None or not words:
        raise NothingToMask
    within = _within(words, place or (0, len(words)))
    places = within if text is None else _found(words, text)
    if not places:
        raise NothingToMask
    edit = Edit(part, places, mark)
    try:
        check_text(_masked(words, edit))
    except TextError:
        # So many marks are longer than what they stand for: one mark for all of it.
        return Edit(part, ((0, len(words)),), mark)
    return edit


def apply(body: str, edit: Edit) -> str:
    """Return the body that stands instead of one, canonical JSON.

    Raises:
        NothingToMask: the body is not one that this was made for.
    """
    document = json.loads(body)
    if not edit.part:
        return canonical({"kind": "message", "masked": 0, "text": edit.mark})
    words = document.get(edit.part)
    if not isinstance(words, str) or not _within(words, edit.places[-1]):
        raise NothingToMask
    return canonical({**document, edit.part: _masked(words, edit)})


def _masked(words: str, edit: Edit) -> str:
    for begin, end in reversed(edit.places):
        words = words[:begin] + edit.mark + words[end:]
    return words


def _within(words: str, place: Place) -> tuple[Place, ...]:
    begin, end = place
    return ((begin, end),) if 0 <= begin < end <= len(words) else ()


def _found(words: str, wanted: str) -> tuple[Place, ...]:
    places: list[Place] = []
    begin = words.find(wanted) if wanted.strip() else -1
    while begin >= 0:
        places.append((begin, begin + len(wanted)))
        begin = words.find(wanted, begin + len(wanted))
    return tuple(places)
