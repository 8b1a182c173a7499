"""After the end: rated, copied, mailed, found again by the link, and forgotten in every tab."""

import re
from pathlib import Path

import pytest
from ledger_log import Archive
from playwright.async_api import Browser, expect
from screens import SOON_MS, Window, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

QUESTION = "Når åpner svømmehallen på søndag?"
ANSWER = "Klokken ti, og den stenger klokken seks."
ADDRESS = "badegjest@eksempel.no"


def read(path: Path) -> bytes:
    """Return what was saved."""
    return path.read_bytes()


async def kept(window: Window) -> list[str]:
    """Return what the window's origin keeps in this browser, by its names."""
    names = "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    found: list[str] = await window.document().evaluate(names)
    return found


async def by_letter(town: Town, window: Window, second: Window) -> None:
    """Have the link sent, follow it in the other tab, and go back to the page there."""
    await window.press("Send lenke på e-post")
    await window.frame.get_by_label("E-postadresse").fill(ADDRESS)
    await window.press("Send lenken")
    sent = window.frame.get_by_text("Vi sender lenken til e-posten din.")
    await expect(sent).to_be_visible(timeout=SOON_MS)
    (letter,) = await town.post.letters_to(ADDRESS)
    words = letter.get_content()
    link = re.search(r"\S+/svar\S*#\S+", words)
    assert link is not None
    assert [word for word in ("svømmehall", "Klokken ti") if word in words] == []
    await second.page.goto(link.group())
    await expect(second.page.get_by_text(ANSWER)).to_be_visible(timeout=SOON_MS)
    await second.page.goto(town.system.addresses["page"])
    await expect(second.log).to_contain_text(ANSWER, timeout=SOON_MS)


async def test_the_answer_is_kept_in_writing_and_the_citizen_is_forgotten(
    browser: Browser, town: Town
) -> None:
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 8)) as console,
        visiting(browser, town.system) as (context, window),
    ):
        await window.say(QUESTION)
        await console.accept()
        await console.say(ANSWER)
        await expect(window.log).to_contain_text(ANSWER, timeout=SOON_MS)
        conversation = await window.document().evaluate(
            "JSON.parse(localStorage.getItem('prek.sarpsborg.conversation')).id"
        )
        second = Window(await context.new_page(), town.system.addresses["page"])
        await second.open()
        await expect(second.log).to_contain_text(ANSWER, timeout=SOON_MS)
        await console.press("Avslutt …")
        await console.press("Avslutt samtalen")

        await window.press("Delvis")
        await expect(second.frame.get_by_role("button", name="Delvis")).to_have_attribute(
            "aria-pressed", "true", timeout=SOON_MS
        )
        async with window.page.expect_download() as saving:
            await window.press("Last ned (PDF)")
        pdf = read(await (await saving.value).path())
        await by_letter(town, window, second)

        await window.press("Glem meg")
        await window.press("Ja, glem meg")
        for each in (window, second):
            await expect(each.frame.get_by_text(ANSWER)).to_have_count(0, timeout=SOON_MS)
        await expect(console.page.get_by_text("ber om at samtalen blir slettet")).to_be_visible(
            timeout=SOON_MS
        )
        left = [*await kept(window), *await kept(second)]
        await console.leave_wrap_up()
        async with Archive(town.system) as archive:
            told = await archive.fetchrow(
                "SELECT rating, forget_asked_at FROM ledger.conversation WHERE id = $1::uuid",
                conversation,
            )
            bodies = await archive.fetch("SELECT body::text FROM ledger.event_body")
        assert second.faults == []

    assert pdf.startswith(b"%PDF-1.")
    assert told["rating"] == "partly"
    assert told["forget_asked_at"] is not None
    assert not any(ADDRESS in row["body"] for row in bodies)
    assert {name.removeprefix("prek.sarpsborg.") for name in left} <= {
        "secret",
        "language",
        "sound",
    }
