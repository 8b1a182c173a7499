"""Every state of the citizen's window, visited once and looked at in each way a machine can.

The tour is one visit of a browser; each test asserts one look for all states, so that a failure
names look, state and element. `PREK_PICTURES=docs/pictures` keeps small pictures of some of them.
"""

import io
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import looking
import pytest
from PIL import Image
from playwright.async_api import Browser, Frame, expect
from screens import GONE_MS, SOON_MS, Console, Window, at_desk, visiting
from set_up import SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SOME_ID = "02013299997"
"""Valid under the rules from 2032, and nobody's."""
CARD = "4111 1111 1111 1111"
STATES = (
    *("button", "nobody", "about", "settings", "shut", "banner", "here", "topics"),
    *("warned", "too-long", "blank", "chosen", "file-refused", "reentry", "reentry-wrong"),
    *("written", "written-wrong", "receipt", "waiting", "answered", "typing", "files"),
    *("picture", "nudged", "handover", "lost", "emergency", "ending", "ended", "rated", "mail"),
    *("mail-wrong", "link", "forget", "forgotten", "nynorsk", "english", "letter", "letter-old"),
)
PICTURES = {
    "desktop": ("nobody", "answered", "files", "nudged", "ended", "letter"),
    "phone": ("file-refused", "waiting", "emergency", "written", "rated", "forget"),
}
PHONE = {"width": 390, "height": 844}


