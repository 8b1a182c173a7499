"""Telling a repeated action from another action under the same id."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.contracts import (
    AskWritten,
    Attached,
    Block,
    Blocked,
    Body,
    BreakGlass,
    Classified,
    Classify,
    Consult,
    ContactGiven,
    Event,
    EventBody,
    GlassBroken,
    MailCopy,
    Messaged,
    Move,
    Moved,
    Noted,
    PostFile,
    PostMessage,
    PostNote,
    Rate,
    Rated,
    RequestHandover,
    SetTopic,
    TopicSet,
)

from transcript_service.core.contacts import as_kept, contact_for
from transcript_service.core.erased import was_erased

_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "conversation.open.v1": frozenset({"opened"}),
    "message.post.v1": frozenset({"message"}),
    "file.post.v1": frozenset({"attached"}),
    "note.post.v1": frozenset({"note"}),
    "offer.make.v1": frozenset({"offered"}),
    "offer.accept.v1": frozenset({"joined", "handed_over"}),
    "offer.decline.v1": frozenset({"offer_ended"}),
    "offer.expire.v1": frozenset({"offer_ended"}),
    "handover.request.v1": frozenset({"handover_requested"}),
    "handover.return.v1": frozenset({"handover_returned"}),
    "conversation.take_over.v1": frozenset({"joined", "taken_over"}),
    "conversation.requeue.v1": frozenset({"requeued"}),
    "conversation.leave.v1": frozenset({"closed"}),
    "conversation.close.v1": frozenset({"closed"}),
    "citizen.nudge.v1": frozenset({"nudged"}),
    "nudge.answer.v1": frozenset({"nudge_answered"}),
    "rating.give.v1": frozenset({"rated"}),
    "copy.mail.v1": frozenset({"copy_mailed"}),
    "forget.ask.v1": frozenset({"forget_asked"}),
    "written.ask.v1": frozenset({"contact_given"}),
    "written.make.v1": frozenset({"made_written"}),
    "topic.set.v1": frozenset({"topic_set"}),
    "consult.begin.v1": frozenset({"consulted", "note"}),
    "consult.end.v1": frozenset({"consult_ended"}),
    "alarm.raise.v1": frozenset({"alarmed"}),
    "alarm.clear.v1": frozenset({"alarm_cleared"}),
    "citizen.block.v1": frozenset({"blocked"}),
    "conversation.move.v1": frozenset({"moved"}),
    "conversation.classify.v1": frozenset({"classified"}),
    "glass.break.v1": frozenset({"glass_broken"}),
}
"""Command type to the kinds of its main event."""

_MAY_BE_SILENT: Final = frozenset(
    {
        "conversation.open.v1",
        "citizen.nudge.v1",
        "nudge.answer.v1",
        "forget.ask.v1",
        "wrapup.end.v1",
        "citizen.reachable.v1",
        "topic.set.v1",
        "consult.begin.v1",
        "consult.end.v1",
        "alarm.raise.v1",
        "alarm.clear.v1",
        "conversation.move.v1",
        "conversation.classify.v1",
        "glass.break.v1",
    }
)
"""Command types that may be carried out without an event: when it is so already."""


def clashes(command: Body, events: Sequence[Event]) -> bool:
    """Return whether these events came of something else than this command.

    Words must be the same words: an outbox that gave an id to two texts is told, not obeyed.
    Words that were erased since cannot be compared, and pass.
    """
    if not events:
        return command.type not in _MAY_BE_SILENT
    if any(was_erased(event) for event in events):
        return False
    kinds = _KINDS.get(command.type, frozenset())
    if kinds.isdisjoint(event.body.kind for event in events):
        return True
    return not _says(command, [event.body for event in events])


def _says(command: Body, bodies: Sequence[EventBody]) -> bool:
    """Return whether what was said then is what the command says."""
    words = [body.text for body in bodies if isinstance(body, Messaged | Noted)]
    match command:
        case PostMessage(text=text):
            return text in words
        case PostNote(text=text, whisper=whisper):
            notes = [(body.text, body.whisper) for body in bodies if isinstance(body, Noted)]
            return (text, whisper) in notes
        case RequestHandover(note=note) | Consult(note=note):
            return words == ([note] if note is not None else [])
        case Block(reason=reason):
            return reason in [body.reason for body in bodies if isinstance(body, Blocked)]
        case BreakGlass(reason=reason):
            return reason in [body.reason for body in bodies if isinstance(body, GlassBroken)]
        case _:
            return _means(command, bodies)


def _means(command: Body, bodies: Sequence[EventBody]) -> bool:
    """Return whether what was asked, chosen or shown then is what the command says."""
    match command:
        case AskWritten(answer_by=answer_by, contact=contact):
            given = [(b.answer_by, b.contact) for b in bodies if isinstance(b, ContactGiven)]
            return (answer_by, as_kept(answer_by, contact)) in given
        case PostFile(file=file):
            return file in [body.file for body in bodies if isinstance(body, Attached)]
        case Rate(rating=rating, comment=comment):
            rated = [(b.rating, b.comment) for b in bodies if isinstance(b, Rated)]
            return (rating, comment) in rated
        case MailCopy(contact=contact):
            return _is_contact(contact)
        case SetTopic(topic=topic):
            return topic in [body.topic for body in bodies if isinstance(body, TopicSet)]
        case Move(department=department):
            return department in [b.department for b in bodies if isinstance(b, Moved)]
        case Classify():
            return any(_stands(command, b) for b in bodies if isinstance(b, Classified))
        case _:
            return True


def _stands(command: Classify, said: Classified) -> bool:
    """Return whether what stood then holds all that the command says."""
    return command.outcome in (None, said.outcome) and command.archive in (None, said.archive)


def _is_contact(contact: str) -> bool:
    """Return whether a copy may have been mailed there: that it was is kept, not where to."""
    try:
        contact_for("email", contact)
    except ValueError:
        return False
    return True
