"""Which topic an enquiry without one is to get, where its plan trusts the suggestion that far."""

from datetime import datetime, timedelta

from services.contracts import Summary

from router.core.routes import Roster

HOLD_S = 5.0
"""An enquiry whose topic is being set is not offered meanwhile, but never kept longer than this."""


def suggested(summary: Summary, roster: Roster) -> str | None:
    """Return the topic to set. It is the plan of that topic that says what score will do."""
    found = summary.suggested
    if found is None or summary.topic or summary.state != "waiting" or summary.due_at:
        return None
    if roster.directory.topic(found.topic) is None:
        return None
    plan = roster.plan(found.topic)
    score = plan.route_by_suggestion if plan else None
    return found.topic if score is not None and found.score >= score else None


def held(summary: Summary, roster: Roster, now: datetime) -> bool:
    """Return whether to wait a moment for the topic before it is offered to anyone."""
    fresh = now - summary.entered_at < timedelta(seconds=HOLD_S)
    return fresh and suggested(summary, roster) is not None
