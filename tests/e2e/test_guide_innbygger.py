"""The guide for citizens, followed as it is written: its names are what is pressed."""

import re

import pytest
from guide import Guide
from playwright.async_api import Browser, FrameLocator, expect
from screens import GONE_MS, SOON_MS, Window, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

END = "Når dere er ferdige"
WRITTEN = "Få svar skriftlig"


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The page."""
    return Guide("innbygger")


async def shows(frame: FrameLocator, names: list[str]) -> None:
    """See buttons of some names."""
    for name in names:
        await expect(frame.get_by_role("button", name=name).first).to_be_visible(timeout=SOON_MS)


async def test_a_question_is_asked_answered_and_kept(
    browser: Browser, town: Town, guide: Guide
) -> None:
    icon, _write, send = guide.steps("Slik gjør du")
    context = await browser.new_context(locale="nb-NO")
    page = await context.new_page()
    await page.goto(town.system.addresses["page"])
    await page.get_by_role("button", name=icon.name).first.click()
    window = Window(page, town.system.addresses["page"])
    frame = window.frame
    async with at_desk(browser, town.system, town.user("servicetorget", 10)) as agent:
        there = guide.rows("Hvis det ikke er noen der")[0][0]
        await expect(frame.get_by_text(there)).to_be_visible(timeout=SOON_MS)
        await window.field.fill("Jeg orker ikke å leve lenger.")
        await window.press(send.name)
        await shown_numbers(frame, guide)
        await agent.accept()
        await agent.say("Jeg er her.")
        await expect(window.log).to_contain_text("Jeg er her.", timeout=SOON_MS)
        marks = [mark for mark, _ in guide.rows("Hva betyr merkene?")]
        await expect(window.log.get_by_text(marks[-1]).first).to_be_visible(timeout=SOON_MS)

        await window.press(guide.named(END, "Avslutt"))
        await window.press("Ja, avslutt")
        await window.press(guide.named(END, "Behold svaret"))
        await shows(frame, [choice for choice, _ in guide.rows(END)])
        await shows(frame, guide.names("Fikk du svar?"))
        forget, sure, *_ = guide.names("Vil du bli glemt?")
        await window.press(forget)
        await window.press(sure)
        gone = frame.get_by_role("heading", name="Samtalen er slettet i denne nettleseren")
        await expect(gone).to_be_visible(timeout=SOON_MS)
    await context.close()


async def shown_numbers(frame: FrameLocator, guide: Guide) -> None:
    """See every emergency number that the page has, and put them away."""
    numbers = frame.get_by_role("alert").filter(has_text="fare for liv eller helse")
    await expect(numbers).to_be_visible(timeout=SOON_MS)
    for number, whom in guide.rows("Er noen i fare?"):
        await expect(numbers.get_by_role("link", name=re.compile(f"^{number}\\b"))).to_be_visible()
        await expect(numbers).to_contain_text(whom, ignore_case=True)
    await frame.get_by_role(
        "button", name=guide.named("Er noen i fare?", "Lukk nødnumrene")
    ).click()


async def test_a_written_answer_is_asked_for_and_fetched_with_the_receipt(
    browser: Browser, town: Town, guide: Guide
) -> None:
    async with visiting(browser, town.system) as (_, window):
        nobody = guide.rows("Hvis det ikke er noen der")[1][0]
        await expect(window.frame.get_by_text(nobody)).to_be_visible(timeout=GONE_MS)
        await window.press(guide.named(WRITTEN, "Få svar skriftlig"))
        choices = [choice for choice, _ in guide.rows(WRITTEN)]
        for choice in choices:
            await expect(window.frame.get_by_role("radio", name=choice)).to_be_visible()
        await window.frame.get_by_label("Hva lurer du på?").fill("Når kommer brøytebilen?")
        await window.frame.get_by_role("radio", name=choices[-1]).check()
        await window.press(guide.named(WRITTEN, "Be om skriftlig svar"))
        kept = window.frame.get_by_role("region", name="Kvitteringen din")
        await expect(kept).to_be_visible(timeout=SOON_MS)
        await shows(window.frame, [guide.named(WRITTEN, "Kopier nummer og kode")])
        number, code = await kept.locator("code").all_text_contents()

    _open, begin, fetch = guide.steps("Hent svaret med kvitteringen")
    async with visiting(browser, town.system) as (_, other):
        await other.press(begin.name)
        for label, text in (("Kvitteringsnummer", number), ("Kode", code)):
            await other.frame.get_by_role("textbox", name=label).fill(text.lower().replace("-", ""))
        await other.press(fetch.name)
        await expect(other.log).to_contain_text("brøytebilen", timeout=SOON_MS)
