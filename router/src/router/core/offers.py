"""Whom to offer what in one round: the live ones in order of the line, then the written ones.

An agent with room is never given something of a lower band while something of a higher band, which
that agent may get at a later step of its plan, waits for somebody who is not free: then that step
has come, and the higher band gets the best agent it admits (docs/adr/0019).
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from services.contracts import MakeOffer, derived_id

from router.core.choice import choose, step_at, waits_for_preferred
from router.core.decision import Decision
from router.core.desk import Desk
from router.core.explain import Reasons, Wait, offered
from router.core.line import Ask
from router.core.routes import Hold

_Kind = tuple[int, Hold]
"""Band, and who may get it in the end: those that are alike in this are looked up as one."""


class Offers:
    """The offers of one round."""

    def __init__(self, desk: Desk, reasons: Reasons, now: datetime) -> None:
        """Begin with nobody waiting."""
        self._desk, self._reasons, self._now = desk, reasons, now
        self._held: dict[_Kind, dict[UUID, Wait]] = {}
        """What got no agent at its step and has later ones, first in line first."""
        self._soon: dict[_Kind, dict[UUID, Wait]] = {}
        """What waits for its preferred agent, though others could take it."""

    def live(self, asks: list[Ask]) -> Iterator[Decision]:
        """Yield offers of the line and of hand-overs. `asks` are in order of the line."""
        for ask in asks:
            step = step_at(ask, self._desk, self._now)
            agent = choose(ask, step, self._desk)
            if agent != ask.preferred and waits_for_preferred(ask, step, self._desk, self._now):
                self._wait(ask, step, "preferred_agent_soon" if agent else "")
                continue
            while agent and (urgent := self._watching(agent, ask.band)):
                yield self._ahead(urgent)
                agent = choose(ask, step, self._desk)
            if agent:
                yield self._offer(ask, step, agent)
            else:
                self._wait(ask, step)

    def written(self, asks: list[Ask]) -> Iterator[Decision]:
        """Yield offers of written questions, to agents whom nobody live is waiting for."""
        kept: set[str] = set()
        for ask in asks:
            step = step_at(ask, self._desk, self._now)
            agent = choose(ask, step, self._desk, kept=kept)
            while agent and self._wanted(agent):
                kept.add(agent)
                agent = choose(ask, step, self._desk, kept=kept)
            if agent:
                yield self._offer(ask, step, agent)
            else:
                self._wait(ask, step)

    def _wait(self, ask: Ask, step: int, reason: str = "") -> None:
        wait = Wait(ask, step, reason)
        self._reasons.keep(ask.summary.conversation, wait)
        named = ask.handover is not None and ask.handover.agent is not None
        last = len(ask.route.steps) - 1
        if ask.written or named or (step == last and not reason):
            return
        kind = ask.band, ask.route.hold(last, ask.language)
        # Who may still wait for the preferred agent goes on doing so, whoever watches.
        soon = reason or waits_for_preferred(ask, step, self._desk, self._now)
        waiting = self._soon if soon else self._held
        waiting.setdefault(kind, {})[ask.summary.conversation] = wait

    def _watching(self, agent: str, band: int) -> Wait | None:
        """Return the first of a higher band that this agent may get at a later step."""
        profile = self._desk.roster.agents[agent]
        found = [
            wait
            for (other, hold), waits in self._held.items()
            if other < band and hold.admits(profile)
            for wait in self._first_for(agent, waits)
        ]
        return min(found, key=lambda wait: wait.ask.place, default=None)

    def _wanted(self, agent: str) -> bool:
        profile = self._desk.roster.agents[agent]
        return any(
            hold.admits(profile) and any(self._first_for(agent, waits))
            for waiting in (self._held, self._soon)
            for (_, hold), waits in waiting.items()
        )

    def _first_for(self, agent: str, waits: dict[UUID, Wait]) -> list[Wait]:
        """Return the first that this agent has not turned down, as a list of at most one."""
        for wait in waits.values():
            if agent not in self._desk.skipped(wait.ask):
                return [wait]
        return []

    def _ahead(self, wait: Wait) -> Decision:
        """Offer what waits at the next step at which somebody can take it."""
        ask, last = wait.ask, len(wait.ask.route.steps) - 1
        del self._held[ask.band, ask.route.hold(last, ask.language)][ask.summary.conversation]
        for step in range(wait.step + 1, last):
            if agent := choose(ask, step, self._desk):
                return self._offer(ask, step, agent)
        agent = choose(ask, last, self._desk)
        if agent is None:
            raise LookupError("whoever watches can be given it")
        return self._offer(ask, last, agent)

    def _offer(self, ask: Ask, step: int, agent: str) -> Decision:
        """Make the offer. Two replicas that choose the same agent make the same id."""
        summary, why = ask.summary, offered(ask, step, self._desk, agent)
        self._reasons.keep(summary.conversation, why)
        self._desk.take(agent)
        command = MakeOffer(
            conversation=summary.conversation,
            agent=agent,
            epoch=summary.epoch,
            handover=ask.handover.id if ask.handover else None,
            reason=why.reason,
            why=why,
        )
        name = f"offer:{summary.epoch}:{summary.version}:{agent}"
        return Decision(derived_id(summary.conversation, name), command, summary.version)
