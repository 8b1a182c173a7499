"""Danger to life: the numbers at once, the leader called; and who threatens is shut out."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import SOON_MS, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WORDS = "Jeg orker ikke å leve lenger."
THREAT = "Jeg kommer ned og knuser hele skranken."


async def test_words_of_danger_show_the_numbers_before_anybody_is_there_and_call_the_leader(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    async with (
        at_desk(browser, town.system, town.leader, "Opptatt") as leader,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say(WORDS)
        numbers = window.frame.get_by_role("alert").filter(has_text="fare for liv eller helse")
        await expect(numbers).to_be_visible()
        await expect(numbers.get_by_role("link", name="113")).to_have_attribute("href", "tel:113")
        await expect(numbers.get_by_role("link")).to_have_count(6)
        axe["numbers"] = await window.seen(screenshots / "danger-1-numbers.png")
        await expect(window.log).to_contain_text(WORDS)

        await expect(leader.notices).to_contain_text("Alarm: Fare for liv", timeout=SOON_MS)
        axe["alarm"] = await leader.seen(screenshots / "danger-2-alarm.png")
        await leader.press("Vis samtalen")
        await leader.press("Ta samtalen")
        await leader.say("Jeg er her. Kan du fortelle meg hvor du er?")
        await expect(window.log).to_contain_text("Jeg er her.", timeout=SOON_MS)
        await expect(numbers).to_be_visible()
        axe["dialogue"] = await leader.seen(screenshots / "danger-3-dialogue.png")
        await leader.press("Alarmen er håndtert")
        await expect(leader.notices).not_to_contain_text("Alarm: Fare for liv")

        await window.press("Lukk nødnumrene")
        await expect(numbers).to_be_hidden()
        await leader.finish()
        told = [frame for frame in window.told if '"alarm' in frame]

    assert axe == {view: [] for view in axe}
    assert told != []
    assert all('"type":"emergency"' in frame for frame in told), "no alarm of the desk's own"


async def test_who_threatens_is_shut_out_and_is_not_told_why(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    reason = "Truet de ansatte med vold."
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 2)) as agent,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say(THREAT)
        await agent.accept()
        await expect(agent.log).to_contain_text(THREAT)
        await agent.press(re.compile("^Mer"), exact=False)
        await agent.press("Slå alarm …")
        await agent.press("Trusler")
        await expect(agent.page.get_by_role("group", name="Alarm")).to_contain_text("Trusler")
        await agent.press("Utesteng innbyggeren …")
        await agent.page.get_by_label("Grunn").fill(reason)
        await agent.press("Utesteng …")
        axe["block"] = await agent.seen(screenshots / "danger-4-block.png")
        await agent.press("Ja, utesteng innbyggeren")

        await expect(window.frame.get_by_role("heading", name="Svart på hvitt")).to_be_visible(
            timeout=SOON_MS
        )
        await window.page.screenshot(path=screenshots / "danger-5-closed.png")
        await window.press("Start en ny samtale")
        await window.say("Nå er jeg her igjen.")
        await expect(
            window.frame.get_by_text("Du kan ikke starte en samtale her nå")
        ).to_be_visible(timeout=SOON_MS)
        axe["refused"] = await window.seen(screenshots / "danger-6-refused.png")
        await agent.leave_wrap_up()
        told = " ".join(window.told)

    async with visiting(browser, town.system) as (_, neighbour):
        await neighbour.say("Hei! Når har dere åpent?")
        await expect(neighbour.log).to_contain_text("Levert og lagret", timeout=SOON_MS)
        await neighbour.leave()

    assert reason not in told
    assert "threat" not in told
    assert axe == {view: [] for view in axe}
