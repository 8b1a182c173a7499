"""The guide for leaders, followed as it is written: its names are what is pressed."""

import re

import pytest
from guide import Guide, control, field, press
from playwright.async_api import Browser, Locator, Page, expect
from replay.link import Frame
from screens import GONE_MS, SOON_MS, Console, at_desk, visiting
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIZE = {"width": 1366, "height": 768}
WALLED = "Jeg er bekymret for et barn i nabolaget."


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The page."""
    return Guide("leder")


def supervisor(town: Town) -> Frame:
    """Return who leads every department and is in none."""
    users = town.system.addresses["users"]
    return next(user for user in users if user["role"] == "supervisor")


async def go(console: Console, guide: Guide, place: str) -> None:
    """Go to a place by its name in the guide."""
    await press(console.page.get_by_role("navigation"), guide.named("Det du ser", place))


def row(page: Page, words: str) -> Locator:
    """Return the conversation of the board that says some words."""
    return page.locator("tr[data-conversation]").filter(has_text=words)


async def opened(page: Page, words: str, actions: str) -> Locator:
    """Open the actions of a conversation; return them."""
    await press(row(page, words), actions)
    found = page.locator(".row-actions")
    await expect(found).to_be_visible()
    return found


async def test_the_board_and_what_is_done_from_it(
    browser: Browser, town: Town, guide: Guide
) -> None:
    agent = town.user("servicetorget", 3)
    async with (
        at_desk(browser, town.system, town.leader, "Opptatt") as leader,
        at_desk(browser, town.system, agent) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        page = leader.page
        await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        await window.say("Når åpner svømmehallen?")
        await owner.accept()
        await owner.be("Opptatt")
        async with visiting(browser, town.system) as (_, waiting):
            await waiting.say("Hvor leier jeg et lokale?")
            await go(leader, guide, "Tavlen")
            await looked_at(page, guide)
            await known(page, agent, guide)
            await whispered(page, owner, guide)
            await moved(page, guide)
            await waiting.leave()
        await presence_changed(page, owner, agent, guide)
        await taken_over(leader, owner, guide)
        await leader.finish()


async def looked_at(page: Page, guide: Guide) -> None:
    """See every figure and every table that the page tells of."""
    for name in (re.sub(r"\*\*", "", figure) for figure, _ in guide.rows("Tavlen")):
        wanted = re.escape(name.removesuffix(" målet"))
        figure = page.locator(".tiles dt").filter(has_text=re.compile(f"^{wanted}"))
        await expect(figure).to_have_count(1, timeout=SOON_MS)
    for table in ("Køene", "Samtaler", "Medarbeidere"):
        shown = page.locator("caption", has_text=guide.named("Tavlen", table))
        await expect(shown).to_be_visible(timeout=SOON_MS)
    await expect(row(page, "I køen")).to_have_count(1, timeout=SOON_MS)
    await guide.keep("tavlen", page)


async def known(page: Page, agent: Frame, guide: Guide) -> None:
    """Choose a topic, and see who can answer about it."""
    choice = field(page, guide.named("Tavlen", "Hvem kan svare om"))
    seats = page.locator("section.panelled").filter(has_text="Hvem kan svare om")
    person = seats.get_by_role("row", name=agent["shown_as"])
    await expect(person).to_be_visible(timeout=SOON_MS)
    await guide.keep("medarbeidere", seats)
    await choice.select_option(label="Barnehage")
    await expect(seats.get_by_role("columnheader", name="Barnehage")).to_be_visible()
    await choice.select_option(index=0)


async def whispered(page: Page, owner: Console, guide: Guide) -> None:
    """Whisper to who answers."""
    open_it, send = guide.steps("Hvisk")
    actions = await opened(page, "Hos ", open_it.names[0])
    rows = [name.strip("*") for name, _ in guide.rows("Gjør noe med en samtale")]
    for name in ("Lytt inn", "Hvisk", "Ta over", "Utesteng"):
        assert name in rows
        await expect(control(actions, name)).to_be_visible()
    await press(actions, open_it.names[1])
    promise = guide.said("Hvisk", "Innbyggeren ser det ikke.")
    await expect(actions.get_by_text(promise)).to_be_visible()
    await guide.keep("handlinger", page.locator("section.panelled").filter(has_text="Henvendelse"))
    await actions.get_by_role("textbox").fill("Badet er stengt på mandag.")
    await press(actions.get_by_role("form"), send.name)
    whisper = owner.page.get_by_role("group", name="Hviskes fra")
    await expect(whisper).to_contain_text("stengt på mandag", timeout=SOON_MS)
    await press(whisper, "Sett")


async def moved(page: Page, guide: Guide) -> None:
    """Move what nobody has to a department that one does not lead."""
    open_it, send = guide.steps("Flytt")
    actions = await opened(page, "I køen", open_it.names[0])
    for name in ("Hvorfor?", "Ta"):
        await expect(control(actions, guide.named("Gjør noe med en samtale", name))).to_be_visible()
    await press(actions, open_it.names[1])
    promise = guide.said("Flytt", "Innbyggeren beholder plassen sin.")
    await expect(actions.get_by_text(promise)).to_be_visible()
    form = actions.get_by_role("form")
    await field(form, send.names[0]).select_option(value="kultur-fritid")
    await press(form, send.names[1])
    await expect(row(page, "I køen")).to_have_count(0, timeout=SOON_MS)


async def presence_changed(page: Page, owner: Console, agent: Frame, guide: Guide) -> None:
    """Change how a colleague is, with a reason."""
    open_it, choose, send = guide.steps("Endre tilstedeværelsen til en medarbeider")
    await press(page.get_by_role("row", name=agent["shown_as"]), open_it.name)
    form = page.get_by_role("form", name=open_it.name)
    kept = guide.said(
        "Endre tilstedeværelsen til en medarbeider",
        "Grunnen blir lagret i innsynsloggen. Ikke skriv om helse.",
    )
    await expect(form.get_by_text(kept)).to_be_visible()
    await field(form, choose.name).select_option(label="Borte")
    await field(form, send.names[0]).fill("Gikk for dagen")
    await press(form, send.names[1])
    away = owner.page.get_by_role("button", name="Borte", exact=True)
    await expect(away).to_have_attribute("aria-pressed", "true", timeout=SOON_MS)


async def taken_over(leader: Console, owner: Console, guide: Guide) -> None:
    """Take a conversation over from the board: it is on one's screen."""
    (take,) = guide.steps("Ta over")
    actions = await opened(leader.page, "Hos ", take.names[0])
    await press(actions, take.names[1])
    await expect(leader.log).to_contain_text("svømmehallen", timeout=SOON_MS)
    await leader.say("Hei, jeg svarer deg videre.")
    await expect(leader.log).to_contain_text("Arkivert og vist", timeout=SOON_MS)
    await expect(owner.notices).to_contain_text("ikke lenger hos deg", timeout=SOON_MS)


