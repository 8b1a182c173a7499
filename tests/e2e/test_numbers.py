"""The numbers: what was chatted is in them, and other channels; on screen, on paper, in files."""

import asyncio
import csv
import io
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from agent_service import seed
from leading import looked_at
from ledger_log import Archive
from playwright.async_api import Browser, Locator, Page, expect
from screens import SOON_MS, Console, at_desk, visiting
from set_up import TENANT
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

COUNTED_S: Final = 60.0
"""The keeper counts what is new within so long, also on a machine that has much to do."""
DEMO: Final = Path(seed.__file__).parent / "demo" / "kanaler-2010-2013.csv"
SOURCE: Final = "Demonstrasjon: oppdiktet, etter Sarpsborgs samtaler i 2010 og 2013"
QUARTER: Final = datetime(2024, 5, 14, 9, tzinfo=UTC)
"""When what is put in for the open data was opened: a quarter that was over long ago."""

_STRAIGHT = """
SELECT count(*) AS opened, count(answered_at) AS answered,
    count(*) FILTER (WHERE due_at IS NOT NULL) AS written,
    count(*) FILTER (WHERE rating = 'yes') AS rated_yes,
    count(*) FILTER (WHERE state = 'closed' AND agents <> '{}') AS ended
FROM ledger.conversation WHERE tenant = $1
AND (opened_at AT TIME ZONE 'Europe/Oslo')::date >= date_trunc('year', now())::date
"""
_OLDER = """
INSERT INTO ledger.conversation (
    tenant, id, version, citizen, state, topic, department, language, priority, epoch, opened_at,
    entered_at, last_seq, heads, missed, agents, closed_at, answered_at, answered_in
)
SELECT $1, gen_random_uuid(), 1, 'citizen:c1', 'closed', t.topic, 'servicetorget', 'nb', 5, 1,
    q.at, q.at, '{}', '{}', '{}', '{kari}', q.at + interval '9 minutes',
    q.at + interval '20 seconds',
    'servicetorget'
FROM (VALUES ('generelt', 40), ('skole-sfo', 12), ('legevakt', 2)) AS t (topic, n),
    LATERAL generate_series(1, t.n), (SELECT $2::timestamptz AS at) AS q
"""


def supervisor(town: Town) -> dict[str, Any]:
    """Return the one who leads every department."""
    return next(user for user in town.system.addresses["users"] if user["role"] == "supervisor")


@asynccontextmanager
async def on_numbers(browser: Browser, town: Town, user: dict[str, Any]) -> AsyncIterator[Console]:
    """Give the console of somebody who leads, with the numbers on it."""
    address = town.system.addresses["console"] + "#place=numbers"
    async with at_desk(browser, town.system, user, "Opptatt", address=address) as console:
        await expect(console.page.locator(".tiles")).to_be_visible(timeout=SOON_MS)
        yield console


async def counted(town: Town) -> Mapping[str, int]:
    """Wait until nothing is left to count; return what one counts straight from the ledger."""
    ended = (
        "SELECT EXISTS (SELECT FROM ledger.counted WHERE at > $1)"
        " AND NOT EXISTS (SELECT FROM ledger.uncounted)"
    )
    async with Archive(town.system) as archive:
        asked = await archive.fetchval("SELECT clock_timestamp()")
        async with asyncio.timeout(COUNTED_S):
            # The keeper tells nobody that it has counted.
            while not await archive.fetchval(ended, asked):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return dict(await archive.fetchrow(_STRAIGHT, TENANT))


def tile(page: Page, name: str) -> Locator:
    """Return a figure by its name."""
    return page.locator(".tile").filter(has=page.get_by_text(name, exact=True))


async def saved(page: Page, name: str) -> bytes:
    """Press what saves a file, and return the file."""
    async with page.expect_download() as started:
        await page.locator("button, a").filter(has_text=name).click()
    return (await (await started.value).path()).read_bytes()


