"""The search: what was said is found by who may read it, and opened at the hit; it is audited."""

from pathlib import Path
from random import randrange
from typing import Any

import pytest
from asyncpg import Record
from indexed import until_indexed
from leading import looked_at
from ledger_log import Archive
from playwright.async_api import Browser, Page, expect
from screens import SOON_MS, Console, at_desk, visiting
from set_up import TENANT
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


def one_with(town: Town, role: str) -> dict[str, Any]:
    return next(user for user in town.system.addresses["users"] if user["role"] == role)


async def look_for(page: Page, words: str) -> None:
    field = page.get_by_label("Hva leter du etter?")
    await field.fill(words)
    await field.press("Enter")


async def test_what_was_said_is_found_and_opened_at_the_hit(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    # In no other conversation of the town's, so that there is one to find.
    number = (f"9{randrange(100):02}", f"{randrange(100):02}", f"{randrange(1000):03}")
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 5)) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Hei, jeg har et spørsmål om en tomt.")
        await owner.accept()
        for n in range(12):
            await owner.say(f"Det er punkt nummer {n} i svaret.")
        await owner.say(f"Klokkerstua har fått ny rundkjøring. Ring {' '.join(number)}.")
        await owner.finish()
    await until_indexed(town)
    archivist = one_with(town, "archivist")
    before = await searches_of(town, archivist)
    address = town.system.addresses["console"] + "#place=search"
    async with at_desk(browser, town.system, archivist, "Opptatt", address=address) as reader:
        page = reader.page
        await look_for(page, "rundkøyring*")
        await expect(page.get_by_role("status").get_by_text("Ingen samtaler passer")).to_be_visible(
            timeout=SOON_MS
        )
        wrong = await looked_at(reader, screenshots, "12-search-nothing")

        await look_for(page, "og om")
        await expect(page.get_by_text("og, om")).to_be_visible(timeout=SOON_MS)

        await look_for(page, f'rundkjøringa "Klokkerstua" {"".join(number)}')
        marked = page.locator(".excerpt mark")
        await expect(marked.first).to_be_visible(timeout=SOON_MS)
        assert await marked.all_inner_texts() == ["Klokkerstua", "rundkjøring", *number]
        wrong += await looked_at(reader, screenshots, "13-search-found")

        wrong += await read_by_keyboard(reader, screenshots)
        wrong += await refused(reader, screenshots)
    assert wrong == []
    rows = (await searches_of(town, archivist))[len(before) :]
    actions = [row["action"] for row in rows]
    assert actions.count("searched") == 3
    assert "search_shown" in actions
    assert not any("rundk" in row["about"].lower() for row in rows)


async def searches_of(town: Town, archivist: dict[str, Any]) -> list[Record]:
    """Return what the audit says that somebody looked for and was shown, oldest first."""
    async with Archive(town.system) as archive:
        return await archive.fetch(
            "SELECT action, about::text AS about FROM ledger.audit"
            " WHERE tenant = $1 AND who = $2 AND action IN ('searched', 'search_shown')"
            " ORDER BY n",
            TENANT,
            archivist["name"],
        )


async def read_by_keyboard(reader: Console, screenshots: Path) -> list[str]:
    """Open the only result at its hit, and come back to it."""
    page = reader.page
    result = page.get_by_role("button", name="Les samtale")
    await expect(result).to_have_count(1)
    await result.focus()
    await page.keyboard.press("Enter")
    hit = page.get_by_role("dialog").locator("li.found")
    await expect(hit).to_contain_text("Klokkerstua", timeout=SOON_MS)
    await expect(hit).to_be_focused()
    await expect(hit).to_be_in_viewport()
    wrong = await looked_at(reader, screenshots, "14-search-read")
    await page.keyboard.press("Escape")
    await expect(result).to_be_focused()
    return wrong


async def refused(reader: Console, screenshots: Path) -> list[str]:
    """Ask for days the wrong way round, and of a service that is busy."""
    page = reader.page
    await page.get_by_label("Fra og med").fill("2026-02-02")
    await page.get_by_label("Til og med").fill("2026-02-01")
    await page.get_by_role("button", name="Søk", exact=True).click()
    await expect(page.get_by_text("Fra-datoen må være før til-datoen.")).to_be_visible()

    await page.route(
        "**/api/search", lambda route: route.fulfill(status=503, json={"code": "busy"})
    )
    await page.get_by_role("button", name="Tøm skjemaet").click()
    await look_for(page, "tomt")
    await expect(page.get_by_role("alert").get_by_text("Søket tok for lang tid.")).to_be_visible()
    return await looked_at(reader, screenshots, "15-search-busy")
