"""The guides say what the screens say: each name of a control and each text they quote is a text of
the catalogues, each shortcut is one of the desk's, and each picture is there."""

import ast
import json
import re
from itertools import pairwise

import pytest
from guide import FOLDER, LARGEST, PICTURES, REPOSITORY, Guide
from PIL import Image

CONSOLE = REPOSITORY / "agent-service/console/src"
WIDGET = REPOSITORY / "gateway/widget/src"
PAGES = {
    "ansatt": CONSOLE,
    "leder": CONSOLE,
    "administrator": CONSOLE,
    "arkivar": CONSOLE,
    "innbygger": WIDGET,
    "nettredaktor": WIDGET,
}
WALKED = ("ansatt", "leder", "administrator", "arkivar", "innbygger")
"""Those whose steps are walked in a browser, each by a test of its own."""
EMPHASIS = {
    "ansatt": {
        "satt borte": "a presence within a sentence",
        "Skriftlige spørsmål": "a heading of the list",
    },
    "leder": {},
    "administrator": {},
    "arkivar": {},
    "innbygger": {
        "Ring nødnumrene. Ikke vent på svar her.": "advice",
        "svart på hvitt": "a heading within a sentence",
        "Ta vare på nummeret og koden.": "advice",
    },
    "nettredaktor": {
        "nettstedet ditt blir lagt til i oppsettet": "advice",
    },
}
"""What is bold and no text of a screen, and why."""
_ENTRY = re.compile(r'^\s+([a-z_A-Z0-9]+):\s*("(?:[^"\\]|\\.)*")', re.MULTILINE)
_QUOTED_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"|>([^<>{}]+)<')
_SHORTCUT = re.compile(r'code: "(\w+)", cap: "(\S)", command: "(\w+)", label: "(\w+)"')
_WITH_KEYS = re.compile(r"\*\*([^*]+)\*\*[^*\n]{0,24}?Alt \+ Shift \+ (\S)")
SAID_AS = {
    "accept": ("offer_accept",),
    "decline": ("offer_decline",),
    "handover": ("handover",),
    "consult": ("consult",),
    "later": ("later",),
    "nudge": ("nudge",),
    "close": ("close",),
    "topic": ("about",),
    "why": ("why",),
    "alarm": ("alarm_raise",),
    "block": ("block",),
    "replies": ("replies",),
}
"""What is pressed on the screen for what a shortcut does."""


def catalogue(source):
    """Return the Norwegian texts of a screen, by key (the console's) or just as they are found."""
    texts = {}
    for file in [source / "texts/nb.ts", *sorted((source / "texts/nb").glob("*.ts"))]:
        if file.exists():
            texts |= {
                key: json.loads(text) for key, text in _ENTRY.findall(file.read_text("utf-8"))
            }
    return texts


def other_texts(source):
    """Return what is written straight into pages that have no catalogue of keys."""
    if source is CONSOLE:
        return []
    written = [source / "texts/answer.ts"]
    checks = (REPOSITORY / "gateway/src/gateway/check").rglob("*.*")
    files = [*written, *checks]
    found = []
    for file in files:
        if file.suffix in (".ts", ".html", ".py", ".json", ".tsx"):
            for quoted, shown in _QUOTED_TEXT.findall(file.read_text("utf-8")):
                found += [quoted.strip(), shown.strip()]
    return [each for each in found if each]


def plain(text):
    """Return a text without what says only that more follows."""
    return text.strip().removesuffix("…").strip().removesuffix(".")


def shapes(texts):
    """Return a pattern for each text, and for what stands before its first blank."""
    patterns = set()
    for text in map(plain, texts):
        parts = re.split(r"\{\w+\}", text)
        patterns.add(".+".join(map(re.escape, parts)))
        before = parts[0].rstrip(" (:")
        if len(parts) > 1 and len(before) > 3:
            patterns.add(re.escape(before))
    return re.compile("|".join(f"(?:{each})" for each in sorted(patterns) if each))


def texts_of(page):
    source = PAGES[page]
    return [*catalogue(source).values(), *other_texts(source)]


@pytest.fixture(params=PAGES)
def guide(request):
    return Guide(request.param)


@pytest.fixture(params=[page for page, source in PAGES.items() if source is CONSOLE])
def of_console(request):
    return Guide(request.param)


