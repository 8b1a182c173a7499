"""A page of the user's guide as its reader follows it: the steps, and the names they are told.

A test of a page takes every name of a control from the page itself, so that a renamed button fails
the page that still tells of the old one. `PREK_PICTURES=docs/pictures` keeps the page's pictures.
"""

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Locator, Page

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "docs" / "brukerveiledning"
PICTURES = REPOSITORY / "docs" / "pictures"
LARGEST = 120_000
"""A picture of a guide, in bytes: read on slow lines too."""

_HEADING = re.compile(r"^#{1,4} +(.+?) *$", re.MULTILINE)
_STEP = re.compile(r"^\d+\. +(.+)$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_QUOTED = re.compile(r"«([^«»]+)»")
_KEYS = re.compile(r"Alt \+ Shift \+ (\S)")
_PICTURE = re.compile(r"!\[(.*?)\]\(\.\./pictures/(\S+?)\)")
PRESSED = "button, a, summary, label, [role=option]"
FIELDS: tuple[Literal["combobox", "textbox"], ...] = ("combobox", "textbox")


@dataclass(frozen=True)
class Step:
    """One thing to do, as it is written."""

    text: str

    @property
    def names(self) -> list[str]:
        """The controls it names, in order."""
        return _BOLD.findall(self.text)

    @property
    def name(self) -> str:
        """The only control it names."""
        (name,) = self.names
        return name

    @property
    def keys(self) -> str:
        """The shortcut it names, as Playwright presses it."""
        (key,) = _KEYS.findall(self.text)
        return f"Alt+Shift+Key{key}"


class Guide:
    """A page of `docs/brukerveiledning`."""

    def __init__(self, page: str) -> None:
        """Read a page: `ansatt` is `ansatt.md`."""
        self.page = page
        self.text = (FOLDER / f"{page}.md").read_text("utf-8")

    @property
    def headings(self) -> list[str]:
        """Every heading, in order."""
        return _HEADING.findall(self.text)

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Every picture: what it shows in words, and its file."""
        return _PICTURE.findall(self.text)

    def section(self, heading: str) -> str:
        """Return what stands under a heading, until the next."""
        after = re.split(rf"^#+ +{re.escape(heading)} *$", self.text, flags=re.MULTILINE)
        assert len(after) == 2, f"{self.page}.md has no heading «{heading}»"
        return _HEADING.split(after[1])[0]

    def steps(self, heading: str) -> list[Step]:
        """Return the numbered steps under a heading."""
        return [Step(text) for text in _STEP.findall(self.section(heading))]

    def names(self, heading: str) -> list[str]:
        """Return the controls named under a heading, in order and each once."""
        return list(dict.fromkeys(_BOLD.findall(self.section(heading))))

    def quoted(self, heading: str) -> list[str]:
        """Return what the page says that the screen says, in order."""
        return _QUOTED.findall(self.section(heading))

    def rows(self, heading: str) -> list[list[str]]:
        """Return the rows of the tables under a heading, without their heads."""
        lines = [line for line in self.section(heading).splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        ruled = [n for n, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
        heads = {n - 1 for n in ruled} | set(ruled)
        return [row for n, row in enumerate(cells) if n not in heads]

    def named(self, heading: str, name: str) -> str:
        """Return a name that the page must have under a heading."""
        assert name in self.names(heading), f"{self.page}.md, {heading}: no **{name}**"
        return name

    def said(self, heading: str, words: str) -> str:
        """Return words that the page must say the screen says."""
        assert words in self.quoted(heading), f"{self.page}.md, {heading}: no «{words}»"
        return words

    async def keep(self, what: str, shown: Locator | Page) -> None:
        """Keep a picture of a part of the screen, where pictures are wanted; it must be used."""
        file = f"guide-{self.page}-{what}.png"
        assert file in [name for _, name in self.pictures], f"{self.page}.md does not show {file}"
        folder = os.environ.get("PREK_PICTURES")
        if folder is None:
            return
        raw = await shown.screenshot()
        out = io.BytesIO()
        Image.open(io.BytesIO(raw)).convert("RGB").quantize(128).save(out, "PNG", optimize=True)
        assert len(out.getvalue()) <= LARGEST, f"{file} is too large"
        (Path(folder) / file).write_bytes(out.getvalue())


def control(within: Page | Locator, name: str) -> Locator:
    """Return the control that shows a name, as a reader finds it.

    What asks first ends in `…`, and what opens something in an arrow: neither is in the name.
    """
    shown = re.compile(rf"^\s*{re.escape(name)}\s*[…▴▾]*\s*$")
    pressed = within.locator(PRESSED).filter(has_text=shown)
    return pressed.filter(visible=True).first


async def press(within: Page | Locator, name: str) -> None:
    """Press the control that shows a name."""
    await control(within, name).click()


def field(within: Page | Locator, name: str) -> Locator:
    """Return the field of a name."""
    called = re.compile(rf"^\s*{re.escape(name)}(?!\w)")
    found = within.get_by_label(called)
    # A label around a choice has the words of every option in it; the name does not.
    for role in FIELDS:
        found = found.or_(within.get_by_role(role, name=called))
    return found.filter(visible=True).first
