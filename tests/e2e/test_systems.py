"""Keys and webhooks, made and ended by an administrator at the screen."""

import os
from pathlib import Path

import httpx
import looking
import pytest
from playwright.async_api import Browser, Page, expect
from screens import SOON_MS, at_desk
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for them."""
    if folder := os.environ.get("PREK_SCREENS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_an_administrator_makes_a_key_and_ends_it(browser: Browser, town: Town) -> None:
    admin = next(user for user in town.system.addresses["users"] if user["role"] == "admin")
    base = town.system.addresses["agent_service"].rstrip("/") + "/v1"
    async with at_desk(browser, town.system, admin, "Borte") as desk:
        page = desk.page
        await (
            page.get_by_role("navigation", name="Gå til")
            .get_by_role("link", name="Fagsystemer")
            .click()
        )
        form = page.get_by_role("form", name="Lag en nøkkel")
        await form.get_by_role("button", name="Lag nøkkelen").click()
        await expect(page.get_by_text("Skriv hvilket system nøkkelen er til.")).to_be_visible()
        await expect(form.get_by_label("Navn på systemet")).to_be_focused()
        await form.get_by_label("Navn på systemet").fill("Sak & <b>arkiv</b>")
        await form.get_by_role("button", name="Lag nøkkelen").click()
        await expect(page.get_by_text("Velg minst én ting nøkkelen kan.")).to_be_visible()
        await form.get_by_label("Lese tall for hele kommunen").check()
        await form.get_by_role("button", name="Lag nøkkelen").click()
        shown = page.get_by_label("Hemmeligheten")
        await expect(shown).to_be_focused(timeout=SOON_MS)
        secret = await shown.input_value()
        await picture(page, "fagsystemer")
        assert await looking.axe(page, page.main_frame) == []
        for size in ({"width": 768, "height": 1024}, looking.PHONE):
            assert await looking.fit(page, page.main_frame, dict(size)) == []
        await page.set_viewport_size({"width": 1366, "height": 768})
        async with httpx.AsyncClient(base_url=base, trust_env=False) as other:
            other.headers["Authorization"] = f"Bearer {secret}"
            asked = {"from": "2026-01-01"}
            assert (await other.get("/statistics", params=asked)).status_code == 200
            assert (await other.get("/conversations")).status_code == 403
            await page.get_by_role("button", name="Jeg har tatt vare på den").click()
            await expect(shown).to_be_hidden()
            assert secret not in await page.content()
            await page.reload()
            row = page.get_by_role("row").filter(has_text="Sak & <b>arkiv</b>")
            await expect(row).to_contain_text("Lese tall for hele kommunen", timeout=SOON_MS)
            await row.get_by_role("button", name="Avslutt").press("Enter")
            await row.get_by_role("button", name="Ja, avslutt").press("Enter")
            await expect(row).to_have_count(0, timeout=SOON_MS)
            assert (await other.get("/statistics", params=asked)).status_code == 401


async def test_a_webhook_goes_to_the_internet_alone_or_is_told_why_not(
    browser: Browser, town: Town
) -> None:
    admin = next(user for user in town.system.addresses["users"] if user["role"] == "admin")
    async with at_desk(browser, town.system, admin, "Borte") as desk:
        page = desk.page
        await (
            page.get_by_role("navigation", name="Gå til")
            .get_by_role("link", name="Fagsystemer")
            .click()
        )
        form = page.get_by_role("form", name="Send beskjeder til en ny adresse")
        address = form.get_by_label("Adresse")
        for wrong in ("arkivet", "https://10.0.0.1/"):
            await address.fill(wrong)
            await form.get_by_role("button", name="Begynn å sende").click()
            await expect(form.get_by_text("Skriv en adresse som begynner med")).to_be_visible(
                timeout=SOON_MS
            )
            await expect(address).to_have_value(wrong)
        await address.fill("https://sak.sarpsborg.example/prek")
        await form.get_by_label("vurdert for arkivet").check()
        await form.get_by_role("button", name="Begynn å sende").click()
        row = page.get_by_role("row").filter(has_text="sak.sarpsborg.example")
        await expect(row).to_contain_text("avsluttet; vurdert for arkivet", timeout=SOON_MS)
        assert await looking.axe(page, page.main_frame) == []
        await page.get_by_role("button", name="Jeg har tatt vare på den").click()
        await row.get_by_role("button", name="Avslutt").click()
        await row.get_by_role("button", name="Ja, avslutt").click()
        await expect(page.get_by_text("Ingen beskjeder sendes.")).to_be_visible(timeout=SOON_MS)
