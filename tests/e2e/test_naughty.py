"""Every odd or hostile text of the shared list, typed by a citizen: shown as typed, and harmless.

Big List of Naughty Strings, MIT. The ledger's side of it is judged in `test_replay.py`; here it is
the two screens that people look at.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

import pytest
from native.system import WholeSystem
from playwright.async_api import Browser, Page, Request, expect
from screens import Console, Window, at_desk
from set_up import open_day_and_night

pytestmark = [pytest.mark.e2e, pytest.mark.shared_data, pytest.mark.timeout(300)]

WIDTHS = (320, 420)
HEIGHT = 640
BATCH = 172
"""Texts of one conversation: three conversations, as many as an agent has room for."""
ARRIVED_MS = 60_000
BLANK = "Meldingen er tom"
"""What a citizen is told of the only kind in this list that is refused (DESIGN.md section 7)."""

WIDER = """() => [document.documentElement, ...document.querySelectorAll("[tabindex], main, form")]
    .filter((element) => element.scrollWidth > element.clientWidth && element.clientWidth > 0)
    .map((element) => `${element.tagName} ${element.className}`)"""
"""Which parts of a document have more than fits their width."""


@pytest.fixture(scope="module")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeSystem]:
    """A system of its own that lets one citizen write hundreds of texts in a minute."""
    folder = tmp_path_factory.mktemp("naughty") / "run"
    with WholeSystem(folder, profile="load") as running:
        open_day_and_night(running)
        yield running


class Watch:
    """What a page did that no text may make it do."""

    def __init__(self, page: Page) -> None:
        """Listen from now on."""
        self.done: list[str] = []
        page.on("dialog", lambda dialog: self.done.append(f"dialog: {dialog.message}"))
        page.on("popup", lambda popup: self.done.append(f"window: {popup.url}"))
        page.on("download", lambda download: self.done.append(f"file: {download.url}"))
        page.on("pageerror", lambda error: self.done.append(f"error: {error}"))
        page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "127.0.0.1", "localhost"):
            self.done.append(f"asked for {request.url}")


@asynccontextmanager
async def on_a_phone(browser: Browser, system: WholeSystem) -> AsyncIterator[tuple[Window, Watch]]:
    """Give a citizen's small screen with the chat open."""
    size = {"width": WIDTHS[0], "height": HEIGHT}
    context = await browser.new_context(locale="nb-NO", viewport=cast("Any", size))
    page = await context.new_page()
    window, watch = Window(page, system.addresses["page"]), Watch(page)
    await window.open()
    yield window, watch
    await context.close()
    assert window.faults == []


def batches() -> tuple[list[list[str]], list[str]]:
    """Return the texts by conversation, and those that are refused."""
    file = Path(os.environ["SHARED_DATA"]) / "naughty-strings" / "blns.json"
    texts: list[str] = json.loads(file.read_text("utf-8"))
    taken = [text for text in texts if text.strip()]
    return [taken[n : n + BATCH] for n in range(0, len(taken), BATCH)], [
        text for text in texts if not text.strip()
    ]


async def broken(window: Window) -> list[str]:
    """Return what does not fit the citizen's screen at any of the widths."""
    found = []
    for width in WIDTHS:
        await window.page.set_viewport_size({"width": width, "height": HEIGHT})
        await expect(window.field).to_be_in_viewport(ratio=1)
        for frame in window.page.frames:
            found += [f"{width}: {part}" for part in await frame.evaluate(WIDER)]
    return found


async def archived(console: Console, conversation: str) -> list[str]:
    """Return the citizen's texts as the archive gives them to the desk."""
    path = f"/api/conversations/{conversation}/transcript"
    address = urljoin(console.page.url, path)
    answer = await console.page.request.get(address, params={"format": "json"})
    assert answer.ok
    events = (await answer.json())["events"]
    return [event["body"]["text"] for event in events if event["body"]["kind"] == "message"]


async def test_every_naughty_string_is_shown_as_it_was_typed_and_does_nothing(
    browser: Browser, unhurried: WholeSystem
) -> None:
    texts, refused = batches()
    shown: list[list[str]] = []
    harm: list[str] = []
    async with at_desk(browser, unhurried, unhurried.users("servicetorget")[0]) as console:
        at_the_desk = Watch(console.page)
        for batch in texts:
            async with on_a_phone(browser, unhurried) as (window, watch):
                for text in batch:
                    await window.say(text)
                    await expect(window.field).to_have_value("")
                words = window.log.locator(".mine .words")
                await expect(window.log.get_by_text("Levert og lagret")).to_have_count(
                    len(batch), timeout=ARRIVED_MS
                )
                shown.append(await words.all_text_contents())
                harm += await broken(window)
                await console.accept()
                await expect(console.log.locator(".words")).to_have_count(
                    len(batch), timeout=ARRIVED_MS
                )
                shown.append(await console.log.locator(".words").all_text_contents())
                await expect(console.page.locator("#message")).to_be_in_viewport(ratio=1)
                harm += await console.page.evaluate(WIDER)
                frame = window.document()
                kept = "JSON.parse(localStorage.getItem('prek.sarpsborg.conversation')).id"
                shown.append(await archived(console, await frame.evaluate(kept)))
                await console.finish()
                harm += watch.done
        harm += at_the_desk.done

    assert sum(map(len, texts)) + len(refused) == 515
    assert shown == [batch for batch in texts for _ in range(3)]
    assert harm == []


async def test_what_is_refused_stays_in_the_field_and_says_why(
    browser: Browser, unhurried: WholeSystem
) -> None:
    _, refused = batches()
    async with on_a_phone(browser, unhurried) as (window, watch):
        for text in filter(None, refused):
            await window.say(text)

            told = window.frame.get_by_role("alert").filter(has_text=BLANK)
            await expect(told).to_be_in_viewport()
            await expect(window.field).to_have_value(text)
            await expect(window.field).to_be_in_viewport(ratio=1)
        await window.say("")

        await expect(window.log.locator(".words")).to_have_count(0)
    assert watch.done == []
