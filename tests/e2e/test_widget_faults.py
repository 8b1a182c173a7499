"""The citizen's window while things break under it: two tabs and a desk, and nothing lost.

What a window shows is looked at all the time, not only in the end: no bubble comes twice, none
goes away again, and what happens is said.
"""

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from chaos.proxy import CALM, Link, Weather
from lines import on_a_line
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, Page, expect
from screens import GONE_MS, SOON_MS, Console, Window, at_desk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BACK_MS = 60_000
"""Within so long a window is whole again, whatever it was: the longest pause between two tries is
10 s, a dead line is noticed after 25 s, and the machine has much to do."""
NOTHING_ARRIVES = Weather(swallow=frozenset(("up", "down")))
NO_NETWORK = Weather(refuse=True)
NO_ANSWER = Weather(swallow=frozenset(("down",)))
LOST = "Forbindelsen ble brutt. Vi prøver igjen. Teksten din er ikke borte."

WATCH = """
window.wrong = [];
window.said = new Set();
const everShown = new Set();
new MutationObserver(() => {
  const log = document.querySelector("[role=log]");
  if (log === null) return;
  const texts = Array.from(document.querySelectorAll(".words"), (words) => words.textContent);
  const now = new Set(texts);
  if (now.size !== texts.length) wrong.push(`doubled: ${texts.join(" | ")}`);
  for (const text of everShown) if (!now.has(text)) wrong.push(`gone: ${text}`);
  for (const text of texts) everShown.add(text);
  for (const line of document.querySelectorAll("[role=status], .notice, .foot, .mark"))
    said.add(line.textContent);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Kept in every document: what was wrong at any moment, and every line of status."""


class Tabs:
    """Two tabs of one citizen, whose network can be broken."""

    def __init__(self, context: BrowserContext, link: Link, windows: list[Window]) -> None:
        """Take the windows as they are, open and with nothing said."""
        self.context = context
        self.link = link
        self.first, self.second = windows

    @property
    def both(self) -> tuple[Window, Window]:
        """Return both windows."""
        return self.first, self.second

    async def show(self, texts: list[str], console: Console) -> None:
        """Expect both tabs and the desk to show this, in this order, and all of it archived."""
        for window in self.both:
            await expect(window.log.locator(".words")).to_have_text(texts, timeout=BACK_MS)
            await expect(window.frame.get_by_text(LOST)).to_be_hidden(timeout=BACK_MS)
            await expect(window.log.get_by_text("Sender …")).to_have_count(0)
            await expect(window.log.get_by_text("Venter på å bli sendt")).to_have_count(0)
        await expect(console.log.locator(".words")).to_have_text(texts, timeout=BACK_MS)

    async def status(self, line: str, *, gone: bool = False) -> None:
        """Expect both tabs to say, or no longer to say, something about the line."""
        for window in self.both:
            seen = expect(window.frame.get_by_text(line))
            await (seen.to_be_hidden if gone else seen.to_be_visible)(timeout=BACK_MS)

    async def judge(self, console: Console) -> None:
        """No screen may ever have shown a bubble twice, or taken one away."""
        documents = [*(window.document() for window in self.both), console.document()]
        assert [await document.evaluate("wrong") for document in documents] == [[], [], []]

    async def said(self, window: Window) -> list[str]:
        """Return every line of status that a window has shown since it was loaded."""
        return cast("list[str]", await window.document().evaluate("Array.from(said)"))


@asynccontextmanager
async def watched(console: Console) -> AsyncIterator[Console]:
    """Keep an eye on a console that has signed in."""
    await console.page.evaluate(f"() => {{{WATCH}}}")
    yield console


@asynccontextmanager
async def in_a_dialogue(
    browser: Browser, system: WholeSystem, which: int
) -> AsyncIterator[tuple[Tabs, Console]]:
    """Give two tabs and the agent who has the conversation; one text is said already."""
    user = system.users("servicetorget")[which]
    async with (
        on_a_line(browser, "citizen", system.addresses["gateway"]) as (theirs, link),
        at_desk(browser, system, user) as console,
        watched(console),
    ):
        size = cast("Any", {"width": 1280, "height": 900})
        context = await theirs.new_context(locale="nb-NO", viewport=size)
        await context.add_init_script(WATCH)
        windows = [await _opened(await context.new_page(), system) for _ in range(2)]
        tabs = Tabs(context, link, windows)
        await tabs.first.say("en")
        await console.accept()
        await tabs.show(["en"], console)
        yield tabs, console
        await tabs.judge(console)
        await console.finish()
        assert [window.faults for window in windows] == [[], []]


async def _opened(page: Page, system: WholeSystem) -> Window:
    window = Window(page, system.addresses["page"])
    await window.open()
    return window


async def test_a_reload_between_the_sending_and_the_answer(browser, system):
    async with in_a_dialogue(browser, system, 8) as (tabs, console):
        await tabs.link.turn(NO_ANSWER)
        await tabs.first.say("to")

        await expect(console.log.locator(".words")).to_have_text(["en", "to"])
        await expect(tabs.first.log.get_by_text("Sender …")).to_be_visible()
        await tabs.judge(console)
        tabs.link.cut()
        await tabs.link.turn(CALM)
        await tabs.first.page.reload()
        await tabs.show(["en", "to"], console)
        assert tabs.link.bites["swallowed"] > 0