async def answer(page: Page, path: str) -> Any:
    """Ask as the console does."""
    return json.loads(await page.evaluate(f"fetch({json.dumps(path)}).then(r => r.text())"))


async def test_a_chat_is_in_the_numbers_as_the_ledger_has_it(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 5)) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Hvor søker jeg om parkeringskort?")
        await owner.accept()
        await owner.say("Du søker på nettsiden vår.")
        await owner.finish()
    straight = await counted(town)
    async with on_numbers(browser, town, supervisor(town)) as leader:
        page = leader.page
        year = datetime.now(UTC).year
        found = await answer(page, f"/api/numbers?from={year}-01&to={year}-12")

        assert {name: found["totals"][name] for name in straight} == straight
        assert found["totals"]["first_answer_median_s"] is not None
        await expect(tile(page, "Henvendelser").locator("strong")).to_have_text(
            str(straight["opened"]), timeout=SOON_MS
        )
        answered = tile(page, "Besvart i chatten")
        await expect(answered).to_contain_text(f"{straight['answered']} av {straight['opened']}")
        wrong = await looked_at(leader, screenshots, "8-numbers")

        text = (await saved(page, "Last ned tallene (CSV)")).decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";"))
        totals = {row[2]: row[3] for row in lines if row[:2] == ["Alle", "Alle"]}
        assert lines[0] == ["Fordelt på", "Verdi", "Tall", "Antall"]
        assert totals["Henvendelser"] == str(straight["opened"])
        assert totals["Avsluttet etter svar"] == str(straight["ended"])

        table = page.get_by_role("table", name="Etter språk")
        await expect(table).to_be_hidden()
        await page.emulate_media(media="print")
        for gone in (page.locator(".filters"), page.locator(".entering"), page.locator(".top")):
            await expect(gone).to_be_hidden()
        # What is folded away on the screen is on the paper.
        await expect(table).to_be_visible()
        await page.screenshot(path=screenshots / "leading-8-numbers-print.png", full_page=True)
        assert (await page.pdf())[:5] == b"%PDF-"
        await page.emulate_media(media="screen")
    assert wrong == []


