"""The decision: a command on a conversation as it is, or the reason why it does not happen."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from services.contracts import (
    AgentProfile,
    Close,
    Command,
    Consult,
    Envelope,
    MakeWritten,
    Nudge,
    OpenConversation,
    PostFile,
    PostMessage,
    Refusal,
    RequestHandover,
    Requeue,
)

from transcript_service.core import (
    afterwards,
    alarms,
    consults,
    endings,
    files,
    glass,
    handovers,
    life,
    moves,
    nudges,
    offers,
    outcomes,
    owners,
    rights,
    topics,
    words,
    written,
)
from transcript_service.core.change import Change, Decision, Situation

_Rule = Callable[[Change, Any], Refusal | None]

_RULES: Final[Mapping[str, _Rule]] = {
    "message.post.v1": words.post_message,
    "file.post.v1": files.post_file,
    "note.post.v1": words.post_note,
    "offer.make.v1": offers.make_offer,
    "offer.accept.v1": offers.accept_offer,
    "offer.decline.v1": offers.decline_offer,
    "offer.expire.v1": offers.expire_offer,
    "handover.request.v1": handovers.request_handover,
    "handover.return.v1": handovers.return_handover,
    "conversation.take_over.v1": owners.take_over,
    "conversation.requeue.v1": owners.requeue,
    "conversation.leave.v1": endings.leave,
    "conversation.close.v1": endings.close,
    "citizen.nudge.v1": nudges.nudge,
    "nudge.answer.v1": nudges.answer_nudge,
    "rating.give.v1": afterwards.rate,
    "copy.mail.v1": afterwards.mail_copy,
    "forget.ask.v1": afterwards.ask_forget,
    "wrapup.end.v1": endings.end_wrap_up,
    "citizen.reachable.v1": endings.set_reachable,
    "written.ask.v1": written.ask_written,
    "written.make.v1": written.make_written,
    "topic.set.v1": topics.set_topic,
    "consult.begin.v1": consults.consult,
    "consult.end.v1": consults.end_consult,
    "alarm.raise.v1": alarms.raise_alarm,
    "alarm.clear.v1": alarms.clear_alarm,
    "citizen.block.v1": alarms.block,
    "conversation.move.v1": moves.move,
    "conversation.classify.v1": outcomes.classify,
    "glass.break.v1": glass.break_glass,
}

_BY_THE_OWNER: Final = (
    PostMessage | PostFile | RequestHandover | Requeue | Close | Nudge | Consult | MakeWritten
)
"""What an owner says under the epoch they own it in."""

_OPEN_TO_STRANGERS: Final = frozenset(
    {"offer.accept.v1", "offer.decline.v1", "conversation.take_over.v1", "glass.break.v1"}
)
"""Their own rule says who may."""

_ANSWERS_TO_OFFERS: Final = frozenset({"offer.accept.v1", "offer.decline.v1"})
"""One whose offer just ended is told so, and so is who never had one, or made the id up."""

_BY_READERS: Final = frozenset(
    {
        "note.post.v1",
        "topic.set.v1",
        "consult.end.v1",
        "alarm.raise.v1",
        "alarm.clear.v1",
        "citizen.block.v1",
        "conversation.move.v1",
        "conversation.classify.v1",
    }
)
"""What takes a part in it and no ownership: a former owner behind a wall has lost it, and who only
looks (behind a wall, or for the archive) has none."""


def decide(envelope: Envelope, situation: Situation) -> Decision:
    """Carry a command out, or say why not.

    The caller has looked for a repeat of the same id before, and commits the result only if the
    conversation's version is still the one decided on.
    """
    command = cast("Command", envelope.body)
    if not life.may_say(envelope):
        return Decision(situation.conversation, refusal=Refusal.NOT_ALLOWED)
    if situation.removed:
        return Decision(None, refusal=Refusal.NOT_FOUND)
    if isinstance(command, OpenConversation):
        return words.open_conversation(envelope, command, situation)
    conversation, directory = situation.conversation, situation.directory
    if conversation is None or directory is None:
        gone = command.type in _ANSWERS_TO_OFFERS and directory is not None
        return Decision(None, refusal=Refusal.OFFER_GONE if gone else Refusal.NOT_FOUND)
    change = Change(envelope, conversation, directory, situation)
    refusal = (
        _stranger(change)
        or _stale(change, command)
        or life.refused_in(conversation.summary.state, command.type)
        or _RULES[command.type](change, command)
    )
    return Decision(conversation, refusal=refusal) if refusal else change.done()


def _stranger(change: Change) -> Refusal | None:
    """Refuse whoever may not know of the conversation, in words that do not confirm it exists."""
    kind, name = life.sender_of(change.envelope)
    if kind == "citizen":
        return None if change.conversation.citizen == change.envelope.sender else Refusal.NOT_FOUND
    if kind != "agent":
        return None
    profile = change.profile(name)
    if profile is None:
        return Refusal.UNKNOWN_AGENT
    said = change.envelope.body.type
    # That it has ended is told to nobody who may not know that it began.
    over = said == "conversation.take_over.v1" and change.summary.state == "closed"
    if (said in _OPEN_TO_STRANGERS and not over) or rights.takes_part(
        change.conversation, profile, change.directory
    ):
        return None
    if said not in _BY_READERS and name in change.conversation.agents:
        # A former owner must learn that the epoch moved on, walled off or not.
        return None
    if not rights.agent_may_read(change.conversation, profile, change.directory, change.now):
        return Refusal.NOT_FOUND
    return _onlooker(change, profile) if said in _BY_READERS else None


def _onlooker(change: Change, profile: AgentProfile) -> Refusal | None:
    """Refuse what takes more than to look; but archivists say what the archive makes of it."""
    by_archive = change.envelope.body.type == "conversation.classify.v1" and rights.archives(
        change.summary, profile, change.directory
    )
    return None if by_archive else Refusal.NOT_ALLOWED


def _stale(change: Change, command: Command) -> Refusal | None:
    """Refuse an owner's action under an old epoch, before anything else is said of the state."""
    if not isinstance(command, _BY_THE_OWNER):
        return None
    if isinstance(command, PostMessage | PostFile | MakeWritten) and not change.agent_id:
        return None
    if change.summary.state == "closed" or command.epoch == change.summary.epoch:
        return None
    return Refusal.STALE_EPOCH


__all__ = ["decide"]
