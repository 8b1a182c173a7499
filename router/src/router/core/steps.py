"""The routing plan: what is asked for at first, and how it is relaxed as the citizen waits."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from services.contracts import AgentProfile, Timing

from router.core.line import Ask


class Step(IntEnum):
    """A demand. An agent who meets one meets every later one."""

    LEVEL = 0
    """The level asked for."""
    LOWER = 1
    """The skill at any level."""
    ANYONE = 2
    """Any member of the department."""


def met_by(agent: AgentProfile, ask: Ask) -> Step:
    """Return the strictest step this member of the department meets."""
    if agent.id == ask.preferred:
        return Step.LEVEL
    level = agent.skills.get(ask.skill, 0)
    if level >= ask.level:
        return Step.LEVEL
    return Step.LOWER if level else Step.ANYONE


def step_at(ask: Ask, at_desk: Iterable[AgentProfile], timing: Timing, now: datetime) -> Step:
    """Return the step reached. One that nobody at a desk could meet is passed over at once."""
    waited = now - ask.since
    if waited >= timedelta(seconds=timing.generalist_after_s):
        return Step.ANYONE
    lower = waited >= timedelta(seconds=timing.lower_level_after_s)
    # The preferred agent is one person: they do not make a step that waits for others worth it.
    possible = (met_by(agent, ask) for agent in at_desk if agent.id != ask.preferred)
    return max(Step.LOWER if lower else Step.LEVEL, min(possible, default=Step.LEVEL))
