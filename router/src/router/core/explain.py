"""Why a decision came out as it did.

Counted from what the round counts anyway, never agent by agent: an explanation costs little more
than the decision.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from uuid import UUID

from services.contracts import Candidate, Summary, Verdict, Why
from services.hours import hours_of, state

from router.core.choice import step_at
from router.core.desk import Desk
from router.core.line import Ask, for_handover, from_line, reachable
from router.core.routes import LEVELS, Hold, Route
from router.core.view import View

MAX_CANDIDATES = 5
"""Candidates named; the rest are counted by verdict."""
_ABLE = ("eligible", "missed")


@dataclass(frozen=True, slots=True)
class Wait:
    """What is kept of an enquiry that got no offer; told in full only to who asks."""

    ask: Ask
    step: int
    reason: str = ""
    """Empty: nobody could take it."""


class Reasons:
    """The reasons of a round, by conversation."""

    def __init__(self, view: View, desk: Desk | None, now: datetime) -> None:
        """Begin with none. Without a desk (no presences) nothing was decided."""
        self._view, self._desk, self._now = view, desk, now
        self._made: dict[UUID, Why | Wait] = {}

    def __iter__(self) -> Iterator[UUID]:
        """Yield the conversations that were decided about, in order."""
        return iter(self._made)

    def keep(self, conversation: UUID, reason: Why | Wait) -> None:
        """Keep the reason of a decision."""
        self._made[conversation] = reason

    def of(self, conversation: UUID) -> Why | None:
        """Return why a conversation waits, or to whom it is offered; None if it does neither."""
        made = self._made.get(conversation)
        if isinstance(made, Why) or self._desk is None:
            return made if isinstance(made, Why) else None
        if made is None:
            return self._pending(self._summaries.get(conversation), self._desk)
        why = self._made[conversation] = waiting(made, self._desk, self._now)
        return why

    @cached_property
    def _summaries(self) -> Mapping[UUID, Summary]:
        return {one.conversation: one for one in self._view.line.conversations}

    def _pending(self, summary: Summary | None, desk: Desk) -> Why | None:
        """Tell of what was not up for decision: it is with an agent already, or nobody is there."""
        if summary is None:
            return None
        agent = self._view.recent.in_flight.get(summary.conversation)
        agent = summary.offer.agent if summary.offer else agent
        gone = summary.state == "waiting" and not reachable(self._view, summary, self._now)
        if not agent and not gone:
            return None
        ask = (
            for_handover(desk.roster, summary, summary.handover, self._now)
            if summary.handover
            else from_line(desk.roster, summary, self._now)
        )
        step = step_at(ask, desk, self._now)
        return explain(ask, step, desk, reason="offered" if agent else "citizen_away", agent=agent)


def waiting(wait: Wait, desk: Desk, now: datetime) -> Why:
    """Tell why it waits."""
    ask, step = wait.ask, wait.step
    why = explain(ask, step, desk, reason=wait.reason or _nobody(ask.route, step, desk, now))
    if ask.written and not wait.reason and not why.counts.keys().isdisjoint(_ABLE):
        # There is room, but somebody who sits and waits may want it.
        return why.evolve(reason="live_first")
    return why


def _nobody(route: Route, step: int, desk: Desk, now: datetime) -> str:
    members = Hold(route.steps[step].departments)
    if not desk.roster.holders(members):
        return "no_staff"
    if desk.count_at_desk(members):
        return "nobody_free"
    open_now = state(hours_of(desk.roster.directory, route.department), now).open
    return "nobody_there" if open_now else "closed"


def offered(ask: Ask, step: int, desk: Desk, agent: str) -> Why:
    """Tell why it was this agent. To be asked before the offer is counted."""
    reason = "preferred_agent" if agent == ask.preferred else _level_met(ask, step, desk, agent)
    return explain(ask, step, desk, reason=reason, agent=agent)


def _level_met(ask: Ask, step: int, desk: Desk, agent: str) -> str:
    """Return the strictest level the agent meets of those the step admits."""
    profile, route = desk.roster.agents[agent], ask.route
    within = route.steps[step].departments
    return next((n for n in LEVELS if Hold(within, route.needs(n)).admits(profile)), LEVELS[-1])


def explain(ask: Ask, step: int, desk: Desk, *, reason: str, agent: str | None = None) -> Why:
    """Put a decision in words that can be checked."""
    route = ask.route
    return Why(
        outcome="offered" if agent else "waiting",
        reason=reason,
        agent=agent,
        plan=route.plan,
        step=step,
        level=route.steps[step].level,
        department=route.department,
        skills=dict(route.skills),
        language=ask.summary.language,
        counts={str(verdict): count for verdict, count in _counts(ask, step, desk).items()},
        candidates=tuple(
            Candidate(
                agent=one,
                verdict=desk.verdict(one, ask, step),
                load=desk.slots.load(one),
                capacity=desk.slots.capacity(one),
            )
            for one in islice(_in_order(ask, step, desk), MAX_CANDIDATES)
        ),
        handover=ask.handover.id if ask.handover else None,
    )


def _counts(ask: Ask, step: int, desk: Desk) -> Mapping[Verdict, int]:
    """Count the members of the step's departments by verdict."""
    members = Hold(ask.route.steps[step].departments)
    special = desk.special(ask)
    named = ask.handover.agent if ask.handover else None
    if named:
        special.add(named)
        found: Counter[Verdict] = Counter({"not_asked": len(desk.roster.holders(members))})
    else:
        found = _alike(ask, step, desk)
    for agent in special:
        if desk.admits(members, agent, ask):
            found["not_asked" if named else desk.alike(agent, ask, step)] -= 1
            found[desk.verdict(agent, ask, step)] += 1
    return {verdict: count for verdict, count in found.items() if count}


