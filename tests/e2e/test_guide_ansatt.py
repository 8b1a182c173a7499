"""The guide for agents, followed as it is written: its names are what is pressed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from guide import Guide, control, field, press
from ledger_log import Archive
from playwright.async_api import Browser, expect
from replay.link import Frame
from screens import GONE_MS, SOON_MS, Console, at_desk, visiting
from seat import Seat, seated
from set_up import TENANT
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SIZE = {"width": 1366, "height": 768}
QUESTION = "Når har dere åpent?"
REPLY = "Servicetorget er åpent mandag til fredag fra klokka 8 til 15."


@pytest.fixture(scope="module")
def guide() -> Guide:
    """The page."""
    return Guide("ansatt")


@asynccontextmanager
async def signing_in(
    browser: Browser, town: Town, user: Frame, guide: Guide
) -> AsyncIterator[Console]:
    """Give the desk of an agent who signed in by the guide and is available."""
    context = await browser.new_context(locale="nb-NO", viewport=SIZE)  # type: ignore[arg-type]
    page = await context.new_page()
    console = Console(page)
    await page.goto(town.system.addresses["console"])
    fill, enter = guide.steps("Logg inn")
    for name, text in zip(fill.names, (user["name"], user["password"]), strict=True):
        await field(page, name).fill(text)
    await press(page, enter.name)
    await expect(page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)
    yield console
    await console.be("Borte")
    await context.close()
    assert console.faults == []


async def test_a_conversation_from_sign_in_to_wrap_up_and_the_next_of_the_same_citizen(
    browser: Browser, town: Town, guide: Guide
) -> None:
    async with (
        signing_in(browser, town, town.user("servicetorget"), guide) as console,
        visiting(browser, town.system) as (_, window),
    ):
        page = console.page
        for presence, _means in guide.rows("Si hvordan du er"):
            await press(page.get_by_role("group", name="Tilstedeværelse"), presence)
        await console.be("Ledig")
        await guide.keep("tilstedevaerelse", page.locator("header.top"))

        await window.say(QUESTION)
        await expect(console.offer).to_be_visible(timeout=GONE_MS)
        for name in ("Ta imot", "Avslå"):
            assert await control(console.offer, guide.named("Ta imot et tilbud", name)).count() == 1
        await guide.keep("tilbud", console.offer)
        await press(console.offer, guide.named("Ta imot et tilbud", "Ta imot"))
        await expect(console.log).to_contain_text(QUESTION, timeout=SOON_MS)

        await use_a_reply(console, guide)
        await expect(window.log).to_contain_text(REPLY, timeout=SOON_MS)
        marks = [mark for mark, _ in guide.rows("Svar") if mark]
        await expect(console.log).to_contain_text(marks[-1], timeout=SOON_MS)

        await press(page, guide.named("Legg tilbake eller avslutt", "Avslutt"))
        await press(page, "Avslutt samtalen")
        await wrap_up(console, guide)
        await expect(page.get_by_role("heading", name="Etterarbeid")).to_be_hidden(timeout=SOON_MS)

        await window.press("Start en ny samtale")
        await window.say("Hva koster det?")
        await console.accept()
        await read_what_was_before(console, guide)
        await window.leave()


async def use_a_reply(console: Console, guide: Guide) -> None:
    """Find a canned reply in each way that the guide knows, and send it."""
    page = console.page
    begin, search, _choose, send = guide.steps("Bruk et ferdigsvar")
    found = page.get_by_role("listbox")
    for way in ("slash", "button", "keys"):
        match way:
            case "slash":
                assert "`/`" in begin.text
                await page.locator("#message").press("/")
            case "button":
                await press(page, begin.name)
            case _:
                await page.keyboard.press(begin.keys)
        await expect(found).to_be_visible()
        if way != "keys":
            await page.keyboard.press("Escape")
            await expect(found).to_be_hidden()
            await page.locator("#message").fill("")
    await field(page, search.name).fill("åpent")
    await expect(found).to_contain_text(REPLY)
    await guide.keep("ferdigsvar", page.locator("section.dialogue, .dialogue").first)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator("#message")).to_have_value(REPLY)
    await press(page, send.name)


async def wrap_up(console: Console, guide: Guide) -> None:
    """Say what became of it, after trying to go without."""
    page = console.page
    outcome, archive, done = guide.steps("Etterarbeid")
    panel = page.locator(".wrapup")
    await expect(panel).to_be_visible(timeout=SOON_MS)
    choices = [name.strip("*") for name, _when in guide.rows("Etterarbeid")]
    for name in choices:
        await expect(panel.get_by_role("radio", name=name, exact=True)).to_be_visible()
    assert await panel.get_by_role("radio").count() == len(choices)
    await press(panel, done.name)
    leave = control(panel, guide.named("Etterarbeid", "La det stå åpent"))
    await expect(leave).to_be_visible()
    await press(panel, "Velg nå")
    await press(panel.get_by_role("group", name=outcome.name), "Fikk svar")
    chosen, confirmed = archive.names
    assert confirmed == done.name
    await press(panel.get_by_role("group", name=chosen), "Ikke verdt å arkivere")
    await expect(panel.get_by_role("radio", checked=True)).to_have_count(2)
    await guide.keep("etterarbeid", panel)
    await press(panel, done.name)


async def read_what_was_before(console: Console, guide: Guide) -> None:
    """Open the first conversation of the citizen, who is in the second."""
    page = console.page
    _find, read, close = guide.steps("Se hva innbyggeren har spurt om før")
    title = guide.named("Se hva innbyggeren har spurt om før", "Tidligere henvendelser")
    listed = page.get_by_role("region", name=title)
    await expect(listed).to_contain_text("Fikk svar", timeout=SOON_MS)
    await guide.keep("tidligere", listed)
    await press(listed, read.name)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(QUESTION, timeout=SOON_MS)
    await press(dialog, close.name)
    await expect(dialog).to_be_hidden()


async def test_colleagues_advise_a_leader_whispers_and_a_walled_department_takes_over(
    browser: Browser, town: Town, guide: Guide
) -> None:
    child = town.user("barn-familie")
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 2)) as owner,
        at_desk(browser, town.system, child, "Opptatt") as colleague,
        visiting(browser, town.system) as (_, window),
    ):
        await owner.page.set_viewport_size(SIZE)  # type: ignore[arg-type]
        await window.say("Jeg er bekymret for et barn i nabolaget.")
        await owner.accept()
        await advised(owner, colleague, child["name"], guide)
        async with at_seat(town, town.leader) as leader:
            await whispered(owner, leader, await only_conversation(town), guide)
            await set_by(owner, leader, guide)
        await handed_over(owner, colleague, guide)
        async with at_seat(town, supervisor(town)) as outsider:
            await looked_through_the_glass(colleague, outsider, await only_conversation(town))
        await colleague.finish()


@asynccontextmanager
async def at_seat(town: Town, user: Frame) -> AsyncIterator[Seat]:
    """Give the socket of somebody whose own screen is another guide's."""
    console = town.system.addresses["console"].rstrip("/")
    async with seated(console, TENANT, user["name"], user["password"]) as seat:
        yield seat


