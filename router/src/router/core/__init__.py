"""Decisions of the router. No IO, no clock, no randomness, no logging: same view, same plan."""

from router.core.deadlines import next_deadline
from router.core.decide import decide
from router.core.decision import Candidate, Decision, Explanation, Plan
from router.core.line import positions
from router.core.view import Attendance, Recent, View

__all__ = [
    "Attendance",
    "Candidate",
    "Decision",
    "Explanation",
    "Plan",
    "Recent",
    "View",
    "decide",
    "next_deadline",
    "positions",
]
