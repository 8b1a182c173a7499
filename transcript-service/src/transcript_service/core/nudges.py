"""The nudge: an owner asks a citizen who has gone quiet whether they are still there.

One who has said goodbye needs none, so closing does not take one.
"""

from services.contracts import AnswerNudge, Nudge, NudgeAnswered, Nudged, Refusal

from transcript_service.core.change import Change


def nudge(change: Change, _command: Nudge) -> Refusal | None:
    """Ask, as the owner. Asked already and not answered: the first moment stands."""
    if change.summary.owner != change.agent_id:
        return Refusal.NOT_ALLOWED
    if change.summary.nudged_at is None:
        change.set(nudged_at=change.now)
        change.say(Nudged())
    return None


def answer_nudge(change: Change, _command: AnswerNudge) -> Refusal | None:
    """Note that the citizen is there. Nobody asks any more: nothing to do."""
    if heard_from(change):
        change.say(NudgeAnswered())
    return None


def heard_from(change: Change) -> bool:
    """Take the question back: the citizen is there. Return whether it had been asked."""
    asked = change.summary.nudged_at is not None
    if asked:
        change.set(nudged_at=None)
    return asked