def supervisor(town: Town) -> Frame:
    """Return who leads every department and is in none."""
    users = town.system.addresses["users"]
    return next(user for user in users if user["role"] == "supervisor")


async def only_conversation(town: Town) -> str:
    """Return the conversation that is open."""
    async with Archive(town.system) as archive:
        query = "SELECT id::text FROM ledger.conversation WHERE tenant = $1 AND state <> 'closed'"
        return str(await archive.fetchval(query, TENANT))


async def advised(owner: Console, colleague: Console, name: str, guide: Guide) -> None:
    """Ask for advice, and be given it."""
    page, other = owner.page, colleague.page
    begin, choose, ask = guide.steps("Spør en kollega")
    # The keys are a dialogue's own: before it is there, they do nothing.
    await expect(page.locator("#message")).to_be_visible(timeout=SOON_MS)
    await page.keyboard.press(begin.keys)
    form = page.get_by_role("form", name=begin.name)
    await field(form, choose.name).select_option(value=name)
    await press(form, ask.name)
    asked = other.get_by_role("heading", name=guide.named("Spør en kollega", "Du er spurt om råd"))
    await expect(asked).to_be_visible(timeout=SOON_MS)
    await expect(
        page.get_by_role("heading", name=guide.named("Spør en kollega", "Spurt om råd"))
    ).to_be_visible(timeout=SOON_MS)
    await other.get_by_role("button", name="spør deg om råd").click()
    await press(other, guide.named("Spør en kollega", "Jeg er ferdig"))
    await expect(asked).to_be_hidden(timeout=SOON_MS)


