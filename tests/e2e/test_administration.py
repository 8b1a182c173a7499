"""The set-up from an administrator's screen until everybody follows it, and the audit."""

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import looking
import pytest
from desk_web import signed_in
from ledger_log import Archive
from playwright.async_api import Browser, Locator, Page, expect
from replay.link import Frame
from screens import GONE_MS, SOON_MS, Console, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIZE: Any = {"width": 1366, "height": 768}
TRIED_MS = 60_000
"""A trial in the simulator takes some seconds, on a machine that has much to do."""
TOPIC = "Gravemelding"
PARTS = {
    "departments": "Avdelinger",
    "topics": "Emner",
    "agents": "Ansatte",
    "hours": "Åpningstider",
    "plans": "Rutingsplaner",
    "replies": "Ferdigsvar",
    "widget": "Chatten på nettsiden",
    "privacy": "Personvern",
    "archive": "Arkiv",
    "files": "Filer",
    "timing": "Tider",
    "danger": "Ord om fare",
    "review": "Se over og sett i kraft",
    "exchange": "Hent ut og les inn",
    "history": "Endringer",
}
ARMS = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A picture of one point, as PNG."""
MAX_TABS = 150
"""More presses than this between two things nobody would take."""


def by_role(town: Town, role: str) -> Frame:
    """Return the first user with a role."""
    found: Frame = next(user for user in town.system.addresses["users"] if user["role"] == role)
    return found


async def in_force(town: Town) -> dict[str, Any]:
    """Return the set-up in force, as the desk's own route gives it."""
    async with signed_in(town.system, role="admin") as web:
        found: dict[str, Any] = (await web.get("/api/set-up")).json()
        return found


class SetUpScreen:
    """The administrator's screen."""

    def __init__(self, console: Console) -> None:
        """Take a signed-in console."""
        self.console = console
        self.page: Page = console.page
        self.contents = self.page.get_by_role("navigation", name="Sidene i oppsettet")
        self.draft = self.page.get_by_role("group", name="Utkastet")

    async def arrive(self) -> None:
        """Go to the set-up by the desk's own link."""
        await self.page.set_viewport_size(SIZE)
        places = self.page.get_by_role("navigation", name="Gå til")
        await places.get_by_role("link", name="Oppsett").click()
        await expect(self.contents).to_be_visible(timeout=SOON_MS)

    def link(self, part: str) -> Locator:
        """Return the link to a page; a page that is changed is called so."""
        return self.contents.get_by_role("link", name=re.compile(f"^{PARTS[part]}"))

    async def go(self, part: str) -> None:
        """Go to one of its pages."""
        await self.link(part).click()
        await expect(self.page.get_by_role("heading", name=PARTS[part], level=3)).to_be_visible()

    def button(self, name: str | re.Pattern[str], *, exact: bool = True) -> Locator:
        """Return a button of the page."""
        return self.page.locator(".set-up").get_by_role("button", name=name, exact=exact)

    async def press(self, name: str) -> None:
        """Press a button of the page."""
        await self.button(name).click()

    async def add_topic(self, name: str, *words: str) -> None:
        """Add a topic with what citizens call it."""
        await self.go("topics")
        await self.page.get_by_label("Nytt emne").fill(name)
        await self.press("Legg til")
        await self.page.get_by_label("Hva innbyggerne kaller det").fill("\n".join(words))

    async def put_in_force(self) -> None:
        """Look the draft over, and let it go live."""
        await self.go("review")
        await self.press("Se over oppsettet")
        await self.button("Sett i kraft nå").click(timeout=SOON_MS)
        await expect(self.page.get_by_role("heading", name="Oppsettet er i kraft")).to_be_visible(
            timeout=SOON_MS
        )


async def tab_to(page: Page, to: Locator) -> None:
    """Move the focus by the tabulator until it is there."""
    for _ in range(MAX_TABS):
        if await to.evaluate("e => e === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{to} is not reached by the keyboard")


