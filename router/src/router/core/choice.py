"""Who gets it. Never outside the departments of the step, never over capacity.

The preferred agent if free; then who meets the strictest step; then the level asked for, the
language, the lowest load, who is good for the least else, the longest idle, and the id.
"""

from collections.abc import Container
from datetime import datetime, timedelta

from router.core.desk import Desk
from router.core.line import Ask
from router.core.routes import Hold
from router.core.slots import Slots

__all__ = ["Slots", "choose", "step_at", "waits_for_preferred"]

_SOON = ("full", "busy")
"""Verdicts of a preferred agent worth waiting for."""


def step_at(ask: Ask, desk: Desk, now: datetime) -> int:
    """Return the step reached. One that nobody at a desk could meet is passed over at once."""
    steps, waited_s = ask.route.steps, (now - ask.since).total_seconds()
    reached = max(n for n, step in enumerate(steps) if step.after_s <= waited_s or n == 0)
    for step in range(reached, len(steps)):
        if _possible(ask, ask.route.hold(step, ask.language), desk):
            return step
    return reached


def _possible(ask: Ask, hold: Hold, desk: Desk) -> bool:
    """Return whether somebody at a desk meets it.

    The preferred agent is one person: they do not make a step that waits for others worth it. The
    owner who hands it over does not get it back.
    """
    count = desk.count_at_desk(hold)
    for agent in {ask.preferred, ask.summary.owner}:
        profile = desk.roster.agents.get(agent) if agent else None
        if profile and desk.at_desk(profile.id) and hold.admits(profile):
            count -= 1
    return count > 0


def choose(ask: Ask, step: int, desk: Desk, *, kept: Container[str] = ()) -> str | None:
    """Return whom to offer it to. `kept`: agents with room whom somebody else is waiting for."""
    if ask.handover and ask.handover.agent:
        named = [ask.handover.agent] if ask.handover.agent not in kept else []
        return _first(named, ask, step, desk, "eligible", "missed")
    if ask.preferred and ask.preferred not in kept:
        found = _first([ask.preferred], ask, step, desk, "eligible")
        if found:
            return found
    skip = desk.skipped(ask)
    for shelf in desk.shelves(ask, step):
        if shelf.room:
            looking = shelf.able(skip, kept)
            found = next(looking, None)
            looking.close()
            if found:
                return found
    # One who missed it, only when nobody else could take it.
    missed = [agent for agent in ask.summary.missed if agent not in kept]
    return _first(missed, ask, step, desk, "missed") if missed else None


def _first(agents: list[str], ask: Ask, step: int, desk: Desk, *verdicts: str) -> str | None:
    """Return the first, in order of choice, of some few agents."""
    departments = ask.route.steps[step].departments
    able = [
        agent
        for agent in agents
        if desk.admits(Hold(departments), agent, ask) and desk.verdict(agent, ask, step) in verdicts
    ]
    return min(able, key=lambda agent: desk.order(agent, ask, step), default=None)


def waits_for_preferred(ask: Ask, step: int, desk: Desk, now: datetime) -> bool:
    """Return whether the preferred agent is there and soon free, and may still be waited for."""
    agent = ask.preferred
    timing = desk.roster.directory.timing
    if agent is None or now - ask.since >= timedelta(seconds=timing.preferred_s):
        return False
    if agent in ask.summary.missed:
        return False
    member = desk.admits(Hold(ask.route.steps[step].departments), agent, ask)
    return member and desk.verdict(agent, ask, step) in _SOON
