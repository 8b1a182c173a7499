"""One round: what ran out, who is gone, whom to offer what, and who is to be told."""

from datetime import datetime

from router.core.absences import absences
from router.core.alerts import alerts
from router.core.deadlines import overdue
from router.core.decision import Decision, Plan
from router.core.desk import Desk
from router.core.explain import Reasons
from router.core.first_reply import nudges, silent
from router.core.line import asks
from router.core.offers import Offers
from router.core.topics import topics
from router.core.view import View


def decide(view: View, now: datetime) -> Plan:
    """Decide a round. `now` is the database's clock, by which the deadlines were set."""
    ending = tuple(overdue(view.line, now))
    attendance = view.attendance
    if attendance is None:
        return Plan(ending, Reasons(view, None, now))
    roster = view.indexed()
    offers, reasons = _offers(view, Desk(view, attendance, roster), now)
    decisions = (
        *ending,
        *absences(view, attendance, now),
        *silent(view, now),
        *topics(view, roster),
        *offers,
    )
    notices = (*nudges(view, now), *alerts(view, attendance, now))
    return Plan(decisions, reasons, notices)


def _offers(view: View, desk: Desk, now: datetime) -> tuple[list[Decision], Reasons]:
    reasons = Reasons(view, desk, now)
    offers = Offers(desk, reasons, now)
    live, written = asks(view, desk.roster, now)
    return [*offers.live(live), *offers.written(written)], reasons
