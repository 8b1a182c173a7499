"""Nobody at the desk: a question is left, answered in writing, and read by whoever asked."""

import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import SOON_MS, Console, Screen, Window, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

QUESTION = "Kan naboen felle bjørketreet som står i tomtegrensen vår?"
ANSWER = "Et tre i tomtegrensen eier dere sammen, så begge må si ja."
NUMBER = re.compile(r"^SA(-[0-9A-HJKMNP-TV-Z]{4}){2,}$")
CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$")
ADDRESS = "innbygger@eksempel.no"
TELLING = ("nabo", "bjørk", "tre ", "tomte", "grense", "begge")
"""Words of the question and of its answer."""


async def leave_question(window: Window, question: str, address: str) -> None:
    """Ask for a written answer by e-mail."""
    await window.press("Få svar skriftlig")
    await window.frame.get_by_label("Hva lurer du på?").fill(question)
    await window.frame.get_by_role("radio", name="På e-post").check()
    await window.frame.get_by_label("E-postadresse").fill(address)
    await window.press("Be om skriftlig svar")


async def receipt(window: Window) -> tuple[str, str]:
    """Return the number and the code of the receipt shown."""
    kept = window.frame.get_by_role("region", name="Kvitteringen din")
    await expect(kept).to_be_visible(timeout=SOON_MS)
    number, code = await kept.locator("code").all_text_contents()
    return number, code


async def come_back(window: Window, number: str, code: str) -> None:
    """Show the receipt's number and code at another window."""
    for label, text in (("Kvitteringsnummer", number), ("Kode", code)):
        await window.frame.get_by_role("textbox", name=label).fill(text)
    await window.press("Hent samtalen")


async def answer(console: Console, text: str) -> None:
    """Take what is offered, and answer it in writing."""
    await console.accept()
    await expect(console.log).to_contain_text(QUESTION)
    await expect(console.page.locator(".way")).to_contain_text(ADDRESS)
    await console.say(text)
    await expect(console.log).to_contain_text(text)


def link_in(letter: EmailMessage, number: str, code: str) -> str:
    """Return the link of a letter that tells whoever else reads it nothing of the matter."""
    words = letter.get_content()
    link = re.search(r"\S+/svar\S*#\S+", words)
    told = f"{letter['Subject']} {words}"
    assert link is not None
    assert number in words
    assert code not in letter.as_string()
    assert [each for each in TELLING if each in told] == []
    return link.group()


async def test_a_question_left_is_answered_by_a_letter_that_tells_nothing(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    async with visiting(browser, town.system) as (_, window):
        await expect(window.frame.get_by_text("Det er ingen her akkurat nå.")).to_be_visible(
            timeout=SOON_MS
        )
        axe["nobody there"] = await window.seen(screenshots / "written-1-nobody.png")
        await window.press("Få svar skriftlig")
        await window.press("Be om skriftlig svar")
        await expect(window.frame.get_by_text("Skriv hva du lurer på.")).to_be_visible()
        axe["wrong form"] = await window.seen(screenshots / "written-2-wrong.png")
        await window.press("Avbryt")
        await leave_question(window, QUESTION, ADDRESS)
        number, code = await receipt(window)
        axe["receipt"] = await window.seen(screenshots / "written-3-receipt.png")

        async with at_desk(browser, town.system, town.user("servicetorget", 1)) as console:
            await expect(console.offer).to_contain_text("Skriftlig spørsmål", timeout=SOON_MS)
            axe["offered"] = await console.seen(screenshots / "written-4-offered.png")
            await answer(console, ANSWER)
            axe["answering"] = await console.seen(screenshots / "written-5-answering.png")
            await expect(window.log).to_contain_text(ANSWER, timeout=SOON_MS)
            await console.finish(question="Ferdig svart …", sure="Avslutt spørsmålet")
        letters = await town.post.letters_to(ADDRESS)
        axe["answered"] = await window.seen(screenshots / "written-6-answered.png")

    reader = Screen(await (await browser.new_context(locale="nb-NO")).new_page())
    await reader.page.goto(link_in(letters[0], number, code))
    await expect(reader.page.get_by_text(ANSWER)).to_be_visible(timeout=SOON_MS)
    axe["letter"] = await reader.seen(screenshots / "written-7-letter.png")

    async with visiting(browser, town.system) as (_, another):
        await another.press("Jeg har et kvitteringsnummer")
        axe["way back"] = await another.seen(screenshots / "written-8-back.png")
        await come_back(another, number, code[:-1] + ("0" if code[-1] != "0" else "1"))
        await expect(another.frame.get_by_text("hører ikke sammen")).to_be_visible()
        await expect(another.log).not_to_contain_text(ANSWER)
        await come_back(another, number, code)
        await expect(another.log).to_contain_text(QUESTION, timeout=SOON_MS)
        await expect(another.log).to_contain_text(ANSWER)
        axe["read again"] = await another.seen(screenshots / "written-9-read.png")

    assert NUMBER.match(number)
    assert CODE.match(code)
    assert len(await town.post.letters_to(ADDRESS)) == 1
    assert axe == {view: [] for view in axe}
