"""The catalogue of the package: one file a language."""

import json
from functools import cache
from pathlib import Path
from typing import Final

_TEXTS: Final = Path(__file__).parent / "texts"


@cache
def texts(language: str) -> dict[str, str]:
    """Return a language's catalogue."""
    found: dict[str, str] = json.loads((_TEXTS / f"{language}.json").read_text("utf-8"))
    return found