async def whispered(owner: Console, leader: Seat, conversation: str, guide: Guide) -> None:
    """Read what a leader whispers, and put it away."""
    heading = "Når lederen hvisker til deg"
    words = "Si at barnevernet tar over."
    note = {"type": "note", "conversation": conversation, "text": words, "whisper": True}
    # Its event comes to who follows.
    follow = {"type": "follow", "conversation": conversation, "stream": "desk", "after": 0}
    await leader.say(follow)
    assert (await leader.do(note))["type"] in ("done", "event")
    by = guide.named(heading, "Hviskes fra")
    whisper = owner.page.get_by_role("group", name=by)
    await expect(whisper).to_contain_text(words, timeout=SOON_MS)
    await guide.keep("hvisking", owner.page.locator(".dialogue").first)
    await press(whisper, guide.named(heading, "Sett"))
    await expect(whisper).to_be_hidden()
    await expect(owner.notes).to_contain_text(words)


async def set_by(owner: Console, leader: Seat, guide: Guide) -> None:
    """See that a leader changed one's presence, and change it back."""
    agent = await owner.page.evaluate("() => fetch('/api/session').then((a) => a.json())")
    change = {"presence": "away", "reason": "Gikk uten å si fra"}
    done = await leader.do({"type": "set_presence", "agent": agent["agent"], **change})
    assert done["type"] == "done"
    reason = owner.page.get_by_role("combobox", name="Årsak")
    shown = guide.named("Si hvordan du er", "Satt av leder")
    await expect(reason.locator("option:checked")).to_have_text(shown, timeout=SOON_MS)
    await owner.be("Ledig")


async def handed_over(owner: Console, colleague: Console, guide: Guide) -> None:
    """Hand over to a department behind a wall, and see no more of it."""
    page = owner.page
    begin, choose, send = guide.steps("Sett over")
    assert control(page.get_by_role("group", name="Handlinger"), begin.name)
    await page.keyboard.press(begin.keys)
    form = page.get_by_role("form", name=begin.name)
    await field(form, choose.name).select_option(value="barn-familie")
    await press(form, send.name)
    promise = guide.said("Sett over", "Samtalen er din til noen tar imot.")
    await expect(page.get_by_text(promise).first).to_be_visible(timeout=SOON_MS)
    assert await control(page, guide.named("Sett over", "Trekk tilbake")).count() == 1
    await owner.say("Jeg setter deg over nå.")
    await colleague.be("Ledig")
    await colleague.accept()
    await expect(colleague.log).to_contain_text("Jeg setter deg over nå.", timeout=SOON_MS)
    await expect(owner.log).to_have_count(0, timeout=SOON_MS)


async def looked_through_the_glass(colleague: Console, outsider: Seat, conversation: str) -> None:
    """See who of outside reads, and why."""
    reason = "Klage fra innbyggeren"
    frame = {"type": "break_glass", "conversation": conversation, "reason": reason}
    assert (await outsider.do(frame))["type"] in ("done", "event")
    await expect(colleague.notes).to_contain_text(reason, timeout=SOON_MS)
