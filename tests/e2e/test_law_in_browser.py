"""The law `fold(events, snapshot) == fresh snapshot`, in real browsers before a real system.

Citizens and agents do what comes into their heads while three consoles are left open that nobody
touches: an agent's, a leader's and a supervisor's. After each burst every one of them must show
what the same agent's console shows that was opened only then: lists, order, states, marks, counts.
"""

import asyncio
import contextlib
import difflib
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, cast

import pytest
from chat import PATIENCE_S
from ledger_log import Archive
from native.system import WholeSystem
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect
from replay.citizen import Citizen
from replay.desk import Agent
from replay.link import Frame, Refused
from screens import SOON_MS
from set_up import TENANT, SetUp
from town import Town

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]

ROUNDS = (2, 3, 5)
"""Seeds of what comes into their heads."""
ACTIONS = 80
"""A round; so many are tried, and what cannot be done just then is refused."""
CITIZENS = 5
"""New ones a round."""
AT_ONCE = 4
KINDS = 10
"""So many different things at least are done in a few rounds, out of eighteen that may be."""
OWN = 0.7
"""The share of what agents do that is done with what they have, if they have anything."""
LOOK_UP_S = 0.3
DEPARTMENTS = ("servicetorget", "renovasjon", "byggesak-plan", "barn-familie")
ALARMS = ("danger", "threat", "abuse")

SHOWS = r"""
() => {
  // Times pass while one looks; which conversation stands where, and what marks it has, does not.
  const text = (element) => element.innerText
    .replace(/\d+ t \d+ min|\d+ min|\d+ s\b/g, "~")
    .replace(/ · over målet/g, "")
    .replace(/\s+/g, " ").trim();
  const all = (selector) => Array.from(document.querySelectorAll(selector), text);
  // A row that has not been drawn yet, in a window that lies behind another, reads as empty.
  const drawn = new CSSStyleSheet();
  drawn.replaceSync(".lists li { content-visibility: visible }");
  document.adoptedStyleSheets = [drawn];
  const shown = JSON.stringify({
    lists: Array.from(document.querySelectorAll("nav.lists section"), (section) => ({
      title: text(section.querySelector("h2")),
      rows: Array.from(section.querySelectorAll("li"), text),
    })),
    offers: Array.from(document.querySelectorAll("article.offer"), (offer) =>
      Array.from(offer.querySelectorAll(".kind, h2, .facts, .quote, .turns"), text)),
    alarms: all(".notices > .notice"),
    load: all(".load"),
    presence: all(".presence [aria-pressed=true]"),
  }, null, 1);
  document.adoptedStyleSheets = [];
  return shown;
}
"""
"""Everything that a console shows of the board, as text."""


