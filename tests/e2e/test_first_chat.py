"""Two browsers at once: citizen and Servicetorget talk, a department goes on, the copy is kept."""

import re
from pathlib import Path

import pytest
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

pytestmark = pytest.mark.e2e

PLANTED_ID = "010190 12480"
"""A valid but fictitious number, spaced as people write it."""


async def open_widget(context: BrowserContext, system: WholeSystem) -> tuple[Page, FrameLocator]:
    """Load the municipality's page, click the icon, and return the page and the widget."""
    page = await context.new_page()
    await page.goto(system.addresses["page"])
    await page.get_by_role("button", name="Prek med oss").first.click()
    return page, page.frame_locator("iframe")


async def sign_in(browser: Browser, system: WholeSystem, user: dict) -> Page:
    """Return an agent's console, signed in and at the desk."""
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, locale="nb-NO")
    page = await context.new_page()
    await page.goto(system.addresses["console"])
    await page.get_by_role("textbox").first.fill(user["name"])
    await page.locator("input[type=password]").fill(user["password"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    return page


async def say(place: Page | FrameLocator, text: str) -> None:
    """Type into the reply box and send with Enter.

    By its name: until the conversation is the agent's own, the console has only the notes' field.
    """
    box = place.get_by_role("textbox", name=re.compile("^(Svar til innbyggeren|Skriv meldingen)"))
    await box.fill(text)
    await box.press("Enter")


def downloaded(path: Path) -> str:
    """Return the text of a file the browser saved."""
    return path.read_text("utf-8")


async def test_a_citizen_is_answered_handed_over_and_keeps_the_copy(
    browser: Browser, system: WholeSystem, screenshots: Path
) -> None:
    first = await sign_in(browser, system, system.users("servicetorget")[0])
    second = await sign_in(browser, system, system.users("byggesak-plan")[0])
    context = await browser.new_context(accept_downloads=True, locale="nb-NO")
    page, widget = await open_widget(context, system)

    await say(widget, f"Hei! Må jeg søke for å bygge garasje? Nummeret mitt er {PLANTED_ID}.")
    await page.screenshot(path=screenshots / "1-warned.png")
    await widget.get_by_role("button", name="Fjern nummeret og send").click()
    await expect(widget.get_by_role("log")).to_contain_text("bygge garasje")
    await page.screenshot(path=screenshots / "2-waiting.png")
    await first.get_by_role("button", name=re.compile("^Ta imot|^Svar|^Godta")).first.click()
    await say(first, "Hei! Jeg setter deg over til byggesak, de vet det.")
    await expect(widget.get_by_role("log")).to_contain_text("byggesak, de vet det")
    await first.screenshot(path=screenshots / "3-console.png")
    await page.screenshot(path=screenshots / "4-answered.png")

    await first.get_by_role("button", name=re.compile("^Sett over")).click()
    await first.get_by_label(re.compile("Avdeling")).select_option(value="byggesak-plan")
    await first.get_by_label(re.compile("[Nn]otat til")).fill("Garasje i hagen, spør om størrelse.")
    await first.locator("form.handover button[type=submit]").click()
    await second.get_by_role("button", name=re.compile("^Ta imot|^Svar|^Godta")).first.click()
    await expect(second.get_by_role("log").first).to_contain_text("bygge garasje")
    await say(second, "Under 50 m² slipper du ofte å søke.")
    await expect(widget.get_by_role("log")).to_contain_text("slipper du ofte")
    await second.screenshot(path=screenshots / "5-department.png")

    await page.reload()  # it was open, so it opens again by itself
    await expect(widget.get_by_role("log")).to_contain_text("slipper du ofte")

    await second.get_by_role("button", name=re.compile("^Avslutt …")).first.click()
    await second.get_by_role("button", name="Avslutt samtalen").click()
    async with page.expect_download() as downloading:
        await widget.get_by_role("button", name="Last ned (tekst)").click()
    await page.screenshot(path=screenshots / "6-closed.png")
    copy = downloaded(await (await downloading.value).path())

    assert "Må jeg søke for å bygge garasje?" in copy
    assert "Under 50 m² slipper du ofte å søke." in copy
    assert "Garasje i hagen" not in copy  # the note is the desk's own
    assert PLANTED_ID not in copy
