"""Telling a repeated action from another action under the same id."""

from collections.abc import Sequence

from services.contracts import Body, Event, Messaged, Noted, PostMessage, PostNote

_KINDS = {
    "conversation.open.v1": {"opened"},
    "message.post.v1": {"message"},
    "note.post.v1": {"note"},
    "offer.make.v1": {"offered"},
    "offer.accept.v1": {"joined", "handed_over"},
    "offer.decline.v1": {"offer_ended"},
    "offer.expire.v1": {"offer_ended"},
    "handover.request.v1": {"handover_requested"},
    "handover.return.v1": {"handover_returned"},
    "conversation.take_over.v1": {"joined", "taken_over"},
    "conversation.requeue.v1": {"requeued"},
    "conversation.leave.v1": {"closed"},
    "conversation.close.v1": {"closed"},
}
"""Command type to the kinds of its main event."""


def clashes(command: Body, events: Sequence[Event]) -> bool:
    """Return whether these events came of something else than this command.

    Words must be the same words: an outbox that gave an id to two texts is told, not obeyed.
    """
    kinds = _KINDS.get(command.type, set())
    if not events:
        return False
    if kinds.isdisjoint(event.body.kind for event in events):
        return True
    if isinstance(command, PostMessage | PostNote):
        said = [e.body.text for e in events if isinstance(e.body, Messaged | Noted)]
        return command.text not in said
    return False