class Hand(Agent):
    """An agent at a device of their own, who does something now and then with what they see."""

    def __init__(self, system: WholeSystem, user: Mapping[str, Any], dice: random.Random) -> None:
        """Prepare to sign in."""
        base = system.addresses["console"].rstrip("/")
        super().__init__(base, dict(user), {}, {}, random.Random(1), duplicate=False)
        self._dice = dice
        self._seen: dict[str, Frame] = {}
        self._changed = asyncio.Event()
        self._colleagues: Sequence[str] = ()

    async def on_frame(self, frame: Frame) -> None:
        """Remember the newest of every conversation; choose no presence."""
        match frame["type"]:
            case "welcome":
                self.agent = frame["agent"]
                everybody = frame["directory"]["agents"]
                self._colleagues = [each["id"] for each in everybody if each["departments"]]
                self._followed.clear()
                self._see(*frame["snapshot"]["conversations"], *frame["snapshot"]["line"])
            case "snapshot":
                self._see(*frame["conversations"], *frame["line"])
            case "summary":
                self._see(frame["summary"])
            case "event":
                self.answer(frame["event"]["id"], frame["event"])
            case "events":
                for event in frame["events"]:
                    self.answer(event["id"], event)

    def _see(self, *summaries: Frame) -> None:
        for summary in summaries:
            known = self._seen.get(summary["conversation"])
            if known is None or known["version"] < summary["version"]:
                self._seen[summary["conversation"]] = summary
                self._changed.set()

    @property
    def in_sight(self) -> list[Frame]:
        """Return what is open, or just closed, as far as this agent has been told."""
        return [s for s in self._seen.values() if s["state"] != "closed" or s["wrapup"]]

    async def be(self, presence: str) -> None:
        """Choose a presence."""
        await self.say({"type": "presence", "presence": presence, "reason": ""})

    async def do_something(self) -> str:
        """Do anything with any conversation in sight; return what, or why it could not be."""
        await self._look_up()
        open_ones = self.in_sight
        if not open_ones:
            return "nothing"
        mine = [summary for summary in open_ones if self._is_mine(summary)]
        summary = self._dice.choice(mine if mine and self._dice.random() < OWN else open_ones)
        kind, fields = self._dice.choice(self._ideas(summary))
        await self._follow(summary["conversation"])
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.act(kind, conversation=summary["conversation"], **fields)
        except Refused as refused:
            return f"refused: {refused}"
        except TimeoutError as late:
            late.add_note(f"{self.agent}: {kind} {fields}")
            raise
        return kind

    async def tidy(self) -> None:
        """Decline, close and leave whatever this agent has, so that there is room for the next."""
        await self.be("busy")
        for summary in list(self._seen.values()):
            name = {"conversation": summary["conversation"]}
            with contextlib.suppress(Refused):
                async with asyncio.timeout(PATIENCE_S):
                    if summary["offer"] and summary["offer"]["agent"] == self.agent:
                        await self.act("decline", **name, offer=summary["offer"]["id"])
                    if summary["owner"] == self.agent:
                        await self.act("close", **name, epoch=summary["epoch"])
                    if self._is_mine(summary):
                        await self.act("wrapup_done", **name)

    async def _look_up(self) -> None:
        """Return when something has changed on screen, or after a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_UP_S):
                await self._changed.wait()
        self._changed.clear()

    def _is_mine(self, summary: Frame) -> bool:
        offer, wrapup = summary["offer"] or {}, summary["wrapup"] or {}
        return self.agent in (summary["owner"], offer.get("agent"), wrapup.get("agent"))

    async def _follow(self, conversation: str) -> None:
        """What is said is answered by its event, which comes to who follows."""
        if conversation in self._followed:
            return
        self._followed.add(conversation)
        for stream in ("dialogue", "desk"):
            fields = {"conversation": conversation, "stream": stream, "after": 0}
            await self.say({"type": "follow", **fields})

    def _ideas(self, summary: Frame) -> list[tuple[str, Frame]]:
        epoch = {"epoch": summary["epoch"]}
        dice = self._dice
        offer, handover = summary["offer"], summary["handover"]
        if offer and offer["agent"] == self.agent:
            answer = {"offer": offer["id"]}
            return [*[("accept", answer)] * 4, ("decline", answer)]
        if summary["wrapup"]:
            return [("wrapup_done", {}), ("note", {"text": "etterpå"})]
        if summary["owner"] != self.agent:
            return [
                *[("take_over", epoch)] * 3,
                ("alarm", {"alarm": dice.choice(ALARMS)}),
                ("clear_alarm", {}),
                ("move", {"department": dice.choice(DEPARTMENTS), **epoch}),
                ("note", {"text": "sett"}),
            ]
        ideas: list[tuple[str, Frame]] = [
            *[("send", {"text": f"Svar {dice.random()}", **epoch})] * 3,
            ("note", {"text": "et notat"}),
            ("requeue", epoch),
            ("close", epoch),
            ("make_written", epoch),
            ("nudge", epoch),
            ("alarm", {"alarm": dice.choice(ALARMS)}),
            ("clear_alarm", {}),
            ("classify", {"outcome": "answered", "archive": "archive"}),
            ("handover", {"department": dice.choice(DEPARTMENTS), **epoch}),
            ("consult", {"agent": dice.choice(self._colleagues), **epoch}),
        ]
        if handover:
            ideas += [("cancel_handover", {"handover": handover["id"]})] * 3
        if summary["consulted"]:
            ideas += [("end_consult", {"agent": dice.choice(summary["consulted"])})] * 3
        return ideas


class Crowd:
    """Everybody who acts: agents at devices of their own, and citizens who keep coming."""

    def __init__(self, town: Town, users: Sequence[Mapping[str, Any]]) -> None:
        """Prepare; nobody is there yet."""
        self.done: dict[str, int] = {}
        """What was done or refused, and how often: the evidence that something happened."""
        self._town = town
        self._dice = random.Random(0)
        self._hands = [Hand(town.system, user, self._dice) for user in users]
        self._citizens: list[Citizen] = []
        self._topics: list[str] | None = None
        """What nobody has asked about yet."""

    async def sit_down(self) -> None:
        """Let every agent sign in."""
        for hand in self._hands:
            hand.start()
        async with asyncio.timeout(PATIENCE_S):
            for hand in self._hands:
                await hand.ready.wait()

    async def burst(self, seed: int) -> None:
        """Let new citizens come, and everybody do many things; then let it become quiet."""
        self._dice.seed(seed)
        for hand in self._hands:
            await hand.be("available")
        new = [self._citizen(f"{seed}-{n}") for n in range(CITIZENS)]
        first, *others = (lambda citizen=citizen: self._ask(citizen) for citizen in new)
        acting: list[Callable[[], Any]] = [*others, *(self._act for _ in range(ACTIONS))]
        self._dice.shuffle(acting)
        await first()
        places = asyncio.Semaphore(AT_ONCE)

        async def one(act: Callable[[], Any]) -> None:
            async with places:
                await act()

        await asyncio.gather(*(one(act) for act in acting))
        # Who gets no offers changes nothing any more.
        for hand in self._hands:
            await hand.be("busy")
        await self._quiet()

    async def leave(self) -> None:
        """Tidy up, and hang everybody up."""
        for hand in self._hands:
            await hand.tidy()
        links = (*self._citizens, *self._hands)
        await asyncio.gather(*(link.stop() for link in links))

    def _citizen(self, name: str) -> Citizen:
        socket = self._town.system.addresses["gateway"].replace("http", "ws", 1) + "/ws/citizen"
        citizen = Citizen(socket, TENANT, random.Random(name), duplicate=False)
        self._citizens.append(citizen)
        citizen.start()
        return citizen

    async def _ask(self, citizen: Citizen) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await citizen.ready.wait()
            if self._topics is None:
                self._topics = list(citizen.topics)
            # Each about something else: it is what a desk calls it by, whoever has read it.
            await citizen.open(self._topics.pop())
            await citizen.send("Hei, jeg lurer på noe")
        self._count("opened")

    async def _act(self) -> None:
        if self._citizens and self._dice.random() < 0.2:
            return await self._speak(self._dice.choice(self._citizens))
        able = [hand for hand in self._hands if hand.in_sight] or self._hands
        self._count(await self._dice.choice(able).do_something())
        return None

    async def _speak(self, citizen: Citizen) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                if citizen.state:
                    await citizen.send(f"Er det noen der? {self._dice.random()}")
        except Refused as refused:
            self._count(f"refused: {refused}")
        else:
            self._count("said")

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    async def _quiet(self) -> None:
        """Return when the ledger has changed nothing for a while: routers look every second."""
        versions = "SELECT sum(version) FROM ledger.conversation WHERE tenant = $1"
        async with Archive(self._town.system) as archive, asyncio.timeout(PATIENCE_S):
            before, now = -1, await archive.fetchval(versions, TENANT)
            while before != now:
                await asyncio.sleep(3)  # the table tells nobody that nothing happens
                before, now = now, await archive.fetchval(versions, TENANT)


class Watched:
    """A console that nobody touches, and the same agent's, opened anew when asked for."""

    def __init__(self, address: str, context: BrowserContext, page: Page) -> None:
        """Take the console that stays open."""
        self._address = address
        self._context = context
        self.page = page

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[Page]:
        """Give a console of the same agent that is opened now."""
        page = await self._context.new_page()
        await page.goto(self._address)
        await _connected(page)
        yield page
        await page.close()

    async def agrees(self) -> None:
        """Expect it to show what a fresh one does, once that has got the words it asked for."""
        async with self.fresh() as fresh:
            until = _now() + SOON_MS / 1000
            while (difference := await self._difference(fresh)) and _now() < until:  # noqa: ASYNC110
                await asyncio.sleep(0.2)  # either page may still be about to draw
            assert difference == [], "\n".join(difference)

    async def _difference(self, fresh: Page) -> list[str]:
        theirs, ours = await _shows(fresh), await _shows(self.page)
        lines = difflib.unified_diff(theirs.splitlines(), ours.splitlines(), "fresh", "kept open")
        return list(lines)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _shows(page: Page) -> str:
    return cast("str", await page.evaluate(SHOWS))