async def test_calls_that_became_fewer_are_read_from_a_file_and_seen_beside_the_chat(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    async with on_numbers(browser, town, supervisor(town)) as leader:
        page = leader.page
        entering = page.get_by_role("region", name="Andre kanaler", exact=True)
        await entering.get_by_role("radio", name="Mange måneder (CSV)").check()
        await entering.get_by_label("Hvor tallene kommer fra").fill(SOURCE)
        text = entering.get_by_role("textbox", name="Eller lim inn her")
        await text.fill("Måned;Telefon\n2010-01;mange\n2010-13;1")
        await entering.get_by_role("button", name="Se over").click()
        alert = entering.get_by_role("alert")
        await expect(alert).to_contain_text("Linje 2, Telefon: Skriv et helt tall")
        await expect(alert).to_contain_text("Linje 3, Måned: Skriv år og måned slik")
        wrong = await looked_at(leader, screenshots, "9-numbers-faults")

        await entering.get_by_label("Velg en fil").set_input_files(DEMO)
        await expect(text).to_have_value(re.compile("^Måned;Telefon;E-post"))
        await entering.get_by_role("button", name="Se over").click()
        await expect(entering).to_contain_text("Vi leste 192 tall. 0 av dem er andre")
        wrong += await looked_at(leader, screenshots, "10-numbers-preview")
        await entering.get_by_role("button", name="Lagre tallene").click()
        await expect(entering.get_by_role("status")).to_contain_text("192 tall er lagret")

        await page.get_by_role("radio", name="Egne måneder").check()
        months = page.get_by_role("form", name="Egne måneder")
        await months.get_by_label("Fra").fill("2010-01")
        await months.get_by_label("Til").fill("2013-12")
        await months.get_by_role("button", name="Vis").click()
        told = page.locator(".told")
        await expect(told).to_contain_text(
            re.compile(r"fra 140\s000 i 2010 til 80\s000 i 2013. Det er 43\s% færre."),
            timeout=SOON_MS,
        )
        await expect(told).to_contain_text("Demonstrasjon: oppdiktet")
        chart = page.get_by_role("img", name=re.compile("^Chat, telefon og andre kanaler"))
        await expect(chart).to_have_accessible_name(re.compile(r"Telefon: flest i 2010, 140\s000"))
        wrong += await looked_at(leader, screenshots, "11-numbers-shift")

        await month_changed(page, entering)
    assert wrong == []
    async with Archive(town.system) as archive:
        rows = await archive.fetch(
            "SELECT who, about->>'entries' AS entries FROM ledger.audit"
            " WHERE tenant = $1 AND action = 'channels_entered' ORDER BY n",
            TENANT,
        )
    name = supervisor(town)["name"]
    assert [tuple(row) for row in rows] == [(name, "192"), (name, "1")]


async def month_changed(page: Page, entering: Locator) -> None:
    """Enter a number anew: what was there before is told, and the new one holds."""
    await entering.get_by_role("radio", name="Én måned").check()
    form = entering.get_by_role("form", name="Én måned")
    await form.get_by_label("Måned").fill("2013-12")
    await form.get_by_label("Telefon").fill("x")
    await form.get_by_role("button", name="Se over").click()
    await expect(form.get_by_role("alert")).to_contain_text("Skriv et helt tall")
    await expect(form.get_by_label("Telefon")).to_be_focused()
    await form.get_by_label("Telefon").fill("6 000")
    await form.get_by_role("button", name="Se over").click()
    await expect(entering).to_contain_text("1 av dem er andre enn de som gjelder nå")
    await entering.get_by_role("button", name="Lagre tallene").click()
    await expect(entering.get_by_role("status")).to_contain_text("1 tall er lagret")
    found = await answer(page, "/api/numbers?from=2013-12&to=2013-12")
    assert [row["phone"] for row in found["channels"]] == [6000]


async def test_open_data_hold_no_figure_about_fewer_than_five(browser: Browser, town: Town) -> None:
    async with Archive(town.system) as archive:
        await archive.execute(_OLDER, TENANT, QUARTER)
    try:
        await counted(town)
        async with on_numbers(browser, town, town.leader) as leader:
            told = json.loads(await saved(leader.page, "Last ned åpne data (JSON)"))
        (quarter,) = told["quarters"]

        assert (told["municipality"], told["least"]) == ("Sarpsborg (demo)", 5)
        assert (quarter["quarter"], quarter["opened"]) == ("2024-K2", 54)
        # Two are too few, and what they are hidden among is more than they.
        assert quarter["topic"] == {"cells": {"generelt": 40}, "rest": 14}
        assert quarter["wait"]["median_s"] == pytest.approx(20, rel=0.19)
    finally:
        async with Archive(town.system) as archive:
            for table, key in (("counted_enquiry", "day"), ("month_figures", "month")):
                await archive.execute(
                    f"DELETE FROM ledger.{table} WHERE {key} < $1",  # noqa: S608 - our own names
                    QUARTER.date() + timedelta(days=40),
                )
            await archive.execute(
                "DELETE FROM ledger.conversation WHERE tenant = $1 AND opened_at = $2",
                TENANT,
                QUARTER,
            )


async def test_a_leader_sees_the_numbers_of_the_own_departments_alone(
    browser: Browser, town: Town
) -> None:
    async with on_numbers(browser, town, town.leader) as leader:
        page = leader.page
        options = page.get_by_label("Avdeling").first.locator("option")

        assert await options.count() == 1 + len(town.leader["departments"])
        found = await answer(page, "/api/numbers?from=2026-01&to=2026-12")
        assert {row["department"] for row in found["by_department"]} <= set(
            town.leader["departments"]
        )
        other = await answer(page, "/api/numbers?from=2026-01&to=2026-12&department=barn-familie")
        assert other == {"code": "not_found"}
