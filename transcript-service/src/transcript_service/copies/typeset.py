"""`python -m transcript_service.copies.typeset`: a page on standard input, its PDF/A on the output.

A program of its own, for one page: `SOURCE_DATE_EPOCH` is its environment's and nobody else's, what
it takes of time and memory is bounded by the system, and it ends with the page.
"""

import os
import resource
import sys
from pathlib import Path
from typing import Final

import weasyprint
from fontTools.ttLib import TTFont
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from transcript_service.copies.glyphs import printable

VARIANT: Final = "pdf/a-2a"
"""To be kept for long, with a structure for who has it read aloud."""
_FONTS: Final = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_PLACES: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_NICENESS: Final = 10
"""Who is talking goes before who wants it on paper."""
MOST_MEMORY_BYTES: Final = 2 * 1024**3


class _Nothing(URLFetcher):  # type: ignore[misc]  # the library is not typed
    """Fetches nothing: a page holds all it needs, and asks nobody."""

    def fetch(self, *_asked: object, **_how: object) -> URLFetcherResponse:
        """Refuse.

        Raises:
            FatalURLFetchingError: always.
        """
        raise FatalURLFetchingError


def typeset(page: str) -> bytes:
    """Return a page as PDF/A.

    Raises:
        FileNotFoundError: the fonts are not installed.
    """
    shown = printable(page, known_characters())
    # What explains the substitutes stays where there are some.
    unneeded = [weasyprint.CSS(string=".strange { display: none }")] if shown == page else []
    document = weasyprint.HTML(string=shown, url_fetcher=_Nothing())
    pdf: bytes = document.write_pdf(pdf_variant=VARIANT, pdf_tags=True, stylesheets=unneeded)
    return pdf


def known_characters() -> set[int]:
    """Return the code points that every font of a page has a picture of."""
    known: list[set[int]] = []
    for name in _FONTS:
        found = next((path for place in _PLACES for path in sorted(place.rglob(name))), None)
        if found is None:
            raise FileNotFoundError(name)
        with TTFont(found, lazy=True) as font:
            known.append(set(font.getBestCmap()))
    return set.intersection(*known)


def main() -> None:
    """Read, set, write."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    page = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(typeset(page))


if __name__ == "__main__":
    main()
