"""An agent's day at the desk: canned replies, wrap-up, what was before, a whisper, a wall."""

import re
from pathlib import Path
from typing import Any

import pytest
from ledger_log import Archive
from looking import controls
from playwright.async_api import Browser, Locator, Page, expect
from screens import GONE_MS, SOON_MS, Console, Window, at_desk, visiting
from set_up import TENANT, SetUp
from town import Sweeper, Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

DESKTOP = {"width": 1366, "height": 768}
TABLETS = ({"width": 1024, "height": 768}, {"width": 768, "height": 1024})
UNFILLED = "Skriv til {hvem} om {topic}."
WHISPER = "Si at rådhuset er stengt på fredag."
REASON = "Politiet spør om barnet er i fare."
SECRET = "Naboen slår barnet sitt."

_BESIDE = """() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  const shown = (e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const usable = 'button, a[href], input, select, textarea, summary';
  const outside = [...document.querySelectorAll(usable)].filter(shown)
   .filter((e) => !e.closest('.visually-hidden, .ds-skip-link'))
    .filter((e) => { const box = e.getBoundingClientRect();
      return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1); })
    .map((e) => e.outerHTML.slice(0, 80));
  return wide > 0 ? [`${wide} px too wide`, ...outside] : outside;
}"""


async def has_room(page: Page, name: str, screenshots: Path) -> list[str]:
    """Look whether anything lies beside a laptop's or a tablet's screen; keep pictures."""
    found = []
    for size in (*TABLETS, DESKTOP):
        await page.set_viewport_size(size)
        label = f"{size['width']}x{size['height']}"
        found += [f"{label}: {each}" for each in await page.evaluate(_BESIDE)]
        await page.screenshot(path=screenshots / f"day-{name}-{label}.png")
    return found


async def open_one(town: Town) -> str:
    """Return the id of the conversation that is open."""
    async with Archive(town.system) as archive:
        found = await archive.fetchval(
            "SELECT id::text FROM ledger.conversation WHERE tenant = $1 AND state <> 'closed'",
            TENANT,
        )
    assert isinstance(found, str)
    return found


async def classified(town: Town, conversation: str) -> tuple[str | None, str | None]:
    """Return what the ledger holds of a conversation's outcome and archive choice."""
    async with Archive(town.system) as archive:
        row = await archive.fetchrow(
            "SELECT outcome, archive FROM ledger.conversation WHERE id = $1::uuid", conversation
        )
    assert row is not None
    return row["outcome"], row["archive"]


def with_an_unfilled_reply(setup: SetUp) -> None:
    """Add a reply that names what nobody knows."""
    reply = {"id": "ukjent", "department": None, "title": "Til en annen", "words": []}
    setup["replies"] = [*setup.get("replies", []), {**reply, "text": {"nb": UNFILLED}}]


def field_of(console: Console) -> Locator:
    """Return where one writes to the citizen."""
    return console.page.locator("#message")


async def accepted(console: Console, window: Window, words: str) -> None:
    """Let a citizen ask, and take it by the one key."""
    await window.say(words)
    await expect(console.offer).to_be_visible(timeout=GONE_MS)
    await console.page.keyboard.press("Alt+Shift+A")
    await expect(field_of(console)).to_be_focused(timeout=SOON_MS)