async def drafted(admin: SetUpScreen) -> None:
    """Draft a topic, a reply, and a department's hours and alerts; one is no address at first."""
    page = admin.page
    await admin.add_topic(TOPIC, "graving", "gravetillatelse")
    await page.get_by_label("Hvilken avdeling kan svare?").select_option(
        label="Kommunalteknikk (vann, avløp, vei)"
    )
    await admin.go("replies")
    await page.get_by_label("Nytt ferdigsvar").fill("Graving")
    await admin.press("Legg til")
    await page.get_by_label("Svar (bokmål)").fill("Hei, {agent} her. Søk om graving.")
    preview = page.get_by_role("region", name="Slik ser svaret ut")
    await expect(preview.locator("blockquote")).to_have_text(
        re.compile(r"Hei, \w+ \w+ her\. Søk om graving\.")
    )
    await admin.go("departments")
    await page.locator(".entry-list").get_by_role("button", name="Renovasjon").click()
    await page.get_by_label("Samme tider som kommunen ellers").uncheck()
    await page.get_by_label("Fredag stenger").fill("14:00")
    told = page.get_by_label("Varsles på e-post når ingen er ved skranken")
    await told.fill("renovasjon@sarpsborg\nvakt@sarpsborg.example")
    await admin.go("review")
    await admin.button(re.compile("er ikke en e-postadresse"), exact=False).click()
    await expect(told).to_be_focused()
    await told.fill("renovasjon@sarpsborg.example\nvakt@sarpsborg.example")


async def followed(browser: Browser, town: Town, agent: Console) -> None:
    """See the new topic in a citizen's window and on the screen of an agent who was there."""
    async with visiting(browser, town.system) as (_, window):
        await window.press("Vis flere emner")
        await expect(window.frame.get_by_role("button", name=TOPIC)).to_be_visible()
        await window.say("Kan jeg grave i veien?")
        await agent.accept()
        await expect(agent.page.get_by_role("option", name=TOPIC).first).to_be_attached()
        await agent.finish()


