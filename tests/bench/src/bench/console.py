"""`python -m bench.console`: whether the console stays smooth when much is on it.

A whole system of its own, 200 citizens in line and 50 conversations going on, and 50 events a
second: first before a supervisor, who is told of every change of state, then before an agent with
ten conversations, who is told of every word. Measured with the browser's own tracing. Before that,
how soon a console can be used that is loaded once more. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

import psutil
from native.launch import raise_file_limit
from native.layout import REPOSITORY
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, async_playwright, expect

from bench import console_frames as frames
from bench.console_town import STATES, WORDS, FullDesk, full_desk, supervisor

CHROMIUM: Final = "/usr/bin/chromium"
GOAL_MS: Final = 1_000
ACTIVE: Final = 50
WAITING: Final = 200
PER_S: Final = 50.0
SETTLE_S: Final = 2.0
SOON_MS: Final = 60_000
ROW: Final = "nav.lists li button.row"
FIELD: Final = "#message"


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def _signed_in(
    browser: Browser, address: str, user: Mapping[str, str]
) -> AsyncIterator[BrowserContext]:
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


async def _first_use(address: str, user: Mapping[str, str], times: int) -> dict[str, Any]:
    """Load a console again and again, on a server and in a browser that have seen it before.

    Until the lists have their rows, and until one can write in the conversation that was on screen.
    """
    found: dict[str, list[float]] = {"list": [], "reply_field": []}
    async with _browser() as browser, _signed_in(browser, address, user) as context:
        page = await context.new_page()
        await page.goto(address)
        await page.locator(ROW).first.click(timeout=SOON_MS)
        await expect(page.locator(FIELD)).to_be_visible(timeout=SOON_MS)
        for name, selector in (("list", ROW), ("reply_field", FIELD)):
            await page.add_init_script(_usable(name, selector))
        for n in range(-1, times):
            await page.reload()
            took = {name: await page.evaluate(f"window.usable_{name}") for name in found}
            if n >= 0:
                for name, milliseconds in took.items():
                    found[name].append(milliseconds)
    return {name: frames.milliseconds(each) for name, each in found.items()}


def _usable(name: str, selector: str) -> str:
    script = frames.USABLE.replace("SELECTOR", json.dumps(selector))
    return f"{{{script.replace('window.usable', f'window.usable_{name}')}}}"


async def _under_load(
    address: str,
    user: Mapping[str, str],
    desk: FullDesk,
    *,
    seconds: float,
    own: bool,
    trace_into: Path | None,
) -> dict[str, Any]:
    """Watch one console, with a conversation open, while things happen that it is told of.

    Args:
        address: The console's.
        user: Whose console.
        desk: Who is there.
        seconds: How long.
        own: Whether all that is said is said in this agent's own conversations.
        trace_into: A file for the browser's trace, to be looked at.
    """
    async with _browser() as browser, _signed_in(browser, address, user) as context:
        page = await context.new_page()
        told = _Told(page)
        await page.add_init_script(frames.WATCH)
        await page.goto(address)
        row = page.locator("nav.lists section:last-of-type li button.row" if not own else ROW).first
        await row.click(timeout=SOON_MS)
        await expect(page.get_by_role("log")).to_be_visible(timeout=SOON_MS)
        await asyncio.sleep(SETTLE_S)
        await browser.start_tracing(page=page, categories=frames.CATEGORIES)
        await page.evaluate("startWatching()")
        began, told.many = time.perf_counter(), 0
        mix, whose = (WORDS, [user["name"]]) if own else (STATES, [])
        per_s = await desk.talk(PER_S, seconds, mix, whose)
        took = time.perf_counter() - began
        frames_per_s = told.many / took
        seen = await page.evaluate("watched()")
        trace = await browser.stop_tracing()
        rows = await page.locator(ROW).count()
    if trace_into is not None:
        await asyncio.to_thread(trace_into.write_bytes, trace)
    events = json.loads(trace)["traceEvents"]
    found = frames.document(events, seen, frames_per_s, took)
    return {"rows": rows, "events_per_s": round(per_s, 1), **found}


class _Told:
    """How many frames a page's sockets have got."""

    def __init__(self, page: Page) -> None:
        self.many = 0
        page.on("websocket", self._connected)

    def _connected(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda _: self._count())

    def _count(self) -> None:
        self.many += 1


async def measure(system: WholeSystem, asked: argparse.Namespace) -> dict[str, Any]:
    """Return the figures as one document."""
    address = cast("str", system.addresses["console"])
    async with full_desk(system, asked.active, asked.waiting) as desk:
        agent = desk.users[0]
        first_use = await _first_use(address, agent, asked.times)
        found = {}
        for name, user, own in (
            ("supervisor", supervisor(system), False),
            ("agent", agent, True),
        ):
            psutil.cpu_percent()
            trace = asked.traces / f"console-{name}.json" if asked.traces else None
            found[name] = await _under_load(
                address, user, desk, seconds=asked.seconds, own=own, trace_into=trace
            )
            found[name]["machine_percent"] = psutil.cpu_percent()
    return {
        "goal_ms": GOAL_MS,
        "smooth_ms": frames.SMOOTH_MS,
        "waiting": asked.waiting,
        "active": asked.active,
        "first_use": first_use,
        "under_load": found,
        "smooth": {name: frames.smooth(each) for name, each in found.items()},
    }


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bench.console", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each console under load")
    parser.add_argument("--times", type=int, default=10, help="loads of a console")
    parser.add_argument("--active", type=int, default=ACTIVE, help="conversations going on")
    parser.add_argument("--waiting", type=int, default=WAITING, help="citizens in line")
    parser.add_argument("--write", type=Path, help="a file for the figures, under the clone")
    parser.add_argument("--traces", type=Path, help="a folder for the browser's traces")
    asked = parser.parse_args()
    raise_file_limit()
    with (
        tempfile.TemporaryDirectory(prefix="prek-bench-") as folder,
        WholeSystem(Path(folder) / "run", replicas=1, profile="load") as system,
    ):
        found = asyncio.run(measure(system, asked))
    if asked.write:
        text = json.dumps(found, indent=2) + "\n"
        (REPOSITORY / asked.write).write_text(text, encoding="utf-8")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
