"""What a replica remembers of a tenant between rounds: comfort, never correctness.

Times are seconds of one monotonic clock, given by the caller.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.contracts import LineRead, MakeOffer

from router.core.decision import Decision, Notice
from router.core.view import Recent

REPEAT_S = 2.0
"""A command already sent is not sent again sooner; a refused offer is not tried again sooner."""
REST_S = 10.0
"""So long an agent who missed or declined a conversation is spared it, even if nobody else can."""

_Pair = tuple[UUID, str]


class Memory:
    """The last moments of one tenant."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._sent: dict[UUID, tuple[float, Decision]] = {}
        self._refused: dict[_Pair, float] = {}
        self._offered: dict[UUID, str] = {}
        self._turned_down: dict[_Pair, float] = {}
        self._absent: dict[str, float] = {}
        self._told: set[UUID] = set()

    def look(self, line: LineRead, at: float) -> None:
        """Take in a snapshot: what shows in it is no longer on its way."""
        versions = {summary.conversation: summary.version for summary in line.conversations}
        self._sent = {
            key: (since, sent)
            for key, (since, sent) in self._sent.items()
            if at - since < REPEAT_S and versions.get(sent.conversation) == sent.version
        }
        self._refused = {pair: t for pair, t in self._refused.items() if at - t < REPEAT_S}
        self._see_offers(line, at)
        self._turned_down = {p: t for p, t in self._turned_down.items() if p[0] in versions}

    def _see_offers(self, line: LineRead, at: float) -> None:
        offered = {s.conversation: s.offer.agent for s in line.conversations if s.offer}
        for summary in line.conversations:
            was = self._offered.get(summary.conversation)
            ended = was if summary.conversation not in offered else None
            for agent in summary.missed:
                pair = (summary.conversation, agent)
                if agent == ended or pair not in self._turned_down:
                    self._turned_down[pair] = at
        self._offered = offered

    def recent(self, at: float) -> Recent:
        """Return what a decision should know of the last moments."""
        resting = {pair for pair, since in self._turned_down.items() if at - since < REST_S}
        return Recent(
            in_flight={
                sent.conversation: sent.command.agent
                for _, sent in self._sent.values()
                if isinstance(sent.command, MakeOffer)
            },
            left_alone=frozenset(resting | self._refused.keys()),
        )

    def absent_s(
        self, owners: Iterable[str], here: Mapping[str, object] | None, at: float
    ) -> Mapping[str, float]:
        """Return for how long owners have been missing; with `here` None that starts over."""
        missing = set() if here is None else {owner for owner in owners if owner not in here}
        self._absent = {owner: self._absent.get(owner, at) for owner in missing}
        return {owner: at - since for owner, since in self._absent.items()}

    # Notices

    def untold(self, notices: Iterable[Notice]) -> list[Notice]:
        """Return the notices that were not told yet; what no longer holds is forgotten."""
        holding = list(notices)
        self._told &= {notice.id for notice in holding}
        return [notice for notice in holding if notice.id not in self._told]

    def told(self, notice: Notice) -> None:
        """Note that a notice was told: while it holds it is not told again."""
        self._told.add(notice.id)

    # Commands

    def unsent(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Return the decisions that are not on their way."""
        return [decision for decision in decisions if decision.id not in self._sent]

    def sent(self, decision: Decision, at: float) -> None:
        """Note that a command is on its way."""
        self._sent[decision.id] = (at, decision)

    def not_sent(self, decision: Decision) -> None:
        """Note that it was not confirmed."""
        self._sent.pop(decision.id, None)

    def refused(self, command_id: UUID, at: float) -> None:
        """Note a refusal. A refused offer makes room at once for one to somebody else."""
        _, decision = self._sent.get(command_id, (0.0, None))
        if decision is not None and isinstance(decision.command, MakeOffer):
            del self._sent[command_id]
            self._refused[decision.conversation, decision.command.agent] = at