async def test_what_is_set_up_by_mouse_is_followed_by_every_screen_and_taken_back(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    async with (
        at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console,
        at_desk(browser, town.system, town.user("servicetorget")) as agent,
    ):
        admin = SetUpScreen(console)
        await admin.arrive()
        before = await in_force(town)
        await drafted(admin)
        axe["hours"] = await console.seen(screenshots / "administration-1-hours.png")
        await expect(admin.draft).to_contain_text("Sider endret: 3.")
        # A draft is nobody's but the administrator's, and survives a reload.
        assert await in_force(town) == before
        await admin.page.reload()
        await expect(admin.draft).to_contain_text("Sider endret: 3.", timeout=SOON_MS)

        await admin.go("review")
        await admin.press("Prøv nå")
        table = admin.page.get_by_role("table", name="En vanlig dag")
        await expect(table.get_by_role("row")).to_have_count(6, timeout=TRIED_MS)
        axe["review"] = await console.seen(screenshots / "administration-2-review.png")
        await admin.put_in_force()

        after = await in_force(town)
        assert after["version"] == before["version"] + 1
        (waste,) = [one for one in after["departments"] if one["name"]["nb"] == "Renovasjon"]
        assert waste["hours"]["week"]["fri"] == [{"opens": "08:00", "closes": "14:00"}]
        assert waste["alerts"]["department"] == [
            "renovasjon@sarpsborg.example",
            "vakt@sarpsborg.example",
        ]
        await followed(browser, town, agent)

        await admin.go("history")
        latest = admin.page.get_by_role("article").first
        await latest.locator("summary").click()
        await expect(latest).to_contain_text(f"{TOPIC} (gravemelding)")
        axe["history"] = await console.seen(screenshots / "administration-3-history.png")
        await latest.get_by_role("button", name="Ta tilbake").click()
        undone = admin.page.get_by_role("article").first
        await expect(undone).to_contain_text("Tok tilbake endringen", timeout=SOON_MS)
        # All is as before; only the version has grown.
        assert await in_force(town) == {**before, "version": before["version"] + 2}
    assert axe == {view: [] for view in axe}


async def test_the_set_up_is_changed_by_the_keyboard_alone(browser: Browser, town: Town) -> None:
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        page = admin.page
        await page.set_viewport_size(SIZE)

        async def press(to: Locator) -> None:
            await tab_to(page, to)
            await page.keyboard.press("Enter")

        places = page.get_by_role("navigation", name="Gå til")
        await press(places.get_by_role("link", name="Oppsett"))
        await expect(admin.contents).to_be_visible(timeout=SOON_MS)
        await press(admin.link("topics"))
        await tab_to(page, page.get_by_label("Nytt emne"))
        await page.keyboard.type(TOPIC)
        await page.keyboard.press("Enter")
        # What was added has the focus, and its fields come next.
        await expect(page.get_by_role("heading", name=TOPIC)).to_be_focused()
        words = page.get_by_label("Hva innbyggerne kaller det")
        await tab_to(page, words)
        await page.keyboard.type("graving\ngravetillatelse")
        await press(admin.link("timing"))
        target = page.get_by_label("Mål for ventetid (sekunder)")
        await tab_to(page, target)
        await page.keyboard.press("ControlOrMeta+a")
        await page.keyboard.type("75")

        # A step back is a whole number, not a digit; and forth again.
        undo = admin.draft.get_by_role("button", name="Angre")
        await press(undo)
        await expect(target).not_to_have_value("75")
        await press(admin.draft.get_by_role("button", name="Gjør om"))
        await expect(target).to_have_value("75")

        await press(admin.link("review"))
        await press(admin.button("Se over oppsettet"))
        go = admin.button("Sett i kraft nå")
        await expect(go).to_be_visible(timeout=SOON_MS)
        await press(go)
        await expect(page.get_by_role("heading", name="Oppsettet er i kraft")).to_be_focused(
            timeout=SOON_MS
        )
    after = await in_force(town)
    assert after["timing"]["target_s"] == 75
    (topic,) = [each for each in after["topics"] if each["name"]["nb"] == TOPIC]
    assert topic["words"] == ["graving", "gravetillatelse"]


async def test_what_cannot_be_is_told_in_words_and_nothing_changes(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    before = await in_force(town)
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        await admin.arrive()
        # What the screen itself can tell: it leads to the field.
        await admin.go("timing")
        await admin.page.get_by_label("Et tilbud varer (sekunder)").fill("")
        await admin.go("review")
        summary = admin.page.get_by_role("heading", name="Rett dette først (1)")
        await expect(summary).to_be_focused()
        axe["problems"] = await console.seen(screenshots / "administration-4-problems.png")
        await admin.button("Tider: Skriv et tall.").click()
        field = admin.page.get_by_label("Et tilbud varer (sekunder)")
        await expect(field).to_be_focused()
        await expect(field).to_have_accessible_description("Skriv et tall.")
        await field.fill("30")
        # What only the linter knows: nobody has a skill at the level that a plan asks for.
        await admin.go("departments")
        await admin.page.get_by_label("Ny avdeling").fill("Havn")
        await admin.press("Legg til")
        await admin.add_topic("Båtplass")
        await admin.page.get_by_label("Hvilken avdeling kan svare?").select_option(label="Havn")
        await admin.page.get_by_label("Rett til avdelingen").check()
        await admin.go("review")
        await admin.press("Se over oppsettet")
        wrong = admin.page.get_by_text(
            "Emnet Båtplass går rett til Havn, som ikke har noen ansatte."
        )
        await expect(wrong).to_be_visible(timeout=SOON_MS)
        await expect(admin.button("Sett i kraft nå")).to_have_count(0)
        axe["findings"] = await console.seen(screenshots / "administration-5-findings.png")
        assert await in_force(town) == before
        await admin.press("Forkast utkastet")
    assert await in_force(town) == before
    assert axe == {view: [] for view in axe}


async def test_two_administrators_at_once_lose_nothing_of_each_other(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        await admin.arrive()
        await admin.add_topic(TOPIC, "graving")
        await admin.go("timing")
        await admin.page.get_by_label("Mål for ventetid (sekunder)").fill("75")

        # The other one has changed one part that this one has, and one that it has not.
        async with signed_in(town.system, role="admin") as other:
            document = (await other.get("/api/set-up")).json()
            document["timing"]["target_s"] = 90
            document["danger_words"] = ["kniv"]
            assert (await other.put("/api/set-up", json=document)).status_code == 200
            # Whoever sends what was made from an older one is refused.
            refused = await other.put("/api/set-up", json={**document, "name": "Byen"})
            assert (refused.status_code, refused.json()["code"]) == (409, "set_up_outdated")

        told = admin.page.get_by_role("heading", name="Oppsettet er endret av andre")
        await expect(told).to_be_focused(timeout=SOON_MS)
        axe["conflict"] = await console.seen(screenshots / "administration-6-conflict.png")
        await expect(admin.page.get_by_role("group", name=re.compile("Begge har"))).to_have_count(1)
        await admin.page.get_by_label("Bruk det jeg har skrevet").check()
        await admin.press("Ta endringene mine med videre")
        await admin.put_in_force()
    after = await in_force(town)
    assert after["timing"]["target_s"] == 75
    assert after["danger_words"] == ["kniv"]
    assert TOPIC in [topic["name"]["nb"] for topic in after["topics"]]
    assert axe == {view: [] for view in axe}


async def test_a_set_up_goes_out_as_a_file_and_comes_in_again(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        await admin.arrive()
        await admin.go("exchange")
        async with admin.page.expect_download() as download:
            await admin.press("Last ned det som er i kraft")
        file = tmp_path / "setup.json"
        await (await download.value).save_as(file)
        before = await in_force(town)
        written = json.loads(file.read_text(encoding="utf-8"))
        assert written == before

        chosen = admin.page.get_by_label("Fil med oppsett")
        await chosen.set_input_files(file)
        await expect(admin.page.get_by_text("Fila er lik utkastet.")).to_be_visible()
        # Of another municipality, and another version: those stay.
        written |= {"tenant": "halden", "version": 1, "danger_words": ["øks"]}
        file.write_text(json.dumps(written), encoding="utf-8")
        await chosen.set_input_files(file)
        await expect(admin.page.get_by_text("Dette er annerledes i fila (1):")).to_be_visible()
        await admin.press("Gjør fila til utkast")
        await admin.put_in_force()
        after = await in_force(town)
        assert after == {**before, "version": before["version"] + 1, "danger_words": ["øks"]}

        await admin.go("exchange")
        file.write_text('{"agents": [{"id": "x", "kapasitet": 3}]}', encoding="utf-8")
        await chosen.set_input_files(file)
        await expect(
            admin.page.get_by_text("Fila kan ikke leses. Se på: agents[0].kapasitet")
        ).to_be_visible()


async def test_the_looks_of_the_widget_are_tried_before_citizens_see_them(
    browser: Browser, town: Town, tmp_path: Path
) -> None:
    arms = tmp_path / "vaapen.png"
    arms.write_bytes(b64decode(ARMS))
    page_of_html = tmp_path / "vaapen.html"
    page_of_html.write_text("<b>", encoding="utf-8")
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        await admin.arrive()
        await admin.go("widget")
        colour = admin.page.get_by_label("Farge på toppen og knappene")
        await colour.fill("#ffcc00")
        await expect(admin.page.get_by_text("Hvit skrift er vanskelig å lese")).to_be_visible()
        await colour.fill("#5b2a86")
        await expect(admin.page.get_by_text("Hvit skrift er lett å lese")).to_be_visible()
        logo = admin.page.get_by_label("Kommunevåpen eller logo")
        await logo.set_input_files(page_of_html)
        await expect(admin.page.get_by_text("Logoen må være PNG")).to_be_visible()
        await logo.set_input_files(arms)
        await expect(admin.page.get_by_role("img", name="Logoen som er valgt")).to_be_visible()
        await admin.put_in_force()
        async with visiting(browser, town.system) as (_, window):
            src = f"data:image/png;base64,{ARMS}"
            await expect(window.frame.locator(f'img[src="{src}"]')).to_be_visible()


async def test_every_page_of_the_set_up_can_be_used_by_all(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found = {}
    async with at_desk(browser, town.system, by_role(town, "admin"), "Borte") as console:
        admin = SetUpScreen(console)
        await admin.arrive()
        for part in PARTS:
            await admin.page.set_viewport_size(SIZE)
            await admin.go(part)
            first = admin.page.locator(".entry-list li button").first
            if await first.count() > 0:
                await first.click()
            picture = screenshots / f"administration-part-{part}.png"
            found[part, "axe"] = await console.seen(picture)
            frame = admin.page.main_frame
            # The link past the top line is as small as nothing until it has the focus.
            found[part, "controls"] = [
                fault for fault in await looking.controls(frame) if "ds-skip-link" not in fault
            ]
            found[part, "narrow"] = await looking.fit(admin.page, frame, looking.PHONE)
    assert {spot: faults for spot, faults in found.items() if faults} == {}


async def test_an_archivist_finds_who_did_what(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    axe = {}
    archivist = by_role(town, "archivist")
    async with (
        at_desk(browser, town.system, town.user("servicetorget")) as agent,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Når åpner biblioteket?")
        await agent.accept()
        await agent.say("Klokka ti.")
        await expect(window.log).to_contain_text("Klokka ti.", timeout=SOON_MS)
        await agent.finish()
    conversation = await last_closed(town)
    # Reading what is closed leaves a row, and so does looking for it.
    link = f"{town.system.addresses['console']}#conversation={conversation}"
    async with at_desk(browser, town.system, archivist, "Borte", address=link) as console:
        page = console.page
        await page.set_viewport_size(SIZE)
        async with signed_in(town.system, archivist) as web:
            copy = await web.get(f"/api/conversations/{conversation}/transcript")
            assert copy.status_code == 200
        places = page.get_by_role("navigation", name="Gå til")
        await places.get_by_role("link", name="Innsynslogg").click()
        table = page.get_by_role("table", name="Hendelser, nyeste først")
        await expect(table).to_be_visible(timeout=GONE_MS)
        await page.get_by_label("Hva", exact=True).select_option(label="Hentet ut utskriften")
        await page.get_by_label("Samtale", exact=True).fill("biblioteket")
        await page.get_by_role("button", name="Søk", exact=True).click()
        await expect(page.get_by_label("Samtale", exact=True)).to_be_focused()
        await page.get_by_label("Samtale", exact=True).fill(conversation)
        await page.keyboard.press("Enter")
        row = table.get_by_role("row").nth(1)
        await expect(row).to_contain_text(archivist["name"], timeout=SOON_MS)
        await expect(row).to_contain_text(conversation[-6:].upper())
        await expect(table.get_by_role("row")).to_have_count(2)
        axe["audit"] = await console.seen(screenshots / "administration-7-audit.png")
        axe["reading"] = await read(console, row, "Klokka ti.", screenshots)
        # To read it here is to have it handed out, and is a row of its own.
        await page.get_by_role("button", name="Søk", exact=True).click()
        await expect(table.get_by_role("row")).to_have_count(3, timeout=SOON_MS)
        await page.get_by_role("button", name="Tøm skjemaet").click()
        await page.get_by_role("button", name="Søk", exact=True).click()
        await expect(table.get_by_role("row").nth(1)).to_contain_text("Søkte i innsynsloggen")
        axe["narrow"] = await looking.fit(page, page.main_frame, looking.PHONE)
    assert axe == {view: [] for view in axe}


async def last_closed(town: Town) -> str:
    """Return the id of the newest conversation that has ended."""
    async with Archive(town.system) as archive:
        found: str = await archive.fetchval(
            "SELECT id::text FROM ledger.conversation WHERE state = 'closed'"
            " ORDER BY opened_at DESC LIMIT 1"
        )
    return found


async def read(console: Console, row: Locator, words: str, screenshots: Path) -> Any:
    """Open the conversation of an audit's row, and close it again; return what axe finds."""
    await row.get_by_role("button", name=re.compile("^Les samtale ")).click()
    reading = console.page.get_by_role("dialog")
    await expect(reading).to_contain_text(words, timeout=SOON_MS)
    # It comes into view little by little.
    await expect(reading).to_have_css("opacity", "1")
    found = await console.seen(screenshots / "administration-8-reading.png")
    await console.page.keyboard.press("Escape")
    await expect(reading).to_have_count(0)
    return found
