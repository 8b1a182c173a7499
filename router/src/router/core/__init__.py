"""Decisions of the router. No IO, no clock, no randomness, no logging: same view, same plan."""

from router.core.decide import decide
from router.core.decision import Decision, Notice, Plan
from router.core.explain import Reasons
from router.core.line import Standing, positions
from router.core.pace import due_s
from router.core.routes import Roster
from router.core.view import Attendance, Recent, View

__all__ = [
    "Attendance",
    "Decision",
    "Notice",
    "Plan",
    "Reasons",
    "Recent",
    "Roster",
    "Standing",
    "View",
    "decide",
    "due_s",
    "positions",
]
