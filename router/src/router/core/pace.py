"""How soon a tenant is looked at again when no hint comes before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from router.core.deadlines import next_deadline
from router.core.first_reply import next_silence
from router.core.view import View


def due_s(view: View, now: datetime, *, tick_s: float, idle_tick_s: float) -> float:
    """Return the seconds until a tenant's next round is due.

    Args:
        view: what the last round looked at.
        now: by the database's clock.
        tick_s: the longest while somebody waits, or is to change hands, or an owner is missing.
        idle_tick_s: the longest while all is in good hands: what changes that comes with a hint,
            and what time alone brings about is among the deadlines.
    """
    longest_s = tick_s if _pressing(view) else idle_tick_s
    return min((longest_s, *((at - now) / timedelta(seconds=1) for at in _moments(view, now))))


def _moments(view: View, now: datetime) -> Iterator[datetime]:
    for moment in (next_deadline(view.line, now), next_silence(view, now)):
        if moment is not None:
            yield moment


def _pressing(view: View) -> bool:
    # A written question alone is not: whoever comes to the desk wakes the router.
    return bool(view.attendance and view.attendance.absent_s) or any(
        summary.state in ("waiting", "offered") or summary.handover is not None
        for summary in view.line.conversations
    )
