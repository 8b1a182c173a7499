"""`python -m bench.console`: whether the console stays smooth when much is on it.

A whole system of its own, 200 citizens in line and 50 conversations going on, and 50 events a
second: before a supervisor at the desk and at the board, who is told of every change of state, and
before an agent with ten conversations, who is told of every word; and beside the same load before a
page with nothing on it, which is the floor. In rounds, measured with the browser's own tracing.
Before that, how soon a console can be used that is loaded once more. The last line is one JSON
object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from native.launch import raise_file_limit
from native.layout import REPOSITORY
from native.system import WholeSystem
from playwright.async_api import async_playwright, expect

from bench import console_frames as frames
from bench.console_town import full_desk, supervisor
from bench.console_watch import (
    AGENT,
    BLANK,
    BOARD,
    FIELD,
    ROW,
    SOON_MS,
    SUPERVISOR,
    Watch,
    browser_processes,
    launched,
    others,
    signed_in,
)
from bench.precedence import put_first

GOAL_MS: Final = 1_000
ACTIVE: Final = 50
WAITING: Final = 200
PAGES: Final = (BLANK, SUPERVISOR, BOARD, AGENT)


async def _first_use(system: WholeSystem, user: Mapping[str, str], times: int) -> dict[str, Any]:
    """Load a console again and again, on a server and in a browser that have seen it before.

    Until the lists have their rows, and until one can write in the conversation that was on screen.
    """
    address = cast("str", system.addresses["console"])
    found: dict[str, list[float]] = {"list": [], "reply_field": []}
    async with (
        async_playwright() as playwright,
        launched(playwright) as browser,
        signed_in(browser, address, user) as context,
    ):
        put_first(browser_processes(), others(system))
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


async def measure(system: WholeSystem, asked: argparse.Namespace) -> dict[str, Any]:
    """Return the figures as one document."""
    async with full_desk(system, asked.active, asked.waiting) as desk:
        agent = desk.users[0]
        first_use = await _first_use(system, agent, asked.times)
        users = {"supervisor": supervisor(system), "agent": agent}
        found: dict[str, list[dict[str, Any]]] = {page.name: [] for page in PAGES}
        for n in range(asked.rounds):
            for page in PAGES:
                watch = Watch(system, desk, page, users[page.user])
                into = asked.traces / f"console-{page.name}-{n + 1}.json" if asked.traces else None
                found[page.name].append(await watch.run(asked.seconds, into))
    return {
        "goal_ms": GOAL_MS,
        "smooth_ms": frames.SMOOTH_MS,
        "waiting": asked.waiting,
        "active": asked.active,
        "first_use": first_use,
        "under_load": found,
        "smooth": {name: frames.smooth(rounds) for name, rounds in found.items()},
    }


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bench.console", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each console under load")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is watched")
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
