"""Accepted and then silent: the agent is reminded, the leader told, the enquiry offered on."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from screens import GONE_MS, SOON_MS, at_desk, visiting
from set_up import SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def impatient(setup: SetUp) -> None:
    """Remind soon; tell the leader after two more snapshots of the desk; then offer it on."""
    setup["timing"] |= {
        "first_reply_nudge_s": 2,
        "first_reply_leader_s": 25,
        "first_reply_requeue_s": 35,
    }


async def test_a_citizen_whose_agent_says_nothing_gets_another_one(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    await town.change(impatient)
    silent, ready = town.user("servicetorget", 7), town.user("servicetorget", 8)
    axe = {}
    async with (
        at_desk(browser, town.system, town.leader, "Opptatt") as leader,
        at_desk(browser, town.system, silent) as first,
        at_desk(browser, town.system, ready, "Opptatt") as second,
        visiting(browser, town.system) as (_, window),
    ):
        await window.say("Hvor henter jeg nøkkel til grendehuset?")
        await first.accept()
        await expect(first.notices).to_contain_text(
            "Innbyggeren venter på første svar fra deg", timeout=SOON_MS
        )
        await expect(leader.notices).to_contain_text(
            f"{silent['shown_as']} har ikke svart innbyggeren ennå", timeout=GONE_MS
        )
        await first.page.screenshot(path=screenshots / "first-reply-1-owner.png")
        await second.be("Ledig")
        await second.accept()
        await expect(first.notices).not_to_contain_text("venter på første svar", timeout=SOON_MS)
        await first.page.screenshot(path=screenshots / "first-reply-2-moved.png")
        await second.say("Den henter du hos oss i Glengsgata.")
        await expect(window.log).to_contain_text("Glengsgata", timeout=SOON_MS)
        await expect(window.log).to_contain_text("Du har beholdt plassen i køen")
        axe["moved"] = await first.seen(screenshots / "first-reply-3-after.png")
        await expect(leader.notices).not_to_contain_text("har ikke svart", timeout=GONE_MS)
        await second.finish()

    assert axe == {view: [] for view in axe}
