"""Who goes first, and what each asks for.

Band first, then waited over service target. A tenant has one target, so within a band that is the
time of entry, which survives misses, transfers, reconnects and restarts. Ties by id.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts import PendingHandover, Summary, TenantDirectory
from services.contracts.leases import LEASE_S

from router.core.view import View

Place = tuple[int, datetime, UUID]


@dataclass(frozen=True, slots=True)
class Ask:
    """A conversation that wants an agent: from the line, or for a hand-over."""

    summary: Summary
    department: str
    since: datetime
    """Since when it asks; its steps are counted from here."""
    skill: str
    level: int
    """Level asked for at first; 0 when any member of the department will do."""
    preferred: str | None = None
    handover: PendingHandover | None = None

    @property
    def place(self) -> Place:
        """What it is sorted by."""
        return self.summary.priority, self.since, self.summary.conversation


def asks(view: View, now: datetime) -> list[Ask]:
    """Return what may be offered now, first in line first."""
    found = []
    for summary in view.line.conversations:
        if summary.offer or summary.conversation in view.recent.in_flight:
            continue
        if summary.state == "waiting" and reachable(view, summary, now):
            found.append(_from_line(view.directory, summary))
        elif summary.state == "active" and summary.handover and summary.handover.deadline > now:
            found.append(_for_handover(view.directory, summary, summary.handover))
    return sorted(found, key=lambda ask: ask.place)


def _from_line(directory: TenantDirectory, summary: Summary) -> Ask:
    skill, level = _need(directory, summary, summary.department)
    return Ask(
        summary,
        summary.department,
        summary.entered_at,
        skill,
        level,
        preferred=summary.preferred_agent,
    )


def _for_handover(directory: TenantDirectory, summary: Summary, handover: PendingHandover) -> Ask:
    skill, level = _need(directory, summary, handover.department)
    return Ask(summary, handover.department, handover.requested_at, skill, level, handover=handover)


def _need(directory: TenantDirectory, summary: Summary, department: str) -> tuple[str, int]:
    """Return skill and level. The first line answers first: it need not know the topic itself."""
    topic = directory.topic(summary.topic)
    if topic is None or topic.department != department:
        return "", 0
    return f"topic:{topic.id}", topic.level


def reachable(view: View, summary: Summary, now: datetime) -> bool:
    """Return whether the citizen's socket is there.

    Who opened the conversation within the life of a lease was there then: the first offer does
    not wait for the lease to be seen.
    """
    if view.attendance and summary.conversation in view.attendance.citizens:
        return True
    fresh = now - summary.opened_at < timedelta(seconds=LEASE_S)
    return fresh and summary.away_since is None


def positions(conversations: Iterable[Summary]) -> Mapping[UUID, int]:
    """Return the place, from 1, of everyone not yet answered, in the line of their department."""
    lines: dict[str, list[Place]] = {}
    for summary in conversations:
        if summary.state in ("waiting", "offered"):
            place = (summary.priority, summary.entered_at, summary.conversation)
            lines.setdefault(summary.department, []).append(place)
    return {
        conversation: position
        for line in lines.values()
        for position, (_, _, conversation) in enumerate(sorted(line), start=1)
    }