def _alike(ask: Ask, step: int, desk: Desk) -> Counter[Verdict]:
    """Count as if no agent had anything to do with this very enquiry."""
    hold = ask.route.hold(step, ask.language)
    departments, needs = hold.departments, hold.needs
    rooms = [
        desk.shelf(one).room
        for one in (
            Hold(departments),
            Hold(departments, tuple((skill, 1) for skill, _ in needs)),
            Hold(departments, needs),
            hold,
        )
    ]
    found: Counter[Verdict] = Counter()
    for presence, count in desk.presences(departments).items():
        found["full" if presence == "available" else presence] = count
    found["full"] -= rooms[0]
    lacking: tuple[Verdict, ...] = ("skill", "level", "language")
    for verdict, before, after in zip(lacking, rooms, rooms[1:], strict=False):
        found[verdict] = before - after
    found["eligible"] = rooms[-1]
    return found


def _in_order(ask: Ask, step: int, desk: Desk) -> Iterator[str]:
    """Yield the members of the step in order of choice: who can take it, who is there, the rest."""
    told: set[str] = set()
    for one in _able(ask, step, desk):
        told.add(one)
        yield one
    for one in _all(ask, step, desk, told):
        told.add(one)
        yield one


def _able(ask: Ask, step: int, desk: Desk) -> Iterator[str]:
    named = ask.handover.agent if ask.handover else None
    few = [
        agent for agent in (named or ask.preferred,) if agent and _member(agent, ask, step, desk)
    ]
    yield from (agent for agent in few if desk.verdict(agent, ask, step) in _ABLE)
    if named:
        return
    told = {*few, *desk.left_alone(ask), *filter(None, [ask.summary.owner])}
    for hold in desk.roster.choices(ask.route, ask.language, step):
        for agent in desk.shelf(hold).able(told):
            yield agent
            told.add(agent)


def _all(ask: Ask, step: int, desk: Desk, told: set[str]) -> Iterator[str]:
    preferred = ask.preferred if ask.preferred and ask.preferred not in told else None
    member = preferred is not None and _member(preferred, ask, step, desk)
    if preferred and member and desk.at_desk(preferred):
        yield preferred
    ranking = list(desk.roster.ranking(ask.route, ask.language, step))
    for hold in ranking:
        # Who is there and cannot take it is the reason; that others are not there is a count.
        yield from desk.in_turn(desk.here(hold) - told)
    if preferred and member and preferred not in told:
        yield preferred
    for hold in ranking:
        yield from desk.shelf(hold).everyone(told)


def _member(agent: str, ask: Ask, step: int, desk: Desk) -> bool:
    return desk.admits(Hold(ask.route.steps[step].departments), agent, ask)
