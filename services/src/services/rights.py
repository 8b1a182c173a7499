"""Who says what to whom, as one table. The broker users' rights are computed from it.

The broker lets a user write and read only what is here, and every receiver checks `SAYS` again.
"""

import re
from collections.abc import Mapping
from typing import Final

from services.contracts import Source

_G, _A, _R, _L = "gateway", "agent", "router", "ledger"

SAYS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(who)
    for name, who in {
        "conversation.open.v1": (_G,),
        "message.post.v1": (_G, _A),
        "file.post.v1": (_G, _A),
        "note.post.v1": (_A,),
        "offer.make.v1": (_R,),
        "offer.accept.v1": (_A,),
        "offer.decline.v1": (_A,),
        "offer.expire.v1": (_R,),
        "handover.request.v1": (_A,),
        "handover.return.v1": (_R, _A),
        "conversation.take_over.v1": (_A,),
        "conversation.requeue.v1": (_R, _A),
        "conversation.leave.v1": (_G, _R),
        "conversation.close.v1": (_A,),
        "citizen.nudge.v1": (_A,),
        "nudge.answer.v1": (_G,),
        "rating.give.v1": (_G,),
        "copy.mail.v1": (_G,),
        "forget.ask.v1": (_G,),
        "wrapup.end.v1": (_A, _R),
        "citizen.reachable.v1": (_R,),
        "written.ask.v1": (_G,),
        "written.make.v1": (_R, _A),
        "topic.set.v1": (_R, _A),
        "consult.begin.v1": (_A,),
        "consult.end.v1": (_A,),
        "alarm.raise.v1": (_A,),
        "alarm.clear.v1": (_A,),
        "citizen.block.v1": (_A,),
        "conversation.move.v1": (_A,),
        "conversation.classify.v1": (_A,),
        "glass.break.v1": (_A,),
        "directory.publish.v1": (_A,),
        "range.read.v1": (_G, _A),
        "desk.read.v1": (_A,),
        "board.read.v1": (_A,),
        "line.read.v1": (_R,),
        "waits.read.v1": (_R,),
        "receipt.read.v1": (_G,),
        "directory.read.v1": (_G, _A, _R),
        "range.v1": (_L,),
        "desk.v1": (_L,),
        "board.v1": (_L,),
        "line.v1": (_L,),
        "waits.v1": (_L,),
        "receipt.v1": (_L,),
        "directory.v1": (_L,),
        "refused.v1": (_L,),
        "event.committed.v1": (_L,),
        "summary.changed.v1": (_L,),
        "command.done.v1": (_L,),
        "directory.changed.v1": (_L,),
        "position.changed.v1": (_R,),
        "agent.nudged.v1": (_R,),
        "department.alerted.v1": (_R, _L),
        "answer.ready.v1": (_L,),
        "copy.ready.v1": (_L,),
        "milestone.reached.v1": (_L,),
        "typing.v1": (_G, _A),
        "dialogue.seen.v1": (_A,),
        "presence.changed.v1": (_A,),
        "line.changed.v1": (_L, _A),
    }.items()
}
"""Message type to the broker users that may say it; checked by every receiver."""

PUSHES_TO: Final[Mapping[str, tuple[str, ...]]] = {
    _G: ("agent",),
    _A: ("gateway", "agent"),
    _R: ("gateway", "agent"),
    _L: ("gateway", "agent", "router"),
}
"""Which push exchanges a user may write."""

HEARD_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "agent.nudged.v1": ("agent",),
    "position.changed.v1": ("gateway",),
}
"""Pushes that go to fewer than those whom who says them may reach."""


def _any_of(patterns: list[str]) -> str:
    return f"^({'|'.join(patterns)})$" if patterns else "^$"


def permissions(source: Source) -> dict[str, str]:
    """Return the broker rights of a service's user: `configure`, `write`, `read` patterns.

    Nobody may write the default exchange, which reaches every queue, nor read the dead letters.
    """
    own = [rf"at\.{source}\..*"] if source != _L else []
    write = [re.escape(f"push.{target}") for target in PUSHES_TO[source]]
    write += ["evt", "dead"] if source == _L else ["cmd", "query"]
    read = list(own)
    if source == _L:
        read.append(r"ledger\..*")
    else:
        read.append(re.escape(f"push.{source}"))
    if source == _R:
        read.append(r"router\.inbox")
        write += ["evt", "dead"]
    if source == _A:
        read.append(r"desk\.alerts")
        write += ["evt", "dead"]
    return {"configure": _any_of(own), "write": _any_of(write + own), "read": _any_of(read)}