async def test_a_wall_that_is_looked_through_and_figures_of_it_afterwards(
    browser: Browser, town: Town, guide: Guide
) -> None:
    async with (
        at_desk(browser, town.system, supervisor(town), "Opptatt") as leader,
        at_desk(browser, town.system, town.user("barn-familie")) as owner,
        visiting(browser, town.system) as (_, window),
    ):
        page = leader.page
        await page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        await window.press("Barnevern")
        await window.say(WALLED)
        await owner.accept()
        await go(leader, guide, "Tavlen")
        actions = await opened(page, "Barnevern", "Handlinger")
        await press(actions, guide.named("Gjør noe med en samtale", "Lytt inn"))
        await look_through(leader, guide)
        await expect(owner.notes).to_contain_text("Klage på saken", timeout=SOON_MS)
        await owner.say("Fortell mer.")
        await expect(leader.log).to_contain_text("Fortell mer.", timeout=SOON_MS)
        await owner.finish()
        await counted(leader, guide)
        await reported(leader, guide)
        await entered(leader, guide)


async def look_through(leader: Console, guide: Guide) -> None:
    """Read what is behind a wall, for a reason that is told."""
    page = leader.page
    find, why, read = guide.steps("Les en taushetsbelagt samtale")
    form = page.get_by_role("form", name=find.name)
    await expect(form).to_be_visible(timeout=SOON_MS)
    await expect(page.get_by_text(WALLED)).to_have_count(0)
    question = guide.said("Les en taushetsbelagt samtale", "Hvorfor må du lese den?")
    assert question in why.text
    await field(form, question).fill("Klage på saken")
    await guide.keep("glasset", form)
    await press(form, read.name)
    await expect(leader.log).to_contain_text(WALLED, timeout=SOON_MS)
    await expect(page.locator("#message")).to_have_count(0)


