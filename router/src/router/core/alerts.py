"""Who is to be told outside the chat: specialists do not sit at the desk all day.

An alert holds no content. Its id says what it is about, so any number of replicas, restarted or
not, send one.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from services.contracts import (
    DepartmentAlerted,
    OpeningHours,
    Summary,
    TenantDirectory,
    derived_id,
)
from services.contracts.leases import AT_DESK
from services.hours import after_open_s, hours_of, state

from router.core.decision import Notice
from router.core.line import reachable
from router.core.view import Attendance, View

_About = Literal["handover", "written", "waiting", "danger"]
_Stage = Literal["department", "leader"]
_NEAR = 4
"""A written answer is nearly due when less than one part in so many of its time is left."""


class _Hours:
    """The hours of departments at one moment, each worked out once however many ask."""

    def __init__(self, directory: TenantDirectory, now: datetime) -> None:
        self._directory, self._now = directory, now
        self._open: dict[str, bool] = {}
        self._near: dict[str, datetime] = {}

    def open(self, department: str) -> bool:
        """Return whether a department is open."""
        if department not in self._open:
            self._open[department] = state(self._of(department), self._now).open
        return self._open[department]

    def near(self, department: str) -> datetime:
        """Return until when a written answer is nearly due: a quarter of its open time is left."""
        if department not in self._near:
            left_s = self._directory.timing.written_due_s / _NEAR
            self._near[department] = after_open_s(self._of(department), self._now, left_s)
        return self._near[department]

    def _of(self, department: str) -> OpeningHours | None:
        return hours_of(self._directory, department)


def alerts(view: View, attendance: Attendance, now: datetime) -> Iterator[Notice]:
    """Yield what is to be told, from the moment it is due for as long as it holds."""
    staffed, hours = _staffed(view, attendance), _Hours(view.directory, now)
    for summary in view.line.conversations:
        # Who writes a farewell and leaves is the one it is for.
        if summary.alarm == "danger":
            yield _notice(summary, "danger", "leader", f"{summary.epoch}")
        if summary.state == "closed":
            continue
        if summary.due_at and summary.due_at <= hours.near(summary.department):
            yield _notice(summary, "written", "leader", f"{summary.due_at.isoformat()}:due")
        if attendance.settled:
            yield from _unstaffed(view, summary, staffed, hours, now)


def _staffed(view: View, attendance: Attendance) -> set[str]:
    here = {name for name, lease in attendance.agents.items() if lease.presence in AT_DESK}
    return {
        department
        for agent in view.directory.agents
        if agent.id in here
        for department in agent.answers_in
    }


def _unstaffed(
    view: View, summary: Summary, staffed: set[str], hours: _Hours, now: datetime
) -> Iterator[Notice]:
    asked = _asked(view, summary, now)
    if asked is None:
        return
    about, department, since, occasion = asked
    if department in staffed:
        return
    timing = view.directory.timing
    asked_s = (now - since).total_seconds()
    if asked_s >= timing.alert_s:
        yield _notice(summary, about, "department", occasion, department)
    late = asked_s >= timing.alert_s + timing.alert_leader_s
    # Nobody sits and waits for a written answer: no leader is woken because it is night.
    if late and (about != "written" or hours.open(department)):
        yield _notice(summary, about, "leader", occasion, department)


def _asked(view: View, summary: Summary, now: datetime) -> tuple[_About, str, datetime, str] | None:
    """Return what asks which department since when, and what tells it from the next time."""
    handover = summary.handover
    if handover and handover.deadline > now:
        return "handover", handover.department, handover.requested_at, str(handover.id)
    if summary.state == "written" and summary.due_at:
        occasion = summary.due_at.isoformat()
        return "written", summary.department, summary.entered_at, occasion
    direct = summary.department != view.directory.first_line
    if summary.state == "waiting" and direct and reachable(view, summary, now):
        return "waiting", summary.department, summary.entered_at, str(summary.epoch)
    return None


def _notice(
    summary: Summary, about: _About, stage: _Stage, occasion: str, department: str | None = None
) -> Notice:
    body = DepartmentAlerted(
        conversation=summary.conversation,
        department=department or summary.department,
        about=about,
        stage=stage,
        due_at=summary.due_at,
    )
    return Notice(derived_id(summary.conversation, f"alert:{about}:{stage}:{occasion}"), body)
