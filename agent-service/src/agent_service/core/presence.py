"""An agent's presence: what is chosen, what missed offers do, what draining becomes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

Choice = Literal["available", "busy", "away", "draining"]
Presence = Literal["available", "busy", "away", "forced_away", "draining"]

MISSES_ALLOWED: Final = 1
"""Offers missed in a row before the agent is forced away at the next one."""
SET_BY_LEADER: Final = "set_by_leader"
"""Reason of a presence that a leader chose. Theirs stands in the audit, not on every screen."""
_A_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class State:
    """How an agent is, on every device alike. The highest `changed_at` wins."""

    presence: Presence
    changed_at: datetime
    idle_since: datetime
    """When the agent last was given or ended something, or missed an offer."""
    reason: str = ""
    misses: int = 0


def arrive(now: datetime) -> State:
    """Return the state of an agent who sits down at the desk."""
    return State("available", changed_at=now, idle_since=now)


def choose(state: State, choice: Choice, reason: str, now: datetime) -> State:
    """Return the state after the agent's own choice; it forgives what was missed."""
    return replace(state, presence=choice, reason=reason, misses=0, changed_at=now)


def command(lease: State, choice: Choice, now: datetime) -> State:
    """Return the state a leader gives an agent, newer than the one the agent has."""
    at = max(now, lease.changed_at + _A_MOMENT)
    return replace(lease, presence=choice, reason=SET_BY_LEADER, misses=0, changed_at=at)


def miss(state: State, deadline: datetime, now: datetime) -> State:
    """Return the state after an offer ran out: told and last in line, then forced away.

    Every replica where the agent has a device counts for itself and tells the others, so the same
    miss may be heard of twice. It is known by its moment, the offer's deadline.
    """
    if state.idle_since == deadline:
        return state
    at = deadline if deadline > state.changed_at else now
    missed = replace(state, misses=state.misses + 1, idle_since=deadline, changed_at=at)
    if missed.misses > MISSES_ALLOWED and state.presence == "available":
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


def told(mine: State, heard: State) -> State:
    """Return what another replica told, completed by what only we know.

    It tells no `idle_since`. A miss happened at `changed_at`; anything else leaves the place in
    the idle order to what each replica sees for itself.
    """
    if heard.misses > mine.misses:
        return replace(heard, idle_since=heard.changed_at)
    return replace(heard, idle_since=mine.idle_since)
