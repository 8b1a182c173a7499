"""Those who lead: the board agrees with the ledger, and what they do from it is done and kept."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from leading import (
    Board,
    looked_at,
    open_now,
    opened_of_late,
    presence_audit,
    streams_of,
    tab_to,
)
from playwright.async_api import Browser, expect
from screens import GONE_MS, SOON_MS, Console, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

WHISPER = "Spør om hytta har innlagt vann."
REASON = "Trengs i publikumsmottaket"
CHARTS = ("Time for time", "Etter ukedag", "Dag for dag", "Etter emne", "Etter avdeling")


@asynccontextmanager
async def on_board(
    browser: Browser, town: Town, user: dict[str, Any]
) -> AsyncIterator[tuple[Console, Board]]:
    """Give the console of somebody who leads, with the board on it."""
    address = town.system.addresses["console"] + "#place=board"
    async with at_desk(browser, town.system, user, "Opptatt", address=address) as console:
        board = Board(console)
        await expect(board.lines).to_be_visible(timeout=SOON_MS)
        yield console, board


def supervisor(town: Town) -> dict[str, Any]:
    """Return the one who leads every department."""
    return next(user for user in town.system.addresses["users"] if user["role"] == "supervisor")


async def test_the_board_shows_what_the_ledger_has_says_why_and_moves_who_waits(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    wrong = {}
    agent = town.user("servicetorget", 3)
    async with (
        at_desk(browser, town.system, agent) as owner,
        on_board(browser, town, supervisor(town)) as (leader, board),
        visiting(browser, town.system) as (_, helped),
        visiting(browser, town.system) as (_, waits),
    ):
        await helped.say("Kan jeg koble hytta til det kommunale vannet?")
        await owner.accept()
        await owner.be("Opptatt")
        await waits.say("Hvor høy kan hekken min være mot veien?")
        active, waiting = board.row(f"Hos {agent['shown_as']}"), board.row("I køen")
        for row in (active, waiting):
            await expect(row).to_have_count(1, timeout=SOON_MS)
        open_there = await open_now(town)
        assert await board.shown() == {row["id"] for row in open_there}
        assert [row["state"] for row in open_there] == ["active", "waiting"]
        for tile in ("Venter", "Pågår"):
            await expect(board.tile(tile).locator("strong")).to_have_text("1", timeout=SOON_MS)
        front = board.lines.get_by_role("row", name=re.compile("^Servicetorget"))
        await expect(front.get_by_role("cell").first).to_have_text("1")
        wrong["board"] = await looked_at(leader, screenshots, "1-board")

        await board.ask(waiting, "Hvorfor?")
        why = leader.page.get_by_role("region", name="Hvorfor?")
        await expect(why).to_contain_text("opptatt", timeout=GONE_MS)
        wrong["why"] = await looked_at(leader, screenshots, "2-why")
        await board.ask(waiting, "Flytt …")
        form = leader.page.get_by_role("form", name="Flytt")
        await form.get_by_role("combobox").select_option("byggesak-plan")
        wrong["move"] = await looked_at(leader, screenshots, "3-move")
        await form.get_by_role("button", name="Flytt", exact=True).click()
        await expect(board.row("Plan og byggesak")).to_have_count(1, timeout=SOON_MS)
        assert [row["department"] for row in await open_now(town)] == [
            "servicetorget",
            "byggesak-plan",
        ]
        assert set(await streams_of(town, "moved")) == {"desk"}
        there = board.lines.get_by_role("row", name=re.compile("^Plan og byggesak"))
        await expect(there.get_by_role("cell").first).to_have_text("1", timeout=SOON_MS)
        await owner.finish()
        await waits.leave()
        assert '"moved"' not in "\n".join(waits.told)
    assert wrong == {view: [] for view in wrong}


async def test_a_supervisor_listens_in_whispers_unseen_and_takes_over(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    wrong = {}
    agent, chief = town.user("servicetorget", 3), supervisor(town)
    async with (
        at_desk(browser, town.system, agent) as owner,
        on_board(browser, town, chief) as (leader, board),
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Kan jeg koble hytta til det kommunale vannet?")
        await owner.accept()
        row = board.row(f"Hos {agent['shown_as']}")
        await expect(row).to_have_count(1, timeout=SOON_MS)
        await board.ask(row, "Lytt inn")
        await expect(leader.log).to_contain_text("koble hytta", timeout=SOON_MS)
        await expect(leader.page.locator("#dialogue")).to_be_focused()
        await expect(leader.page.locator("#message")).to_have_count(0)

        await board.go()
        await board.ask(row, "Hvisk …")
        await leader.page.get_by_role("textbox", name=f"Til {agent['shown_as']}").fill(WHISPER)
        wrong["whisper"] = await looked_at(leader, screenshots, "4-whisper")
        await leader.press("Hvisk")
        await expect(owner.page.get_by_text(WHISPER, exact=True).first).to_be_visible(
            timeout=SOON_MS
        )
        told = "\n".join(window.told)
        hidden = (WHISPER, "whisper", '"note"', '"desk"', chief["shown_as"])
        assert [each for each in hidden if each in told] == []

        await board.ask(row, "Ta over")
        await expect(leader.page.locator("#message")).to_be_focused(timeout=SOON_MS)
        await leader.say("Det kan du. Jeg sender deg skjemaet.")
        await expect(window.log).to_contain_text("sender deg skjemaet", timeout=SOON_MS)
        assert [row["owner"] for row in await open_now(town)] == [chief["name"]]
        await leader.finish()
    assert wrong == {view: [] for view in wrong}


async def test_a_colleagues_presence_is_changed_with_a_reason_that_the_audit_keeps(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    wrong = {}
    expert, chief = town.user("byggesak-plan"), supervisor(town)
    async with (
        at_desk(browser, town.system, expert, "Opptatt") as theirs,
        on_board(browser, town, chief) as (leader, board),
        visiting(browser, town.system) as (_, window),
    ):
        row = board.agents.get_by_role("row", name=re.compile(f"^{expert['shown_as']}"))
        await expect(row).to_contain_text("Opptatt", timeout=SOON_MS)
        await row.get_by_role("button", name="Endre").click()
        form = leader.page.get_by_role("form", name="Endre tilstedeværelsen")
        await form.get_by_role("button", name="Endre").click()
        await expect(form.get_by_text("Skriv en grunn først.")).to_be_visible()
        await form.get_by_role("combobox").select_option("away")
        await form.get_by_role("textbox").fill(REASON)
        wrong["presence"] = await looked_at(leader, screenshots, "5-presence")
        await form.get_by_role("button", name="Endre").click()
        await expect(row).to_contain_text("Borte", timeout=SOON_MS)
        choice = theirs.page.get_by_role("group", name="Tilstedeværelse").get_by_role(
            "button", name="Borte"
        )
        await expect(choice).to_have_attribute("aria-pressed", "true", timeout=SOON_MS)
        assert (await presence_audit(town, expert["name"]))[-1] == (chief["name"], REASON)

        await leader.press("Beredskap …")
        dialog = leader.page.get_by_role("dialog", name="Beredskap")
        await dialog.get_by_label("bokmål", exact=False).fill("Vannet er stengt i dag.")
        await dialog.get_by_role("button", name="Slå på beredskap").click()
        banner = window.frame.locator(".banner")
        await expect(banner).to_contain_text("stengt i dag", timeout=SOON_MS)
        await leader.press("Endre …")
        await dialog.get_by_role("button", name="Slå av beredskap").click()
        await expect(banner).to_be_empty(timeout=SOON_MS)
    assert wrong == {view: [] for view in wrong}


async def test_the_history_counts_the_enquiries_just_had(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    wrong = {}
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 5)) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Hva koster det å leie kinosalen?")
        await owner.accept()
        await owner.say("Det står i prislista.")
        await owner.finish()
    opened = await opened_of_late(town)
    async with on_board(browser, town, supervisor(town)) as (leader, _):
        page = leader.page
        await page.get_by_role("link", name="Historikk").click()
        figure = page.locator(".tile").filter(has_text="Henvendelser").locator("strong")
        await expect(figure).to_have_text(str(opened), timeout=SOON_MS)
        for chart in CHARTS:
            picture = page.get_by_role("img", name=re.compile(f"^{chart}: {opened} henvendelser"))
            await expect(picture).to_be_visible()
        wrong["history"] = await looked_at(leader, screenshots, "6-history")
        await page.get_by_text("Tallene: Etter avdeling").click()
        table = page.get_by_role("table", name="Etter avdeling")
        await expect(table.get_by_role("row", name=re.compile("^Servicetorget"))).to_be_visible()
        wrong["table"] = await looked_at(leader, screenshots, "7-table")
        async with page.expect_download() as coming:
            await leader.press("Last ned tallene (CSV)")
        await (await coming.value).save_as(screenshots / "leading-history.csv")
        await page.get_by_label("Egne datoer").check()
        await page.locator("input[type=date]").first.fill("2020-01-01")
        await page.locator("input[type=date]").last.fill("2020-01-31")
        await leader.press("Vis")
        await expect(page.get_by_text("Ingen henvendelser i denne perioden.")).to_be_visible(
            timeout=SOON_MS
        )
    rows = (screenshots / "leading-history.csv").read_text("utf-8-sig").splitlines()
    assert rows[1].split(";")[2:5] == ["Alle", "Alle", str(opened)]
    assert wrong == {view: [] for view in wrong}


async def test_a_leader_of_one_department_moves_and_whispers_by_keyboard_alone(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    wrong = {}
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 4)) as owner,
        on_board(browser, town, town.leader) as (leader, board),
        visiting(browser, town.system) as (_, helped),
        visiting(browser, town.system) as (_, waits),
    ):
        page = leader.page
        await helped.say("Når åpner svømmehallen?")
        await owner.accept()
        await owner.be("Opptatt")
        await waits.say("Må jeg søke om å sette opp et gjerde?")
        waiting = board.row("I køen")
        await expect(waiting).to_have_count(1, timeout=SOON_MS)

        # Who waits stands over who is being helped.
        await tab_to(page, "Handlinger for")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="Hvorfor?")).to_be_focused()
        await page.keyboard.press("Enter")
        why = page.get_by_role("region", name="Hvorfor?")
        await expect(why).to_contain_text("opptatt", timeout=GONE_MS)
        await page.keyboard.press("Escape")
        await expect(waiting.get_by_role("button", name="Handlinger for")).to_be_focused()
        await page.keyboard.press("Enter")
        await tab_to(page, "Flytt")
        await page.keyboard.press("Enter")
        await page.keyboard.type("Plan og")
        await tab_to(page, "Flytt")
        await page.keyboard.press("Enter")
        await expect(waiting).to_have_count(0, timeout=SOON_MS)
        assert [row["department"] for row in await open_now(town)] == [
            "servicetorget",
            "byggesak-plan",
        ]

        await tab_to(page, "Handlinger for")
        await page.keyboard.press("Enter")
        await tab_to(page, "Hvisk")
        await page.keyboard.press("Enter")
        await page.keyboard.type(WHISPER)
        wrong["keyboard"] = await looked_at(leader, screenshots, "8-keyboard")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(owner.page.get_by_text(WHISPER, exact=True).first).to_be_visible(
            timeout=SOON_MS
        )
        await owner.finish()
        await waits.leave()
    assert wrong == {view: [] for view in wrong}


async def test_a_leader_of_one_department_sees_theirs_alone_and_changes_presence_by_keyboard(
    browser: Browser, town: Town
) -> None:
    agent, specialist = town.user("servicetorget", 4), town.user("byggesak-plan")
    async with (
        at_desk(browser, town.system, agent, "Opptatt") as colleague,
        at_desk(browser, town.system, specialist, "Opptatt"),
        on_board(browser, town, town.leader) as (leader, board),
    ):
        page = leader.page
        await expect(board.lines.locator("tbody tr")).to_have_count(1)
        await expect(board.lines).to_contain_text("Servicetorget")
        await expect(board.agents).to_contain_text(agent["shown_as"], timeout=SOON_MS)
        await expect(board.agents).not_to_contain_text(specialist["shown_as"])
        change = f"Endre tilstedeværelsen til {agent['shown_as']}"
        await tab_to(page, change)
        await page.keyboard.press("Enter")
        await page.keyboard.type("Ledig")
        await page.keyboard.press("Tab")
        await page.keyboard.type(REASON)
        await page.keyboard.press("Enter")
        theirs = colleague.page.get_by_role("group", name="Tilstedeværelse")
        await expect(theirs.get_by_role("button", name="Ledig")).to_have_attribute(
            "aria-pressed", "true", timeout=SOON_MS
        )
        await expect(page.get_by_role("button", name=change)).to_be_focused()
        assert (await presence_audit(town, agent["name"]))[-1] == (town.leader["name"], REASON)

        await tab_to(page, "Historikk")
        await page.keyboard.press("Enter")
        choice = page.get_by_role("combobox", name="Avdeling")
        await expect(choice.locator("option")).to_have_text(
            ["Alle", "Servicetorget"], timeout=SOON_MS
        )
