"""One agent's day on two devices: reload, a lost and a dead network, and nothing lost or doubled.

Both screens are looked at all the time, not only in the end, and the ledger is the judge: what it
holds is what each device shows, once and in the same order; the board counts what it counts.
"""

import asyncio
import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import pytest
from chaos.proxy import CALM, Link, Weather
from chat import PATIENCE_S
from desk_web import signed_in
from ledger_log import Archive
from lines import on_a_line
from native.system import WholeSystem
from playwright.async_api import Browser, expect
from replay.citizen import Citizen
from screens import SOON_MS, Console, at_desk
from set_up import TENANT, SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

BACK_MS = 60_000
"""Within so long a console is whole again: a dead line is noticed after 25 s, the longest pause
between two tries is 10 s, and the machine has much to do."""
AWAY_MS = 20_000
NO_NETWORK = Weather(refuse=True)
NO_ANSWER = Weather(swallow=frozenset(("down",)))
NOTHING_ARRIVES = Weather(swallow=frozenset(("up", "down")))
PLACES = 5
NUMBERS = ("én", "to", "tre", "fire", "fem")
SPECIALISTS = "byggesak-plan"

WATCH = """
window.wrong = [];
const shown = new WeakMap();
new MutationObserver(() => {
  for (const paper of document.querySelectorAll(".paper, .notes")) {
    const texts = Array.from(paper.querySelectorAll(".words"), (words) => words.textContent);
    const now = new Set(texts);
    if (now.size !== texts.length) wrong.push(`doubled: ${texts.join(" | ")}`);
    const ever = shown.get(paper) ?? new Set();
    for (const text of ever) if (!now.has(text)) wrong.push(`gone: ${text}`);
    for (const text of texts) ever.add(text);
    shown.set(paper, ever);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Kept in every console: what any dialogue or its notes showed twice at once, or took away."""

SAID = (
    "SELECT e.conversation::text, e.kind, b.body FROM ledger.event AS e"
    " JOIN ledger.event_body AS b USING (tenant, conversation, stream, seq)"
    " WHERE e.tenant = $1 AND e.conversation = ANY ($2::uuid[]) AND e.kind IN ('message', 'note')"
    " ORDER BY e.conversation, e.stream, e.seq"
)
PLACES_TAKEN = "SELECT load FROM ledger.agent WHERE tenant = $1 AND id = $2"
LINES = """
SELECT department,
    count(*) FILTER (WHERE state IN ('waiting', 'offered')) AS waiting,
    count(*) FILTER (WHERE state = 'active') AS active,
    count(*) FILTER (WHERE state = 'written') AS written
FROM ledger.conversation WHERE tenant = $1 AND state <> 'closed' GROUP BY department
"""
NOTHING = {"waiting": 0, "active": 0, "written": 0}


class Enquiry:
    """A citizen who keeps their line up, and everything that is said in their enquiry."""

    def __init__(self, system: WholeSystem, title: str) -> None:
        """Prepare; `title` is what they begin with, and what a desk calls it by."""
        socket = system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
        self.citizen = Citizen(socket, TENANT, random.Random(title), duplicate=False)
        self.title = title
        self.said: list[str] = []
        self.noted: list[str] = []

    @property
    def conversation(self) -> str:
        """Return its id."""
        return self.citizen.conversation

    async def begin(self) -> None:
        """Open it, and say the first words."""
        self.citizen.start()
        await self.citizen.open("")
        await self.write(self.title)

    async def write(self, text: str) -> None:
        """Say something; return when the archive has it."""
        self.said.append(text)
        async with asyncio.timeout(PATIENCE_S):
            await self.citizen.send(text)

    async def read(self) -> None:
        """Return when the citizen has been shown all that was said, which is each text once."""
        async with asyncio.timeout(PATIENCE_S), self.citizen.changed:
            await self.citizen.changed.wait_for(lambda: sorted(self.shown) == sorted(self.said))

    @property
    def shown(self) -> list[str]:
        """Return the texts as the citizen's screen shows them."""
        bodies = (event["body"] for event in self.citizen.rendered)
        return [body["text"] for body in bodies if body["kind"] == "message"]


