"""Who is told what of an outcome. Nothing of `desk` is ever said towards a gateway."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.bus import Outgoing, Push, Send
from services.clock import Clock
from services.contracts import (
    DIALOGUE,
    AnswerReady,
    Body,
    Closed,
    CommandDone,
    CopyMailed,
    CopyReady,
    DirectoryChanged,
    Envelope,
    Event,
    EventCommitted,
    LineChanged,
    MailCopy,
    Milestone,
    MilestoneReached,
    Refusal,
    Refused,
    Summary,
    SummaryChanged,
    TenantDirectory,
)
from services.topology import agent_topic, directory_topic, line_topic, stream_topic

from transcript_service.core import Outcome, involved
from transcript_service.core.books import conversation_of

_CITIZENS_WORDS = ("agent", "gateway")
_DESKS_WORDS = ("gateway", "agent")
"""Who is told of words, in order: first those who read them. Whoever wrote them has them on the
screen already."""


_MILESTONES: Final[Mapping[str, Milestone]] = {
    "opened": "opened",
    "closed": "closed",
    "classified": "classified",
}
"""Kinds of event that other systems are told of."""


class Teller:
    """Turns outcomes into messages. Said twice, they are the same messages under the same ids."""

    def __init__(self, clock: Clock) -> None:
        """Take the clock that stamps messages (never events)."""
        self._clock = clock

    def answer(self, envelope: Envelope, body: Body) -> list[Outgoing]:
        """Return the answer to a command or query, when somebody waits for one."""
        if not envelope.reply_to:
            return []
        return [Push(envelope.source, envelope.reply_to, self._follow(envelope, body, "answer"))]

    def refuse(self, envelope: Envelope, code: Refusal) -> list[Outgoing]:
        """Return a refusal of a command or query."""
        conversation = getattr(envelope.body, "conversation", None)
        refused = Refused(about=envelope.id, conversation=conversation, code=code)
        return self.answer(envelope, refused)

    def published(self, envelope: Envelope, directory: TenantDirectory) -> list[Outgoing]:
        """Return what follows from a set-up that now holds: gateways get it without staff."""
        return [
            Push(
                target,
                directory_topic(),
                self._follow(envelope, DirectoryChanged(directory=shown), f"to:{target}"),
            )
            for target, shown in (
                ("gateway", directory.public()),
                ("router", directory),
                ("agent", directory),
            )
        ]

    def tell(self, outcome: Outcome) -> Sequence[Outgoing]:
        """Return everything that follows from a command on a conversation."""
        envelope = outcome.envelope
        if outcome.refusal is not None:
            return self.refuse(envelope, outcome.refusal)
        outgoing: list[Outgoing] = []
        for event in outcome.events:
            outgoing += self._committed(envelope, event)
        if not outcome.events:
            done = CommandDone(about=envelope.id, conversation=conversation_of(envelope))
            outgoing += self.answer(envelope, done)
        if outcome.repeated or _changed(outcome):
            outgoing += self._state(outcome)
        return (
            outgoing + self._answered(outcome) + self._copied(outcome) + self._milestones(outcome)
        )

    def _answered(self, outcome: Outcome) -> list[Outgoing]:
        """Have the citizen told that a written answer is there, if they wanted an e-mail.

        Who wanted a call has been called by the agent who closes it.
        """
        after = outcome.after
        closed = [event.body for event in outcome.events if isinstance(event.body, Closed)]
        if after is None or not closed or closed[0].reason != "agent":
            return []
        summary = after.summary
        if summary.due_at is None or summary.receipt is None:
            return []
        if summary.answer_by != "email":
            return []
        ready = AnswerReady(
            conversation=summary.conversation,
            receipt=summary.receipt,
            answer_by=summary.answer_by,
            contact=after.contact,
            citizen=after.citizen,
            language=summary.language,
            department=summary.department,
        )
        return [Send(self._follow(outcome.envelope, ready, "ready"))]

    def _copied(self, outcome: Outcome) -> list[Outgoing]:
        """Have a link to the copy mailed. Said again, it goes under the same id and is sent once.

        The command alone knows where to: it is kept nowhere.
        """
        command, after = outcome.envelope.body, outcome.after
        mailed = any(isinstance(event.body, CopyMailed) for event in outcome.events)
        if after is None or not mailed or not isinstance(command, MailCopy):
            return []
        ready = CopyReady(
            conversation=command.conversation,
            contact=command.contact.strip(),
            citizen=after.citizen,
            language=after.summary.language,
        )
        return [Send(self._follow(outcome.envelope, ready, "copy"))]

    def _milestones(self, outcome: Outcome) -> list[Outgoing]:
        """Have the municipality's other systems told where a conversation has come to."""
        after = outcome.after
        if after is None:
            return []
        return [
            Send(self._follow(outcome.envelope, _milestone(event, after.summary), name))
            for event in outcome.events
            if (name := _MILESTONES.get(event.body.kind)) is not None
        ]

    def _committed(self, envelope: Envelope, event: Event) -> list[Outgoing]:
        topic = stream_topic(event.conversation, event.stream)
        name = f"event:{event.stream}:{event.seq}"
        said = self._follow(envelope, EventCommitted(event=event), name)
        if not event.stream.startswith(DIALOGUE):
            return [Push("agent", topic, said)]
        targets = _CITIZENS_WORDS if event.author.kind == "citizen" else _DESKS_WORDS
        return [Push(target, topic, said) for target in targets]

    def _state(self, outcome: Outcome) -> list[Outgoing]:
        envelope, after = outcome.envelope, outcome.after
        if after is None:
            return []
        summary = after.summary
        whole = self._follow(envelope, SummaryChanged(summary=summary), "summary")
        shown = self._follow(envelope, SummaryChanged(summary=for_citizen(summary)), "shown")
        agents = involved(outcome.before) | involved(after)
        tenant = envelope.tenant
        return [
            Push("gateway", stream_topic(summary.conversation, DIALOGUE), shown),
            Push("agent", line_topic(tenant), whole),
            *(Push("agent", agent_topic(tenant, agent), whole) for agent in sorted(agents)),
            Send(self._follow(envelope, LineChanged(why=envelope.body.type), "line")),
        ]

    def _follow(self, envelope: Envelope, body: Body, name: str) -> Envelope:
        return envelope.follow(body, name=name, source="ledger", now=self._clock())


def _milestone(event: Event, summary: Summary) -> MilestoneReached:
    return MilestoneReached(
        conversation=summary.conversation,
        milestone=_MILESTONES[event.body.kind],
        at=event.time,
        department=summary.department,
        topic=summary.topic,
        language=summary.language,
        written=summary.due_at is not None,
        archive=summary.archive,
    )


def _changed(outcome: Outcome) -> bool:
    """Return whether more changed than that something was said."""
    if outcome.before is None or outcome.after is None:
        return True
    before, after = outcome.before.summary, outcome.after.summary
    same = {"version": after.version, "last_seq": after.last_seq}
    return before.evolve(**same) != after


def for_citizen(summary: Summary) -> Summary:
    """Leave out what concerns the desk alone, down to how much was written there."""
    handover = summary.handover
    return summary.evolve(
        offer=None,
        wrapup=None,
        missed=(),
        preferred_agent=None,
        unanswered_since=None,
        suggested=None,
        alarm=None,
        consulted=(),
        outcome=None,
        archive=None,
        glimpses=(),
        handover=handover.evolve(from_agent="", agent=None) if handover else None,
        last_seq={
            stream: seq for stream, seq in summary.last_seq.items() if stream.startswith(DIALOGUE)
        },
    )
