"""`python -m bench.widget`: what the widget costs a page, and how soon a citizen can write.

A whole system of its own, a browser, and the demonstration's page: bytes and requests before and
after the click, and the time from the click until the field has the focus and takes a letter. The
last line is one JSON object. Figures of other products are those that were measured for
`docs/performance`; they are repeated here to be set beside ours.
"""

import argparse
import asyncio
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlsplit

from native.layout import REPOSITORY
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright, expect

from bench.figures import percentile_ms

CHROMIUM: Final = "/usr/bin/chromium"
GOAL_MS: Final = 300
PEERS: Final = {
    "Live Helper Chat": {"requests": 17, "kilobytes": 263},
    "Rocket.Chat": {"requests": 15, "kilobytes": 500},
    "Tiledesk": {"requests": 19, "kilobytes": 693},
}
"""Before a click, on a page of their own making; kilobytes as sent."""

TELEPHONE: Final = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": 9_000_000 / 8,
    "uploadThroughput": 1_500_000 / 8,
}
"""An ordinary telephone network: 60 ms there and back, 9 Mbit a second; the cache is empty."""

# Time starts with the press of the page's button, as the browser stamps it, and is read in the
# frame when the field has the focus. The two documents have clocks of their own origin.
_LETTERS: Final = re.compile("a+")
_PRESSED = """
document.addEventListener("click", (event) => {
  window.pressed ??= performance.timeOrigin + event.timeStamp;
}, { capture: true });
"""
_WRITABLE = """
if (location.pathname.startsWith("/widget/")) {
  addEventListener("focusin", ({ target }) => {
    if (target.matches("textarea:not([readonly], :disabled)"))
      window.writable ??= performance.timeOrigin + performance.now();
  }, { capture: true });
}
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What was fetched of us."""

    requests: int
    bytes_sent: int
    bytes_gzip: int
    """The same, had it been compressed on the way, as a proxy in front of a site does it."""


async def _weigh(responses: Sequence[Response]) -> Weight:
    sent = packed = 0
    for response in responses:
        sizes = await response.request.sizes()
        sent += sizes["responseBodySize"] + sizes["responseHeadersSize"]
        packed += len(gzip.compress(await response.body(), 9))
    return Weight(len(responses), sent, packed)


async def _open(page: Page) -> float:
    """Click, and return the milliseconds until a letter can be written."""
    await page.get_by_role("button", name="Prek med oss").click()
    field = page.frame_locator("iframe").locator("textarea")
    await expect(field).to_be_focused()
    await page.keyboard.type("a")
    # The second visit finds what the first one left as a draft.
    await expect(field).to_have_value(_LETTERS)
    frame = next(each for each in page.frames if "/widget/" in each.url)
    pressed = await page.evaluate("window.pressed")
    return cast("float", await frame.evaluate("window.writable")) - cast("float", pressed)


async def _visit(context: BrowserContext, address: str, *, slow: bool = False) -> float:
    page = await context.new_page()
    if slow:
        told = await context.new_cdp_session(page)
        await told.send("Network.enable")
        await told.send("Network.emulateNetworkConditions", TELEPHONE)
    await page.goto(address, wait_until="networkidle")
    milliseconds = await _open(page)
    await page.close()
    return milliseconds


async def measure(system: WholeSystem, times: int) -> dict[str, Any]:
    """Return the figures as one document."""
    address, chat = system.addresses["page"], system.addresses["gateway"]
    openings: dict[str, list[float]] = {"empty_cache": [], "full_cache": [], "telephone": []}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        for n in range(-2, times):
            context = await browser.new_context(locale="nb-NO")
            await context.add_init_script(_PRESSED + _WRITABLE)
            took = {
                "empty_cache": await _visit(context, address),
                "full_cache": await _visit(context, address),
            }
            await context.close()
            context = await browser.new_context(locale="nb-NO")
            await context.add_init_script(_PRESSED + _WRITABLE)
            took["telephone"] = await _visit(context, address, slow=True)
            await context.close()
            if n >= 0:  # the system is warm by now
                for name, milliseconds in took.items():
                    openings[name].append(milliseconds)
        before, after = await weigh(browser, address, chat)
        version = browser.version
        await browser.close()
    return {
        "browser": version,
        "goal_ms": GOAL_MS,
        "click_to_field": {name: _times(each) for name, each in openings.items()},
        "before_click": _document(before),
        "after_click": _document(after),
        "peers_before_click": PEERS,
    }


async def weigh(browser: Browser, address: str, chat: str) -> tuple[Weight, Weight]:
    """Return what is fetched of us before the click, and what from there until one can write."""
    context = await browser.new_context(locale="nb-NO")
    await context.add_init_script(_PRESSED + _WRITABLE)
    page = await context.new_page()
    ours: list[Response] = []

    def note(response: Response) -> None:
        if urlsplit(response.url).netloc == urlsplit(chat).netloc:
            ours.append(response)

    page.on("response", note)
    await page.goto(address, wait_until="networkidle")
    before = await _weigh(ours)
    ours.clear()
    await _open(page)
    after = await _weigh(ours)
    await context.close()
    return before, after


def _times(milliseconds: list[float]) -> dict[str, float]:
    seconds = [each / 1000 for each in milliseconds]
    return {
        "times": len(seconds),
        "p50_ms": round(percentile_ms(seconds, 50), 1),
        "p95_ms": round(percentile_ms(seconds, 95), 1),
        "slowest_ms": round(max(milliseconds), 1),
    }


def _document(weight: Weight) -> dict[str, float]:
    return {
        "requests": weight.requests,
        "kilobytes_sent": round(weight.bytes_sent / 1000, 1),
        "kilobytes_gzip": round(weight.bytes_gzip / 1000, 1),
    }


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bench.widget", description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="clicks with each kind of cache")
    parser.add_argument("--write", type=Path, help="a file for the figures, under the clone")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="prek-bench-") as folder,
        WholeSystem(Path(folder) / "run", replicas=1, profile="load") as system,
    ):
        found = asyncio.run(measure(system, asked.times))
    if asked.write:
        text = json.dumps(found, indent=2) + "\n"
        (REPOSITORY / asked.write).write_text(text, encoding="utf-8")
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