class Device:
    """One of an agent's consoles."""

    def __init__(self, console: Console) -> None:
        """Take a console that has signed in."""
        self.console = console
        self.page = console.page
        self.words = console.log.locator(".words")
        self.on_its_way = console.page.locator("li[data-waits]")
        self._lists = console.page.get_by_role("navigation", name="Samtaler")

    async def show(self, enquiry: Enquiry) -> None:
        """Put one of the agent's own on screen."""
        await self._lists.locator("button.row", has_text=enquiry.title).click(timeout=SOON_MS)
        await expect(self.words.first).to_have_text(enquiry.title, timeout=BACK_MS)

    async def say(self, enquiry: Enquiry, text: str) -> None:
        """Answer in one of the agent's own."""
        await self.show(enquiry)
        enquiry.said.append(text)
        await self.console.say(text)

    async def shows(self, enquiry: Enquiry, texts: list[str], notes: list[str]) -> None:
        """Expect the archive's words in its order, once, and nothing on its way any more."""
        await self.show(enquiry)
        await expect(self.words).to_have_text(texts, timeout=BACK_MS)
        await expect(self.console.notes.locator(".words")).to_have_text(notes, timeout=BACK_MS)
        await expect(self.on_its_way).to_have_count(0, timeout=BACK_MS)

    async def is_as(self, presence: str, places: int) -> None:
        """Expect how the agent is, and how much they have."""
        pressed = self.page.locator(".presence [aria-pressed=true]")
        await expect(pressed).to_have_text(presence, timeout=SOON_MS)
        text = f"{places} av {PLACES} plasser"
        await expect(self.page.locator(".load")).to_contain_text(text, timeout=SOON_MS)

    async def is_cut_off(self) -> None:
        """Expect it to have noticed, and to say so."""
        said = self.page.get_by_text("Forbindelsen er brutt.")
        await expect(said).to_be_visible(timeout=BACK_MS)

    async def judge(self) -> None:
        """No message was ever on this screen twice at once, and none went away."""
        assert await self.page.evaluate("wrong") == []


def roomy(agent: str) -> Any:
    """Give one agent all the places, and let nobody be hurried."""

    def change(setup: SetUp) -> None:
        setup["timing"] |= {
            "first_reply_nudge_s": 900,
            "first_reply_leader_s": 1800,
            "first_reply_requeue_s": 3600,
            "offer_s": 120,
        }
        for each in setup["agents"]:
            if each["id"] == agent:
                each["capacity"] = PLACES

    return change


@asynccontextmanager
async def signing_in(
    browser: Browser, address: str, user: Mapping[str, Any]
) -> AsyncIterator[Device]:
    """Give a device that has signed in and chosen nothing: it is told how its agent is."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1366, "height": 900})
    await context.add_init_script(WATCH)
    console = Console(await context.new_page())
    await console.page.goto(address)
    await console.page.get_by_label("Brukernavn").fill(user["name"])
    await console.page.get_by_label("Passord").fill(user["password"])
    await console.page.keyboard.press("Enter")
    await expect(console.page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)
    device = Device(console)
    yield device
    await device.judge()
    await context.close()
    assert console.faults == []


@asynccontextmanager
async def asking(system: WholeSystem, *titles: str) -> AsyncIterator[list[Enquiry]]:
    """Give citizens who have said nothing yet."""
    enquiries = [Enquiry(system, title) for title in titles]
    try:
        yield enquiries
    finally:
        await asyncio.gather(*(each.citizen.stop() for each in enquiries))


async def archived(town: Town, enquiries: list[Enquiry]) -> dict[str, tuple[list[str], list[str]]]:
    """Return what the ledger holds: messages and notes by conversation, in its order."""
    kept: defaultdict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    async with Archive(town.system) as archive:
        rows = await archive.fetch(SAID, TENANT, [each.conversation for each in enquiries])
    for row in rows:
        kept[row["conversation"]][row["kind"] == "note"].append(json.loads(row["body"])["text"])
    return kept


async def agree(town: Town, devices: list[Device], enquiries: list[Enquiry]) -> None:
    """Expect every text once in the ledger, and its order on every screen, the citizens' too."""
    for enquiry in enquiries:
        await enquiry.read()
    kept = await archived(town, enquiries)
    for enquiry in enquiries:
        texts, notes = kept[enquiry.conversation]
        assert sorted(texts) == sorted(enquiry.said)
        assert sorted(notes) == sorted(enquiry.noted)
        assert enquiry.shown == texts
        for device in devices:
            await device.shows(enquiry, texts, notes)


