"""Opening, messages and notes: the words of a conversation."""

from datetime import timedelta
from typing import get_args

from services.contracts import (
    DIALOGUE,
    Attached,
    Envelope,
    Messaged,
    Noted,
    OpenConversation,
    Opened,
    PostMessage,
    PostNote,
    Refusal,
    Summary,
    TenantDirectory,
)
from services.contracts.directory import Language

from transcript_service.core.alarms import alarm_by_words
from transcript_service.core.change import Change, Decision, Situation
from transcript_service.core.nudges import heard_from
from transcript_service.core.rights import is_confidential, leads
from transcript_service.core.state import Conversation
from transcript_service.core.topics import department_of


def open_conversation(
    envelope: Envelope, command: OpenConversation, situation: Situation
) -> Decision:
    """Begin a conversation; a second opening by the same citizen changes nothing."""
    before = situation.conversation
    if before is not None:
        same = before.citizen == envelope.sender
        return Decision(before, refusal=None if same else Refusal.NOT_FOUND)
    directory = situation.directory
    if directory is None:
        return Decision(None, refusal=Refusal.UNKNOWN_TENANT)
    if situation.blocked_until is not None and situation.now < situation.blocked_until:
        return Decision(None, refusal=Refusal.BLOCKED)
    department = department_of(directory, command.topic) or directory.first_line
    followed = _followed(envelope, directory, situation)
    suggested = command.suggested
    new = Conversation(
        tenant=envelope.tenant,
        citizen=envelope.sender,
        summary=Summary(
            conversation=command.conversation,
            version=0,
            state="waiting",
            topic=command.topic,
            department=department,
            language=command.language if command.language in get_args(Language) else "nb",
            opened_at=situation.now,
            entered_at=situation.now,
            last_seq={},
            preferred_agent=_known_agent(directory, command.preferred_agent)
            or _who_knows(directory, followed, department),
            suggested=suggested if suggested and directory.topic(suggested.topic) else None,
            follows=followed.summary.conversation if followed else None,
        ),
    )
    change = Change(envelope, new, directory, situation)
    opened = change.summary
    change.say(Opened(topic=opened.topic, department=opened.department, language=opened.language))
    return change.done()


def _followed(
    envelope: Envelope, directory: TenantDirectory, situation: Situation
) -> Conversation | None:
    """Return the conversation this one follows: the same citizen's, closed not long ago."""
    found = situation.before_it
    if found is None or found.citizen != envelope.sender or found.summary.closed_at is None:
        return None
    ago = situation.now - found.summary.closed_at
    return found if ago <= timedelta(days=directory.timing.follows_days) else None


def _who_knows(
    directory: TenantDirectory, followed: Conversation | None, department: str
) -> str | None:
    """Return who had the one before last.

    Outside a confidential department not even that is told: the name alone would say with whom
    the citizen has spoken.
    """
    if followed is None:
        return None
    former = followed.summary.department
    if former != department and is_confidential(former, directory):
        return None
    return _known_agent(directory, next(iter(followed.agents[-1:]), None))


def _known_agent(directory: TenantDirectory, agent: str | None) -> str | None:
    return agent if agent and directory.agent(agent) else None


def post_message(change: Change, command: PostMessage) -> Refusal | None:
    """Say something: the citizen at any time before the closing, an agent only as the owner."""
    if refusal := speak(change, Messaged(text=command.text, masked=command.masked), command.seen):
        return refusal
    if not change.agent_id and command.alarm is not None:
        alarm_by_words(change, command.alarm)
    return None


def speak(change: Change, body: Messaged | Attached, seen: int) -> Refusal | None:
    """Say words or show a file in the dialogue, under the rules for both.

    An owner who speaks has answered; a citizen who does is still there.
    """
    if change.agent_id:
        if change.summary.state != "active":
            return Refusal.NOT_ACTIVE
        if change.summary.owner != change.agent_id:
            return Refusal.NOT_ALLOWED
        if change.summary.unanswered_since is not None:
            change.set(unanswered_since=None)
    else:
        heard_from(change)
    # Nobody has seen what is not there: causality (seq > seen) holds whatever a client claims.
    change.say(body, seen=min(max(seen, 0), change.summary.last_seq.get(DIALOGUE, 0)))
    return None


def only_adds_words(envelope: Envelope, conversation: Conversation) -> bool:
    """Return whether a command, if it is carried out, adds words and changes nothing else.

    The first words of an owner do more, and so do those of a citizen who was asked whether they are
    still there, and so may words of danger.
    """
    match envelope.body:
        case PostNote():
            return True
        case PostMessage(alarm=alarm):
            summary = conversation.summary
            by_citizen = envelope.sender.startswith("citizen:")
            awaited = summary.nudged_at if by_citizen else summary.unanswered_since
            return alarm is None and awaited is None
        case _:
            return False


def post_note(change: Change, command: PostNote) -> Refusal | None:
    """Leave an internal note; everyone who takes part in the conversation may.

    A whisper takes more: who leads it, and somebody else who has it and is to see it at once.
    """
    if command.whisper and (refusal := _whispers_not(change)):
        return refusal
    change.note(Noted(text=command.text, masked=command.masked, whisper=command.whisper))
    return None


def _whispers_not(change: Change) -> Refusal | None:
    summary, profile = change.summary, change.profile(change.agent_id)
    if profile is None or not leads(profile, summary.department, change.directory):
        return Refusal.NOT_ALLOWED
    if summary.state != "active":
        return Refusal.NOT_ACTIVE
    return Refusal.NOT_ALLOWED if summary.owner == change.agent_id else None