async def counted(leader: Console, guide: Guide) -> None:
    """Look at the figures of a period."""
    page = leader.page
    place, period, department = guide.steps("Historikk")
    await press(page.get_by_role("navigation"), place.name)
    choice, own, show = period.names
    await press(page.get_by_role("group", name=choice), own)
    await press(page, show)
    await field(page, department.name).select_option(label="Barn, unge og familie")
    for name in (figure.strip("*") for figure, _ in guide.rows("Historikk")):
        shown = page.locator(".tiles dt").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        await expect(shown).to_have_count(1, timeout=SOON_MS)
    for name in ("Last ned tallene (CSV)", "Skriv ut"):
        await expect(control(page, guide.named("Historikk", name))).to_be_visible()
    # Dates look as the reader's own browser has them.
    await press(page.get_by_role("group", name=choice), "Siste 7 dager")
    await expect(page.locator(".charts")).to_be_visible(timeout=SOON_MS)
    await guide.keep("historikk", page)


async def reported(leader: Console, guide: Guide) -> None:
    """Read the report of some months, of one department and of all."""
    page = leader.page
    place, period, department = guide.steps("Tall")
    await press(page.get_by_role("navigation"), place.name)
    choice, own, show = period.names
    await press(page.get_by_role("group", name=choice), own)
    await press(page, show)
    await field(page, department.name).select_option(label="Barn, unge og familie")
    for name in (figure.strip("*") for figure, _ in guide.rows("Tall")):
        shown = page.locator(".tiles dt").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        await expect(shown).to_have_count(1, timeout=SOON_MS)
    for name in (
        "Slik er det talt",
        "Skriv ut",
        "Last ned tallene (CSV)",
        "Last ned åpne data (JSON)",
    ):
        await expect(control(page, guide.named("Tall", name))).to_be_visible()
    await field(page, department.name).select_option(index=0)
    await press(page.get_by_role("group", name=choice), "Siste 12 måneder")
    await expect(page.locator(".charts")).to_be_visible(timeout=SOON_MS)
    await guide.keep("tall", page)


async def entered(leader: Console, guide: Guide) -> None:
    """Say how many called in a month: it is looked at, and kept."""
    way, write, keep = guide.steps("Andre kanaler")
    channels = leader.page.get_by_role("region", name="Andre kanaler", exact=True)
    one, many = way.names
    await press(channels, many)
    await press(channels, one)
    source, look = write.names
    await field(channels, source).fill("Sentralbordet")
    await field(channels, "Telefon").fill("6 667")
    await field(channels, "Besøk i skranken").fill("310")
    await press(channels, look)
    await expect(channels.get_by_role("table")).to_be_visible(timeout=SOON_MS)
    await guide.keep("kanaler", channels)
    await press(channels, keep.name)
    await expect(channels.get_by_role("status")).to_contain_text("lagret", timeout=SOON_MS)


async def test_an_emergency_is_switched_on_and_off(
    browser: Browser, town: Town, guide: Guide
) -> None:
    async with (
        at_desk(browser, town.system, town.leader, "Opptatt") as leader,
        visiting(browser, town.system) as (_, window),
    ):
        begin, write, start = guide.steps("Beredskap")
        assert "tekst" in write.text
        await press(leader.page, begin.name)
        dialog = leader.page.get_by_role("dialog", name=begin.name)
        for named in ("Emne som går foran alt annet", "Avdelinger som hjelper førstelinja"):
            await expect(dialog.get_by_text(guide.named("Beredskap", named))).to_be_visible()
        text = re.sub(r"\W+$", "", guide.rows("Beredskap")[0][0])
        await field(dialog, text).fill("Kok drikkevannet.")
        await press(dialog, start.name)
        await expect(window.frame.locator(".banner")).to_contain_text(
            "Kok drikkevannet.", timeout=GONE_MS
        )
        await press(leader.page, guide.named("Beredskap", "Endre"))
        await press(dialog, guide.named("Beredskap", "Slå av beredskap"))
        await expect(window.frame.locator(".banner")).to_be_empty(timeout=SOON_MS)