def test_the_catalogues_are_read_whole():
    for source in (CONSOLE, WIDGET):
        files = [source / "texts/nb.ts", *sorted((source / "texts/nb").glob("*.ts"))]
        lines = "\n".join(file.read_text("utf-8") for file in files if file.exists())
        keys = set(re.findall(r"^  ([a-z]\w*):", lines, re.MULTILINE))
        assert keys == set(catalogue(source))
        assert len(keys) > 50


def test_every_name_of_a_control_is_a_text_of_the_screen(guide):
    known = shapes(texts_of(guide.page))
    named = {name for heading in guide.headings for name in guide.names(heading)}
    unknown = {name for name in named if not known.fullmatch(plain(name))}

    assert unknown - set(EMPHASIS[guide.page]) == set()


def test_what_is_allowed_to_be_bold_is(guide):
    assert [each for each in EMPHASIS[guide.page] if f"**{each}**" not in guide.text] == []


def test_every_text_that_is_quoted_is_said_by_the_screen(guide):
    texts = texts_of(guide.page)
    quoted = {each for heading in guide.headings for each in guide.quoted(heading)}

    assert [each for each in quoted if not any(each in text for text in texts)] == []


def test_every_shortcut_does_what_the_page_says(of_console):
    texts = catalogue(CONSOLE)
    shortcuts = {cap: command for _, cap, command, _ in _keys()}
    wrong = [
        (name, cap)
        for name, cap in _WITH_KEYS.findall(of_console.text)
        if name not in [texts[key] for key in SAID_AS.get(shortcuts.get(cap, ""), ())]
    ]
    named = re.findall(r"Alt \+ Shift \+ (\S)", of_console.text)

    assert wrong == []
    assert set(named) <= set(shortcuts)


def test_the_table_of_shortcuts_is_the_desks():
    texts = catalogue(CONSOLE)
    table = dict(Guide("ansatt").rows("Hurtigtaster"))

    assert table == {
        cap: texts[label][0].lower() + texts[label][1:] for _, cap, _, label in _keys()
    }


def test_every_picture_is_there_small_and_described(guide):
    for words, file in guide.pictures:
        path = PICTURES / file
        assert len(words) >= 20, f"{file} is not described"
        assert 0 < path.stat().st_size <= LARGEST
        with Image.open(path) as picture:
            assert picture.width <= 1366
            assert picture.height <= 900


def test_no_picture_is_left_over():
    used = {file for page in PAGES for _, file in Guide(page).pictures}

    assert {path.name for path in PICTURES.glob("guide-*.png")} == used


def test_headings_are_unique_and_no_level_is_left_out(guide):
    levels = [len(mark) for mark in re.findall(r"^(#+) ", guide.text, re.MULTILINE)]

    assert len(set(guide.headings)) == len(guide.headings)
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))


def test_every_page_is_in_the_index_and_links_lead_somewhere():
    index = (FOLDER / "README.md").read_text("utf-8")
    assert {path.stem for path in FOLDER.glob("*.md")} - {"README"} == set(PAGES)
    for page in PAGES:
        assert f"({page}.md)" in index
        for target in re.findall(r"\]\(([^)#\s]+)\)", Guide(page).text):
            assert (FOLDER / target).exists(), f"{page}.md: {target}"
    assert "docs/brukerveiledning/" in (REPOSITORY / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", WALKED)
def test_all_steps_of_a_page_are_walked_by_its_test(page):
    guide = Guide(page)
    walked = _asked(page, "steps")

    assert {heading for heading in guide.headings if guide.steps(heading)} == walked


@pytest.mark.parametrize("page", WALKED)
def test_all_pictures_of_a_page_are_taken_by_its_test(page):
    taken = {f"guide-{page}-{what}.png" for what in _asked(page, "keep")}

    assert {file for _, file in Guide(page).pictures} == taken


def _asked(page, method):
    """Return what the test of a page asks a method of its guide for."""
    files = (REPOSITORY / "tests/e2e").glob(f"test_guide_{page}*.py")
    return {
        call.args[0].value
        for file in files
        for call in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == method
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def _keys():
    return _SHORTCUT.findall((CONSOLE / "keys.ts").read_text("utf-8"))