async def test_a_canned_reply_is_found_and_put_in_by_keyboard_and_sent_only_by_the_agent(
    browser: Browser, town: Town
) -> None:
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 6)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        page, keys = console.page, console.page.keyboard
        field, options = field_of(console), page.get_by_role("listbox").get_by_role("option")
        await accepted(console, window, "Kan jeg få en kopi av denne samtalen?")
        await expect(field).to_have_attribute("lang", "nb")
        reference = (await open_one(town))[-6:].upper()

        # The slash opens the list, and what is typed next is the search.
        await keys.type("Hei! /svart på")
        await expect(page.get_by_role("combobox", name="Søk i ferdigsvar")).to_be_focused()
        await expect(options).to_have_count(1)
        await keys.press("Enter")
        await expect(field).to_be_focused()
        await expect(field).to_have_value(
            re.compile(f"^Hei! Referansen til denne samtalen er {reference}\\. ")
        )
        await expect(window.log).not_to_contain_text("Referansen til denne")
        await keys.press("Enter")
        await expect(window.log).to_contain_text(f"er {reference}.", timeout=SOON_MS)

        # Escape gives back what was typed, and a slash within a word is a slash.
        await keys.type("/finnes ikke")
        await expect(page.get_by_text("Ingen ferdigsvar passer.")).to_be_visible()
        await keys.press("Escape")
        await expect(field).to_have_value("/finnes ikke")
        await field.fill("")
        await keys.type("og/eller")
        await expect(field).to_have_value("og/eller")
        await expect(options).to_have_count(0)
        await window.leave()
        await console.leave_wrap_up()


async def test_a_canned_reply_is_put_in_by_mouse_and_what_is_not_filled_in_is_marked(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found: dict[str, Any] = {}
    await town.change(with_an_unfilled_reply)
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 6)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        page, keys = console.page, console.page.keyboard
        field, replies = field_of(console), page.get_by_role("listbox", name="Ferdigsvar")
        await accepted(console, window, "Når har dere åpent?")
        await keys.press("Alt+Shift+F")
        await keys.type("annen")
        await expect(replies.locator("mark")).to_have_text(["{hvem}", "{topic}"])
        found["list"] = await console.seen(screenshots / "day-1-replies.png")
        found["room"] = await has_room(page, "replies", screenshots)
        await keys.press("ArrowDown")
        await keys.press("Tab")
        await expect(field).to_have_value(UNFILLED)
        await expect(page.get_by_text("ikke er fylt ut: {hvem}, {topic}")).to_be_visible()
        await field.fill("")

        await console.press("Ferdigsvar")
        await replies.get_by_role("option", name="Åpningstider i Servicetorget").click()
        await expect(field).to_have_value(re.compile("^Servicetorget er åpent"))
        await expect(replies).to_have_count(0)
        await expect(window.log).not_to_contain_text("Servicetorget er åpent")
        await console.press("Send")
        await expect(window.log).to_contain_text("Servicetorget er åpent", timeout=SOON_MS)
        await window.leave()
        await console.leave_wrap_up()

    assert found == {view: [] for view in found}


async def test_the_wrap_up_is_done_by_keyboard_alone_and_is_there_when_the_citizen_is_back(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found: dict[str, Any] = {}
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 7)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        keys = console.page.keyboard
        await accepted(console, window, "Når åpner biblioteket?")
        conversation = await open_one(town)
        await keys.type("Klokka ti.")
        await keys.press("Enter")
        await expect(window.log).to_contain_text("Klokka ti.", timeout=SOON_MS)
        await window.say("Takk!")
        await expect(console.log).to_contain_text("Takk!", timeout=SOON_MS)
        await keys.press("Alt+Shift+E")
        await keys.press("Enter")
        await choose_by_keyboard(console)
        assert await classified(town, conversation) == ("guided", "archive")
        found["wrap-up"] = await console.seen(screenshots / "day-2-wrapup.png")
        found["room"] = await has_room(console.page, "wrapup", screenshots)
        # The link past the lists is as small as this only until it is focused.
        looked = await controls(console.page.main_frame)
        found["controls"] = [each for each in looked if "ds-skip-link" not in each]
        await console.page.get_by_label("Arkiveres", exact=True).focus()
        await keys.press("Tab")
        await expect(console.page.get_by_role("button", name="Ferdig", exact=True)).to_be_focused()
        await keys.press("Enter")
        await expect(outcomes_of(console)).to_have_count(0, timeout=SOON_MS)

        await window.press("Start en ny samtale")
        await accepted(console, window, "Og museet?")
        await read_what_was_before(console, screenshots, found)
        await window.leave()
        await console.leave_wrap_up()

    assert found == {view: [] for view in found}


