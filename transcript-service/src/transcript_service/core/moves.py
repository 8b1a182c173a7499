"""Another line: who leads a department sends on what nobody has yet."""

from services.contracts import Move, Moved, Refusal

from transcript_service.core.change import Change
from transcript_service.core.offers import rescind_offer
from transcript_service.core.rights import leads, works_in


def move(change: Change, command: Move) -> Refusal | None:
    """Put it in another department's line, at the place that its time of entry gives it.

    Whoever missed it in the one line has not missed it in the other, and nobody is waited for who
    does not work there. There already: nothing to do.
    """
    summary, mover = change.summary, change.profile(change.agent_id)
    if mover is None or not leads(mover, summary.department, change.directory):
        return Refusal.NOT_ALLOWED
    if change.directory.department(command.department) is None:
        return Refusal.DEPARTMENT_UNKNOWN
    if command.epoch != summary.epoch:
        return Refusal.STALE_EPOCH
    former = summary.department
    if command.department != former:
        rescind_offer(change)
        preferred = change.profile(summary.preferred_agent or "")
        there = preferred is not None and works_in(preferred, command.department)
        change.set(
            department=command.department,
            missed=(),
            preferred_agent=summary.preferred_agent if there else None,
        )
        change.note(Moved(department=command.department, from_department=former))
    return None
