"""Who gets it. Never outside the department, never over capacity.

The preferred agent if free, then level asked for, language, lowest load, longest idle, and the id.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.contracts import AgentProfile

from router.core.decision import MAX_CANDIDATES, Candidate, Explanation
from router.core.line import Ask
from router.core.steps import Step, met_by, step_at
from router.core.view import Attendance, View

_ELIGIBLE = "eligible"
_MISSED = "missed"
_SOON = ("full", "busy")
"""Verdicts of a preferred agent worth waiting for."""
_NEVER = datetime.max.replace(tzinfo=UTC)


class Slots:
    """Loads and capacities, with what this very round has decided counted in."""

    def __init__(self, view: View) -> None:
        """Begin with the snapshot and what is on its way."""
        self._capacity = {load.agent: load.capacity for load in view.line.loads}
        self._load = Counter({load.agent: load.load for load in view.line.loads})
        self._load.update(view.recent.in_flight.values())

    def take(self, agent: str) -> None:
        """Count an offer."""
        self._load[agent] += 1

    def free(self, agent: str) -> bool:
        """Return whether there is room. An agent the ledger does not know has none."""
        return self._load[agent] < self._capacity.get(agent, 0)

    def load(self, agent: str) -> int:
        """Return the load now."""
        return self._load[agent]

    def capacity(self, agent: str) -> int:
        """Return the capacity."""
        return self._capacity.get(agent, 0)


@dataclass(frozen=True, slots=True)
class _Rated:
    agent: AgentProfile
    verdict: str
    order: tuple[bool, bool, Step, bool, int, datetime, str]


def choose(
    ask: Ask, view: View, attendance: Attendance, slots: Slots, now: datetime
) -> Explanation:
    """Return whom to offer it to, or why it waits."""
    staff = [a for a in view.directory.agents if ask.department in a.departments]
    at_desk = [agent for agent in staff if _at_desk(attendance, agent)]
    step = step_at(ask, at_desk, view.directory.timing, now)
    rated = sorted(
        (_rate(agent, ask, step, view, attendance, slots) for agent in staff),
        key=lambda one: one.order,
    )
    best = _best(rated)
    if best and best.agent.id != ask.preferred and _waits_for_preferred(ask, rated, view, now):
        return _explain(ask, step, rated, slots, None, "preferred_agent_soon")
    if best is None:
        return _explain(ask, step, rated, slots, None, "nobody_free" if staff else "no_staff")
    return _explain(ask, step, rated, slots, best.agent.id, _reason(best, ask, rated, slots))


def _at_desk(attendance: Attendance, agent: AgentProfile) -> bool:
    lease = attendance.agents.get(agent.id)
    return lease is not None and lease.presence in ("available", "busy")


def _rate(
    agent: AgentProfile, ask: Ask, step: Step, view: View, attendance: Attendance, slots: Slots
) -> _Rated:
    verdict = _verdict(agent, ask, step, view, attendance, slots)
    lease = attendance.agents.get(agent.id)
    order = (
        verdict not in (_ELIGIBLE, _MISSED),
        agent.id != ask.preferred,
        met_by(agent, ask),
        ask.summary.language not in agent.languages,
        slots.load(agent.id),
        lease.idle_since if lease else _NEVER,
        agent.id,
    )
    return _Rated(agent, verdict, order)


def _verdict(
    agent: AgentProfile, ask: Ask, step: Step, view: View, attendance: Attendance, slots: Slots
) -> str:
    """Return `eligible`, or the first reason why not."""
    lease = attendance.agents.get(agent.id)
    if agent.id == ask.summary.owner:
        return "owner"
    if ask.handover and ask.handover.agent not in (None, agent.id):
        return "not_asked"
    if lease is None:
        return "not_there"
    if lease.presence != "available":
        return lease.presence
    if not slots.free(agent.id):
        return "full"
    if met_by(agent, ask) > step and not (ask.handover and ask.handover.agent):
        return "level"
    if (ask.summary.conversation, agent.id) in view.recent.left_alone:
        return "left_alone"
    return _MISSED if agent.id in ask.summary.missed else _ELIGIBLE


def _best(rated: Sequence[_Rated]) -> _Rated | None:
    """Return the first eligible; one who missed it only when nobody else could take it."""
    for verdict in (_ELIGIBLE, _MISSED):
        for one in rated:
            if one.verdict == verdict:
                return one
    return None


def _waits_for_preferred(ask: Ask, rated: Sequence[_Rated], view: View, now: datetime) -> bool:
    if now - ask.since >= timedelta(seconds=view.directory.timing.preferred_s):
        return False
    return any(
        one.agent.id == ask.preferred
        and one.verdict in _SOON
        and one.agent.id not in ask.summary.missed
        for one in rated
    )


def _reason(best: _Rated, ask: Ask, rated: Sequence[_Rated], slots: Slots) -> str:
    agent = best.agent.id
    basis = "preferred_agent" if agent == ask.preferred else met_by(best.agent, ask).name.lower()
    able = sum(one.verdict == best.verdict for one in rated)
    load, capacity = slots.load(agent), slots.capacity(agent)
    return f"{basis}; load {load} of {capacity}; first of {able}"


def _explain(
    ask: Ask, step: Step, rated: Sequence[_Rated], slots: Slots, agent: str | None, reason: str
) -> Explanation:
    return Explanation(
        conversation=ask.summary.conversation,
        outcome="offered" if agent else "waiting",
        reason=reason,
        agent=agent,
        step=step.name.lower(),
        counts=dict(Counter(one.verdict for one in rated)),
        candidates=tuple(
            Candidate(
                one.agent.id, one.verdict, slots.load(one.agent.id), slots.capacity(one.agent.id)
            )
            for one in rated[:MAX_CANDIDATES]
        ),
    )
