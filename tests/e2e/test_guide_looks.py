"""Every screen that the guides show, looked at in each way a machine can: what the console's
accessibility statement stands on. One tour; a test for each look, so that a failure names all."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

import looking
import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
from playwright.async_api import Frame as Document
from replay.link import Frame
from screens import GONE_MS, SOON_MS, Console, Window, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SMALL_SCREEN: ViewportSize = {"width": 1366, "height": 768}
TABLET: ViewportSize = {"width": 768, "height": 1024}
ASKED = "Når må jeg søke om barnehageplass?"
STATES = (
    *("sign-in", "sign-in-wrong", "desk", "offer", "dialogue", "settings", "sheet", "replies"),
    *("handover", "consult", "alarm", "block", "closing", "wrap-up", "earlier"),
    *("board", "board-actions", "history", "emergency"),
    *("set-up", "set-up-plans", "set-up-hours", "review", "changes", "exchange", "audit"),
)


INTENDED = re.compile(
    rf'cut: (\w+\.preview |(strong|h2)\. "{re.escape(ASKED)})|small: a\.ds-skip-link '
)
"""A preview of words, and a title made of them, ends in an ellipsis: they stand whole in the
dialogue. The link past the top line is as small as nothing until it has the keyboard."""
SETTLED = """() => Promise.all(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
  .map((each) => each.finished.catch(() => null))).then(() => null)"""
"""What only opens has opened: a colour half-way is nobody's."""
DRAWN = """() => new Promise((done) => {
  let frames = 0;
  const next = () => (++frames === 3 ? done(null) : requestAnimationFrame(next));
  next();
})"""


@dataclass
class Tour:
    """What each look found, by state."""

    found: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    async def look(self, state: str, page: Page, *, over: bool = False) -> None:
        """Look at the screen as it is, in every way.

        `over`: something lies over the rest until the keyboard leaves it (`gives_way`).
        """
        frame = page.main_frame
        await page.evaluate(SETTLED)
        found = {
            "axe": await looking.axe(page, frame),
            "small": await fit(page, SMALL_SCREEN),
            "tablet": await fit(page, TABLET),
            "narrow": await fit(page, cast("ViewportSize", looking.PHONE)),
            "enlarged": await drawn(page, looking.enlarged),
            "spaced": await drawn(page, looking.spaced),
            "controls": await looking.controls(frame),
            "moving": await looking.still(page, frame),
        }
        for name, faults in found.items():
            kept = [
                each
                for each in faults
                if not INTENDED.search(each) and not (over and each.startswith("covered by"))
            ]
            self.found.setdefault(name, {})[state] = kept

    def faults(self, look: str) -> dict[str, list[str]]:
        """Return what a look found, by the states it found something in."""
        return {state: faults for state, faults in self.found[look].items() if faults}


async def fit(page: Page, size: ViewportSize) -> list[str]:
    """Look whether everything has room, once what is drawn to fit has been drawn again."""
    before = page.viewport_size
    await page.set_viewport_size(size)
    await page.evaluate(DRAWN)
    found = await looking.fit(page, page.main_frame, cast("Any", size))
    if before is not None:
        await page.set_viewport_size(before)
    return found


async def drawn(page: Page, look: Callable[[Document], Awaitable[list[str]]]) -> list[str]:
    """Look when what the look before changed has been drawn again."""
    await page.evaluate(DRAWN)
    return await look(page.main_frame)


async def gives_way(page: Page, popup: Locator) -> None:
    """See that what lies over other things is gone as soon as the keyboard is with one of them."""
    await page.locator("#note").focus()
    await expect(popup).to_be_hidden()


def somebody(town: Town, role: str) -> Frame:
    """Return the first of a role."""
    return next(user for user in town.system.addresses["users"] if user["role"] == role)


async def go(page: Page, place: str) -> None:
    """Go to a place of the console."""
    await page.get_by_role("navigation", name="Gå til").get_by_role("link", name=place).click()
    await expect(page.locator("#place-content h2").first).to_be_visible(timeout=SOON_MS)


