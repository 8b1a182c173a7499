"""The life cycles as tables: which command is possible in which state, and who may send it."""

from collections.abc import Mapping
from typing import Final

from services.contracts import ConversationState, Envelope, Refusal

_STATES: Final[tuple[ConversationState, ...]] = (
    "waiting",
    "offered",
    "active",
    "closed",
    "written",
)
_OK: Final = None
_WAIT, _ACT, _SHUT = Refusal.NOT_WAITING, Refusal.NOT_ACTIVE, Refusal.CLOSED
_GONE, _NONE, _WRIT = Refusal.OFFER_GONE, Refusal.NO_HANDOVER, Refusal.ALREADY_WRITTEN
_OPEN = Refusal.NOT_CLOSED

_Row = tuple[Refusal | None, Refusal | None, Refusal | None, Refusal | None, Refusal | None]

_LIFE: Final[Mapping[str, _Row]] = {
    #                             waiting offered active closed written
    "message.post.v1":           (_OK,   _OK,   _OK,   _SHUT, _OK),
    "file.post.v1":              (_OK,   _OK,   _OK,   _SHUT, _OK),
    "note.post.v1":              (_OK,   _OK,   _OK,   _OK,   _OK),
    "offer.make.v1":             (_OK,   _WAIT, _OK,   _SHUT, _OK),
    "offer.accept.v1":           (_GONE, _OK,   _OK,   _GONE, _GONE),
    "offer.decline.v1":          (_GONE, _OK,   _OK,   _GONE, _GONE),
    "offer.expire.v1":           (_GONE, _OK,   _OK,   _GONE, _GONE),
    "handover.request.v1":       (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "handover.return.v1":        (_NONE, _NONE, _OK,   _NONE, _NONE),
    "conversation.take_over.v1": (_OK,   _OK,   _OK,   _SHUT, _OK),
    "conversation.requeue.v1":   (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "conversation.leave.v1":     (_OK,   _OK,   _OK,   _SHUT, _OK),
    "conversation.close.v1":     (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "citizen.nudge.v1":          (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "nudge.answer.v1":           (_OK,   _OK,   _OK,   _SHUT, _OK),
    "rating.give.v1":            (_OPEN, _OPEN, _OPEN, _OK,   _OPEN),
    "copy.mail.v1":              (_OPEN, _OPEN, _OPEN, _OK,   _OPEN),
    "forget.ask.v1":             (_OPEN, _OPEN, _OPEN, _OK,   _OPEN),
    "wrapup.end.v1":             (_ACT,  _ACT,  _ACT,  _OK,   _ACT),
    "citizen.reachable.v1":      (_OK,   _OK,   _OK,   _SHUT, _OK),
    "written.ask.v1":            (_OK,   _OK,   _OK,   _SHUT, _OK),
    "written.make.v1":           (_OK,   _OK,   _OK,   _SHUT, _WRIT),
    "topic.set.v1":              (_OK,   _OK,   _OK,   _SHUT, _OK),
    "consult.begin.v1":          (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "consult.end.v1":            (_ACT,  _ACT,  _OK,   _SHUT, _ACT),
    "alarm.raise.v1":            (_OK,   _OK,   _OK,   _SHUT, _OK),
    "alarm.clear.v1":            (_OK,   _OK,   _OK,   _OK,   _OK),
    "citizen.block.v1":          (_OK,   _OK,   _OK,   _OK,   _OK),
    "conversation.move.v1":      (_OK,   _OK,   _WAIT, _SHUT, _OK),
    "conversation.classify.v1":  (_OK,   _OK,   _OK,   _OK,   _OK),
    "glass.break.v1":            (_OK,   _OK,   _OK,   _OK,   _OK),
}  # fmt: skip
"""Command type to what each state answers: None goes on, a code refuses."""

_C, _A, _R, _S = "citizen", "agent", "router", "system"

_SENDERS: Final[Mapping[str, frozenset[str]]] = {
    "conversation.open.v1": frozenset({_C}),
    "message.post.v1": frozenset({_C, _A}),
    "file.post.v1": frozenset({_C, _A}),
    "note.post.v1": frozenset({_A}),
    "offer.make.v1": frozenset({_R}),
    "offer.accept.v1": frozenset({_A}),
    "offer.decline.v1": frozenset({_A}),
    "offer.expire.v1": frozenset({_R}),
    "handover.request.v1": frozenset({_A}),
    "handover.return.v1": frozenset({_R, _A}),
    "conversation.take_over.v1": frozenset({_A}),
    "conversation.requeue.v1": frozenset({_R, _A}),
    "conversation.leave.v1": frozenset({_C, _R}),
    "conversation.close.v1": frozenset({_A}),
    "citizen.nudge.v1": frozenset({_A}),
    "nudge.answer.v1": frozenset({_C}),
    "rating.give.v1": frozenset({_C}),
    "copy.mail.v1": frozenset({_C}),
    "forget.ask.v1": frozenset({_C}),
    "wrapup.end.v1": frozenset({_A, _R}),
    "citizen.reachable.v1": frozenset({_R}),
    "written.ask.v1": frozenset({_C}),
    "written.make.v1": frozenset({_R, _A}),
    "topic.set.v1": frozenset({_R, _A}),
    "consult.begin.v1": frozenset({_A}),
    "consult.end.v1": frozenset({_A}),
    "alarm.raise.v1": frozenset({_A}),
    "alarm.clear.v1": frozenset({_A}),
    "citizen.block.v1": frozenset({_A}),
    "conversation.move.v1": frozenset({_A}),
    "conversation.classify.v1": frozenset({_A}),
    "glass.break.v1": frozenset({_A}),
    "directory.publish.v1": frozenset({_S}),
    "range.read.v1": frozenset({_C, _A}),
    "desk.read.v1": frozenset({_A}),
    "board.read.v1": frozenset({_A}),
    "line.read.v1": frozenset({_R}),
    "waits.read.v1": frozenset({_R}),
    "receipt.read.v1": frozenset({_C, _S}),
    "directory.read.v1": frozenset({_C, _A, _R, _S}),
}

_SPEAKS_FOR: Final[Mapping[str, frozenset[str]]] = {
    "gateway": frozenset({_C, _S}),
    "agent": frozenset({_A, _S}),
    "router": frozenset({_R, _S}),
    "ledger": frozenset(),
}
"""Broker user to the kinds of sender it may speak for: a captured gateway cannot be an agent."""


def sender_of(envelope: Envelope) -> tuple[str, str]:
    """Return the kind of the sender and its id."""
    kind, _, name = envelope.sender.partition(":")
    return kind, name


def may_say(envelope: Envelope) -> bool:
    """Return whether this kind of sender may say this, and its source may speak for it."""
    kind, _ = sender_of(envelope)
    return kind in _SPEAKS_FOR[envelope.source] and kind in _SENDERS.get(
        envelope.body.type, frozenset()
    )


def refused_in(state: ConversationState, command_type: str) -> Refusal | None:
    """Return why a command is impossible in a state, or None."""
    return _LIFE[command_type][_STATES.index(state)]
