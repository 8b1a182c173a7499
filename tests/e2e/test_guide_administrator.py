"""The guide for administrators, followed as it is written: its names are what is pressed."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from desk_web import signed_in
from guide import Guide, control, field, press
from playwright.async_api import Browser, Locator, Page, expect
from replay.link import Frame
from screens import SOON_MS, Console, at_desk
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIZE = {"width": 1366, "height": 768}
TRIED_MS = 60_000
"""A trial in the simulator takes some seconds, on a machine that has much to do."""
CHANGE = "Slik endrer du oppsettet"
FAULTS = "Hvis det er feil"
TRY = "Prøv før du bestemmer deg"
UNDO = "Ta tilbake en endring"
BOTH = "Når to endrer samtidig"
FILES = "Hent ut og les inn"
PAGES = "Sidene i oppsettet"
NEEDED = {
    "Ansatte": ["Renovasjon"],
    "Åpningstider": ["Åpent når noen er logget inn"],
    "Personvern": ["Si hvor lenge samtaler lagres", "Ny regel"],
}
"""What is pressed before a page shows all its fields: the first agent is in one department, and
this municipality is always open, without rules."""


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The page."""
    return Guide("administrator")


def admin(town: Town) -> Frame:
    """Return the administrator."""
    users = town.system.addresses["users"]
    return next(user for user in users if user["role"] == "admin")


async def set_up(town: Town) -> dict[str, Any]:
    """Return what is in force."""
    async with signed_in(town.system, role="admin") as web:
        found: dict[str, Any] = (await web.get("/api/set-up")).json()
        return found


async def words_of(town: Town, topic: str) -> list[str]:
    """Return what citizens call a topic, as it is in force."""
    found: list[str] = next(
        each["words"] for each in (await set_up(town))["topics"] if each["id"] == topic
    )
    return found


def contents(page: Page) -> Locator:
    """Return the list of the set-up's pages."""
    return page.get_by_role("navigation", name="Sidene i oppsettet")


async def turn_to(page: Page, name: str) -> None:
    """Turn to a page of the set-up; what is changed there is marked after its name."""
    await contents(page).get_by_role("link", name=re.compile(f"^{name}")).click()


async def begin(console: Console, guide: Guide) -> Page:
    """Go to the set-up by the guide's first step."""
    place, *_ = guide.steps("Slik endrer du oppsettet")
    await console.page.set_viewport_size(SIZE)  # type: ignore[arg-type]
    await press(console.page.get_by_role("navigation", name="Gå til"), place.name)
    await expect(contents(console.page)).to_be_visible(timeout=SOON_MS)
    return console.page


async def call_it(page: Page, topic: str, word: str) -> None:
    """Let citizens call a topic something more."""
    await page.locator(".entry-list").get_by_role("button", name=topic).first.click()
    words = field(page, "Hva innbyggerne kaller det")
    await words.fill(f"{await words.input_value()}\n{word}")
    await words.blur()


async def test_a_change_goes_live_and_is_taken_back(
    browser: Browser, town: Town, guide: Guide
) -> None:
    async with at_desk(browser, town.system, admin(town), "Borte") as console:
        page = await begin(console, guide)
        _, change, review, check, go_live = guide.steps("Slik endrer du oppsettet")
        await turn_to(page, change.name)
        await call_it(page, "Barnehage", "barnepass")
        await page.mouse.move(0, 0)
        await page.evaluate("() => scrollTo(0, 0)")
        await guide.keep("oppsett", page)
        for name in ("Angre", "Gjør om"):
            await press(page, guide.named(CHANGE, name))
        marks = guide.quoted(CHANGE)
        await expect(contents(page).get_by_role("link", name=change.name)).to_contain_text(marks[0])
        await turn_to(page, review.name)
        await expect(control(page, guide.named(CHANGE, "Forkast utkastet"))).to_be_visible()
        await press(page, check.name)
        await press(page, go_live.name)
        await expect(page.get_by_text("Oppsettet er i kraft")).to_be_visible(timeout=SOON_MS)
        assert "barnepass" in await words_of(town, "barnehage")

        history, _open, undo = guide.steps("Ta tilbake en endring")
        await turn_to(page, history.name)
        latest = page.get_by_role("article").first
        await latest.locator("summary").click()
        await expect(latest).to_contain_text("barnepass")
        await guide.keep("endringer", latest)
        await latest.get_by_role("button", name=re.compile(f"^{undo.name} \\d+$")).click()
        undone = page.get_by_text("Tok tilbake endringen")
        await expect(undone.first).to_be_visible(timeout=SOON_MS)
        assert "barnepass" not in await words_of(town, "barnehage")


