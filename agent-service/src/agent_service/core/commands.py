"""What an agent's action asks of the ledger, with every national identity number masked."""

from collections.abc import Callable
from typing import Any

from services.contracts import (
    AcceptOffer,
    Block,
    ClearAlarm,
    Close,
    Command,
    Consult,
    DeclineOffer,
    EndConsult,
    EndWrapUp,
    MakeWritten,
    PostMessage,
    PostNote,
    RaiseAlarm,
    RequestHandover,
    Requeue,
    ReturnHandover,
    SetTopic,
    TakeOver,
)
from services.contracts import wire_agent as wire
from services.national_id import mask

Action = (
    wire.ASend
    | wire.ANote
    | wire.AAccept
    | wire.ADecline
    | wire.AHandover
    | wire.ACancelHandover
    | wire.ATakeOver
    | wire.ARequeue
    | wire.AClose
    | wire.AWrapUpDone
    | wire.AMakeWritten
    | wire.ASetTopic
    | wire.AConsult
    | wire.AEndConsult
    | wire.AAlarm
    | wire.AClearAlarm
    | wire.ABlock
)


def command_of(action: Action) -> tuple[Command, int]:
    """Return the command, and how many identity numbers were masked in its words."""
    match action:
        case wire.ASend():
            text, masked = mask(action.text)
            post = PostMessage(
                conversation=action.conversation,
                text=text,
                seen=action.seen,
                epoch=action.epoch,
                masked=masked,
            )
            return post, masked
        case wire.ANote():
            text, masked = mask(action.text)
            return PostNote(conversation=action.conversation, text=text, masked=masked), masked
        case wire.AHandover():
            note, masked = _masked(action.note)
            request = RequestHandover(
                conversation=action.conversation,
                epoch=action.epoch,
                department=action.department,
                agent=action.agent,
                note=note,
                masked=masked,
            )
            return request, masked
        case wire.AConsult():
            note, masked = _masked(action.note)
            consult = Consult(
                conversation=action.conversation,
                epoch=action.epoch,
                agent=action.agent,
                note=note,
                masked=masked,
            )
            return consult, masked
        case wire.ABlock():
            reason, masked = mask(action.reason)
            block = Block(
                conversation=action.conversation,
                reason=reason,
                hours=action.hours,
                masked=masked,
            )
            return block, masked
        case _:
            return _WORDLESS[type(action)](action), 0


def _masked(words: str | None) -> tuple[str | None, int]:
    return (None, 0) if words is None else mask(words)


_WORDLESS: dict[type[Any], Callable[[Any], Command]] = {
    wire.AAccept: lambda f: AcceptOffer(conversation=f.conversation, offer=f.offer),
    wire.ADecline: lambda f: DeclineOffer(conversation=f.conversation, offer=f.offer),
    wire.ACancelHandover: lambda f: ReturnHandover(
        conversation=f.conversation, handover=f.handover, reason="cancelled"
    ),
    wire.ATakeOver: lambda f: TakeOver(conversation=f.conversation, epoch=f.epoch),
    wire.ARequeue: lambda f: Requeue(
        conversation=f.conversation, epoch=f.epoch, reason="returned_by_agent"
    ),
    wire.AClose: lambda f: Close(conversation=f.conversation, epoch=f.epoch),
    wire.AWrapUpDone: lambda f: EndWrapUp(conversation=f.conversation),
    wire.AMakeWritten: lambda f: MakeWritten(
        conversation=f.conversation, reason="answer_later", epoch=f.epoch
    ),
    wire.ASetTopic: lambda f: SetTopic(conversation=f.conversation, topic=f.topic),
    wire.AEndConsult: lambda f: EndConsult(conversation=f.conversation, agent=f.agent),
    wire.AAlarm: lambda f: RaiseAlarm(conversation=f.conversation, alarm=f.alarm),
    wire.AClearAlarm: lambda f: ClearAlarm(conversation=f.conversation),
}
