"""An agent's presence: what is chosen, what missed offers do, what draining becomes."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

Choice = Literal["available", "busy", "away", "draining"]
Presence = Literal["available", "busy", "away", "forced_away", "draining"]

MISSES_ALLOWED: Final = 1
"""Offers missed in a row before the agent is forced away at the next one."""


@dataclass(frozen=True, slots=True)
class State:
    """How an agent is, on every device alike. The highest `changed_at` wins."""

    presence: Presence
    changed_at: datetime
    idle_since: datetime
    """When the agent last was given or closed something, or missed an offer."""
    reason: str = ""
    misses: int = 0


def arrive(now: datetime) -> State:
    """Return the state of an agent who sits down at the desk."""
    return State("available", changed_at=now, idle_since=now)


def choose(state: State, choice: Choice, reason: str, now: datetime) -> State:
    """Return the state after the agent's own choice; it forgives what was missed."""
    return replace(state, presence=choice, reason=reason, misses=0, changed_at=now)


def miss(state: State, now: datetime) -> State:
    """Return the state after an offer ran out: told and last in line, then forced away."""
    misses = state.misses + 1
    missed = replace(state, misses=misses, idle_since=now, changed_at=now)
    if misses > MISSES_ALLOWED and state.presence == "available":
        return replace(missed, presence="forced_away", reason="missed_offers")
    return missed


def work(state: State, now: datetime) -> State:
    """Return the state after the agent took or ended a conversation: last in the idle order."""
    return replace(state, misses=0, idle_since=now, changed_at=now)


def drained(state: State, load: int, now: datetime) -> State:
    """Return the state once a draining agent has nothing left."""
    if state.presence != "draining" or load > 0:
        return state
    return replace(state, presence="away", reason="drained", changed_at=now)


def newer(mine: State, other: State) -> State:
    """Return the state that counts when two devices disagree."""
    return other if other.changed_at > mine.changed_at else mine
