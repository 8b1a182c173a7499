"""Telling a repeated action from another action under the same id."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.contracts import Body, Event, Messaged, Noted, PostMessage, PostNote, RequestHandover

from transcript_service.core.erased import was_erased

_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "conversation.open.v1": frozenset({"opened"}),
    "message.post.v1": frozenset({"message"}),
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
}
"""Command type to the kinds of its main event."""

_MAY_BE_SILENT: Final = frozenset({"conversation.open.v1", "wrapup.end.v1", "citizen.reachable.v1"})
"""Command types that may be carried out without an event (an opening: when it is open already)."""


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
    said = [event.body.text for event in events if isinstance(event.body, Messaged | Noted)]
    match command:
        case PostMessage(text=text) | PostNote(text=text):
            return text not in said
        case RequestHandover(note=note):
            return said != ([note] if note is not None else [])
        case _:
            return False
