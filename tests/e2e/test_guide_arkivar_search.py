"""What the archivist's guide says of searching conversations, followed as it is written."""

import pytest
from guide import Guide, field, press
from indexed import until_indexed
from playwright.async_api import Browser, expect
from screens import SOON_MS, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def test_a_closed_conversation_is_found_by_its_words(browser: Browser, town: Town) -> None:
    guide = Guide("arkivar")
    users = town.system.addresses["users"]
    archivist = next(user for user in users if user["role"] == "archivist")
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 9)) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Når blir Trollstubben skrapt?")
        await owner.accept()
        await owner.say("Trollstubben blir skrapt på fredag.")
        await owner.finish()
    async with at_desk(browser, town.system, archivist, "Borte") as desk:
        page = desk.page
        place, words, read = guide.steps("Søk i samtaler")
        await press(page.get_by_role("navigation", name="Gå til"), place.name)
        what, search = words.names
        await until_indexed(town)
        await field(page, what).fill("trollstub*")
        await press(page.get_by_role("search"), search)
        result = page.get_by_role("button", name=read.name)
        await expect(result).to_have_count(1, timeout=SOON_MS)
        await result.click()
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text("Trollstubben", timeout=SOON_MS)
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
