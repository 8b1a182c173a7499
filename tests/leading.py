"""The leaders' board on a console's screen, and what the ledger says of the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import looking
from ledger_log import Archive
from playwright.async_api import Locator, Page, expect
from screens import SOON_MS, Console
from set_up import TENANT
from town import Town

SIZES: Final = ((1366, 768), (1024, 768))
MOST_STEPS: Final = 150
"""So many times Tab is pressed at the most: a page has an end."""
_NAME = """() => {
  const e = document.activeElement;
  return (e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText ?? '').trim();
}"""


class Board:
    """The tables of the board, and what is done to one row."""

    def __init__(self, console: Console) -> None:
        """Take a console that is on it, or will be."""
        self.page = console.page
        self.lines = self.page.get_by_role("table", name="Køene")
        self.rows = self.page.locator("tr[data-conversation]")
        self.agents = self.page.get_by_role("table", name="Medarbeidere")

    async def go(self) -> None:
        """Go there by the link in the top line."""
        await self.page.get_by_role("link", name="Tavlen").click()
        await expect(self.lines).to_be_visible(timeout=SOON_MS)

    def row(self, words: str) -> Locator:
        """Return the row of the conversations that say something."""
        return self.rows.filter(has_text=words)

    def tile(self, name: str) -> Locator:
        """Return the figure of all lines with a name."""
        return self.page.locator(".tile").filter(has=self.page.get_by_text(name, exact=True))

    async def shown(self) -> set[str]:
        """Return the conversations that have a row."""
        return {await row.get_attribute("data-conversation") or "" for row in await self.rows.all()}

    async def ask(self, row: Locator, action: str) -> None:
        """Open what can be done about a conversation, unless it is open, and choose."""
        opener = row.get_by_role("button", name="Handlinger for")
        if await opener.get_attribute("aria-expanded") != "true":
            await opener.click()
        await self.page.locator("tr.opened").get_by_role("button", name=action, exact=True).click()


async def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the keyboard has a name that begins so."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        if (await page.evaluate(_NAME)).startswith(name):
            return
    message = f"nothing is called {name}"
    raise AssertionError(message)


async def looked_at(console: Console, pictures: Path, name: str) -> list[str]:
    """Keep pictures in both sizes, and return what is wrong with the screen as it is."""
    page = console.page
    found = await looking.axe(page, page.main_frame)
    before = page.viewport_size
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=pictures / f"leading-{name}-{width}.png", full_page=True)
        found += await looking.fit(page, page.main_frame, {"width": width, "height": height})
    if before is not None:
        await page.set_viewport_size(before)
    return found


async def open_now(town: Town) -> list[Mapping[str, Any]]:
    """Return the conversations that are not closed, as the ledger has them."""
    async with Archive(town.system) as archive:
        found = await archive.fetch(
            "SELECT id::text, department, state, owner FROM ledger.conversation"
            " WHERE tenant = $1 AND state <> 'closed' ORDER BY opened_at",
            TENANT,
        )
    return [dict(row) for row in found]


async def streams_of(town: Town, kind: str) -> list[str]:
    """Return the streams that have events of a kind."""
    async with Archive(town.system) as archive:
        rows = await archive.fetch(
            "SELECT stream FROM ledger.event WHERE tenant = $1 AND kind = $2", TENANT, kind
        )
    return [row["stream"] for row in rows]


async def presence_audit(town: Town, agent: str) -> list[tuple[str, str]]:
    """Return who changed an agent's presence, with the reasons, as the audit has them."""
    async with Archive(town.system) as archive:
        rows = await archive.fetch(
            "SELECT who, about->>'reason' AS reason FROM ledger.audit"
            " WHERE tenant = $1 AND action = 'presence_set' AND about->>'agent' = $2 ORDER BY n",
            TENANT,
            agent,
        )
    return [(row["who"], row["reason"]) for row in rows]


async def opened_of_late(town: Town) -> int:
    """Return how many enquiries were opened in the last seven days of Norway."""
    async with Archive(town.system) as archive:
        count: int = await archive.fetchval(
            "SELECT count(*) FROM ledger.conversation WHERE tenant = $1"
            " AND (opened_at AT TIME ZONE 'Europe/Oslo')::date"
            " > (now() AT TIME ZONE 'Europe/Oslo')::date - 7",
            TENANT,
        )
    return count
