"""A colleague's advice that the citizen never sees; and why somebody has to wait, in words."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import GONE_MS, SOON_MS, Console, at_desk, visiting
from set_up import SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ADVICE = "Spør om grunnmuren: er den over en halv meter, må de søke."
ASKED = "Vet du noe om murer?"


async def consult(console: Console, colleague: str, note: str) -> None:
    """Ask a colleague for advice about the conversation on screen."""
    await console.press("Spør kollega …")
    form = console.page.get_by_role("form", name="Spør kollega")
    await form.get_by_label("Kollega").select_option(value=colleague)
    await form.get_by_label("Hva lurer du på?").fill(note)
    await form.get_by_role("button", name="Spør", exact=True).click()


def one_at_a_time(*agents: str) -> Callable[[SetUp], None]:
    """Let some agents have one conversation at a time."""

    def change(setup: SetUp) -> None:
        for agent in setup["agents"]:
            if agent["id"] in agents:
                agent["capacity"] = 1

    return change


async def test_a_colleague_advises_and_the_citizen_is_told_nothing_of_it(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    adviser = town.user("byggesak-plan")
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 3)) as owner,
        at_desk(browser, town.system, adviser, "Opptatt") as expert,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Må jeg søke om å bygge en mur i hagen?")
        await owner.accept()
        await consult(owner, adviser["name"], ASKED)
        await expect(expert.page.get_by_text("Du er spurt om råd")).to_be_visible(timeout=SOON_MS)
        await expert.press(re.compile("spør deg om råd"), exact=False)
        await expect(expert.log).to_contain_text("mur i hagen", timeout=SOON_MS)
        await expect(expert.notes).to_contain_text(ASKED)
        await expect(expert.page.locator("#message")).to_have_count(0)
        await expert.press("Skriv notat")
        await expert.page.locator("#note").fill(ADVICE)
        await expert.press("Legg til notat")
        await expect(owner.notes).to_contain_text(ADVICE, timeout=SOON_MS)
        axe["owner"] = await owner.seen(screenshots / "consult-1-owner.png")
        axe["adviser"] = await expert.seen(screenshots / "consult-2-adviser.png")
        await owner.say("Er muren høyere enn en halv meter?")
        for screen in (expert, window):
            await expect(screen.log).to_contain_text("halv meter", timeout=SOON_MS)
        await expert.press("Jeg er ferdig")
        await expect(expert.page.get_by_text("Du er spurt om råd")).to_be_hidden(timeout=SOON_MS)
        await owner.finish()
        await expect(window.frame.get_by_role("heading", name="Svart på hvitt")).to_be_visible(
            timeout=SOON_MS
        )
        told = "\n".join(window.told)

    assert "halv meter" in told, "what the citizen's sockets were told was recorded"
    hidden = (adviser["name"], adviser["shown_as"], ADVICE, ASKED, "consult", '"note"', '"desk"')
    assert [each for each in hidden if each in told] == []
    assert axe == {view: [] for view in axe}


async def test_whoever_looks_at_the_line_is_told_in_words_why_somebody_waits(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    users = [town.user("servicetorget", which) for which in (4, 5)]
    await town.change(one_at_a_time(*(user["name"] for user in users)))
    async with (
        at_desk(browser, town.system, users[0]) as first,
        at_desk(browser, town.system, users[1]) as second,
        visiting(browser, town.system) as (_, one),
        visiting(browser, town.system) as (_, two),
        visiting(browser, town.system) as (_, waits),
    ):
        for console in (first, second):
            await expect(console.page.get_by_text("0 av 1 plasser")).to_be_visible(timeout=SOON_MS)
        await one.say("Når tømmes dunken i Storgata?")
        await two.say("Hvor søker jeg om skjenkebevilling?")
        await first.accept()
        await second.accept()
        await waits.say("Har dere åpent i romjulen?")
        await first.waiting.get_by_role("button", name="Hvorfor").click(timeout=SOON_MS)
        why = first.page.get_by_role("region", name="Hvorfor?")
        await expect(why).to_contain_text(
            "Venter fordi ingen i Servicetorget er ledige.", timeout=GONE_MS
        )
        await expect(why).to_contain_text("2 har fullt")
        axe["why"] = await first.seen(screenshots / "why-1-full.png")
        await waits.leave()
        await expect(first.waiting).to_have_count(0, timeout=SOON_MS)
        for window in (one, two):
            await window.leave()

    assert axe == {view: [] for view in axe}