def photo() -> bytes:
    """Make a small picture."""
    picture = Image.new("RGB", (480, 320), (40, 110, 60))
    picture.paste((200, 180, 60), (60, 60, 220, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@dataclass
class Tour:
    """What each look found, by state."""

    window: Window
    found: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    link: str = ""
    """Back to the copy."""

    async def look(self, state: str, *, page: bool = False) -> None:
        """Look at the window as it is, in every way."""
        page_, frame = self.window.page, self.window.page.main_frame if page else self._frame()
        found = {
            "axe": await looking.axe(page_, frame),
            "narrow": await looking.fit(page_, frame, looking.PHONE),
            "low": await looking.fit(page_, frame, looking.LOW),
            "enlarged": await looking.enlarged(frame),
            "spaced": await looking.spaced(frame),
            "moving": await looking.still(page_, frame),
        }
        if not page:
            found["controls"] = await looking.controls(frame)
        for name, faults in found.items():
            self.found.setdefault(name, {})[state] = faults
        await self._keep(state)

    def _frame(self) -> Frame:
        return next(each for each in self.window.page.frames if "/widget/" in each.url)

    async def _keep(self, state: str) -> None:
        folder = os.environ.get("PREK_PICTURES")
        if folder is None:
            return
        page = self.window.page
        size = page.viewport_size
        for kind, states in PICTURES.items():
            if state not in states:
                continue
            if kind == "phone":
                await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            raw = await page.screenshot()
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            small = Image.open(io.BytesIO(raw)).convert("RGB").quantize(48)
            small.save(Path(folder) / f"{kind}-{state}.png", optimize=True)

    def faults(self, look: str) -> dict[str, list[str]]:
        """Return what a look found, by the states it found something in."""
        return {state: faults for state, faults in self.found[look].items() if faults}


def shut(setup: SetUp) -> None:
    """Close on every day of the week."""
    setup["hours"] = {"week": {}}


def with_banner(setup: SetUp) -> None:
    """Open, and tell everybody something."""
    setup["hours"] = None
    setup["emergency"] = {
        "since": "2026-11-24T09:00:00Z",
        "by": "turid.leder",
        "banner": {"nb": "Kok drikkevannet i sentrum."},
    }


def as_before(setup: SetUp) -> None:
    """Take the banner down."""
    setup["emergency"] = None


@pytest.fixture(scope="module")
async def tour(chromium: Browser, municipality: Town) -> AsyncIterator[Tour]:
    """Visit every state."""
    town = municipality
    await town.quiet()
    async with visiting(chromium, town.system) as (_, window):
        made = Tour(window)
        await _before(made, town)
        # Whoever waits for a written answer has nothing to end: another visitor asks for one.
        async with visiting(chromium, town.system) as (_, other):
            await _written(Tour(other, made.found))
        await town.quiet()
        async with at_desk(chromium, town.system, town.user("servicetorget", 6)) as console:
            await _during(made, town, console)
            await _after(made, console)
        await _letter(made)
    yield made
    for context in chromium.contexts:
        await context.close()


async def _before(tour: Tour, town: Town) -> None:
    window = tour.window
    await expect(window.field).to_be_focused()
    await window.page.keyboard.press("Escape")
    icon = window.page.get_by_role("button", name="Prek med oss").first
    await expect(icon).to_be_focused()
    await tour.look("button", page=True)
    await icon.click()
    await expect(window.frame.get_by_text("Det er ingen her akkurat nå.")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("nobody")
    await window.frame.get_by_text("Om personvern").first.click()
    await tour.look("about")
    await window.frame.get_by_text("Om personvern").first.click()
    await window.press("Lyd, varsler og personvern")
    await tour.look("settings")
    await window.press("Lyd, varsler og personvern")
    await town.change(shut)
    await expect(window.frame.get_by_text("Chatten er stengt.")).to_be_visible(timeout=SOON_MS)
    await tour.look("shut")
    await town.change(with_banner)
    await expect(window.frame.get_by_text("Kok drikkevannet")).to_be_visible(timeout=SOON_MS)
    await tour.look("banner")
    await town.change(as_before)
    await expect(window.frame.get_by_text("Kok drikkevannet")).to_be_hidden(timeout=SOON_MS)
    await window.press("Vis flere emner")
    await tour.look("topics")
    await _at_the_field(tour)


async def _at_the_field(tour: Tour) -> None:
    window = tour.window
    await window.say(f"Jeg er {SOME_ID}, kort {CARD}.")
    await expect(window.frame.get_by_role("button", name="Endre teksten")).to_be_visible()
    await tour.look("warned")
    await window.press("Endre teksten")
    await window.say("x" * 9_000)
    await expect(window.frame.get_by_role("alert").filter(has_text="for lang")).to_be_visible()
    await tour.look("too-long")
    await window.say("  ")
    await expect(window.frame.get_by_role("alert").filter(has_text="tom")).to_be_visible()
    await tour.look("blank")
    await window.field.fill("")
    files = window.frame.locator("input[type=file]")
    await files.set_input_files(
        [{"name": "tegning.png", "mimeType": "image/png", "buffer": photo()}]
    )
    await tour.look("chosen")
    await window.press("Fjern tegning.png")
    await files.set_input_files(
        [{"name": "program.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"}]
    )
    await tour.look("file-refused")


async def _written(tour: Tour) -> None:
    window = tour.window
    await window.press("Jeg har et kvitteringsnummer")
    await tour.look("reentry")
    await window.press("Hent samtalen")
    await tour.look("reentry-wrong")
    await window.press("Avbryt")
    await window.press("Få svar skriftlig")
    await tour.look("written")
    await window.press("Be om skriftlig svar")
    await tour.look("written-wrong")
    await window.frame.get_by_label("Hva lurer du på?").fill("Når kommer brøytebilen?")
    await window.frame.get_by_role("radio", name="Med kvitteringsnummer").check()
    await window.press("Be om skriftlig svar")
    await expect(window.frame.get_by_role("region", name="Kvitteringen din")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("receipt")


async def _during(tour: Tour, town: Town, console: Console) -> None:
    window = tour.window
    await expect(window.frame.get_by_text("Noen fra Servicetorget er her nå.")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("here")
    await window.say("Når må jeg søke om barnehageplass?")
    await expect(window.frame.get_by_text("Du er nummer")).to_be_visible(timeout=SOON_MS)
    await tour.look("waiting")
    await console.accept()
    await console.say("Innen 1. mars. Se https://www.norge.no/ for mer 👍. " + "Lang" * 60)
    await expect(window.log).to_contain_text("Innen 1. mars.", timeout=SOON_MS)
    await tour.look("answered")
    # Longer than a desk is silent about it after the last time.
    await console.page.locator("#message").press_sequentially("Og så er det en ting til", delay=160)
    await expect(window.frame.locator(".typing")).to_contain_text("skriver", timeout=SOON_MS)
    await tour.look("typing")
    await console.page.locator("#message").fill("")
    await window.frame.locator("input[type=file]").set_input_files(
        [
            {"name": "tegning.png", "mimeType": "image/png", "buffer": photo()},
            {"name": "brev.txt", "mimeType": "text/plain", "buffer": b"Hei"},
        ]
    )
    await window.press("Send")
    await expect(console.log).to_contain_text("brev.txt", timeout=SOON_MS)
    await console.page.locator("input[type=file]").set_input_files(
        [{"name": "kart.png", "mimeType": "image/png", "buffer": photo()}]
    )
    await console.press("Send")
    picture = window.log.get_by_role("button", name="kart.png")
    await expect(picture).to_be_visible(timeout=SOON_MS)
    await tour.look("files")
    await picture.click()
    await expect(window.frame.get_by_role("dialog")).to_be_visible()
    await tour.look("picture")
    await window.press("Lukk bildet")
    await console.press("Er du der?")
    await expect(window.frame.get_by_text("Er du der fortsatt?")).to_be_visible(timeout=SOON_MS)
    await tour.look("nudged")
    await window.press("Ja, jeg er her")
    await _hand_over(tour, console)
    await _cut_off(tour)
    await window.say("Jeg orker ikke å leve lenger.")
    await expect(window.frame.get_by_text("Er det fare for liv eller helse?")).to_be_visible()
    await tour.look("emergency")
    await window.press("Lukk nødnumrene")
    await window.press("Avslutt samtalen")
    await tour.look("ending")
    await window.press("Nei, fortsett")


async def _hand_over(tour: Tour, console: Console) -> None:
    await console.press("Sett over …")
    await console.page.locator("#to").select_option("byggesak-plan")
    await console.page.locator("form.handover button[type=submit]").click()
    status = tour.window.frame.get_by_role("status").filter(has_text="Vi setter deg over til")
    await expect(status).to_be_visible(timeout=SOON_MS)
    await tour.look("handover")
    await console.press("Trekk tilbake")
    await expect(status).to_be_hidden(timeout=SOON_MS)


async def _cut_off(tour: Tour) -> None:
    window = tour.window
    await window.page.context.set_offline(True)
    await window.say("Er dere der?")
    await expect(window.frame.get_by_text("Forbindelsen ble brutt.")).to_be_visible(timeout=GONE_MS)
    await tour.look("lost")
    await window.page.context.set_offline(False)
    await expect(window.frame.get_by_text("Forbindelsen ble brutt.")).to_be_hidden(timeout=GONE_MS)


async def _after(tour: Tour, console: Console) -> None:
    window = tour.window
    await console.finish()
    await expect(window.frame.get_by_role("button", name="Last ned (PDF)")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("ended")
    await window.press("Delvis")
    await expect(window.frame.get_by_text("Takk!")).to_be_visible(timeout=SOON_MS)
    await tour.look("rated")
    await window.press("Send lenke på e-post")
    await tour.look("mail")
    await window.press("Send lenken")
    await tour.look("mail-wrong")
    await window.press("Avbryt")
    await window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await window.press("Kopier lenke")
    await tour.look("link")
    tour.link = await window.page.evaluate("navigator.clipboard.readText()")
    for language, code in (("nynorsk", "nn"), ("english", "en"), ("", "nb")):
        await window.frame.locator("select.language").select_option(code)
        await expect(window.frame.locator("html")).to_have_attribute("lang", code)
        if language:
            await tour.look(language)
    await window.press("Glem meg")
    await tour.look("forget")
    await window.press("Ja, glem meg")
    await expect(
        window.frame.get_by_role("heading", name="Samtalen er slettet i denne nettleseren")
    ).to_be_visible(timeout=SOON_MS)
    await tour.look("forgotten")


async def _letter(tour: Tour) -> None:
    window = tour.window
    await window.page.goto(tour.link)
    await expect(window.page.get_by_text("Innen 1. mars.")).to_be_visible(timeout=SOON_MS)
    await tour.look("letter", page=True)
    await window.page.goto("about:blank")
    await window.page.goto(tour.link[:-6] + "AAAAAA")
    await expect(window.page.get_by_text("Lenken virker ikke lenger")).to_be_visible(
        timeout=SOON_MS
    )
    await tour.look("letter-old", page=True)


def test_every_state_was_visited(tour: Tour) -> None:
    assert set(tour.found["axe"]) == set(STATES)


def test_axe_finds_nothing_in_any_state(tour: Tour) -> None:
    """In light, in dark and in forced colours."""
    assert tour.faults("axe") == {}


def test_nothing_is_lost_at_320_pixels(tour: Tour) -> None:
    assert tour.faults("narrow") == {}


def test_nothing_is_lost_on_a_low_screen(tour: Tour) -> None:
    assert tour.faults("low") == {}


def test_text_can_be_twice_as_large(tour: Tour) -> None:
    assert tour.faults("enlarged") == {}


def test_text_can_be_spaced(tour: Tour) -> None:
    assert tour.faults("spaced") == {}


def _only(tour: Tour, *kinds: str) -> dict[str, list[str]]:
    found = tour.faults("controls")
    some = {state: [f for f in faults if f.startswith(kinds)] for state, faults in found.items()}
    return {state: faults for state, faults in some.items() if faults}


def test_what_is_pressed_is_large_enough(tour: Tour) -> None:
    assert _only(tour, "small") == {}


def test_names_hold_what_is_seen(tour: Tour) -> None:
    assert _only(tour, "shown") == {}


def test_focus_is_seen_and_never_covered(tour: Tour) -> None:
    assert _only(tour, "focus", "covered", "cannot") == {}


def test_reduced_motion_is_kept_to(tour: Tour) -> None:
    assert tour.faults("moving") == {}


@pytest.fixture
async def here(
    browser: Browser, town: Town
) -> AsyncIterator[Callable[[], Awaitable[tuple[Window, Console]]]]:
    """A citizen and an agent who has taken the enquiry."""
    async with (
        at_desk(browser, town.system, town.user("servicetorget", 7)) as console,
        visiting(browser, town.system) as (_, window),
    ):

        async def talk() -> tuple[Window, Console]:
            await window.say("Hei!")
            await console.accept()
            await console.say("Hei, hva gjelder det?")
            await expect(window.log).to_contain_text("hva gjelder det?", timeout=SOON_MS)
            return window, console

        yield talk


async def _tab_to(window: Window, name: str) -> None:
    """Go on with Tab until a button has the focus; a keyboard trap never gets there."""
    button = window.frame.get_by_role("button", name=name, exact=True)
    for _ in range(60):
        await window.page.keyboard.press("Tab")
        if await button.evaluate("(e) => e === document.activeElement"):
            return
    raise AssertionError(name)


async def test_everything_is_done_by_keyboard_alone(here: Any) -> None:
    window, console = await here()
    keyboard = window.page.keyboard
    await window.field.focus()
    await keyboard.type("Kan jeg få et skjema?")
    await keyboard.press("Enter")
    await expect(console.log).to_contain_text("Kan jeg få et skjema?", timeout=SOON_MS)
    async with window.page.expect_file_chooser() as choosing:
        await _tab_to(window, "Legg ved fil")
        await keyboard.press("Enter")
    chooser = await choosing.value
    await chooser.set_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"Hei"}])
    await expect(window.field).to_be_focused()
    await keyboard.press("Enter")
    await expect(console.log).to_contain_text("a.txt", timeout=SOON_MS)
    await console.press("Er du der?")
    await expect(window.frame.get_by_text("Er du der fortsatt?")).to_be_visible(timeout=SOON_MS)
    await expect(window.field).to_be_focused()
    await _tab_to(window, "Ja, jeg er her")
    await keyboard.press("Enter")
    await expect(window.field).to_be_focused()
    await _tab_to(window, "Avslutt samtalen")
    await keyboard.press("Enter")
    await _tab_to(window, "Ja, avslutt")
    await keyboard.press("Enter")
    await expect(window.frame.get_by_role("heading", name="Svart på hvitt")).to_be_focused(
        timeout=SOON_MS
    )
    async with window.page.expect_download():
        await _tab_to(window, "Last ned (tekst)")
        await keyboard.press("Enter")
    await _tab_to(window, "Ja")
    await keyboard.press("Enter")
    await expect(window.frame.get_by_text("Takk!")).to_be_visible(timeout=SOON_MS)
    await _tab_to(window, "Glem meg")
    await keyboard.press("Enter")
    await _tab_to(window, "Ja, glem meg")
    await keyboard.press("Enter")
    await expect(
        window.frame.get_by_role("heading", name="Samtalen er slettet i denne nettleseren")
    ).to_be_focused(timeout=SOON_MS)
    await keyboard.press("Escape")
    await expect(window.page.get_by_role("button", name="Prek med oss").first).to_be_focused()
    await console.leave_wrap_up()


async def test_a_conversation_reads_as_one(here: Any) -> None:
    """What a screen reader walks through: who said what, and when."""
    window, console = await here()
    await window.say("Kan jeg bygge garasje?")
    await console.say("Ja, inntil 50 kvadratmeter.")
    await expect(window.log).to_contain_text("inntil 50", timeout=SOON_MS)
    await expect(window.log.get_by_text("Lest", exact=True)).to_have_count(2, timeout=SOON_MS)
    read = await window.log.aria_snapshot()
    await console.finish()

    said = re.compile(
        r"Du.*Hei!.*\d\d:\d\d.*Du snakker nå med .+ fra Servicetorget\..*\d\d:\d\d"
        r".*hva gjelder det\?.*\d\d:\d\d.*Du.*Kan jeg bygge garasje\?.*Levert og lagret.*\d\d:\d\d"
        r".*Ja, inntil 50 kvadratmeter\..*\d\d:\d\d",
        re.DOTALL,
    )
    assert said.search(read), read
    assert read.count("listitem") >= 5


async def test_fields_say_what_they_are_for(browser: Browser, town: Town) -> None:
    async with visiting(browser, town.system) as (_, window):
        await window.press("Få svar skriftlig")
        await window.frame.get_by_label("Hva lurer du på?").fill("Når?")
        await window.frame.get_by_role("radio", name="På e-post").check()
        email = window.frame.get_by_label("E-postadresse")
        await email.fill("ikke en adresse")
        await window.press("Be om skriftlig svar")

        await expect(email).to_be_focused()
        await expect(email).to_have_attribute("autocomplete", "email")
        await expect(email).to_have_attribute("type", "email")
        await expect(email).to_have_attribute("aria-invalid", "true")
        await expect(email).to_have_accessible_description(
            re.compile("for eksempel navn@eksempel.no")
        )
        await window.frame.get_by_role("radio", name="Ring meg").check()
        phone = window.frame.get_by_label("Telefonnummer")
        await expect(phone).to_have_attribute("autocomplete", "tel")
        await expect(phone).to_have_attribute("type", "tel")


async def test_language_is_marked(browser: Browser, town: Town) -> None:
    async with visiting(browser, town.system) as (_, window):
        title = window.page.locator("iframe")
        await expect(title).to_have_attribute("title", "Prek med oss")
        choice = window.frame.locator("select.language")
        await expect(choice.locator("option[value=en]")).to_have_attribute("lang", "en")
        for code in ("nn", "en", "nb"):
            await choice.select_option(code)
            await expect(window.frame.locator("html")).to_have_attribute("lang", code)


WATCH = """() => {
  window.said = [];
  for (const live of document.querySelectorAll('[role=log], [role=status], [role=alert]'))
    new MutationObserver((changes) => {
      for (const {addedNodes} of changes) for (const node of addedNodes) {
        const element = node.nodeType === 1 ? node : node.parentElement;
        if (element?.closest('[aria-live=off]') || !element?.textContent) continue;
        window.said.push(element.textContent);
      }
    }).observe(live, {childList: true, subtree: true});
}"""


async def test_what_is_new_is_said_once(here: Any) -> None:
    """Each new message is one addition to the log; nothing that was said is said again."""
    window, console = await here()
    await window.document().evaluate(WATCH)
    await console.say("Svaret er førtito.")
    await expect(window.log).to_contain_text("førtito", timeout=SOON_MS)
    await window.say("Takk skal du ha.")
    await expect(console.log).to_contain_text("Takk skal du ha.", timeout=SOON_MS)
    await expect(window.log.get_by_text("Levert og lagret")).to_have_count(2, timeout=SOON_MS)
    said = await window.document().evaluate("window.said")
    live = await window.log.evaluate(
        "(e) => [e.getAttribute('aria-live'), e.getAttribute('aria-relevant')]"
    )
    await console.finish()

    assert sum("førtito" in each for each in said) == 1, said
    assert sum("Takk skal du ha." in each for each in said) == 1, said
    assert not any("hva gjelder det?" in each for each in said), said
    assert live == ["polite", "additions"]


async def test_the_citizen_is_asked_before_anything_is_closed(here: Any) -> None:
    """By the agent, whose closing leads to the question first; and by the window itself."""
    window, console = await here()
    await window.field.fill("Jeg skriver på noe")
    await console.press("Avslutt …")
    first = console.page.get_by_role("button", name="Spør først: Er du der?")
    await expect(first).to_be_focused()
    await first.click()
    asked = window.frame.get_by_role("alert").filter(has_text="Er du der fortsatt?")
    await expect(asked).to_be_visible(timeout=SOON_MS)
    await expect(window.field).to_have_value("Jeg skriver på noe")
    await window.press("Ja, jeg er her")
    await expect(console.log).to_contain_text("er der fortsatt", timeout=SOON_MS)
    await window.press("Avslutt samtalen")
    await expect(window.frame.get_by_role("button", name="Nei, fortsett")).to_be_focused()
    await window.press("Nei, fortsett")
    await expect(window.field).to_have_value("Jeg skriver på noe")
    await console.finish()


async def test_forced_colours_lose_nothing(here: Any) -> None:
    """Whose words they are, and what can be pressed, is still told by edges and text."""
    window, console = await here()
    await window.page.emulate_media(forced_colors="active")
    edges = await window.log.evaluate(
        """(log) => ['.mine .words', '.theirs .words'].map((kind) => {
          const style = getComputedStyle(log.querySelector(kind));
          return [style.borderTopStyle, parseFloat(style.borderTopWidth)];
        })"""
    )
    sides = await window.log.evaluate(
        """(log) => ['.mine', '.theirs'].map((kind) =>
          log.querySelector(`${kind} .words`).getBoundingClientRect().left)"""
    )
    send = await window.frame.get_by_role("button", name="Send", exact=True).evaluate(
        "(e) => { const s = getComputedStyle(e); return [s.borderTopStyle, s.borderTopWidth]; }"
    )
    await window.page.emulate_media(forced_colors="none")
    await console.finish()

    assert all(style == "solid" and width >= 1 for style, width in edges), json.dumps(edges)
    assert sides[0] > sides[1]
    assert send[0] == "solid"
    assert send[1] != "0px"
