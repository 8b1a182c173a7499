"""Danger, threats and abuse: alarms that stand until somebody has dealt with them, and blocks."""

from datetime import timedelta
from typing import Final

from services.contracts import (
    Alarm,
    AlarmCleared,
    Alarmed,
    Block,
    Blocked,
    ClearAlarm,
    RaiseAlarm,
    Refusal,
)

from transcript_service.core.change import Change
from transcript_service.core.endings import end
from transcript_service.core.rights import leads

_GRAVEST_FIRST: Final[tuple[Alarm, ...]] = ("danger", "threat", "abuse")


def raise_alarm(change: Change, command: RaiseAlarm) -> Refusal | None:
    """Call who leads it. Of several alarms the gravest stands; one that stands is noted once."""
    if command.alarm != change.summary.alarm:
        change.note(Alarmed(alarm=command.alarm))
        _stand(change, command.alarm)
    return None


def alarm_by_words(change: Change, alarm: Alarm) -> None:
    """Note what the gateway found in a citizen's message, unless as grave an alarm stands."""
    if _stand(change, alarm):
        change.note(Alarmed(alarm=alarm), name="alarm")


def _stand(change: Change, alarm: Alarm) -> bool:
    """Let the gravest alarm stand. Return whether it is this one, anew."""
    standing = change.summary.alarm
    graver = standing is None or _GRAVEST_FIRST.index(alarm) < _GRAVEST_FIRST.index(standing)
    if graver:
        change.set(alarm=alarm)
    return graver


def clear_alarm(change: Change, _command: ClearAlarm) -> Refusal | None:
    """Note that it is dealt with. None stands: nothing to do."""
    if not _answers_for(change):
        return Refusal.NOT_ALLOWED
    alarm = change.summary.alarm
    if alarm is not None:
        change.set(alarm=None)
        change.note(AlarmCleared(alarm=alarm))
    return None


def block(change: Change, command: Block) -> Refusal | None:
    """Close it, if it is open, and let this citizen open no more for a while.

    Why is written on the desk alone: the citizen is told that the conversation is over.
    """
    if not _answers_for(change):
        return Refusal.NOT_ALLOWED
    until = change.now + timedelta(hours=command.hours)
    change.block(until)
    change.note(Blocked(reason=command.reason, until=until))
    if change.summary.state != "closed":
        end(change, "blocked", name="closed")
    return None


def _answers_for(change: Change) -> bool:
    """Return whether the sender has it, had it last, or leads the department that has it."""
    profile, summary = change.profile(change.agent_id), change.summary
    owner = change.conversation.agents[-1:] if summary.state == "closed" else (summary.owner,)
    if change.agent_id in owner:
        return True
    return profile is not None and leads(profile, summary.department, change.directory)
