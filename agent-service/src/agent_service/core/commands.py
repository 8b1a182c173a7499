"""What an agent's action asks of the ledger, with every number masked that must not pass."""

from collections.abc import Callable
from typing import Any

from services.contracts import (
    AcceptOffer,
    Block,
    BreakGlass,
    Classify,
    ClearAlarm,
    Close,
    Command,
    Consult,
    DeclineOffer,
    EndConsult,
    EndWrapUp,
    MakeWritten,
    Move,
    Nudge,
    PostFile,
    PostMessage,
    PostNote,
    RaiseAlarm,
    Refusal,
    RequestHandover,
    Requeue,
    ReturnHandover,
    SetTopic,
    TakeOver,
    TenantDirectory,
)
from services.contracts import wire_agent as wire
from services.masking import Masked, mask

Action = (
    wire.ASend
    | wire.ASendFile
    | wire.ANudge
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
    | wire.AMove
    | wire.AClassify
    | wire.ABreakGlass
)


_UNMASKED = Masked("", 0, ())


def command_of(action: Action) -> tuple[Command, Masked]:
    """Return the command, and what was masked in its words."""
    match action:
        case wire.ASend():
            words = mask(action.text)
            post = PostMessage(
                conversation=action.conversation,
                text=words.text,
                seen=action.seen,
                epoch=action.epoch,
                masked=words.count,
            )
            return post, words
        case wire.ANote():
            words = mask(action.text)
            note = PostNote(
                conversation=action.conversation,
                text=words.text,
                masked=words.count,
                whisper=action.whisper,
            )
            return note, words
        case wire.AHandover():
            words = _masked(action.note)
            request = RequestHandover(
                conversation=action.conversation,
                epoch=action.epoch,
                department=action.department,
                agent=action.agent,
                note=words.text or None,
                masked=words.count,
            )
            return request, words
        case wire.AConsult():
            words = _masked(action.note)
            consult = Consult(
                conversation=action.conversation,
                epoch=action.epoch,
                agent=action.agent,
                note=words.text or None,
                masked=words.count,
            )
            return consult, words
        case wire.ABlock():
            words = mask(action.reason)
            block = Block(
                conversation=action.conversation,
                reason=words.text,
                hours=action.hours,
                masked=words.count,
            )
            return block, words
        case wire.ABreakGlass():
            words = mask(action.reason)
            glass = BreakGlass(
                conversation=action.conversation, reason=words.text, masked=words.count
            )
            return glass, words
        case _:
            return _WORDLESS[type(action)](action), _UNMASKED


def unknown(action: Action, known: TenantDirectory) -> Refusal | None:
    """Return the refusal of an action that names nobody: a made-up id stays outside."""
    match action:
        case wire.AHandover(agent=agent, department=department):
            colleague = agent is None or known.agent(agent) is not None
            found = colleague and known.department(department) is not None
            return None if found else Refusal.HANDOVER_TARGET_UNKNOWN
        case wire.AConsult(agent=agent) | wire.AEndConsult(agent=agent):
            return None if known.agent(agent) else Refusal.UNKNOWN_AGENT
        case wire.AMove(department=department):
            return None if known.department(department) else Refusal.DEPARTMENT_UNKNOWN
        case wire.ASetTopic(topic=topic):
            return None if known.topic(topic) else Refusal.TOPIC_UNKNOWN
        case _:
            return None


def _masked(words: str | None) -> Masked:
    return _UNMASKED if words is None else mask(words)


_WORDLESS: dict[type[Any], Callable[[Any], Command]] = {
    wire.ASendFile: lambda f: PostFile(
        conversation=f.conversation, file=f.file, seen=f.seen, epoch=f.epoch
    ),
    wire.ANudge: lambda f: Nudge(conversation=f.conversation, epoch=f.epoch),
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
    wire.AMove: lambda f: Move(conversation=f.conversation, department=f.department, epoch=f.epoch),
    wire.AClassify: lambda f: Classify(
        conversation=f.conversation, outcome=f.outcome, archive=f.archive
    ),
}
