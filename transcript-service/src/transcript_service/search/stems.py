"""Stems of words, as PostgreSQL's own Norwegian stemmer says; the same for texts and questions."""

from collections.abc import Iterable
from typing import Final

from services.database import Connection

from transcript_service.search.asked import Stems
from transcript_service.search.spelling import one_form

FORMLESS: Final = "="
"""Instead of a stem: a word with digits in it has no forms."""
_MOST: Final = 200_000
"""Words that are remembered."""

_STEMS: Final = (
    "SELECT w.word, ts_lexize('pg_catalog.norwegian_stem', w.word) AS stems"
    " FROM unnest($1::text[]) AS w (word)"
)


class Stemmer:
    """Asks for stems, and remembers them."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, str | None] = {}

    async def of(self, connection: Connection, words: Iterable[str]) -> Stems:
        """Return a mapping that has at least these words (as `folded` returns them)."""
        new = {word for word in words if word not in self._known}
        if not new:
            return self._known
        if len(self._known) + len(new) > _MOST:
            # What a caller holds stays as it is.
            self._known = {}
        formless = {word for word in new if any(letter.isdecimal() for letter in word)}
        plain = new - formless
        forms = {word: one_form(word) for word in plain}
        asked = sorted({*plain, *forms.values()})
        rows = await connection.fetch(_STEMS, asked) if asked else []
        stems = {row["word"]: row["stems"] for row in rows}
        found: dict[str, str | None] = dict.fromkeys(formless, FORMLESS)
        for word, form in forms.items():
            # A dictionary answers with an empty list for a word that is too common.
            common = stems[word] == [] or stems[form] == []
            found[word] = None if common else (stems[form] or [form])[0] or form
        self._known.update(found)
        return self._known
