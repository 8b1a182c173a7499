"""Opening, messages and notes: the words of a conversation."""

from typing import get_args

from services.contracts import (
    DIALOGUE,
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

from transcript_service.core.change import Change, Decision, Situation
from transcript_service.core.state import Conversation


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
    new = Conversation(
        tenant=envelope.tenant,
        citizen=envelope.sender,
        summary=Summary(
            conversation=command.conversation,
            version=0,
            state="waiting",
            topic=command.topic,
            department=_department(directory, command.topic),
            language=command.language if command.language in get_args(Language) else "nb",
            opened_at=situation.now,
            entered_at=situation.now,
            last_seq={},
            preferred_agent=_known_agent(directory, command.preferred_agent),
        ),
    )
    change = Change(envelope, new, directory, situation)
    opened = change.summary
    change.say(Opened(topic=opened.topic, department=opened.department, language=opened.language))
    return change.done()


def _department(directory: TenantDirectory, topic_id: str | None) -> str:
    topic = directory.topic(topic_id)
    return topic.department if topic and topic.direct else directory.first_line


def _known_agent(directory: TenantDirectory, agent: str | None) -> str | None:
    return agent if agent and directory.agent(agent) else None


def post_message(change: Change, command: PostMessage) -> Refusal | None:
    """Say something: the citizen at any time before the closing, an agent only as the owner."""
    if change.agent_id:
        if change.summary.state != "active":
            return Refusal.NOT_ACTIVE
        if change.summary.owner != change.agent_id:
            return Refusal.NOT_ALLOWED
    # Nobody has seen what is not there: causality (seq > seen) holds whatever a client claims.
    seen = min(max(command.seen, 0), change.summary.last_seq.get(DIALOGUE, 0))
    change.say(Messaged(text=command.text, masked=command.masked), seen=seen)
    return None


def post_note(change: Change, command: PostNote) -> Refusal | None:
    """Leave an internal note; everyone who may read the conversation may."""
    change.note(Noted(text=command.text, masked=command.masked))
    return None
