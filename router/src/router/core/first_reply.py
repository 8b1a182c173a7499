"""Accepted and then silent: the agent is nudged, then the leaders, then it is offered on."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.contracts import AgentNudged, Requeue, Summary, derived_id

from router.core.decision import Decision, Notice
from router.core.view import View


def nudges(view: View, now: datetime) -> Iterator[Notice]:
    """Yield who is to be told, once each stage is reached."""
    timing = view.directory.timing
    for summary in view.line.conversations:
        silent_s = _silent_s(summary, now)
        if silent_s is None or summary.owner is None:
            continue
        for stage, after_s in (
            ("nudge", timing.first_reply_nudge_s),
            ("leader", timing.first_reply_leader_s),
        ):
            if silent_s >= after_s:
                yield Notice(
                    derived_id(summary.conversation, f"nudged:{summary.epoch}:{stage}"),
                    AgentNudged.model_validate(
                        {
                            "conversation": summary.conversation,
                            "agent": summary.owner,
                            "stage": stage,
                            "waited_s": silent_s,
                        }
                    ),
                )


def silent(view: View, now: datetime) -> Iterator[Decision]:
    """Yield what goes back in line, at its old place. Its owner counts as one who missed it."""
    after_s = view.directory.timing.first_reply_requeue_s
    for summary in view.line.conversations:
        silent_s = _silent_s(summary, now)
        if silent_s is not None and silent_s >= after_s:
            requeue = Requeue(
                conversation=summary.conversation, epoch=summary.epoch, reason="no_reply"
            )
            name = f"no-reply:{summary.epoch}"
            yield Decision(derived_id(summary.conversation, name), requeue, summary.version)


def next_silence(view: View, now: datetime) -> datetime | None:
    """Return the next moment at which an owner has been silent for too long."""
    timing = view.directory.timing
    stages_s = (
        timing.first_reply_nudge_s,
        timing.first_reply_leader_s,
        timing.first_reply_requeue_s,
    )
    moments = [
        now + timedelta(seconds=after_s - silent_s)
        for summary in view.line.conversations
        if (silent_s := _silent_s(summary, now)) is not None
        for after_s in stages_s
        if after_s > silent_s
    ]
    return min(moments, default=None)


def _silent_s(summary: Summary, now: datetime) -> float | None:
    """Return for how long its owner has said nothing; None where nobody is kept waiting by that.

    Nobody sits and waits for a written answer, and while a hand-over is pending it is the others
    who are asked.
    """
    since = summary.unanswered_since
    if summary.state != "active" or since is None or summary.due_at or summary.handover:
        return None
    return (now - since).total_seconds()
