"""Whom to offer a conversation: who is eligible at its step, then in which order."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum

from services.contracts import AgentProfile, Summary

from router.core.view import View


class Step(IntEnum):
    """How far the demand has been relaxed. The place in line is kept."""

    AS_ASKED = 0
    """The level asked for, in the citizen's language."""
    LOWER_LEVEL = 1
    """Any level of the skill, any language."""
    GENERALIST = 2
    """Anyone in the department."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An agent, or None, and why."""

    agent: str | None
    step: Step
    reasons: Counter[str] = field(default_factory=Counter)
    """How many agents were passed over, by reason."""
    candidates: tuple[str, ...] = ()
    """The first five, best first."""


def step_of(view: View, summary: Summary, since: timedelta | None = None) -> Step:
    """Return the step a conversation has come to by its wait."""
    waited = view.waited(summary) if since is None else since
    timing = view.directory.timing
    if waited >= timedelta(seconds=timing.generalist_after_s):
        return Step.GENERALIST
    if waited >= timedelta(seconds=timing.lower_level_after_s):
        return Step.LOWER_LEVEL
    return Step.AS_ASKED


def choose(
    view: View, summary: Summary, loads: dict[str, int], *, department: str, step: Step
) -> Choice:
    """Return who should be offered a conversation.

    Args:
        view: the tenant.
        summary: the conversation.
        loads: loads by now, with what this round has offered already.
        department: whose members may take it.
        step: how far the demand is relaxed.
    """
    reasons: Counter[str] = Counter()
    able: list[AgentProfile] = []
    for profile in view.directory.agents:
        reason = _why_not(view, summary, loads, profile, department, step)
        if reason is None:
            able.append(profile)
        else:
            reasons[reason] += 1
    fresh = [profile for profile in able if profile.id not in summary.missed]
    if fresh and len(fresh) < len(able):
        reasons["missed_before"] += len(able) - len(fresh)
    ordered = _in_order(view, summary, loads, fresh or able)
    best = ordered[0].id if ordered else None
    return Choice(best, step, reasons, tuple(profile.id for profile in ordered[:5]))


def _why_not(
    view: View,
    summary: Summary,
    loads: dict[str, int],
    profile: AgentProfile,
    department: str,
    step: Step,
) -> str | None:
    lease = (view.agents or {}).get(profile.id)
    if department not in profile.departments:
        return "other_department"
    if profile.id == summary.owner:
        return "owner"
    if lease is None or lease.presence != "available":
        return f"presence_{lease.presence}" if lease else "presence_offline"
    if loads.get(profile.id, 0) >= view.capacities.get(profile.id, profile.capacity):
        return "full"
    return _unskilled(view, summary, profile, step)


def _unskilled(view: View, summary: Summary, profile: AgentProfile, step: Step) -> str | None:
    topic = view.directory.topic(summary.topic)
    if step == Step.GENERALIST:
        return None
    level = profile.skills.get(f"topic:{topic.id}", 0) if topic else 1
    wanted = topic.level if topic and step == Step.AS_ASKED else 1
    if level < wanted:
        return "skill" if level == 0 else "level"
    if step == Step.AS_ASKED and summary.language not in profile.languages:
        return "language"
    return None


def _in_order(
    view: View, summary: Summary, loads: dict[str, int], able: Iterable[AgentProfile]
) -> list[AgentProfile]:
    """Preferred agent, lowest load, longest idle, then id."""
    leases = view.agents or {}
    return sorted(
        able,
        key=lambda profile: (
            profile.id != summary.preferred_agent,
            loads.get(profile.id, 0),
            leases[profile.id].idle_since,
            profile.id,
        ),
    )


def any_speaker(view: View, summary: Summary, department: str) -> bool:
    """Return whether someone at the desk could take it as asked, were there room.

    When nobody at all is there for the first step, waiting for it would help no one.
    """
    topic = view.directory.topic(summary.topic)
    for profile in view.directory.agents:
        lease = (view.agents or {}).get(profile.id)
        if lease is None or lease.presence not in ("available", "busy"):
            continue
        if department in profile.departments and not _unskilled(
            view, summary, profile, Step.AS_ASKED
        ):
            return True
    return topic is None