async def _connected(page: Page) -> None:
    await expect(page.get_by_text("Tilkoblet")).to_be_visible(timeout=SOON_MS)


async def _sign_in(page: Page, address: str, user: Mapping[str, Any]) -> None:
    await page.goto(address)
    await page.get_by_label("Brukernavn").fill(user["name"])
    await page.get_by_label("Passord").fill(user["password"])
    await page.keyboard.press("Enter")
    await _connected(page)


@asynccontextmanager
async def watched(
    browser: Browser,
    address: str,
    user: Mapping[str, Any],
    tamper: Callable[[WebSocketRoute], None] | None = None,
) -> AsyncIterator[Watched]:
    """Give a console that has signed in, and whose socket may be tampered with."""
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1366, "height": 900})
    page = await context.new_page()
    if tamper is not None:
        await page.route_web_socket("**/ws/agent", tamper)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await _sign_in(page, address, user)
    yield Watched(address, context, page)
    await context.close()
    assert faults == []


def without_every_third_summary(route: WebSocketRoute) -> None:
    """Drop each third summary, and the snapshots that would heal it."""
    server = route.connect_to_server()
    summaries = 0

    def pass_on(message: str | bytes) -> None:
        nonlocal summaries
        text = message if isinstance(message, str) else message.decode()
        if text.startswith('{"type":"snapshot"'):
            return
        if text.startswith('{"type":"summary"'):
            summaries += 1
            if summaries % 3 == 0:
                return
        route.send(message)

    server.on_message(pass_on)