@pytest.fixture(scope="module")
async def tour(chromium: Browser, municipality: Town) -> AsyncIterator[Tour]:
    """Visit every screen."""
    town, made = municipality, Tour()
    await town.quiet()
    await _signing_in(made, chromium, town)
    async with (
        at_desk(chromium, town.system, town.user("servicetorget", 9)) as agent,
        at_desk(chromium, town.system, somebody(town, "leader"), "Opptatt") as leader,
        visiting(chromium, town.system) as (_, window),
    ):
        await _answering(made, agent, window)
        await _leading(made, leader)
        await window.leave()
    async with at_desk(chromium, town.system, somebody(town, "admin"), "Borte") as admin:
        await _setting_up(made, admin)
    async with at_desk(chromium, town.system, somebody(town, "archivist"), "Borte") as archivist:
        await go(archivist.page, "Innsynslogg")
        await expect(archivist.page.get_by_role("row").nth(1)).to_be_visible(timeout=SOON_MS)
        await made.look("audit", archivist.page)
    yield made
    for context in chromium.contexts:
        await context.close()


async def _signing_in(tour: Tour, browser: Browser, town: Town) -> None:
    context = await browser.new_context(locale="nb-NO")
    page = await context.new_page()
    await page.goto(town.system.addresses["console"])
    await expect(page.get_by_label("Brukernavn")).to_be_visible()
    await tour.look("sign-in", page)
    await page.get_by_role("button", name="Logg inn").click()
    await expect(page.get_by_text("Fyll inn brukernavn")).to_be_visible()
    await tour.look("sign-in-wrong", page)
    await context.close()