async def places_taken(town: Town, user: Mapping[str, Any]) -> int:
    """Return how much an agent has, by the ledger's own count."""
    async with Archive(town.system) as archive:
        return cast("int", await archive.fetchval(PLACES_TAKEN, TENANT, user["name"]))


async def hand_over(device: Device, enquiry: Enquiry, department: str, note: str) -> None:
    """Ask a department to go on."""
    await device.show(enquiry)
    await device.console.press("Sett over …")
    form = device.page.get_by_role("form", name="Sett over")
    await form.get_by_label("Avdeling").select_option(value=department)
    await form.get_by_label("Notat til den som tar over").fill(note)
    await form.get_by_role("button", name="Sett over", exact=True).click()
    enquiry.noted.append(note)


async def consult(device: Device, enquiry: Enquiry, colleague: str, note: str) -> None:
    """Ask a colleague for advice."""
    await device.show(enquiry)
    await device.console.press("Spør kollega …")
    form = device.page.get_by_role("form", name="Spør kollega")
    await form.get_by_label("Kollega").select_option(value=colleague)
    await form.get_by_label("Hva lurer du på?").fill(note)
    await form.get_by_role("button", name="Spør", exact=True).click()
    enquiry.noted.append(note)


async def advise(expert: Console, enquiry: Enquiry, advice: str) -> None:
    """Answer as the colleague who was asked."""
    await expert.press(re.compile("spør deg om råd"), exact=False)
    await expect(expert.log).to_contain_text(enquiry.title, timeout=SOON_MS)
    await expert.press("Skriv notat")
    await expert.page.locator("#note").fill(advice)
    await expert.press("Legg til notat")
    enquiry.noted.append(advice)


async def board_of(town: Town, user: Mapping[str, Any]) -> dict[str, Any]:
    """Return the live board as somebody who leads sees it."""
    async with signed_in(town.system, user) as web:
        answer = await web.get("/api/board")
    assert answer.status_code == 200
    return cast("dict[str, Any]", answer.json())


async def board_agrees(town: Town, presences: Mapping[str, str]) -> None:
    """Expect the supervisor's board to count what the ledger counts, and see who is how."""
    supervisor = next(u for u in town.system.addresses["users"] if u["role"] == "supervisor")
    board = await board_of(town, supervisor)
    async with Archive(town.system) as archive:
        lines = {row["department"]: row for row in await archive.fetch(LINES, TENANT)}
        loads = dict(
            await archive.fetch("SELECT id, load FROM ledger.agent WHERE tenant = $1", TENANT)
        )
    for line in board["lines"]:
        counted = lines.pop(line["department"], NOTHING)
        assert [line[each] for each in NOTHING] == [counted[each] for each in NOTHING]
    assert lines == {}
    seen = {each["agent"]: each for each in board["agents"]}
    assert {agent: seen[agent]["load"] for agent in presences} == {
        agent: loads[agent] for agent in presences
    }
    assert {agent: seen[agent]["presence"] for agent in presences} == presences


