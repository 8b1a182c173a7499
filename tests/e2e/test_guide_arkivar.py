"""The guide for archivists, followed as it is written: its names are what is pressed."""

import pytest
from desk_web import signed_in
from guide import Guide, control, field, press
from ledger_log import Archive
from playwright.async_api import Browser, Page, expect
from screens import SOON_MS, at_desk, visiting
from seat import seated
from set_up import TENANT
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIZE = {"width": 1366, "height": 768}
LOG = "Innsynsloggen"
QUESTION = "Hvor lenge er badet åpent?"


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The page."""
    return Guide("arkivar")


async def test_the_audit_is_searched_and_the_search_is_in_it(
    browser: Browser, town: Town, guide: Guide
) -> None:
    agent = town.user("servicetorget", 7)
    console = town.system.addresses["console"].rstrip("/")
    users = town.system.addresses["users"]
    archivist = next(user for user in users if user["role"] == "archivist")
    async with (
        at_desk(browser, town.system, agent, "Opptatt"),
        seated(console, TENANT, town.leader["name"], town.leader["password"]) as leader,
    ):
        change = {"presence": "away", "reason": "Gikk uten å si fra"}
        done = await leader.do({"type": "set_presence", "agent": agent["name"], **change})
        assert done["type"] == "done"
    async with at_desk(browser, town.system, archivist, "Borte") as desk:
        page = desk.page
        await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        place, fill, search = guide.steps("Innsynsloggen")
        await press(page.get_by_role("navigation", name="Gå til"), place.name)
        await expect(
            page.get_by_text(guide.said(LOG, "Søket ditt blir også skrevet her."))
        ).to_be_visible()
        who, what = fill.names
        await knows_all_that_is_told(page, guide, what)
        presence = guide.named(LOG, "Endret en kollegas tilstedeværelse")
        await field(page, who).fill(town.leader["name"])
        await field(page, what).select_option(label=presence)
        form = page.get_by_role("search")  # the way to another place is called the same
        await press(form, search.name)
        found = page.get_by_role("row").filter(has_text="Gikk uten å si fra")
        await expect(found.first).to_be_visible(timeout=SOON_MS)
        await guide.keep("innsynslogg", page.get_by_role("region", name="Hendelser"))

        await press(page, guide.named(LOG, "Tøm skjemaet"))
        await field(page, what).select_option(label=guide.named(LOG, "Søkte i innsynsloggen"))
        await press(form, search.name)
        own = page.get_by_role("row").filter(has_text=archivist["name"])
        await expect(own.first).to_be_visible(timeout=SOON_MS)


async def knows_all_that_is_told(page: Page, guide: Guide, what: str) -> None:
    """See each field and each thing that may have been done."""
    listed = await field(page, what).locator("option").all_text_contents()
    for name in guide.names(LOG):
        shown = name in listed or await field(page, name).count() > 0
        # Seen only where there is more than a page.
        if not shown and name != "Vis flere":
            await expect(control(page, name)).to_be_visible()


async def test_only_what_is_closed_is_read(browser: Browser, town: Town, guide: Guide) -> None:
    async with (
        signed_in(town.system, role="archivist") as archivist,
        at_desk(browser, town.system, town.user("servicetorget", 8)) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say(QUESTION)
        await owner.accept()
        async with Archive(town.system) as archive:
            query = (
                "SELECT id::text FROM ledger.conversation WHERE tenant = $1 AND state <> 'closed'"
            )
            conversation = await archive.fetchval(query, TENANT)
        copy = f"/api/conversations/{conversation}/transcript"
        before = await archivist.get(copy)
        await owner.press("Avslutt …")
        await owner.press("Avslutt samtalen")
        wrapup = owner.page.locator(".wrapup")
        await expect(wrapup).to_be_visible(timeout=SOON_MS)
        choices = [name.strip("*") for name, _ in guide.rows("Avsluttede samtaler")]
        for name in choices:
            await expect(wrapup.get_by_role("radio", name=name, exact=True)).to_be_visible()
        after = await archivist.get(copy)
    await read_from_the_audit(browser, town, conversation, guide)

    assert before.status_code == 404
    assert after.status_code == 200


async def read_from_the_audit(
    browser: Browser, town: Town, conversation: str, guide: Guide
) -> None:
    """Open what the audit names, and see that it is noted."""
    users = town.system.addresses["users"]
    archivist = next(user for user in users if user["role"] == "archivist")
    async with at_desk(browser, town.system, archivist, "Borte") as desk:
        page = desk.page
        find, close = guide.steps("Avsluttede samtaler")
        await press(page.get_by_role("navigation", name="Gå til"), "Innsynslogg")
        await field(page, guide.named(LOG, "Samtale")).fill(conversation)
        await press(page.get_by_role("search"), "Søk")
        # That the copy was had is one row, and not a reading besides.
        rows = page.get_by_role("row").filter(has_text=conversation[-6:].upper())
        await expect(rows).to_have_count(1, timeout=SOON_MS)
        await press(rows, find.name)
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_contain_text(QUESTION, timeout=SOON_MS)
        await press(dialog, close.name)
        await expect(dialog).to_be_hidden()
        await press(page.get_by_role("search"), "Søk")
        await expect(rows).to_have_count(2, timeout=SOON_MS)
