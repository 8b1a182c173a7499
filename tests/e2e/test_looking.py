"""The looks find what is wrong: each is shown a page with one planted fault, and one without."""

from collections.abc import AsyncIterator

import looking
import pytest
from playwright.async_api import Browser, Page

pytestmark = pytest.mark.e2e

GOOD = """<!doctype html><html lang="nb"><title>Prøve</title><style>
  button { min-width: 44px; min-height: 44px } button:focus { outline: 3px solid }
  </style><main><h1>Prøve</h1><button>Send</button></main></html>"""


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page."""
    context = await browser.new_context(viewport={"width": 800, "height": 600})
    yield await context.new_page()
    await context.close()


async def all_looks(page: Page) -> dict[str, list[str]]:
    """Look at a page in every way."""
    frame = page.main_frame
    return {
        "axe": await looking.axe(page, frame),
        "narrow": await looking.fit(page, frame, looking.PHONE),
        "enlarged": await looking.enlarged(frame),
        "spaced": await looking.spaced(frame),
        "controls": await looking.controls(frame),
        "moving": await looking.still(page, frame),
    }


async def test_a_page_without_faults_has_none(page: Page) -> None:
    await page.set_content(GOOD)

    assert {name for name, found in (await all_looks(page)).items() if found} == set()


@pytest.mark.parametrize(
    ("fault", "look", "words"),
    [
        ('<img src="data:,">', "axe", "image-alt"),
        ('<p style="color:#999;background:#fff">svakt</p>', "axe", "color-contrast"),
        ('<div style="width:400px">bredt</div>', "narrow", "wider"),
        (
            '<p style="height:2em;line-height:1;overflow:hidden;width:30em">en<br>to</p>',
            "enlarged",
            "cut",
        ),
        (
            '<p style="width:8em;white-space:nowrap;overflow:hidden">Akkurat nok rom</p>',
            "spaced",
            "cut",
        ),
        ('<button style="all:unset;width:10px;height:10px">x</button>', "controls", "small"),
        ('<button aria-label="Lukk">Send</button>', "controls", "named"),
        ('<button style="outline:none">Send</button>', "controls", "focus not seen"),
        (
            '<button>Under</button><div style="position:fixed;inset:0;background:#fff"></div>',
            "controls",
            "covered",
        ),
        (
            (
                "<style>@keyframes x{to{left:9px}}"
                "p{position:relative;animation:x 9s infinite}</style>"
                "<p>flytter</p>"
            ),
            "moving",
            "moves",
        ),
    ],
)
async def test_a_planted_fault_is_found(page: Page, fault: str, look: str, words: str) -> None:
    await page.set_content(GOOD.replace("</main>", fault + "</main>"))
    found = (await all_looks(page))[look]

    assert [each for each in found if words in each] != [], found