@dataclass(frozen=True)
class Day:
    """Who takes part: an agent at the first of their devices, two colleagues, five citizens."""

    town: Town
    user: Mapping[str, Any]
    first: Device
    line: Link
    enquiries: list[Enquiry]

    @property
    def own(self) -> list[Enquiry]:
        """Return the three that stay with the agent."""
        return self.enquiries[:3]

    async def take_five(self) -> None:
        """Have all the places filled, and everybody answered."""
        free = f"0 av {PLACES} plasser"
        await expect(self.first.page.locator(".load")).to_contain_text(free, timeout=SOON_MS)
        for enquiry in self.enquiries:
            await enquiry.begin()
            await self.first.console.accept()
            await self.first.say(enquiry, f"Svar på {enquiry.title}")
        await self.first.console.be("Opptatt")
        await self.first.is_as("Opptatt", 5)

    async def hand_over(self, colleague: Console) -> None:
        """Give one to a department where a colleague takes it, and answers."""
        enquiry = self.enquiries[3]
        await hand_over(self.first, enquiry, SPECIALISTS, "De har ventet lenge.")
        await colleague.accept()
        await expect(colleague.log).to_contain_text(enquiry.title, timeout=SOON_MS)
        enquiry.said.append("Jeg tar det herfra.")
        await colleague.say("Jeg tar det herfra.")

    async def consult(self, adviser: Mapping[str, Any], expert: Console) -> None:
        """Be advised on another."""
        enquiry = self.enquiries[2]
        await consult(self.first, enquiry, adviser["name"], "Vet du hvor det er?")
        await advise(expert, enquiry, "Bak det gamle lageret.")

    async def leave_for_later(self) -> None:
        """Make one a written question, as its citizen has said how to be answered."""
        enquiry = self.enquiries[4]
        way = {"answer_by": "email", "contact": "innbygger@eksempel.no"}
        await enquiry.citizen.say({"type": "ask_written", "id": str(uuid4()), **way})
        await self.first.show(enquiry)
        await self.first.console.press("Svar senere …")
        await self.first.console.press("Svar senere")
        await self.first.is_as("Opptatt", 3)

    async def half_write(self) -> None:
        """Leave half an answer in one, and half a note in another."""
        await self.first.show(self.enquiries[1])
        await self.first.page.locator("#message").fill("Et halvt svar")
        await self.first.show(self.enquiries[2])
        await self.first.page.locator("#note").fill("Et halvt notat")

    async def drafts_are_there(self) -> None:
        """Expect what was half-written to be in its field still."""
        await self.first.show(self.enquiries[1])
        await expect(self.first.page.locator("#message")).to_have_value("Et halvt svar")
        await self.first.show(self.enquiries[2])
        await expect(self.first.page.locator("#note")).to_have_value("Et halvt notat")

    async def reload_in_mid_send(self) -> None:
        """Reload when the archive has a text, and the console has not been told."""
        enquiry, text = self.enquiries[0], "Sendt i det siden lastes"
        await self.line.turn(NO_ANSWER)
        await self.first.say(enquiry, text)
        await enquiry.read()
        await expect(self.first.on_its_way).to_have_count(1)
        await self.first.judge()
        self.line.cut()
        await self.line.turn(CALM)
        await self.first.page.reload()
        await agree(self.town, [self.first], self.own)
        assert self.line.bites["swallowed"] > 0

    async def lose_the_network(self) -> None:
        """Take it away, and write on; the citizens do not know of it."""
        # The browser is told, and what it had is torn: being told alone spares what is connected.
        await self.first.page.context.set_offline(True)
        await self.line.turn(NO_NETWORK)
        self.line.cut()
        await self.first.is_cut_off()
        await self.first.say(self.enquiries[0], "Skrevet uten nett")
        for enquiry in self.own:
            await enquiry.write(f"Er dere der? {enquiry.title}")

    async def get_it_back(self, second: Device) -> None:
        """Let it come back after a while in which the second device was at work."""
        await second.say(self.enquiries[0], "Ja, fra en annen plass")
        # Nothing is waited for: that it lasts is what is tried.
        await self.first.page.wait_for_timeout(AWAY_MS)
        await self.first.show(self.enquiries[0])
        await expect(self.first.on_its_way).to_have_count(1)
        await self.line.turn(CALM)
        await self.first.page.context.set_offline(False)
        await agree(self.town, [self.first, second], self.own)

    async def lose_the_line_unknowingly(self, second: Device) -> None:
        """Swallow everything, say nothing, and get it back once the console has noticed."""
        enquiry = self.enquiries[2]
        await self.line.turn(NOTHING_ARRIVES)
        await self.first.say(enquiry, "Inn i en død linje")
        await enquiry.write("Er det noe nytt?")
        await second.say(enquiry, "Ja, dette er nytt")
        await self.first.is_cut_off()
        await self.line.turn(CALM)
        await agree(self.town, [self.first, second], self.own)

    async def go_on_elsewhere(self, second: Device) -> None:
        """Answer the written question on the second device, and end all that the agent has."""
        later = self.enquiries[4]
        await second.page.get_by_role("button", name="Ta samtalen om").click()
        await second.say(later, "Her er svaret, skriftlig.")
        both = [self.first, second]
        await agree(self.town, both, [*self.own, later])
        await self.is_everywhere(both, "Opptatt", 4)
        await second.show(later)
        await second.console.finish(question="Ferdig svart …", sure="Avslutt spørsmålet")
        for enquiry in self.own:
            await second.show(enquiry)
            await second.console.finish()
        await self.is_everywhere(both, "Opptatt", 0)

    async def is_everywhere(self, devices: list[Device], presence: str, places: int) -> None:
        """Expect how the agent is, and how much they have, on every device and in the ledger."""
        for device in devices:
            await device.is_as(presence, places)
        assert await places_taken(self.town, self.user) == places