async def test_a_line_that_is_dead_and_does_not_say_so(browser, system):
    async with in_a_dialogue(browser, system, 9) as (tabs, console):
        await tabs.link.turn(NOTHING_ARRIVES)
        await tabs.first.say("fra første")
        await tabs.second.say("fra andre")

        # Nobody can know yet that it is dead: the text is on its way, which is the truth.
        for window in tabs.both:
            await expect(window.log.get_by_text("Sender …")).to_be_visible()
        await console.say("fra skranken")
        await tabs.status(LOST)
        for window in tabs.both:
            await expect(window.log.get_by_text("Venter på å bli sendt")).to_be_visible()
        await expect(console.log.locator(".words")).to_have_text(["en", "fra skranken"])
        await tabs.link.turn(CALM)
        await tabs.status(LOST, gone=True)
        order = await _order(console, 4)
        assert order[:2] == ["en", "fra skranken"]
        assert sorted(order[2:]) == ["fra andre", "fra første"]
        await tabs.show(order, console)


async def test_a_minute_without_a_network(browser, system):
    async with in_a_dialogue(browser, system, 10) as (tabs, console):
        # The browser is told, and what it had is torn: being told alone spares what is connected.
        await tabs.context.set_offline(True)
        await tabs.link.turn(NO_NETWORK)
        tabs.link.cut()
        await tabs.first.say("to")
        await tabs.first.say("tre")

        await tabs.status(LOST)
        await expect(tabs.first.log.get_by_text("Venter på å bli sendt")).to_have_count(2)
        # The agent's own: what other tests left in the line has citizens who are away too.
        away = console.page.locator("li:not(.waiting)").get_by_text("Innbyggeren er frakoblet")
        await expect(away).to_be_visible(timeout=GONE_MS)
        await console.say("fra skranken")
        # Nothing is waited for: that it lasts is what is tried.
        await tabs.first.page.wait_for_timeout(45_000)
        await tabs.status(LOST)
        await tabs.link.turn(CALM)
        await tabs.context.set_offline(False)
        await tabs.show(["en", "fra skranken", "to", "tre"], console)
        await expect(away).to_have_count(0, timeout=SOON_MS)


async def test_every_gateway_is_started_again_under_it(browser, system):
    async with in_a_dialogue(browser, system, 11) as (tabs, console):
        _signal(system, "gateway", signal.SIGKILL)
        await tabs.first.say("fra første")
        await tabs.second.say("fra andre")
        await console.say("fra skranken")

        order = await _order(console, 4)
        await tabs.show(order, console)
        assert sorted(order) == ["en", "fra andre", "fra første", "fra skranken"]
        for window in tabs.both:
            assert LOST in " ".join(await tabs.said(window))


async def test_every_ledger_is_started_again_under_it(browser, system):
    async with in_a_dialogue(browser, system, 12) as (tabs, console):
        # Frozen first, so that what is said meanwhile can be looked at.
        _signal(system, "transcript-service", signal.SIGSTOP)
        await tabs.first.say("fra første")
        await tabs.second.say("fra andre")
        await console.say("fra skranken")

        for window in tabs.both:
            await expect(window.log.get_by_text("Sendt", exact=True)).to_have_count(1)
            await expect(window.log.locator(".words")).to_have_count(2)
            await expect(window.frame.get_by_text(LOST)).to_be_hidden()
        await expect(console.log.locator(".words")).to_have_text(["en"])
        _signal(system, "transcript-service", signal.SIGKILL)
        order = await _order(console, 4)
        await tabs.show(order, console)
        assert sorted(order) == ["en", "fra andre", "fra første", "fra skranken"]


async def test_the_watch_sees_what_comes_twice_and_what_goes_away(browser):
    context = await browser.new_context()
    page = await context.new_page()
    await page.set_content("<ol role=log><li class=words>en</li></ol>")
    await page.evaluate(f"() => {{{WATCH}}}")
    add = "document.querySelector('ol').insertAdjacentHTML('beforeend', '<li class=words>to</li>')"
    for change in (add, add, "document.querySelector('li:last-child').remove()"):
        await page.evaluate(change)
    wrong = await page.evaluate("wrong")
    await page.evaluate("document.querySelector('li').remove()")

    assert wrong == ["doubled: en | to | to"]
    assert await page.evaluate("wrong") == [*wrong, "gone: en"]


def _signal(system: WholeSystem, service: str, what: signal.Signals) -> None:
    """Signal every replica of a service at once; the launcher starts again what died of it."""
    told = [
        process["pid"]
        for process in system.addresses["processes"]
        if process["service"] == service and process["pid"] is not None
    ]
    assert len(told) > 1
    for pid in told:
        os.kill(pid, what)


async def _order(console: Console, count: int) -> list[str]:
    """Return the texts as the desk shows them once there are so many: the archive's order."""
    words = console.log.locator(".words")
    await expect(words).to_have_count(count, timeout=BACK_MS)
    return await words.all_text_contents()