def unhurried(setup: SetUp) -> None:
    """Let nothing change by itself: what is pending stays so until somebody does something."""
    setup["timing"] |= {
        "offer_s": 1800,
        "handover_s": 1800,
        "handover_away_s": 1800,
        "wrapup_s": 1800,
        "first_reply_nudge_s": 1800,
        "first_reply_leader_s": 2400,
        "first_reply_requeue_s": 3600,
        "nudge_s": 1800,
        "alert_s": 1800,
    }


@asynccontextmanager
async def crowded(town: Town, users: Sequence[Mapping[str, Any]]) -> AsyncIterator[Crowd]:
    """Give agents at their devices, and citizens when they are asked for."""
    crowd = Crowd(town, users)
    await crowd.sit_down()
    try:
        yield crowd
    finally:
        await crowd.leave()


def _people(town: Town) -> tuple[list[Frame], list[Frame]]:
    """Return whose consoles are watched, and who acts: those and some more."""
    supervisor = next(u for u in town.system.addresses["users"] if u["role"] == "supervisor")
    looking = [town.user("servicetorget", 2), town.leader, supervisor]
    more = [town.user("servicetorget", 4), town.user("renovasjon"), town.user("byggesak-plan")]
    return looking, [*looking, *more]


async def test_consoles_left_open_show_what_a_fresh_one_shows(browser: Browser, town: Town) -> None:
    await town.change(unhurried)
    looking, acting = _people(town)
    address = town.system.addresses["console"]
    async with AsyncExitStack() as stack:
        crowd = await stack.enter_async_context(crowded(town, acting))
        consoles = [
            await stack.enter_async_context(watched(browser, address, user)) for user in looking
        ]
        for seed in ROUNDS:
            await crowd.burst(seed)
            for console in consoles:
                await console.agrees()

    # The bursts were what they are said to be.
    done = {what for what in crowd.done if not what.startswith("refused")} - {"nothing"}
    assert len(done) >= KINDS, crowd.done


async def test_a_console_that_misses_every_third_summary_is_found_out(
    browser: Browser, town: Town
) -> None:
    await town.change(unhurried)
    looking, acting = _people(town)
    address = town.system.addresses["console"]
    async with (
        crowded(town, acting) as crowd,
        watched(browser, address, looking[2]) as whole,
        watched(browser, address, looking[2], without_every_third_summary) as tampered,
    ):
        differs = []
        # A summary that was dropped may have been followed by another of the same conversation.
        for seed in ROUNDS:
            await crowd.burst(seed)
            await whole.agrees()
            differs.append(await _shows(tampered.page) != await _shows(whole.page))

    assert any(differs)
