"""The citizen's window in a real browser: its promises to those who use it, one by one."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from native.system import WholeSystem
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
)
from replay.desk import Agent, Case

pytestmark = pytest.mark.e2e

DESKTOP = {"width": 1366, "height": 900}
NARROW = {"width": 320, "height": 568}
SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""

LISTEN_FOR_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("content policy:", event.violatedDirective, event.blockedURI));
"""

HOSTILE = [
    "<script>window.pwned = 1</script>",
    '<img src="x" onerror="window.pwned = 1">',
    "<svg/onload=window.pwned=1>",
    "<b>fet</b> & &amp; &lt;i&gt;",
    "]]></message><!-- x -->",
    "{{constructor.constructor('window.pwned=1')()}} ${7*7} #{7*7} %s %n",
    "javascript:window.pwned=1",
    "[lenke](javascript:window.pwned=1) data:text/html,<script>window.pwned=1</script>",
    "'; DROP TABLE events; --",
    '" OR 1=1 /*',
    "../../etc/passwd\\..\\x00",
    "شكرا جزيلا 123 ok",
    "\u202eesrever\u202c og \u2067isolert\u2069",
    "\u200bnull\u200c\u200dbredde\ufeff",
    "👩🏽\u200d🚒 👨\u200d👩\u200d👧\u200d👦 🇳🇴 ☃️",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
    "Ærlig talt, ØÅ æøå – «sitat» ñ ß Ǆ İı ﬁ",
    "  to  mellomrom\n\n\tog linjer  ",
    "ヽ༼ຈل͜ຈ༽ﾉ 田中さん 部落格 ก็็็็็",
    "Donaudampfschifffahrtsgesellschaft" * 20,
]
"""Twenty texts that have broken chats: markup, templates, direction, what is not seen, length."""


class Window:
    """A citizen's browser tab on the municipality's page, and the frame of the chat in it."""

    def __init__(self, page: Page, address: str) -> None:
        """Listen for everything that goes wrong on the page."""
        self.page = page
        self.frame = page.frame_locator("iframe")
        self.field = self.frame.get_by_role("textbox")
        self.log = self.frame.get_by_role("log")
        self.icon = page.get_by_role("button", name="Prek med oss")
        self.faults: list[str] = []
        self._address = address
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))

    def _hear(self, said: ConsoleMessage) -> None:
        # A browser without network says so of each socket; that is no fault of the page.
        if said.type == "error" and "WebSocket connection to" not in said.text:
            self.faults.append(said.text)

    async def load(self) -> None:
        """Go to the page."""
        await self.page.goto(self._address)

    async def open(self) -> None:
        """Load the page and click the icon."""
        await self.load()
        await self.icon.click()
        await expect(self.field).to_be_focused()

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.field.fill(text)
        await self.field.press("Enter")

    def words(self, whose: str = "") -> Locator:
        """Return the texts of the dialogue: everybody's, `.mine` or `.theirs`."""
        return self.log.locator(f"{whose} .words")

    async def delivered(self, count: int) -> None:
        """Wait until so many texts are in the archive."""
        await expect(self.log.get_by_text("Levert og lagret")).to_have_count(count)

    async def conversation(self) -> str:
        """Return the id of the conversation that has begun."""
        await expect(self.frame.get_by_role("button", name="Avslutt samtalen")).to_be_visible()
        frame = next(each for each in self.page.frames if "/widget/" in each.url)
        kept = "JSON.parse(localStorage.getItem('prek.sarpsborg.conversation')).id"
        return cast("str", await frame.evaluate(kept))

    async def leave(self) -> None:
        """End what goes on, so that it waits for nobody."""
        await self.frame.get_by_role("button", name="Avslutt samtalen").click()
        await self.frame.get_by_role("button", name="Ja, avslutt").click()
        await expect(self.frame.get_by_role("heading", name="Svart på hvitt")).to_be_visible()

    async def overflow(self) -> list[int]:
        """Return how many pixels each document is wider than its window."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return [await frame.evaluate(wider) for frame in self.page.frames]


@asynccontextmanager
async def citizen(
    browser: Browser, system: WholeSystem, viewport: dict[str, int] | None = None
) -> AsyncIterator[tuple[BrowserContext, Window]]:
    """A citizen's browser; nothing may have gone wrong in it."""
    context = await browser.new_context(locale="nb-NO", viewport=cast("Any", viewport or DESKTOP))
    await context.add_init_script(LISTEN_FOR_VIOLATIONS)
    window = Window(await context.new_page(), system.addresses["page"])
    yield context, window
    await context.close()

    assert window.faults == []


class Everything(dict[str, Case]):
    """The cases of a desk that takes whatever it is offered."""

    def get(self, key: str, default: Case | None = None) -> Case:  # type: ignore[override]
        return self.setdefault(key, default or Case(key))


