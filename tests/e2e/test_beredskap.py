"""The water is brown: one switch, and every screen knows; agents are borrowed and given back."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import GONE_MS, SOON_MS, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

BANNER = "Vannet er brunt i sentrum. Kok det før du drikker det."


async def test_an_emergency_is_on_every_screen_at_once_and_gone_as_quickly(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    async with (
        at_desk(browser, town.system, town.leader, "Opptatt") as leader,
        at_desk(browser, town.system, town.user("renovasjon")) as helper,
        visiting(browser, town.system) as (_, window),
    ):
        before = (window.loads, leader.lost, helper.lost, window.lost)
        await leader.press("Beredskap …")
        dialog = leader.page.get_by_role("dialog", name="Beredskap")
        await dialog.get_by_label("bokmål", exact=False).fill(BANNER)
        await dialog.get_by_role("checkbox", name="Renovasjon").check()
        axe["dialog"] = await leader.seen(screenshots / "beredskap-1-dialog.png")
        await dialog.get_by_role("button", name="Slå på beredskap").click()

        await expect(window.frame.locator(".banner")).to_contain_text(BANNER, timeout=SOON_MS)
        for console in (leader, helper):
            await expect(console.notices).to_contain_text(BANNER, timeout=SOON_MS)
            await expect(console.notices).to_contain_text("Disse hjelper førstelinja: Renovasjon.")
        axe["banner"] = await window.seen(screenshots / "beredskap-2-widget.png")

        await window.say("Kan jeg dusje i dette vannet?")
        await helper.accept()
        axe["helper"] = await helper.seen(screenshots / "beredskap-3-helper.png")
        await helper.say("Ja, men ikke drikk det.")
        await expect(window.log).to_contain_text("ikke drikk det", timeout=SOON_MS)
        await helper.finish()

        await leader.press("Endre …")
        await dialog.get_by_role("button", name="Slå av beredskap").click()
        await expect(window.frame.locator(".banner")).to_be_empty(timeout=SOON_MS)
        for console in (leader, helper):
            await expect(console.notices).not_to_contain_text(BANNER, timeout=SOON_MS)

        async with visiting(browser, town.system) as (_, late):
            await late.say("Kommer søppelbilen i dag?")
            await leader.waiting.get_by_role("button", name="Hvorfor").click(timeout=SOON_MS)
            why = leader.page.get_by_role("region", name="Hvorfor?")
            # The leader is the only one of the first line, and busy: the helper is not asked.
            await expect(why).to_contain_text("1 er opptatt", timeout=GONE_MS)
            await expect(why).not_to_contain_text("· er ledig")
            await expect(helper.offer).to_have_count(0)
            await leader.page.screenshot(path=screenshots / "beredskap-4-over.png")
            await late.leave()

        assert (window.loads, leader.lost, helper.lost, window.lost) == before
    assert axe == {view: [] for view in axe}
