"""One round: what ran out, who is gone, whom to offer what."""

from datetime import datetime

from services.contracts import MakeOffer, derived_id

from router.core.absences import absences
from router.core.choice import Slots, choose
from router.core.deadlines import overdue
from router.core.decision import Decision, Explanation, Plan
from router.core.line import Ask, asks
from router.core.view import Attendance, View


def decide(view: View, now: datetime) -> Plan:
    """Decide a round. `now` is the database's clock, by which the deadlines were set."""
    ending = tuple(overdue(view.line, now))
    if view.attendance is None:
        return Plan(ending, ())
    gone = tuple(absences(view, view.attendance, now))
    offers, explanations = _offers(view, view.attendance, now)
    return Plan((*ending, *gone, *offers), tuple(explanations))


def _offers(
    view: View, attendance: Attendance, now: datetime
) -> tuple[list[Decision], list[Explanation]]:
    slots = Slots(view)
    decisions, explanations = [], []
    for ask in asks(view, now):
        explanation = choose(ask, view, attendance, slots, now)
        explanations.append(explanation)
        if explanation.agent:
            slots.take(explanation.agent)
            decisions.append(_offer(ask, explanation.agent, explanation.reason))
    return decisions, explanations


def _offer(ask: Ask, agent: str, reason: str) -> Decision:
    """Make the offer. Two replicas that choose the same agent make the same id."""
    summary = ask.summary
    command = MakeOffer(
        conversation=summary.conversation,
        agent=agent,
        epoch=summary.epoch,
        handover=ask.handover.id if ask.handover else None,
        reason=reason,
    )
    name = f"offer:{summary.epoch}:{summary.version}:{agent}"
    return Decision(derived_id(summary.conversation, name), command, summary.version)