def outcomes_of(console: Console) -> Locator:
    """Return the choice of what became of it."""
    return console.page.get_by_role("group", name="Resultat")


async def choose_by_keyboard(console: Console) -> None:
    """Choose an outcome and an archive class, and wait for the ledger's word."""
    keys, outcomes = console.page.keyboard, outcomes_of(console)
    archive = console.page.get_by_role("group", name="Arkiv")
    await expect(outcomes.get_by_label("Fikk svar", exact=True)).to_be_focused(timeout=SOON_MS)
    await keys.press("Space")
    await keys.press("ArrowDown")
    await expect(outcomes.get_by_label("Fikk vite hvor svaret finnes")).to_be_checked()
    await keys.press("Tab")
    await keys.press("Space")
    await keys.press("ArrowDown")
    await expect(archive.get_by_label("Arkiveres", exact=True)).to_be_checked()
    history = console.page.locator("details", has_text="Forløp")
    await expect(history).to_contain_text(
        "Fikk vite hvor svaret finnes. Arkiv: Arkiveres.", timeout=SOON_MS
    )


async def read_what_was_before(console: Console, screenshots: Path, found: dict[str, Any]) -> None:
    """Read the earlier enquiry: listed beside the facts, and its dialogue in a dialog."""
    page = console.page
    earlier = page.get_by_role("region", name="Tidligere henvendelser")
    await expect(earlier).to_contain_text("Fikk vite hvor svaret finnes", timeout=SOON_MS)
    await earlier.get_by_role("button", name=re.compile("^Les: ")).click()
    dialog = page.get_by_role("dialog")
    for words in ("Når åpner biblioteket?", "Klokka ti.", "Takk!"):
        await expect(dialog).to_contain_text(words, timeout=SOON_MS)
    await expect(dialog.get_by_role("textbox")).to_have_count(0)
    # While it fades in nothing in it has its contrast.
    await page.evaluate("Promise.allSettled(document.getAnimations().map((a) => a.finished))")
    found["earlier"] = await console.seen(screenshots / "day-3-earlier.png")
    found["earlier's room"] = await has_room(page, "earlier", screenshots)
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_a_wrap_up_where_nothing_is_chosen_asks_once_and_is_in_nobodys_way(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found: dict[str, Any] = {}
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 7)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        page, keys, outcomes = console.page, console.page.keyboard, outcomes_of(console)
        await accepted(console, window, "Hallo?")
        conversation = await open_one(town)
        await window.leave()
        # The field is gone from under the agent's hands: the keyboard goes on in its place.
        await expect(page.get_by_role("region", name="Etterarbeid")).to_be_focused(timeout=SOON_MS)
        done = page.get_by_role("button", name="Ferdig", exact=True)
        await done.focus()
        await keys.press("Enter")
        await expect(page.get_by_role("button", name="La det stå åpent")).to_be_focused()
        found["asked"] = await console.seen(screenshots / "day-4-asked.png")
        await keys.press("Escape")
        await expect(outcomes.get_by_label("Fikk svar", exact=True)).to_be_focused()
        await done.focus()
        await keys.press("Enter")
        await keys.press("Enter")
        await expect(outcomes).to_have_count(0, timeout=SOON_MS)
        assert await classified(town, conversation) == (None, None)

    assert found == {view: [] for view in found}


