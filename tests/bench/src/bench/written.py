"""What a full run leaves in the clone: the figures, the pictures, and the page's tables."""

import json
from pathlib import Path
from typing import Any, Final

from bench import pictures, report
from bench.figures import Measured

BEGIN: Final = "<!-- figures: written by `make bench` -->"
END: Final = "<!-- end of figures -->"


def write(measured: Measured, found: dict[str, Any], root: Path) -> None:
    """Write everything below a folder that is laid out like the clone.

    Args:
        measured: for the pictures.
        found: the document of `results`.
        root: the clone.
    """
    figures, page = root / "bench" / "results.json", root / "docs" / "performance" / "README.md"
    figures.parent.mkdir(parents=True, exist_ok=True)
    page.parent.mkdir(parents=True, exist_ok=True)
    figures.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    pictures.draw(measured, page.parent)
    if page.exists():
        text = page.read_text(encoding="utf-8")
        page.write_text(put_in(text, report.markdown(found)), encoding="utf-8")


def put_in(page: str, tables: str) -> str:
    """Return the page with what is between its marks replaced.

    Raises:
        ValueError: the page has lost its marks.
    """
    before, began, rest = page.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not began or not ended:
        raise ValueError("the page has no marks for the figures")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"
