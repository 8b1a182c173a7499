"""Open widgets say who is there as it is now, and never more than that."""

import json
from itertools import groupby
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import GONE_MS, SOON_MS, Window, at_desk, visiting
from set_up import SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

NOBODY = "Det er ingen her akkurat nå."
HERE = "Noen fra Servicetorget er her nå."
SHUT = "Chatten er stengt."


def told(window: Window) -> list[tuple[bool, bool | None]]:
    """Return what a window was told of open and staffed, one after the other."""
    frames = [json.loads(frame) for frame in window.told]
    pushed = [f.get("availability") if f["type"] == "welcome" else f for f in frames]
    seen = [
        (one["open"], one["staffed"]) for one in pushed if one and one["type"] == "availability"
    ]
    return [one for one, _ in groupby(seen)]


async def expect_all(windows: list[Window], words: str, *, within_ms: int = SOON_MS) -> None:
    """Wait until every window says it."""
    for window in windows:
        await expect(window.frame.get_by_text(words)).to_be_visible(timeout=within_ms)


def never_open(setup: SetUp) -> None:
    """Close the municipality on every day of the week."""
    setup["hours"] = {"week": {}}


def open_again(setup: SetUp) -> None:
    """Open day and night."""
    setup["hours"] = None


async def test_open_windows_follow_who_comes_and_goes(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    agent = town.user("servicetorget", 5)
    async with (
        visiting(browser, town.system) as (_, one),
        visiting(browser, town.system) as (_, two),
    ):
        windows = [one, two]
        await expect_all(windows, NOBODY)
        for window in windows:
            window.told.clear()
        async with at_desk(browser, town.system, agent) as console:
            await expect_all(windows, HERE)
            axe["here"] = await one.seen(screenshots / "availability-1-here.png")
            await console.be("Opptatt")
            await expect_all(windows, NOBODY)
            await console.be("Ledig")
            await expect_all(windows, HERE)
            await town.change(never_open)
            await expect_all(windows, SHUT)
            axe["shut"] = await one.seen(screenshots / "availability-2-shut.png")
            await town.change(open_again)
            await expect_all(windows, HERE)
            # The lid is closed without a goodbye.
            await console.page.goto("about:blank")
            await expect_all(windows, NOBODY, within_ms=GONE_MS)
            await console.sign_back_in(town.system.addresses["console"])
            await expect_all(windows, HERE)
        await expect_all(windows, NOBODY, within_ms=GONE_MS)
        seen = [told(window) for window in windows]
        loads = [window.loads for window in windows]

    assert (
        seen
        == [
            [
                (True, True),
                (True, False),
                (True, True),
                (False, True),
                (True, True),
                (True, False),
                (True, True),
                (True, False),
            ]
        ]
        * 2
    )
    assert loads == [1, 1]
    assert axe == {view: [] for view in axe}


async def test_a_specialist_at_the_desk_is_nobody_from_servicetorget(
    browser: Browser, town: Town
) -> None:
    async with (
        at_desk(browser, town.system, town.user("byggesak-plan", 1)),
        visiting(browser, town.system) as (_, window),
    ):
        await expect(window.frame.get_by_text(NOBODY)).to_be_visible(timeout=SOON_MS)
        await expect(window.frame.get_by_text(HERE)).to_have_count(0)
