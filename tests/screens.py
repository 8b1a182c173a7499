"""The two screens in a real browser: a citizen's window and an agent's console."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from axe_playwright_python.async_playwright import Axe
from looking import AXE
from native.system import WholeSystem
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    WebSocket,
    expect,
)

SOON_MS = 20_000
"""Within so long a screen shows what happened elsewhere, on a machine that has much to do."""
GONE_MS = 45_000
"""And this it may take until an agent who only vanished is known to be gone."""

Found = list[tuple[str, Any]]
"""What axe found: which rule, in which colours, at which elements."""


class Screen:
    """A page, what its sockets were told, and how often one of them was lost."""

    def __init__(self, page: Page) -> None:
        """Listen from the start; to be made before the page is loaded."""
        self.page = page
        self.told: list[str] = []
        """Every frame its sockets got, as it came."""
        self.lost = 0
        self.loads = 0
        self.faults: list[str] = []
        page.on("websocket", self._connected)
        page.on("load", lambda _: self._loaded())
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)

    def document(self) -> Frame:
        """Return what is looked at: the page itself."""
        return self.page.main_frame

    async def seen(self, picture: Path) -> Found:
        """Keep a picture of the screen as it is, and return what axe finds in light and dark."""
        await self.page.screenshot(path=picture)
        found: Found = []
        for scheme in ("dark", "light"):
            await self.page.emulate_media(color_scheme=cast("Any", scheme))
            answer = await Axe().run(cast("Any", self.document()), options=AXE)
            found += [
                (f"{scheme}: {each['id']}", [node["target"] for node in each["nodes"]])
                for each in answer.response["violations"]
            ]
        return found

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: self.told.append(str(data)))
        socket.on("close", lambda _: self._closed())

    def _closed(self) -> None:
        self.lost += 1

    def _loaded(self) -> None:
        self.loads += 1

    def _hear(self, said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            self.faults.append(said.text)


class Window(Screen):
    """A citizen's browser tab on the municipality's page, and the chat's frame in it."""

    def __init__(self, page: Page, address: str) -> None:
        """Take a page that will be the municipality's."""
        super().__init__(page)
        self.frame = page.frame_locator("iframe")
        self.log = self.frame.get_by_role("log")
        self.field = self.frame.get_by_role("textbox", name="Skriv meldingen din")
        self._address = address

    async def open(self) -> None:
        """Load the page and click the icon."""
        await self.page.goto(self._address)
        await self.page.get_by_role("button", name="Prek med oss").first.click()
        await expect(self.frame.get_by_text("Hei! Hva kan vi hjelpe deg med?")).to_be_visible()

    async def say(self, text: str) -> None:
        """Write and send."""
        await self.field.fill(text)
        await self.field.press("Enter")

    async def press(self, name: str) -> None:
        """Press a button of the frame."""
        await self.frame.get_by_role("button", name=name).click()

    async def leave(self) -> None:
        """End the conversation, so that it waits for nobody."""
        await self.press("Avslutt samtalen")
        await self.press("Ja, avslutt")
        await expect(self.frame.get_by_role("heading", name="Svart på hvitt")).to_be_visible()

    def document(self) -> Frame:
        """Return the chat's frame."""
        return next(each for each in self.page.frames if "/widget/" in each.url)


class Console(Screen):
    """An agent's screen, signed in."""

    def __init__(self, page: Page) -> None:
        """Take a page that will be the console."""
        super().__init__(page)
        self.offer = page.get_by_role("article", name="Ny samtale")
        self.log = page.get_by_role("log")
        self.notices = page.get_by_role("region", name="Viktige meldinger")
        self.notes = page.get_by_role("list", name="Interne notater")
        self.waiting = page.get_by_role("navigation", name="Samtaler").locator("li.waiting")

    async def sign_in(self, address: str, user: dict[str, Any], presence: str) -> None:
        """Sign in, and be `Ledig` (available), `Opptatt` (busy) or `Borte` (away)."""
        await self.page.goto(address)
        await self.page.get_by_label("Brukernavn").fill(user["name"])
        await self.page.get_by_label("Passord").fill(user["password"])
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)
        await self.be(presence)

    async def sign_back_in(self, address: str) -> None:
        """Come back to a console that is still signed in."""
        await self.page.goto(address)
        await expect(self.page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)

    async def be(self, presence: str) -> None:
        """Choose how to be."""
        choice = self.page.get_by_role("group", name="Tilstedeværelse").get_by_role(
            "button", name=presence, exact=True
        )
        await choice.click()
        await expect(choice).to_have_attribute("aria-pressed", "true")

    async def press(self, name: str | re.Pattern[str], *, exact: bool = True) -> None:
        """Press a button."""
        await self.page.get_by_role("button", name=name, exact=exact).first.click()

    async def accept(self) -> None:
        """Take what is offered."""
        await self.offer.get_by_role("button", name="Ta imot").click(timeout=GONE_MS)

    async def say(self, text: str) -> None:
        """Answer the citizen."""
        field = self.page.locator("#message")
        await field.fill(text)
        await field.press("Enter")

    async def finish(self, *, question: str = "Avslutt …", sure: str = "Avslutt samtalen") -> None:
        """Close the conversation on screen, and end the wrap-up."""
        await self.press(question)
        await self.press(sure)
        await self.leave_wrap_up()

    async def leave_wrap_up(self) -> None:
        """End the wrap-up without saying what became of it."""
        await self.press("Ferdig")
        await self.press("La det stå åpent")


@asynccontextmanager
async def visiting(
    browser: Browser, system: WholeSystem
) -> AsyncIterator[tuple[BrowserContext, Window]]:
    """Give a citizen's browser of its own, with the chat open; nothing may go wrong in it."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    window = Window(await context.new_page(), system.addresses["page"])
    await window.open()
    yield context, window
    await context.close()

    assert window.faults == []


@asynccontextmanager
async def at_desk(
    browser: Browser,
    system: WholeSystem,
    user: dict[str, Any],
    presence: str = "Ledig",
    *,
    address: str = "",
) -> AsyncIterator[Console]:
    """Give a console, whose agent says goodbye: nothing is offered to an empty chair.

    `address`: a link that leads there. Empty: the console's own address.
    """
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1366, "height": 900})
    console = Console(await context.new_page())
    await console.sign_in(address or system.addresses["console"], user, presence)
    try:
        yield console
    except Exception as error:
        # What stood on screen tells more than what was waited for.
        shown = await console.page.locator("main").aria_snapshot(timeout=SOON_MS)
        error.add_note(f"on the screen of {user['name']}:\n{shown}")
        raise
    await console.be("Borte")
    await context.close()

    assert console.faults == []