async def test_an_agents_work_survives_reload_lost_network_and_a_second_device(
    browser: Browser, town: Town
) -> None:
    address = town.system.addresses["console"]
    user, adviser = town.user("servicetorget", 3), town.user("renovasjon")
    specialist = town.user(SPECIALISTS)
    await town.change(roomy(user["name"]))
    async with (
        on_a_line(browser, "agent", address) as (theirs, line),
        asking(town.system, *(f"Spørsmål {n}" for n in NUMBERS)) as enquiries,
        at_desk(browser, town.system, specialist) as colleague,
        at_desk(browser, town.system, adviser, "Opptatt") as expert,
        signing_in(theirs, address, user) as first,
    ):
        day = Day(town, user, first, line, enquiries)
        await day.take_five()
        await day.hand_over(colleague)
        await day.consult(adviser, expert)
        await day.leave_for_later()
        await agree(town, [first], day.own)
        await day.half_write()
        await day.reload_in_mid_send()
        await day.drafts_are_there()

        await day.lose_the_network()
        async with signing_in(browser, address, user) as second:
            await second.is_as("Opptatt", 3)
            await day.get_it_back(second)
            await day.lose_the_line_unknowingly(second)
            await day.drafts_are_there()
            await second.console.be("Avrunder")
            await day.is_everywhere([first, second], "Avrunder", 3)
            names = (user["name"], specialist["name"], adviser["name"])
            how = dict(zip(names, ("draining", "available", "busy"), strict=True))
            await board_agrees(town, how)
            await second.console.be("Opptatt")
            await day.go_on_elsewhere(second)
            await second.console.be("Borte")
        await agree(town, [], enquiries)
        await colleague.finish()


async def test_the_watch_sees_what_comes_twice_and_what_goes_away(browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.set_content("<ol class=paper><li class=words>en</li></ol><p class=notes></p>")
    await page.evaluate(f"() => {{{WATCH}}}")
    add = "document.querySelector('ol').insertAdjacentHTML('beforeend', '<li class=words>to</li>')"
    for change in (add, add, "document.querySelector('li:last-child').remove()"):
        await page.evaluate(change)
    wrong = await page.evaluate("wrong")
    # Another dialogue in its place is nothing that went away.
    new = "document.querySelector('ol').outerHTML = '<ol class=paper><li class=words>tre</li></ol>'"
    await page.evaluate(new)
    assert await page.evaluate("wrong") == wrong
    await page.evaluate("document.querySelector('li').remove()")

    assert wrong == ["doubled: en | to | to"]
    assert await page.evaluate("wrong") == [*wrong, "gone: tre"]
