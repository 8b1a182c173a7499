"""Who goes first, and what each asks for.

Band first, then waited over service target, then the id. The time of entry survives misses,
transfers, reconnects and restarts. Written questions come after everybody who sits and waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts import LineRead, PendingHandover, Summary
from services.contracts.leases import LEASE_S

from router.core.routes import Roster, Route
from router.core.suggestion import held
from router.core.view import View

Place = tuple[int, float, UUID]


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A conversation that wants an agent: from the line, for a hand-over, or a written question."""

    summary: Summary
    route: Route
    since: datetime
    """Since when it asks; its steps are counted from here."""
    place: Place
    """What it is sorted by among the live ones."""
    language: str
    """The citizen's, or empty if no agent speaks it."""
    preferred: str | None = None
    handover: PendingHandover | None = None

    @property
    def band(self) -> int:
        """Return the band: 1 first, 9 last, 0 in an emergency."""
        return self.place[0]

    @property
    def written(self) -> bool:
        """Return whether it is a written question, for which nobody sits and waits."""
        return self.summary.due_at is not None


def asks(view: View, roster: Roster, now: datetime) -> tuple[list[Ask], list[Ask]]:
    """Return what may be offered now, first in line first: live ones, and written ones."""
    live, written = [], []
    for summary in view.line.conversations:
        if summary.offer or summary.conversation in view.recent.in_flight:
            continue
        if summary.state == "written":
            written.append(from_line(roster, summary, now))
        elif summary.state == "waiting" and _wants(view, roster, summary, now):
            live.append(from_line(roster, summary, now))
        elif summary.state == "active" and summary.handover and summary.handover.deadline > now:
            # Nobody sits and waits for what is answered in writing, whoever it is handed to.
            line = written if summary.due_at else live
            line.append(for_handover(roster, summary, summary.handover, now))
    live.sort(key=lambda ask: ask.place)
    written.sort(key=lambda ask: (ask.summary.due_at or now, ask.summary.conversation))
    return live, written


def _wants(view: View, roster: Roster, summary: Summary, now: datetime) -> bool:
    return reachable(view, summary, now) and not held(summary, roster, now)


def from_line(roster: Roster, summary: Summary, now: datetime) -> Ask:
    """Return what a conversation in the line asks for."""
    route = roster.route(summary.topic, summary.department)
    return Ask(
        summary,
        route,
        summary.entered_at,
        place_of(route, summary, summary.entered_at, now),
        roster.language(summary.language),
        preferred=summary.preferred_agent,
    )


def for_handover(roster: Roster, summary: Summary, handover: PendingHandover, now: datetime) -> Ask:
    """Return what a pending hand-over asks for."""
    route = roster.route(summary.topic, handover.department, handover=True)
    since = handover.requested_at
    place = place_of(route, summary, since, now)
    return Ask(summary, route, since, place, roster.language(summary.language), handover=handover)


def place_of(route: Route, summary: Summary, since: datetime, now: datetime) -> Place:
    """Return the place: what waited longest of its target comes first within its band."""
    band = summary.priority if route.band is None else route.band
    return band, (since - now).total_seconds() / route.target_s, summary.conversation


def reachable(view: View, summary: Summary, now: datetime) -> bool:
    """Return whether the citizen's socket is there.

    Who opened the conversation within the life of a lease was there then: the first offer does
    not wait for the lease to be seen.
    """
    if view.attendance and summary.conversation in view.attendance.citizens:
        return True
    fresh = now - summary.opened_at < timedelta(seconds=LEASE_S)
    return fresh and summary.away_since is None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a citizen who waits may be told."""

    department: str
    position: int
    """From 1, in the line of the department."""
    offer_written: bool
    """Whether the plan offers a written answer by now."""


def positions(line: LineRead, roster: Roster, now: datetime) -> Mapping[UUID, Standing]:
    """Return where everyone stands who is not yet answered. A written question has no place."""
    lines: dict[str, list[tuple[Place, bool]]] = {}
    for summary in line.conversations:
        if summary.state in ("waiting", "offered") and summary.due_at is None:
            route = roster.route(summary.topic, summary.department)
            after_s = route.offer_written_s
            waited_s = (now - summary.entered_at).total_seconds()
            offered = after_s is not None and waited_s >= after_s
            place = place_of(route, summary, summary.entered_at, now)
            lines.setdefault(summary.department, []).append((place, offered))
    return {
        place[2]: Standing(department, position, offered)
        for department, standing in lines.items()
        for position, (place, offered) in enumerate(sorted(standing), start=1)
    }
