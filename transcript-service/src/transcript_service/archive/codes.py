"""The code values of a message, with their meaning: those of Fiks Arkiv's lists that we use.

The message's schema does not hold them; the lists of the configured folder and `rules` do.
"""

from collections.abc import Mapping
from typing import Final

JOURNAL_POST_TYPE: Final = "I"
"""From somebody outside: an enquiry is always that."""

CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "dokumentmedium": {"E": "Elektronisk arkiv"},
    "saksstatus": {"A": "Avsluttet", "B": "Under behandling"},
    "journalposttype": {JOURNAL_POST_TYPE: "Inngående dokument"},
    "journalstatus": {"J": "Journalført", "M": "Midlertidig registrering av innkommende dokument"},
    "dokumenttype": {"KORR": "Korrespondanse"},
    "dokumentstatus": {"F": "Dokumentet er ferdigstilt"},
    "tilknyttetRegistreringSom": {"H": "Hoveddokument", "V": "Vedlegg"},
    "variantformat": {"A": "Arkivformat", "P": "Produksjonsformat"},
    "korrespondanseparttype": {
        "EA": "Avsender",
        "IM": "Intern mottaker",
        "IK": "Intern kopimottaker",
    },
}
"""By element. The lists' files are called by the same name in lower case."""

FORMATS: Final[Mapping[str, tuple[str, str]]] = {
    "pdf/a-2a": ("fmt/476", "PDF/A-2a"),
    "application/json": ("fmt/817", "JSON"),
    "text/plain": ("x-fmt/111", "Ren tekst"),
}
"""PRONOM's ids of what is known for certain; of all else the media type is said, and no more."""


def described(element: str, code: str) -> str:
    """Return what a code of an element means.

    Raises:
        KeyError: there is no such code of ours.
    """
    return CODES[element][code]
