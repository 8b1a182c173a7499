"""The sign-in ends some time: one is warned in good time, and stays with one press (WCAG 2.2.1)."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from native.system import WholeSystem
from playwright.async_api import Browser, Locator, Page, expect
from screens import SOON_MS, Console, at_desk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

LASTS_S, WARN_S = 40, 20
"""A day's work in small. The second warning comes when the first end is past, and not before."""
WARNED_MS = LASTS_S * 1_000


@pytest.fixture(scope="module")
def hasty(tmp_path_factory):
    """A system whose sign-ins last for less than a minute."""
    env = {"PREK_SESSION_HOURS": str(LASTS_S / 3_600), "PREK_SESSION_WARN_S": str(WARN_S)}
    with WholeSystem(tmp_path_factory.mktemp("hasty") / "run", env=env) as running:
        yield running


def warning(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text="Du blir logget ut kl.")


async def session(page: Page) -> tuple[int, float]:
    """Return how the server answers the tab's cookie, and for how many seconds it is good."""
    address, cookies = page.url.split("#")[0], await page.context.cookies()
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in cookies)
    async with httpx.AsyncClient(trust_env=False, headers={"Cookie": cookie}) as web:
        answer = await web.get(f"{address}api/session")
    return answer.status_code, answer.json().get("left_s", 0.0)


async def test_one_stays_signed_in_by_the_keyboard_in_every_tab_beyond_the_former_end(
    browser: Browser, hasty: WholeSystem, screenshots: Path
) -> None:
    user: dict[str, Any] = hasty.users("servicetorget")[1]
    ended = asyncio.Event()
    async with at_desk(browser, hasty, user, "Borte") as console:
        page = console.page
        other = Console(await page.context.new_page())
        await other.sign_back_in(hasty.addresses["console"])
        asyncio.get_running_loop().call_later(LASTS_S, ended.set)
        menu = page.locator(".menu > button")
        await menu.focus()
        await expect(warning(page)).to_have_count(0)
        await expect(warning(page)).to_be_visible(timeout=WARNED_MS)
        await expect(warning(other.page)).to_be_visible(timeout=SOON_MS)
        await expect(menu).to_be_focused()
        stay = page.get_by_role("button", name="Hold meg innlogget")
        await page.keyboard.press("Tab")
        await expect(stay).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("Du er innlogget til kl.")).to_be_visible()
        await expect(warning(page)).to_have_count(0)
        await expect(warning(other.page)).to_have_count(0)
        await expect(menu).to_be_focused()
        await expect(warning(page)).to_be_visible(timeout=WARNED_MS)
        await ended.wait()
        answer = await session(page)
        axe = await console.seen(screenshots / "session-ends.png")
        lost = (console.lost, other.lost)
        await stay.click()
        await other.page.reload()
        await expect(other.page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)

    assert axe == []
    assert lost == (0, 0)
    assert answer[0] == 200
    assert other.faults == []