async def test_a_whisper_reaches_the_owner_at_once_and_the_citizen_never(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found: dict[str, Any] = {}
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 8)) as console,
        visiting(browser, town.system) as (_, window),
    ):
        page = console.page
        await window.say("Er rådhuset åpent på fredag?")
        await console.accept()
        await expect(field_of(console)).to_be_visible(timeout=SOON_MS)
        conversation = await open_one(town)
        leader = Sweeper(town.system, town.leader)
        leader.start()
        try:
            await leader.ready.wait()
            await leader.act("note", conversation=conversation, text=WHISPER, whisper=True)
        finally:
            await leader.stop()
        whisper = page.get_by_role("group", name=re.compile("^Hviskes fra "))
        await expect(whisper).to_contain_text(WHISPER, timeout=SOON_MS)
        await expect(console.notes).to_contain_text("Hviskes fra")
        await expect(page.locator("[role=alert]", has_text=WHISPER)).not_to_have_count(0)
        found["whisper"] = await console.seen(screenshots / "day-5-whisper.png")
        found["whisper has room"] = await has_room(page, "whisper", screenshots)
        await page.reload()
        await expect(whisper).to_contain_text(WHISPER, timeout=SOON_MS)
        await whisper.get_by_role("button", name="Sett").click()
        await expect(whisper).to_have_count(0)
        await expect(field_of(console)).to_be_focused()
        await page.reload()
        await expect(console.notes).to_contain_text(WHISPER, timeout=SOON_MS)
        await expect(whisper).to_have_count(0)
        await window.leave()
        await console.leave_wrap_up()
        told = "\n".join(window.told)

    assert "rådhuset" in told, "what the citizen's sockets were told was recorded"
    assert WHISPER not in told
    assert "whisper" not in told
    assert found == {view: [] for view in found}


async def test_a_supervisor_breaks_the_glass_with_a_reason_that_the_department_sees(
    browser: Browser, town: Town, screenshots: Path
) -> None:
    found: dict[str, Any] = {}
    users = town.system.addresses["users"]
    supervisor = next(user for user in users if user["role"] == "supervisor")
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 9)) as first,
        at_desk(browser, town.system, town.user("barn-familie")) as owner,
        at_desk(browser, town.system, supervisor, "Opptatt") as outside,
        visiting(browser, town.system) as (_, window),
    ):
        await behind_the_wall(window, first, owner)
        page = outside.page
        await outside.press(re.compile("Barn"), exact=False)
        form = page.get_by_role("form", name="Se likevel")
        await expect(form).to_be_visible(timeout=SOON_MS)
        await expect(page.get_by_text(SECRET)).to_have_count(0)
        await expect(page.get_by_role("button", name="Ta over", exact=True)).to_have_count(0)
        await form.get_by_role("button", name="Les samtalen").click()
        await expect(form.get_by_text("Skriv en grunn først.")).to_be_visible()
        found["form"] = await outside.seen(screenshots / "day-6-wall.png")
        found["form has room"] = await has_room(page, "wall", screenshots)
        await page.set_viewport_size(DESKTOP)
        await form.get_by_label("Hvorfor må du lese den?").fill(REASON)
        await form.get_by_role("button", name="Les samtalen").click()
        await expect(outside.log).to_contain_text(SECRET, timeout=SOON_MS)
        await expect(page.get_by_text("Du leser en taushetsbelagt samtale til")).to_be_visible()
        await expect(field_of(outside)).to_have_count(0)
        await expect(owner.notes).to_contain_text(REASON, timeout=SOON_MS)
        await expect(owner.notes).to_contain_text("leser samtalen fra utsiden")
        found["open"] = await outside.seen(screenshots / "day-7-glass.png")
        found["told"] = await owner.seen(screenshots / "day-8-told.png")
        told = "\n".join(window.told)
        await owner.finish()

    assert REASON not in told
    assert "glass" not in told
    assert found == {view: [] for view in found}


async def behind_the_wall(window: Window, first: Console, owner: Console) -> None:
    """Let a citizen's words come behind the wall of a confidential department."""
    await window.say("Jeg er bekymret for et barn.")
    await first.accept()
    await first.press("Sett over …")
    form = first.page.get_by_role("form", name="Sett over")
    await form.get_by_label("Avdeling").select_option(value="barn-familie")
    await form.get_by_role("button", name="Sett over", exact=True).click()
    await owner.page.get_by_role("button", name="Ta imot").click(timeout=GONE_MS)
    await expect(field_of(owner)).to_be_visible(timeout=SOON_MS)
    await window.say(SECRET)
    await expect(owner.log).to_contain_text(SECRET, timeout=SOON_MS)