@asynccontextmanager
async def desk(system: WholeSystem, which: int) -> AsyncIterator[Everything]:
    """One agent of Servicetorget, who says goodbye: nothing is offered to an empty chair."""
    cases = Everything()
    user = system.users("servicetorget")[which]
    base = system.addresses["console"].rstrip("/")
    agent = Agent(base, user, cases, {}, random.Random(1), duplicate=False)
    agent.start()
    yield cases
    await agent.say({"type": "presence", "presence": "away"})
    await agent.stop()


async def test_one_click_leads_to_the_field_with_nothing_between(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.load()
        await window.icon.click()

        await expect(window.field).to_be_focused()
        await expect(window.frame.get_by_text("Hva kan vi hjelpe deg med?")).to_be_in_viewport()
        await expect(window.frame.get_by_role("button", name="Vis flere emner")).to_be_in_viewport()
        await expect(window.frame.locator("[aria-pressed]")).to_have_count(6)
        await window.page.keyboard.type("Når åpner svømmehallen?")
        await window.page.keyboard.press("Enter")
        await expect(window.words(".mine")).to_have_text("Når åpner svømmehallen?")
        await expect(window.frame.get_by_text("Du er nummer")).to_be_visible()
        await window.leave()


async def test_more_topics_are_shown_when_asked_for_and_one_goes_with_the_enquiry(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.open()
        await window.frame.get_by_role("button", name="Vis flere emner").press("Enter")
        chosen = window.frame.get_by_role("button", name="Avfall og gjenvinning")

        await expect(window.frame.locator("[aria-pressed]").nth(6)).to_be_focused()
        await chosen.click()
        await expect(chosen).to_have_attribute("aria-pressed", "true")
        await expect(window.field).to_be_focused()
        await window.say("Dunken er full.")
        await expect(window.log).to_contain_text("Det gjelder: Avfall og gjenvinning")
        await window.leave()


async def test_the_keyboard_is_enough_from_the_page_to_the_end(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.load()
        keyboard = window.page.keyboard
        await window.icon.focus()
        await keyboard.press("Enter")
        await expect(window.field).to_be_focused()
        await keyboard.type("ett")
        await keyboard.press("Shift+Enter")
        await keyboard.type("to")
        await keyboard.press("Enter")

        await expect(window.words(".mine")).to_have_text("ett\nto", use_inner_text=True)
        await expect(window.frame.get_by_role("button", name="Avslutt samtalen")).to_be_visible()
        await keyboard.press("Shift+Tab")
        await expect(window.frame.get_by_role("button", name="Få svar skriftlig")).to_be_focused()
        await keyboard.press("Shift+Tab")
        await expect(window.frame.get_by_role("region", name="Samtalen")).to_be_focused()
        await keyboard.press("Shift+Tab")
        await keyboard.press("Enter")
        await expect(window.frame.get_by_role("button", name="Nei, fortsett")).to_be_focused()
        await keyboard.press("Shift+Tab")
        await keyboard.press("Enter")
        await expect(window.frame.get_by_role("heading", name="Svart på hvitt")).to_be_focused()


async def test_escape_closes_and_the_focus_is_where_it_came_from(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.load()
        for opener in (window.icon, window.page.get_by_role("button", name="Start en samtale")):
            await opener.click()
            await expect(window.field).to_be_focused()
            await window.page.keyboard.press("Escape")

            await expect(window.frame.locator("body")).to_be_hidden()
            await expect(opener).to_be_focused()


async def test_the_pages_own_button_leads_into_a_window_that_is_open_already(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.open()
        await window.page.get_by_role("heading", level=1).click()
        await window.page.get_by_role("button", name="Start en samtale").click()

        await expect(window.field).to_be_focused()


async def test_where_the_window_covers_the_page_the_page_is_not_used_behind_it(browser, system):
    async with citizen(browser, system, NARROW) as (_, window):
        await window.open()
        behind = window.page.get_by_role("link", name="Nynorsk")
        await behind.focus()

        await expect(window.frame.locator("body")).to_be_hidden()
        await expect(behind).to_be_focused()


async def test_what_comes_while_the_window_is_closed_is_counted_and_read_aloud(browser, system):
    async with citizen(browser, system) as (_, window), desk(system, 14) as cases:
        await window.open()
        await window.say("Hei!")
        case = cases.get(await window.conversation())
        await case.send("Hei!")
        await expect(window.words(".theirs")).to_be_visible()
        await window.page.keyboard.press("Escape")
        await expect(window.icon).to_be_focused()
        await case.send("Er du der?")

        await expect(window.icon).to_have_accessible_name("Prek med oss (1 ny melding)")
        await expect(window.page.get_by_role("status")).to_have_text("1 ny melding")
        await window.icon.click()
        await expect(window.words(".theirs").last).to_be_in_viewport()
        await window.page.keyboard.press("Escape")
        await expect(window.icon).to_have_accessible_name("Prek med oss")
        await case.close()


async def test_a_reload_goes_on_with_the_dialogue_the_draft_and_the_language(browser, system):
    async with citizen(browser, system) as (_, window):
        await window.open()
        await window.say("Hei!")
        await window.delivered(1)
        await window.field.fill("halvferdig")
        await window.frame.get_by_role("combobox").select_option("nn")
        # Its texts are fetched; until they are there, nothing else has been chosen.
        await expect(window.frame.get_by_text("Skriv meldinga di")).to_be_visible()
        await window.page.reload()

        await expect(window.words(".mine")).to_have_text("Hei!")
        await expect(window.field).to_have_value("halvferdig")
        await expect(window.frame.get_by_text("Skriv meldinga di")).to_be_visible()
        await window.frame.get_by_role("combobox").select_option("nb")
        await window.leave()


async def test_two_tabs_show_the_same(browser, system):
    async with citizen(browser, system) as (context, first):
        second = Window(await context.new_page(), system.addresses["page"])
        await second.open()
        await first.open()
        await first.say("fra den første")
        await expect(second.words()).to_have_text(["fra den første"])
        await second.say("fra den andre")
        for window in (first, second):
            await window.delivered(2)

            await expect(window.words()).to_have_text(["fra den første", "fra den andre"])
        await first.leave()

        await expect(second.frame.get_by_role("heading", name="Svart på hvitt")).to_be_visible()
        assert second.faults == []


async def test_what_is_written_without_a_network_is_delivered_once_when_it_is_back(browser, system):
    async with citizen(browser, system) as (context, window):
        await window.open()
        await window.say("med nett")
        await window.delivered(1)
        await context.set_offline(True)
        await window.say("uten nett")

        await expect(window.frame.get_by_text("Teksten din er ikke borte")).to_be_visible()
        await expect(window.frame.get_by_text("Venter på å bli sendt")).to_be_visible()
        await context.set_offline(False)
        await window.delivered(2)
        await expect(window.frame.get_by_text("Teksten din er ikke borte")).to_be_hidden()
        await expect(window.words()).to_have_text(["med nett", "uten nett"])
        await window.leave()


async def test_hostile_texts_are_shown_exactly_and_do_nothing(browser, system):
    async with citizen(browser, system) as (_, window), desk(system, 13) as cases:
        await window.open()
        for text in HOSTILE:
            await window.say(text)
        await window.delivered(len(HOSTILE))
        case = cases.get(await window.conversation())
        for text in HOSTILE:
            await case.send(text)
        await expect(window.words(".theirs")).to_have_count(len(HOSTILE))
        shown = [await window.words(whose).all_text_contents() for whose in (".mine", ".theirs")]
        links = await window.log.get_by_role("link").evaluate_all("all => all.map((a) => a.href)")
        pwned = [await frame.evaluate("'pwned' in window") for frame in window.page.frames]
        await case.close()

    assert shown == [HOSTILE, HOSTILE]
    assert links == []
    assert pwned == [False, False]


async def test_320_pixels_are_enough(browser, system):
    async with citizen(browser, system, NARROW) as (_, window):
        await window.open()
        overflow = [await window.overflow()]
        await window.say("Menneskerettighetsorganisasjonssekretariatet" * 5)
        await window.delivered(1)
        overflow.append(await window.overflow())

        await expect(window.field).to_be_in_viewport(ratio=1)
        await window.leave()
        overflow.append(await window.overflow())
    assert overflow == [[0, 0]] * 3


async def test_the_field_is_above_a_keyboard_on_the_screen(browser, system):
    async with citizen(browser, system, {"width": 390, "height": 844}) as (_, window):
        # What a phone tells the page when its keyboard comes up; there is none to be had here.
        await window.page.add_init_script(
            "Object.defineProperty(window, 'visualViewport', {value: Object.assign("
            "new EventTarget(), {height: 844, offsetTop: 0, scale: 1})});"
        )
        await window.open()
        await window.page.evaluate(
            "Object.assign(visualViewport, {height: 430, offsetTop: 100});"
            "visualViewport.dispatchEvent(new Event('resize'))"
        )
        await expect(window.page.locator("iframe")).to_have_js_property("clientHeight", 430)
        panel = await window.page.locator("iframe").bounding_box()
        field = await window.field.bounding_box()

    assert panel is not None
    assert field is not None
    assert panel["y"] == 100
    assert field["y"] > panel["y"]
    assert field["y"] + field["height"] < panel["y"] + panel["height"]


async def test_the_strictest_content_policy_is_kept(browser, system):
    async with citizen(browser, system) as (_, window):
        answer = await window.page.request.get(system.addresses["page"])
        policy = answer.headers["content-security-policy"]
        await window.open()
        await window.say("Hei!")
        await window.delivered(1)
        await window.leave()

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert window.faults == []