async def _answering(tour: Tour, agent: Console, window: Window) -> None:
    page = agent.page
    await tour.look("desk", page)
    await window.say(ASKED)
    await expect(agent.offer).to_be_visible(timeout=GONE_MS)
    # Each look takes longer than an offer lasts, where the machine has much to do.
    await agent.accept()
    await agent.say("Innen 1. mars. Se https://www.norge.no/ for mer. " + "Lang" * 60)
    await expect(window.log).to_contain_text("Innen 1. mars.", timeout=SOON_MS)
    await tour.look("dialogue", page)
    await page.keyboard.press("Alt+Shift+KeyF")
    await tour.look("replies", page, over=True)
    await page.keyboard.press("Alt+Shift+KeyF")
    await gives_way(page, page.get_by_role("listbox"))
    for state, keys in (
        ("handover", "KeyH"),
        ("consult", "KeyC"),
        ("alarm", "KeyX"),
        ("block", "KeyP"),
        ("closing", "KeyE"),
    ):
        await page.keyboard.press(f"Alt+Shift+{keys}")
        await tour.look(state, page)
        await page.keyboard.press("Escape")
    await page.keyboard.press("Alt+Shift+KeyK")
    await tour.look("sheet", page)
    await page.keyboard.press("Escape")
    settings = page.get_by_role("button", name="Innstillinger")
    await settings.click()
    await tour.look("settings", page, over=True)
    if await settings.get_attribute("aria-expanded") == "false":
        await settings.click()
    await gives_way(page, page.locator("#language"))
    await agent.press("Avslutt …")
    await agent.press("Avslutt samtalen")
    await expect(page.locator(".wrapup")).to_be_visible(timeout=SOON_MS)
    await tour.look("wrap-up", page)
    await agent.press("Ferdig")
    await agent.press("La det stå åpent")
    await window.press("Start en ny samtale")
    await window.say(ASKED)
    await expect(agent.offer).to_be_visible(timeout=GONE_MS)
    await tour.look("offer", page)
    await agent.accept()
    await expect(page.get_by_role("heading", name="Tidligere henvendelser")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("earlier", page)


async def _leading(tour: Tour, leader: Console) -> None:
    page = leader.page
    await go(page, "Tavlen")
    await expect(page.locator("tr[data-conversation]")).to_have_count(1, timeout=SOON_MS)
    await tour.look("board", page)
    await page.locator("tr[data-conversation] button").first.click()
    await page.locator(".row-actions").get_by_role("button", name="Hvisk").click()
    await tour.look("board-actions", page)
    await go(page, "Historikk")
    await expect(page.locator(".charts")).to_be_visible(timeout=SOON_MS)
    await tour.look("history", page)
    await leader.press("Beredskap …")
    await tour.look("emergency", page)
    await page.keyboard.press("Escape")


async def _setting_up(tour: Tour, admin: Console) -> None:
    page = admin.page
    await go(page, "Oppsett")
    contents = page.get_by_role("navigation", name="Sidene i oppsettet")
    entries = page.locator(".entry-list li button")
    for state, name in (("set-up", "Emner"), ("set-up-plans", "Rutingsplaner")):
        await contents.get_by_role("link", name=name).click()
        await entries.first.click()
        await tour.look(state, page)
    await contents.get_by_role("link", name="Åpningstider").click()
    await page.get_by_label("Åpent når noen er logget inn").uncheck()
    await tour.look("set-up-hours", page)
    for state, name in (
        ("review", "Se over og sett i kraft"),
        ("changes", "Endringer"),
        ("exchange", "Hent ut og les inn"),
    ):
        await contents.get_by_role("link", name=name).click()
        await tour.look(state, page)
    await contents.get_by_role("link", name="Se over og sett i kraft").click()
    await admin.press("Forkast utkastet")


async def test_every_screen_was_visited(tour: Tour) -> None:
    assert set(tour.found["axe"]) == set(STATES)


async def test_axe_finds_nothing_on_any_screen(tour: Tour) -> None:
    """In light, in dark and in forced colours."""
    assert tour.faults("axe") == {}


@pytest.mark.parametrize("look", ["small", "tablet", "narrow"])
async def test_everything_has_room(tour: Tour, look: str) -> None:
    """At 1366x768, on a tablet that stands, and at 320 pixels."""
    assert tour.faults(look) == {}


async def test_text_of_the_console_can_be_twice_as_large(tour: Tour) -> None:
    assert tour.faults("enlarged") == {}


async def test_text_of_the_console_can_be_spaced(tour: Tour) -> None:
    assert tour.faults("spaced") == {}


async def test_controls_are_large_named_as_seen_and_show_their_focus(tour: Tour) -> None:
    assert tour.faults("controls") == {}


async def test_nothing_moves_for_who_asked_for_less(tour: Tour) -> None:
    assert tour.faults("moving") == {}


async def test_language_of_the_console_is_marked(browser: Browser, town: Town) -> None:
    async with at_desk(browser, town.system, somebody(town, "admin"), "Borte") as console:
        await console.page.get_by_role("button", name="Innstillinger").click()
        for code in ("nn", "en", "nb"):
            await console.page.locator("#language").select_option(code)
            await expect(console.page.locator("html")).to_have_attribute("lang", code)


OPENED_AND_LEFT = """async ([opener, next]) => {
  const drawn = new Promise((done) =>
    new MutationObserver(done).observe(document.body, { subtree: true, childList: true }));
  document.querySelector(opener).click();
  await drawn;
  document.querySelector(next).focus();
}"""
"""Between two frames: what was opened is drawn, and nothing that waits for a frame is done."""


async def test_the_settings_close_when_the_keyboard_leaves_them_however_soon(
    browser: Browser, town: Town
) -> None:
    """On a busy machine they stayed open: they began to listen a frame after they were drawn."""
    async with at_desk(browser, town.system, somebody(town, "admin"), "Borte") as console:
        page, language = console.page, console.page.locator("#language")
        await page.get_by_role("button", name="Innstillinger").click()
        await expect(language).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(language).to_have_count(0)
        await page.evaluate(OPENED_AND_LEFT, [".menu > button", ".ds-skip-link"])

        await expect(language).to_have_count(0)


async def test_the_first_link_leads_past_the_top_line(browser: Browser, town: Town) -> None:
    """To the dialogue at the desk, and to the content of any other place, which stays."""
    async with at_desk(browser, town.system, somebody(town, "leader"), "Opptatt") as leader:
        page = leader.page
        for place, target in (("Skranken", "dialogue"), ("Tavlen", "place-content")):
            if place == "Tavlen":
                await go(page, place)
            await page.locator(".ds-skip-link").focus()
            await page.keyboard.press("Enter")
            await expect(page.locator(f"#{target}")).to_be_focused()
            current = page.get_by_role("navigation", name="Gå til").locator("[aria-current=page]")
            await expect(current).to_have_text(place)