async def test_what_is_faulty_does_not_go_live(browser: Browser, town: Town, guide: Guide) -> None:
    before = await set_up(town)
    async with at_desk(browser, town.system, admin(town), "Borte") as console:
        page = await begin(console, guide)
        _, _, review, check, go_live = guide.steps("Slik endrer du oppsettet")
        await turn_to(page, "Avdelinger")
        await field(page, "Ny avdeling").fill("Havn")
        await press(page, "Legg til")
        await turn_to(page, "Emner")
        await field(page, "Nytt emne").fill("Båtplass")
        await press(page, "Legg til")
        await field(page, "Hvilken avdeling kan svare?").select_option(label="Havn")
        await page.get_by_role("checkbox", name="Rett til avdelingen").check()
        await turn_to(page, review.name)
        await press(page, check.name)
        errors = page.locator(".findings").filter(
            has_text=guide.named(FAULTS, "Feil som må rettes")
        )
        await expect(errors).to_be_visible(timeout=SOON_MS)
        await guide.keep("feil", page.locator(".go-live"))
        await expect(control(page, go_live.name)).to_have_count(0)
        await errors.get_by_role("link").first.click()
        await expect(page.locator(".entry")).to_be_visible()
        await turn_to(page, review.name)
        await press(page, guide.named(CHANGE, "Forkast utkastet"))
    assert await set_up(town) == before


async def test_a_trial_in_the_simulator_and_the_whole_as_one_file(
    browser: Browser, town: Town, guide: Guide, tmp_path: Path
) -> None:
    async with at_desk(browser, town.system, admin(town), "Borte") as console:
        page = await begin(console, guide)
        await turn_to(page, "Tider")
        await field(page, "Et tilbud varer").fill("60")
        review, run = guide.steps("Prøv før du bestemmer deg")
        await turn_to(page, review.name)
        await press(page, run.name)
        trial = page.locator("section.trial")
        table = trial.get_by_role("table").first
        await expect(table).to_be_visible(timeout=TRIED_MS)
        for name, _means in guide.rows(TRY):
            await expect(table.get_by_role("rowheader", name=name.strip("*"))).to_be_visible()
        verdicts = [guide.named(TRY, name) for name in ("Bedre", "Dårligere", "Som før")]
        said = await table.locator("td:last-child").all_text_contents()
        assert set(said) <= {*verdicts, "Annerledes"}
        await guide.keep("simulator", table)
        await press(page, guide.named(CHANGE, "Forkast utkastet"))

        part, save = guide.steps("Hent ut og les inn")
        await turn_to(page, part.name)
        async with page.expect_download() as download:
            await press(page, save.name)
        file = tmp_path / "oppsett.json"
        await (await download.value).save_as(file)
        document = json.loads(file.read_text("utf-8"))
        document["timing"]["offer_s"] = 45
        file.write_text(json.dumps(document), "utf-8")
        await field(page, guide.named(FILES, "Fil med oppsett")).set_input_files(file)
        await press(page, guide.named(FILES, "Gjør fila til utkast"))
        await turn_to(page, "Tider")
        await expect(field(page, "Et tilbud varer")).to_have_value("45")
        await turn_to(page, review.name)
        await press(page, guide.named(CHANGE, "Forkast utkastet"))


async def test_two_at_once_lose_nothing(browser: Browser, town: Town, guide: Guide) -> None:
    async with at_desk(browser, town.system, admin(town), "Borte") as console:
        page = await begin(console, guide)
        await turn_to(page, "Emner")
        await call_it(page, "Barnehage", "barnepass")
        async with signed_in(town.system, role="admin") as web:
            theirs = (await web.get("/api/set-up")).json()
            topic = next(each for each in theirs["topics"] if each["id"] == "barnehage")
            topic["words"].append("førskole")
            assert (await web.put("/api/set-up", json=theirs)).status_code == 200
        title = guide.said(BOTH, "Oppsettet er endret av andre")
        clash = page.get_by_role("region", name=title)
        await expect(clash).to_be_visible(timeout=SOON_MS)
        for choice in ("Bruk det som er i kraft", "Bruk det jeg har skrevet"):
            await press(clash, guide.named(BOTH, choice))
        await expect(control(clash, guide.named(BOTH, "Forkast endringene mine"))).to_be_visible()
        await press(clash, guide.named(BOTH, "Ta endringene mine med videre"))
        await expect(clash).to_be_hidden()
        await turn_to(page, "Se over og sett i kraft")
        await press(page, guide.named(CHANGE, "Forkast utkastet"))


async def test_every_page_of_the_set_up_has_what_the_guide_says(
    browser: Browser, town: Town, guide: Guide
) -> None:
    told = guide.headings[guide.headings.index(PAGES) + 1 : guide.headings.index("Ord om fare") + 1]
    async with at_desk(browser, town.system, admin(town), "Borte") as console:
        page = await begin(console, guide)
        shown = await contents(page).locator("ul").first.get_by_role("link").all_text_contents()
        assert shown == told
        for heading in told:
            await turn_to(page, heading)
            here = page.locator(".set-up-page")
            await expect(here.get_by_role("heading", name=heading).first).to_be_visible()
            entries = here.locator(".entry-list li button")
            if await entries.count() > 0:
                await entries.first.click()
            for needed in NEEDED.get(heading, []):
                named = here.locator("label, button").filter(has_text=re.compile(f"^{needed}"))
                await named.first.click()
            for name in guide.names(heading):
                await expect(here).to_contain_text(name)
        await turn_to(page, "Se over og sett i kraft")
        await press(page, guide.named(CHANGE, "Forkast utkastet"))
