"""What happens in one conversation: a seeded script of words, hand-overs, and bad manners."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from replay.desk import Agent, Case
from replay.link import Refused

from chaos.people import TownAgent, TownCitizen

WORDS: Final = [
    "garasje",
    "søknad",
    "hage",
    "avfall",
    "dunk",
    "barnehage",
    "plass",
    "frist",
    "vei",
    "snø",
    "måke",
    "gebyr",
    "skjema",
    "hjelp",
    "takk",
    "æøå",
    "ß",
    "🏠",
    "👩\u200d👩\u200d👧",
    "שלום",
    "<b>fet</b>",
    "'sitat'",
    "\\n",
    "50",
    "m²",
    "kr",
    "1",
    "200,–",
]


@dataclass(frozen=True, slots=True)
class Manners:
    """How often what happens. Shares of conversations, or of turns where it says so."""

    turns: tuple[int, int] = (6, 14)
    think_s: tuple[float, float] = (0.1, 0.6)
    walks_away: float = 0.12
    """The citizen says something, sees one tick, and is never seen again."""
    hands_over: float = 0.15
    requeues: float = 0.05
    old_epoch: float = 0.1
    """An agent says something under an epoch that is past, as a tab does that slept."""
    asks_again: float = 0.05
    """Per turn: the citizen asks for events that are here already."""
    comes_back: float = 0.15
    """After the end, the same citizen begins another conversation."""
    drops: float = 0.04
    """Per turn: a socket is torn in the middle of what comes next."""
    citizen_ends: float = 0.3
    declines: float = 0.03
    """Per offer: the agent says no."""
    ignores: float = 0.01
    """Per offer: the agent lets it run out."""


class Script:
    """One conversation, played to its end."""

    def __init__(
        self,
        citizen: TownCitizen,
        case: Case,
        *,
        manners: Manners,
        dice: random.Random,
        pace: Callable[[], Awaitable[None]],
        hurry: asyncio.Event,
        departments: list[str],
    ) -> None:
        """Prepare.

        Args:
            citizen: started.
            case: the same conversation at the desk.
            manners: how often what happens.
            dice: this conversation's own.
            pace: waits until one more message may be said.
            hurry: set when conversations should come to an end.
            departments: where somebody is at the desk.
        """
        self._citizen = citizen
        self._case = case
        self._manners = manners
        self._dice = dice
        self._pace = pace
        self._hurry = hurry
        self._departments = departments
        self._last_owner: Agent | None = None

    async def play(self) -> None:
        """Play it. Returns when the conversation is closed on both sides.

        Raises:
            Refused: words were refused for good; the conversation stays as it is.
        """
        await self._citizen.open("")
        walks = self._dice.random() < self._manners.walks_away
        for _ in range(self._dice.randint(*self._manners.turns)):
            if self._hurry.is_set():
                break
            await self._turn()
        if walks:
            await self._walk_away()
        await self._end(by_citizen=not walks and self._chance(self._manners.citizen_ends))

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    async def _turn(self) -> None:
        await asyncio.sleep(self._dice.uniform(*self._manners.think_s))
        await self._pace()
        await self._case.owned()
        self._last_owner = self._case.owner or self._last_owner
        if self._chance(self._manners.drops):
            self._drop()
        if self._chance(self._manners.asks_again):
            await self._citizen.ask_again()
        if self._chance(0.5):
            event, *_ = await self._citizen.send(self._words())
            await self._case.wait_seen(event["id"])
        else:
            event, *_ = await self._case.send(self._words())
            await self._citizen.wait_seen(event["id"])
        await self._sometimes()

    async def _sometimes(self) -> None:
        turns = sum(self._manners.turns) / 2
        if self._chance(self._manners.old_epoch / turns):
            await self._say_under_an_old_epoch()
        elif self._chance(self._manners.hands_over / turns):
            await self._hand_over()
        elif self._chance(self._manners.requeues / turns):
            await self._act_as_owner("requeue", epoch=self._case.epoch)

    def _words(self) -> str:
        return " ".join(self._dice.choices(WORDS, k=self._dice.randint(1, 20)))

    def _drop(self) -> None:
        owner = self._case.owner
        link = self._citizen if owner is None or self._chance(0.7) else owner
        loop = asyncio.get_running_loop()
        loop.call_later(self._dice.uniform(0, 0.02), lambda: loop.create_task(link.drop()))

    async def _act_as_owner(self, kind: str, **fields: object) -> None:
        """Act, whatever comes of it: ownership may have gone meanwhile."""
        owner = self._case.owner
        if owner is None:
            return
        with contextlib.suppress(Refused):
            await owner.act(kind, conversation=self._case.conversation, **fields)

    async def _say_under_an_old_epoch(self) -> None:
        await self._act_as_owner(
            "send", text=self._words(), epoch=self._case.epoch - 1, seen=self._seen_by_owner()
        )

    def _seen_by_owner(self) -> int:
        owner = self._case.owner
        return owner.last(self._case.conversation) if owner else 0

    async def _hand_over(self) -> None:
        former, epoch = self._case.owner, self._case.epoch
        if not isinstance(former, TownAgent):
            return
        elsewhere = [d for d in self._departments if d not in former.departments]
        if not elsewhere:
            return
        await self._act_as_owner(
            "handover", epoch=epoch, department=self._dice.choice(elsewhere), note=None
        )

    async def _walk_away(self) -> None:
        """Say something, see that it was accepted, and go for ever."""
        citizen, case = self._citizen, self._case
        saying = asyncio.get_running_loop().create_task(citizen.send(self._words()))
        await asyncio.sleep(0)
        action = next(reversed(citizen.ticked))
        await citizen.ticked[action].wait()
        citizen.leave()
        saying.cancel()
        await citizen.drop()
        await citizen.stop()
        # The desk waits for these words: only then may it close.
        await case.wait_seen(action)

    async def _end(self, *, by_citizen: bool) -> None:
        case = self._case
        if not by_citizen:
            await case.owned()
            await case.close()
            return
        with contextlib.suppress(Refused):  # it is in the history; the desk tells whether it ended
            await self._citizen.act("end")
        await case_closed(case)
        for owner in filter(None, (case.owner, self._last_owner)):
            # Whoever had it frees the slot; for the others it is nothing.
            with contextlib.suppress(Refused):
                await owner.act("wrapup_done", conversation=case.conversation)


async def case_closed(case: Case) -> None:
    """Wait until the desk knows that a conversation is closed."""
    async with case.changed:
        await case.changed.wait_for(lambda: case.state == "closed")
