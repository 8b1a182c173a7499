"""A page in a browser, watched while things happen that it is told of."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import psutil
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright, expect

from bench import console_frames as frames
from bench import console_waits as waits
from bench.console_town import STATES, WORDS, FullDesk, Mix
from bench.cost import processes
from bench.precedence import put_first

CHROMIUM: Final = "/usr/bin/chromium"
PER_S: Final = 50.0
SETTLE_S: Final = 2.0
SOON_MS: Final = 60_000
ROW: Final = "nav.lists li button.row"
FIELD: Final = "#message"


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at, and what happens meanwhile."""

    name: str
    user: Literal["supervisor", "agent"]
    mix: Mix
    """Of words and changes of state."""
    row: str | None
    """What is clicked on to have a conversation open. None: nothing."""
    place: str = ""
    """Where in the console; behind its address."""
    blank: bool = False
    """A page with nothing on it instead: what it misses, the machine has let it miss."""


_LAST_LIST: Final = "nav.lists section:last-of-type li button.row"
BLANK: Final = Watched("blank", "supervisor", STATES, None, blank=True)
SUPERVISOR: Final = Watched("supervisor", "supervisor", STATES, _LAST_LIST)
BOARD: Final = Watched("board", "supervisor", STATES, None, place="/#place=board")
AGENT: Final = Watched("agent", "agent", WORDS, ROW)


@asynccontextmanager
async def launched(playwright: Playwright) -> AsyncIterator[Browser]:
    """Give a browser."""
    browser = await playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
    )
    yield browser
    await browser.close()


@asynccontextmanager
async def signed_in(
    browser: Browser, address: str, user: Mapping[str, str]
) -> AsyncIterator[BrowserContext]:
    """Give a context in which somebody is signed in at the console."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1366, "height": 768})
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_label("Brukernavn").fill(user["name"])
    await page.get_by_label("Passord").fill(user["password"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)
    await page.close()
    yield context
    await context.close()


class Watch:
    """One page, watched once."""

    def __init__(
        self, system: WholeSystem, desk: FullDesk, watched: Watched, user: Mapping[str, str]
    ) -> None:
        """Prepare.

        Args:
            system: Whose console.
            desk: Who is there.
            watched: What is looked at.
            user: Who looks.
        """
        self._system, self._desk, self._watched, self._user = system, desk, watched, user

    async def run(self, seconds: float, trace_into: Path | None) -> dict[str, Any]:
        """Watch so long; return what was found.

        Args:
            seconds: How long.
            trace_into: A file for the browser's trace, to be looked at.
        """
        address = self._system.addresses["console"]
        async with (
            async_playwright() as playwright,
            launched(playwright) as browser,
            signed_in(browser, address, self._user) as context,
        ):
            page = await context.new_page()
            await self._open(page, address)
            await asyncio.sleep(SETTLE_S)
            found, trace = await self._look(browser, page, seconds)
            rows = await page.locator(f"{ROW}, tr[data-conversation]").count()
        if trace_into is not None:
            await asyncio.to_thread(trace_into.write_bytes, trace)
        return {"rows": rows, **found}

    async def _open(self, page: Page, address: str) -> None:
        if self._watched.blank:
            await page.goto("about:blank")
            await page.evaluate(frames.WATCH)
            return
        await page.add_init_script(frames.WATCH)
        await page.goto(address + self._watched.place)
        if self._watched.row is None:
            await expect(page.locator("tr[data-conversation]").first).to_be_visible(timeout=SOON_MS)
        else:
            await page.locator(self._watched.row).first.click(timeout=SOON_MS)
            await expect(page.get_by_role("log")).to_be_visible(timeout=SOON_MS)

    async def _look(
        self, browser: Browser, page: Page, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Return what was found, and the browser's trace."""
        whole = browser_processes()
        before = put_first(whole, others(self._system))
        books = waits.Books(waits.makers(whole))
        await books.open()
        await browser.start_tracing(page=page, categories=frames.CATEGORIES)
        await page.evaluate("startWatching()")
        psutil.cpu_percent()
        used, began = _used_s(whole), time.perf_counter()
        whose = [self._user["name"]] if self._watched.mix is WORDS else []
        per_s = await self._desk.talk(PER_S, seconds, self._watched.mix, whose)
        took, machine = time.perf_counter() - began, psutil.cpu_percent()
        used = _used_s(whole) - used
        seen = await page.evaluate("watched()")
        looks = await books.close()
        trace = await browser.stop_tracing()
        events = json.loads(trace)["traceEvents"]
        threads = waits.of_page(looks, frames.main_thread(events)[0])
        return {
            "events_per_s": round(per_s, 1),
            "goes_before": before,
            "machine_percent": machine,
            "browser_percent": round(100 * used / took, 1),
            **frames.document(events, seen, threads, took),
        }, trace


def others(system: WholeSystem) -> list[psutil.Process]:
    """Return what takes part besides the browser: services and parts, citizens and agents."""
    return [*(process for _, process in processes(system)), psutil.Process()]


def browser_processes() -> list[psutil.Process]:
    """Return the processes of the browser that is open."""
    children = psutil.Process().children(recursive=True)
    return [process for process in children if "chrom" in process.name()]


def _used_s(whole: Iterable[psutil.Process]) -> float:
    """Return the processor seconds that those of these have used which are still there."""
    used = 0.0
    for process in whole:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            used += times.user + times.system
    return used
