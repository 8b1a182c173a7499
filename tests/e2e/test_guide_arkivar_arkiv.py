"""The archivist at the screen: choose, take words out, hand over, hold back, erase, give access.

What is pressed has the name that the archivist's guide gives it.
"""

import asyncio
import os
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import looking
import pytest
from guide import Guide, Step
from ledger_log import Archive
from playwright.async_api import Browser, Page, expect
from replay.citizen import Citizen
from screens import SOON_MS, at_desk
from seat import Seat, seated
from set_up import TENANT, SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

OTHERS = "Ola Nordmann, ola@annen.example"
GONE = "Badet stenger klokka sju."


def hands_over(setup: SetUp) -> None:
    """Packages go to a folder, and what need not be archived goes after a month."""
    setup["archive"] |= {"way": "folder"}
    rule = {"topic": None, "archive": "none", "kept_days": 30, "legal_basis": "fvl. § 11"}
    setup["privacy"] |= {"retention": [rule]}


async def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    if folder := os.environ.get("PREK_SCREENS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def done(seat: Seat, kind: str, **fields: Any) -> None:
    ended = await seat.do({"type": kind, **fields})
    assert ended["type"] != "refused", (kind, ended)


async def talked(town: Town, seat: Seat, question: str, answer: str, archive: str | None) -> str:
    """Hold a conversation and end it; return its id."""
    socket = town.system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
    citizen = Citizen(socket, TENANT, random.Random(question), duplicate=False)
    citizen.start()
    try:
        await citizen.ready.wait()
        await citizen.open("")
        await citizen.send(question)
        about = {"conversation": citizen.conversation}
        await done(seat, "take_over", **about, epoch=0)
        for stream in ("dialogue", "desk"):
            await seat.follow(citizen.conversation, stream)
        await done(seat, "send", **about, epoch=1, text=answer)
        await done(seat, "close", **about, epoch=1)
        if archive is not None:
            await done(seat, "classify", **about, outcome="answered", archive=archive)
        await done(seat, "wrapup_done", **about)
        await seat.unfollow(citizen.conversation)
        await citizen.wait_closed()
    finally:
        await citizen.stop()
    assert citizen.conversation is not None
    return citizen.conversation


def ref(conversation: str) -> str:
    return conversation[-8:].upper()


GUIDE = Guide("arkivar")


class Place:
    """The page of the archive."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def go(self, step: Step) -> None:
        """Go to a part, as its first step says."""
        place, part = step.names
        await (
            self.page.get_by_role("navigation", name="Gå til")
            .get_by_role("link", name=place, exact=True)
            .click()
        )
        await (
            self.page.get_by_role("navigation", name="Sidene i arkivet")
            .get_by_role("link", name=part)
            .click()
        )
        heading = self.page.get_by_role("heading", name=part, level=3)
        await expect(heading).to_be_visible(timeout=SOON_MS)

    async def looks_right(self, name: str) -> None:
        """Look at it as it is."""
        await picture(self.page, f"arkiv-{name}")
        assert await looking.axe(self.page, self.page.main_frame) == []
        for size in ({"width": 768, "height": 1024}, looking.PHONE):
            assert await looking.fit(self.page, self.page.main_frame, dict(size)) == []
        await self.page.set_viewport_size({"width": 1366, "height": 768})

    async def press(self, name: str) -> None:
        """Press a button."""
        await self.page.get_by_role("button", name=name, exact=True).click()


async def test_from_the_last_word_to_the_archive_and_away(browser: Browser, town: Town) -> None:
    await town.change(hands_over)
    console = town.system.addresses["console"].rstrip("/")
    agent = town.user("servicetorget")
    async with seated(console, TENANT, agent["name"], agent["password"]) as seat:
        kept = await talked(town, seat, f"Naboen {OTHERS} har gravd.", "Takk, vi ser på det.", None)
        over = await talked(town, seat, "Når stenger badet?", GONE, "none")
        held = await talked(town, seat, "Når åpner badet?", GONE, "none")
    async with Archive(town.system) as archive:
        await archive.execute(
            "UPDATE ledger.conversation SET closed_at = closed_at - interval '2 years'"
            " WHERE id::text = ANY ($1)",
            [over, held],
        )
    archivist = next(u for u in town.system.addresses["users"] if u["role"] == "archivist")
    async with at_desk(browser, town.system, archivist, "Borte") as desk:
        place = Place(desk.page)
        await classify_and_mask(place, kept)
        await handed_over(place, kept)
        await hold_back(place, held)
        await erase(place)
        await give_access(place, kept)
    async with Archive(town.system) as archive:
        left = await archive.fetch(
            "SELECT id::text, removed_at IS NULL AS there, archive FROM ledger.conversation"
            " WHERE id::text = ANY ($1)",
            [kept, over, held],
        )
        words = await archive.fetchval(
            "SELECT string_agg(body, ' ') FROM ledger.event_body WHERE conversation::text = $1",
            kept,
        )
    assert {row["id"]: row["there"] for row in left} == {kept: True, over: False, held: True}
    assert next(row["archive"] for row in left if row["id"] == kept) == "journal"
    assert "Ola Nordmann" not in words


async def classify_and_mask(place: Place, conversation: str) -> None:
    page = place.page
    first, look, choose = GUIDE.steps("Overlevering")
    open_it, which, why = GUIDE.steps("Fjerne ord")
    await (
        page.get_by_role("navigation", name="Gå til")
        .get_by_role("link", name=first.name, exact=True)
        .click()
    )
    state, read_it = look.names
    await page.get_by_role("button", name=re.compile(f"^{state}")).click()
    read = page.get_by_role("button", name=f"{read_it} {ref(conversation)}")
    await expect(read).to_be_visible(timeout=SOON_MS)
    await place.looks_right("overlevering")
    await GUIDE.keep("overlevering", page.locator("#place-content"))
    await read.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Ola Nordmann", timeout=SOON_MS)
    assert open_it.names[0] == read_it
    await dialog.get_by_text(open_it.names[1]).click()
    (message, words), (_, gone) = which.names, why.names
    await dialog.get_by_role("button", name=gone).click()
    await expect(dialog.get_by_text("Velg hvilken melding det gjelder.")).to_be_visible()
    choice = dialog.get_by_label(message)
    option = await choice.get_by_role("option").filter(has_text="Naboen").get_attribute("value")
    await choice.select_option(option)
    await dialog.get_by_label(words).fill("Kari")
    await dialog.get_by_role("button", name=gone).click()
    await expect(dialog.get_by_text("Ordene står ikke i meldingen.")).to_be_visible(timeout=SOON_MS)
    await dialog.get_by_label(words).fill(OTHERS)
    await dialog.get_by_role("button", name=gone).click()
    await expect(dialog.get_by_text("Fjernet. Antall steder: 1.")).to_be_visible(timeout=SOON_MS)
    log = dialog.get_by_role("list").first
    await expect(log).to_contain_text("gjelder en annen person", timeout=SOON_MS)
    await expect(log).not_to_contain_text("Ola Nordmann")
    journal, *others, close = choose.names
    assert others == ["Arkiveres", "Ikke verdt å arkivere"]
    await dialog.get_by_label(journal).check()
    await expect(dialog.get_by_text("Lagret: Journalføres.")).to_be_visible(timeout=SOON_MS)
    await picture(page, "arkiv-les")
    assert await looking.axe(page, page.main_frame) == []
    await dialog.get_by_role("button", name=close).click()
    await expect(read).to_have_count(0, timeout=SOON_MS)


async def handed_over(place: Place, conversation: str) -> None:
    page = place.page
    read = page.get_by_role("button", name=f"Les {ref(conversation)}")
    unclassified, on_its_way = (
        page.get_by_role("button", name=re.compile(f"^{GUIDE.named('Overlevering', name)}"))
        for name in ("Ikke vurdert", "På vei")
    )
    async with asyncio.timeout(90):
        # The keeper hands over when it comes round, and nobody tells the screen.
        while not await read.count():
            await unclassified.click()
            await on_its_way.click()
            await page.wait_for_timeout(500)
    download = GUIDE.named("Overlevering", "Last ned pakken")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name=f"{download} {ref(conversation)}").click()
    package = zipfile.ZipFile(await (await coming.value).path())
    names = {Path(name).name for name in package.namelist()}
    assert {"arkivmelding.xml", "samtale.pdf", "samtale.json"} <= names
    everything = b"".join(package.read(name) for name in package.namelist())
    assert b"Ola Nordmann" not in everything


async def hold_back(place: Place, conversation: str) -> None:
    page = place.page
    go, fill, hold = GUIDE.steps("Holde tilbake")
    which, why = fill.names
    await place.go(go)
    await place.press(hold.name)
    await expect(page.get_by_text("Skriv grunnen.")).to_be_visible()
    await page.get_by_label(why).fill("Klagesak 26/14")
    await place.press(hold.name)
    await expect(page.get_by_text("Skriv id-en til samtalen.")).to_be_visible(timeout=SOON_MS)
    await page.get_by_label(which).fill(conversation)
    await place.press(hold.name)
    row = page.get_by_role("row").filter(has_text="Klagesak 26/14")
    await expect(row).to_contain_text(ref(conversation), timeout=SOON_MS)
    await place.looks_right("holdes-tilbake")


async def erase(place: Place) -> None:
    page = place.page
    go, look, yes = GUIDE.steps("Sletting")
    await place.go(go)
    rule = page.get_by_role("row").filter(has_text="fvl. § 11")
    await expect(rule).to_be_visible(timeout=SOON_MS)
    await place.press(look.name)
    due = page.get_by_role("row").filter(has_text="Har ligget lenge nok")
    await expect(due.first).to_be_visible(timeout=SOON_MS)
    await place.looks_right("sletting")
    await GUIDE.keep("sletting", page.locator("#place-content"))
    for name in yes.names:
        await place.press(name)
    ended = page.get_by_role("status").filter(has_text="Ferdig. 1 i alt, 1 slettet")
    await expect(ended).to_be_visible(timeout=60_000)


async def give_access(place: Place, conversation: str) -> None:
    page = place.page
    go, which, look, fetch = GUIDE.steps("Innsyn")
    case, button = look.names
    await place.go(go)
    await place.press(button)
    await expect(page.get_by_text("Skriv hvilke samtaler det gjelder.")).to_be_visible()
    await page.get_by_label(which.name).fill(conversation)
    await page.get_by_label(case).fill("sak 26/123")
    await place.press(button)
    row = page.get_by_role("row").filter(has_text=ref(conversation))
    await expect(row).to_be_visible(timeout=SOON_MS)
    await place.looks_right("innsyn")
    async with page.expect_download(timeout=60_000) as coming:
        await place.press(fetch.name)
    names = zipfile.ZipFile(await (await coming.value).path()).namelist()
    assert any(name.endswith(".pdf") for name in names)
    assert any(name.endswith(".json") for name in names)
