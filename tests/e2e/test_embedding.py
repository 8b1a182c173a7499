"""One page for each way of embedding the chat, on a site of its own: what the chat may do to it.

Before the click one request and nothing kept; never a request to anybody else, never a shift of
what stands on the page, never an error in its console, and no fault in it that is not its own.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from chat import PATIENCE_S
from hosting import Site
from looking import AXE
from native.system import WholeSystem
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Locator,
    Page,
    Request,
    expect,
)
from set_up import TENANT, change

pytestmark = pytest.mark.e2e

WATCH = """
window.seen = { shifts: 0, faults: [] };
if (window === top) {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.shifts += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}
addEventListener("error", (event) => seen.faults.push(String(event.message)));
addEventListener("unhandledrejection", (event) => seen.faults.push(String(event.reason)));
document.addEventListener("securitypolicyviolation", (event) =>
  seen.faults.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

KEPT = """async () => [
  localStorage.length, sessionStorage.length, document.cookie,
  (await indexedDB.databases()).length, (await caches?.keys() ?? []).length,
]"""
NOTHING = [0, 0, "", 0, 0]

NAMES = {
    "nynorsk": "Prek med oss",
    "english": "Chat with us",
    "sami": "Prat med kommunen",
}
"""What is on the button, where it is not the usual."""
PAGES = [
    "plain",
    "hosts",
    "nonce",
    "types",
    "meta",
    "isolated",
    "nynorsk",
    "english",
    "sami",
    "end",
    "defer",
    "module",
    "twice",
    "manager",
    "coloured",
    "hostile",
    "single",
    "inline",
]
DELIVERED = {"english": "Delivered and stored", "nynorsk": "Levert og lagra"}
LEAVE = {
    "english": ("End the chat", "Yes, end it"),
    "nynorsk": ("Avslutt samtalen", "Ja, avslutt"),
}


async def known(origin: str, system: WholeSystem) -> None:
    """Wait until every door lets a site show the chat."""
    doors = [system.process("gateway", replica) for replica in (1, 2)]
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(PATIENCE_S):
        for door in doors:
            address = urljoin(door["health"], f"/widget/frame.html?tenant={TENANT}")
            # A process of its own: there is nothing here to wait on.
            while origin not in (await client.get(address)).headers["content-security-policy"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def site(system: WholeSystem) -> AsyncIterator[Site]:
    """A site that an administrator has put on the list."""
    site = Site(system.addresses["gateway"])
    await site.start()
    await change(system, lambda document: document["origins"].append(site.origin))
    await known(site.origin, system)
    yield site
    await change(system, lambda document: document["origins"].remove(site.origin))
    await site.stop()


class Visit:
    """Somebody on a page of the site, and everything their browser does for it."""

    def __init__(self, page: Page, site: Site, chat: str) -> None:
        """Take note of every request and every complaint."""
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._site = site
        self._chat = chat
        page.context.on("request", self._note)
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        self.complaints.append(f"{said.type}: {said.text} {said.location['url']}")

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    @property
    def to_us(self) -> list[str]:
        """Return the paths that were asked of the chat."""
        own = urlsplit(self._chat).netloc
        found = map(urlsplit, self.requests)
        return [url.path for url in found if url.netloc == own]

    @property
    def to_others(self) -> list[str]:
        """Return what was asked of anybody but the site and the chat."""
        known = {urlsplit(self._chat).netloc, urlsplit(self._site.origin).netloc, ""}
        return [each for each in self.requests if urlsplit(each).netloc not in known]

    async def load(self, name: str) -> None:
        """Go to a page, and wait until the chat stands on it."""
        await self.page.goto(f"{self._site.origin}/{name}.html")
        await self.page.wait_for_function("window.prek && new Promise((f) => prek.on('ready', f))")

    def button(self, name: str = "Prek med oss") -> Locator:
        """Return the chat's button."""
        return self.page.get_by_role("button", name=name)

    @property
    def field(self) -> Locator:
        """Return the chat's field."""
        return self.page.frame_locator("iframe").get_by_role("textbox")

    async def talk(self, language: str = "") -> None:
        """Say something, see it delivered, and end the conversation."""
        frame = self.page.frame_locator("iframe")
        await self.field.fill("Hei!")
        await self.field.press("Enter")
        delivered = DELIVERED.get(language, "Levert og lagret")
        await expect(frame.get_by_role("log").get_by_text(delivered)).to_be_visible()
        for name in LEAVE.get(language, ("Avslutt samtalen", "Ja, avslutt")):
            await frame.get_by_role("button", name=name).click()
        await expect(frame.locator("[data-ended]")).to_be_visible()

    async def faults(self) -> list[Any]:
        """Return what went wrong on the page since it was loaded."""
        seen = await self.page.evaluate("window.seen")
        shifts = [f"shift {seen['shifts']}"] if seen["shifts"] else []
        return [*seen["faults"], *shifts, *self.complaints, *self.to_others]

    async def axe(self) -> list[tuple[str, list[Any]]]:
        """Return what is wrong with the page itself."""
        answer = await Axe().run(self.page, options={**AXE, "iframes": False})
        return [
            (each["id"], [node["target"] for node in each["nodes"]])
            for each in answer.response["violations"]
        ]


@pytest.fixture
async def context(browser: Browser, system: WholeSystem) -> AsyncIterator[BrowserContext]:
    """A browser that knows nothing yet."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    await context.add_init_script(WATCH)
    yield context
    await context.close()


@pytest.fixture
async def visit(context: BrowserContext, site: Site, system: WholeSystem) -> Visit:
    """Somebody's visit."""
    return Visit(await context.new_page(), site, system.addresses["gateway"])


def frame_of(page: Page) -> Frame:
    """Return the chat's frame."""
    return next(each for each in page.frames if "/widget/" in each.url)


@pytest.mark.parametrize("name", PAGES)
async def test_the_chat_works_on_every_kind_of_page_and_leaves_it_as_it_was(visit, name):
    await visit.load(name)
    opener = visit.button(NAMES.get(name, "Prek med oss"))
    if name == "inline":
        await expect(opener).to_have_count(0)
        opener = visit.page.get_by_role("link", name="Prek med oss")
    await expect(opener).to_be_visible()
    box = await opener.bounding_box()

    assert box is not None
    assert visit.to_us == ["/prek.js"]
    assert await visit.page.evaluate(KEPT) == NOTHING
    assert await visit.page.context.cookies() == []

    await opener.click()
    await expect(visit.field).to_be_focused()
    await visit.talk({"sami": "nynorsk"}.get(name, name))
    await visit.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    assert await opener.bounding_box() == box
    assert await visit.page.context.cookies() == []
    assert await visit.faults() == []


@pytest.mark.parametrize("name", ["plain", "hostile", "inline", "coloured", "english"])
async def test_the_chat_adds_no_fault_of_accessibility_to_a_page(context, site, system, name):
    found = []
    for loader in (False, True):
        visit = Visit(await context.new_page(), site, system.addresses["gateway"])
        if loader:
            await visit.load(name)
        else:
            await visit.page.route("**/prek.js", lambda route: route.fulfill(body=""))
            await visit.page.goto(f"{site.origin}/{name}.html")
        found.append(await visit.axe())

    assert found[1] == found[0]


async def test_a_page_in_a_frame_has_its_chat_in_it(visit, site):
    await visit.page.goto(f"{site.origin}/outer.html")
    inner = visit.page.frame_locator("iframe").first
    await inner.get_by_role("button", name="Prek med oss").click()
    field = inner.frame_locator("iframe").get_by_role("textbox")

    await expect(field).to_be_focused()
    await field.press("Escape")
    await expect(inner.get_by_role("button", name="Prek med oss")).to_be_focused()
    assert await visit.faults() == []


async def test_without_scripts_the_page_says_what_to_do_instead(browser, site):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site.origin}/noscript.html")

    await expect(page.get_by_role("link", name="69 10 80 00")).to_be_visible()


async def test_a_page_of_one_document_keeps_the_dialogue_through_all_its_changes(visit):
    await visit.load("single")
    await visit.button().click()
    await expect(visit.field).to_be_focused()
    await visit.field.fill("halvferdig")
    for step in ("go('/annen')", "swapContents()", "swapBody()", "go('/tredje')"):
        await visit.page.evaluate(f"site.{step}")

        # The same document in the frame: what was written is not read from anywhere anew.
        await expect(visit.field).to_have_value("halvferdig")
    assert visit.to_us.count("/widget/frame.html") == 1
    await visit.page.evaluate("prek.close()")
    await expect(visit.button()).to_be_visible()
    await visit.page.evaluate("site.sweep()")
    await expect(visit.button()).to_be_visible()
    assert await visit.faults() == []


async def test_the_button_follows_the_pages_language_and_so_does_the_window(visit):
    await visit.load("single")
    await visit.page.evaluate("site.speak('en')")
    await expect(visit.button("Chat with us")).to_be_visible()
    await visit.button("Chat with us").click()
    await expect(visit.field).to_be_focused()
    html = visit.page.frame_locator("iframe").locator("html")
    await expect(html).to_have_attribute("lang", "en")
    await visit.page.evaluate("site.speak('nn')")

    await expect(html).to_have_attribute("lang", "nn")
    assert visit.to_us.count("/widget/frame.html") == 1
    # The button itself grows or shrinks with its words.
    assert [each for each in await visit.faults() if not each.startswith("shift")] == []


async def test_a_page_may_steer_the_chat_and_hear_of_it(visit):
    await visit.load("plain")
    await visit.page.evaluate(
        """() => {
          window.heard = [];
          window.off = ["open", "close", "ready"].map((name) =>
            prek.on(name, () => heard.push(name)));
          prek.open();
        }"""
    )
    await expect(visit.field).to_be_focused()
    await visit.page.evaluate("prek.open(); prek.close(); prek.close(); off[0](); off[0]();")
    await visit.page.evaluate("prek.open(); prek.close();")

    assert await visit.page.evaluate("heard") == ["ready", "open", "close", "close"]
    assert await visit.faults() == []


async def test_a_page_that_came_back_from_the_browsers_memory_knows_what_happened_since(visit):
    await visit.load("plain")
    come_back = """(state) => {
      sessionStorage.setItem("prek.sarpsborg", state);
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    }"""
    await visit.page.evaluate(come_back, "!")
    assert visit.to_us == ["/prek.js"]
    await visit.page.evaluate(come_back, "open")
    await expect(visit.field).to_be_visible()
    await expect(visit.field).not_to_be_focused()
    await visit.page.evaluate(come_back, "live")

    await expect(visit.button()).to_be_visible()
    await expect(visit.field).to_be_hidden()


async def test_on_paper_there_is_no_chat(visit):
    await visit.load("plain")
    await visit.page.emulate_media(media="print")

    await expect(visit.button()).to_be_hidden()


async def test_the_words_on_a_button_of_any_colour_can_be_read(visit):
    await visit.load("coloured")

    await expect(visit.button()).to_have_css("color", "rgb(0, 0, 0)")
    await expect(visit.button()).to_have_css("background-color", "rgb(255, 212, 0)")


async def test_a_window_that_does_not_load_can_be_left(visit, site):
    await visit.page.route("**/widget/frame.html*", lambda route: route.fulfill(body="<p>tomt"))
    await visit.load("plain")
    await visit.button().click()
    out = visit.page.get_by_role("button", name="Lukk")
    await out.click()

    await expect(visit.button()).to_be_focused()
    await expect(out).to_be_hidden()


NOTIFICATIONS = """
window.shown = [];
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (Notification.permission = "granted"); }
  constructor(title, options) { shown.push([title, options.body]); }
};
let hidden = false;
Object.defineProperty(document, "hidden", { get: () => hidden });
window.hide = (now) => { hidden = now; };
"""


async def test_a_notification_is_shown_once_asked_for_without_a_word_of_what_came(visit):
    await visit.page.add_init_script(f"if (window === top) {{ {NOTIFICATIONS} }}")
    await visit.load("plain")
    await visit.button().click()
    await expect(visit.field).to_be_focused()
    say = (
        "(message) => parent.postMessage(message, new URLSearchParams(location.search).get('host'))"
    )
    frame = frame_of(visit.page)
    await visit.page.evaluate(
        """() => {
          hide(true);
          window.counts = [];
          prek.on("unread", (count) => counts.push(count));
        }"""
    )
    await frame.evaluate(say, {"prek": "unread", "count": 1})
    await visit.page.wait_for_function("counts.length === 1")
    assert await visit.page.evaluate("shown") == []

    await frame.evaluate(say, {"prek": "ask_notify"})
    await visit.page.wait_for_function("sessionStorage.getItem('prek.sarpsborg') === 'open!'")
    await frame.evaluate(say, {"prek": "unread", "count": 2})
    await visit.page.wait_for_function("shown.length > 0")
    assert await visit.page.evaluate("shown") == [["Prek med oss", "2 nye meldinger"]]
    await frame.evaluate(say, {"prek": "notify_off"})
    await visit.page.wait_for_function("sessionStorage.getItem('prek.sarpsborg') === 'open'")
    await frame.evaluate(say, {"prek": "unread", "count": 3})
    await frame.evaluate(say, {"prek": "close"})
    await expect(visit.button("Prek med oss (3 nye meldinger)")).to_be_visible()

    assert len(await visit.page.evaluate("shown")) == 1


async def test_the_self_check_says_of_each_page_what_the_browser_shows(visit, site, system):
    chat = system.addresses["gateway"]
    page = visit.page
    for name, verdict in (("plain", "Alt er som det skal"), ("hosts", "Alt er som det skal")):
        await page.goto(f"{chat}/sjekk")
        await page.get_by_label("Kommune").fill("sarpsborg")
        await page.get_by_label("Adressen til siden").fill(f"{site.origin}/{name}.html")
        await page.get_by_role("button", name="Sjekk siden").click()

        # The municipality allows the site, but the operator does not vouch for what is inside.
        await expect(page.get_by_text("Siden ligger på et lukket nett")).to_be_visible()
        assert verdict not in await page.title()
    await page.get_by_label("Adressen til siden").fill(system.addresses["page"])
    await page.get_by_role("button", name="Sjekk siden").click()

    await expect(page.get_by_role("heading", name="Resultat: Alt er som det skal")).to_be_visible()
    assert await visit.axe() == []
    assert visit.complaints == []
