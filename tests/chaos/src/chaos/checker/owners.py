"""I5 to I8: capacity, one owner, no conversation lost, nothing shown to a stranger."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from chaos.archive import Conversation, Row
from chaos.checker.evidence import Evidence
from chaos.history import Op

IDLE_S = 5.0
"""Nobody waits longer than this while an eligible agent has room."""

_TAKES = ("joined", "handed_over", "taken_over")
_RELEASES = ("requeued", "closed", "made_written")


def capacity_holds(evidence: Evidence) -> Iterator[str]:
    """I5: at no moment of the log has anybody more than the capacity; loads are what is counted.

    Wrap-up ends without an event, so what is counted here is never too much.
    """
    offered: dict[str, str] = {}
    owned: dict[str, str] = {}
    slots: Counter[str] = Counter()
    for row in sorted(
        evidence.archive.rows, key=lambda r: (r.time, r.conversation, r.stream, r.seq)
    ):
        if row.kind == "offered":
            _move(offered, slots, row.conversation, row.agent)
        elif row.kind in _TAKES:
            _move(offered, slots, row.conversation, None)
            _move(owned, slots, row.conversation, row.agent)
        elif row.kind == "offer_ended":
            _move(offered, slots, row.conversation, None)
        elif row.kind in _RELEASES:
            _move(offered, slots, row.conversation, None)
            _move(owned, slots, row.conversation, None)
        agent = evidence.archive.agents.get(row.agent)
        if agent is not None and slots[row.agent] > agent.capacity:
            yield f"{row.agent} has {slots[row.agent]} of {agent.capacity} at {row.kind} {row.id}"
    for agent in evidence.archive.agents.values():
        if agent.load != agent.counted:
            yield f"{agent.id}: load {agent.load}, counted {agent.counted}"


def _move(held: dict[str, str], slots: Counter[str], conversation: str, agent: str | None) -> None:
    """Give a conversation's slot to an agent, or to nobody."""
    if (former := held.pop(conversation, None)) is not None:
        slots[former] -= 1
    if agent is not None:
        held[conversation] = agent
        slots[agent] += 1


class _Life:
    """One conversation while its dialogue is read."""

    def __init__(self) -> None:
        self.state = ""
        self.owner = ""
        self.epoch = 0

    def wrong(self, row: Row) -> str | None:
        """Take the next row; return what is wrong with it."""
        if row.kind == "opened":
            wrong = "opened twice" if self.state else None
            self.state = "waiting"
            return wrong
        if self.state in ("", "closed"):
            return f"after {self.state or 'nothing'}"
        if row.kind == "closed":
            self.state, self.owner = "closed", ""
            return None
        if row.kind in (*_TAKES, "requeued") or (row.kind == "made_written" and self.owner):
            return self._passed(row)
        if row.epoch != self.epoch:
            return f"epoch {row.epoch}, not {self.epoch}"
        if row.sender.startswith("agent:") and row.kind == "message":
            return None if row.sender == f"agent:{self.owner}" else f"the owner is {self.owner}"
        return None

    def _passed(self, row: Row) -> str | None:
        before, waits = self.state, row.kind in _RELEASES
        expected = "waiting" if row.kind == "joined" else "active"
        self.state, self.owner = ("waiting", "") if waits else ("active", row.agent)
        epoch, self.epoch = self.epoch, row.epoch
        if before != expected:
            return f"while {before}"
        return None if row.epoch == epoch + 1 else f"epoch {row.epoch} after {epoch}"


def one_owner(evidence: Evidence) -> Iterator[str]:
    """I6: the life cycle holds, the epoch grows by one, nobody but the owner speaks under it."""
    for (conversation, stream), rows in evidence.streams.items():
        if stream != "dialogue":
            continue
        life = _Life()
        for row in rows:
            if (wrong := life.wrong(row)) is not None:
                yield f"{conversation} {row.seq} {row.kind}: {wrong}"
    for row in evidence.archive.rows:
        sent = evidence.sent.get(row.id)
        if row.kind == "message" and sent is not None and sent.epoch not in (-1, row.epoch):
            yield f"{row.conversation} {row.seq}: said under {sent.epoch}, kept under {row.epoch}"


def none_forgotten(evidence: Evidence) -> Iterator[str]:
    """I7: every opened conversation is there: ended, with a live owner, or waiting for room."""
    for action, answer in evidence.answered.items():
        sent = evidence.sent.get(action)
        begun = sent is not None and sent.code == "open" and answer.op is not Op.REFUSED
        if begun and answer.conversation not in evidence.archive.conversations:
            yield f"{answer.conversation}: was opened and is not there"
    for conversation in evidence.archive.conversations.values():
        if conversation.state == "active" and conversation.owner not in evidence.live_agents:
            yield f"{conversation.id}: its owner {conversation.owner} is not there"
        # Who walked away keeps the place in line and is offered to nobody.
        waits = (
            conversation.state == "waiting" and f"citizen:{conversation.id}" not in evidence.gone
        )
        free = _free(evidence, conversation) if waits else None
        if free is not None and conversation.waited_s > IDLE_S:
            yield f"{conversation.id}: waits while {free} has room"


def _free(evidence: Evidence, conversation: Conversation) -> str | None:
    for agent in evidence.archive.agents.values():
        fits = agent.load < agent.capacity and conversation.department in agent.departments
        if fits and agent.id in evidence.live_agents:
            return agent.id
    return None


def strangers_see_nothing(evidence: Evidence) -> Iterator[str]:
    """I8: citizens see their own dialogue; desks what concerns their people or departments."""
    people: dict[str, set[str]] = defaultdict(set)
    departments: dict[str, set[str]] = defaultdict(set)
    for row in evidence.archive.rows:
        people[row.conversation].add(row.agent)
        departments[row.conversation].add(row.department)
    for known in evidence.archive.conversations.values():
        departments[known.id].add(known.department)
        people[known.id].update(known.agents)
    told: set[tuple[str, str, str]] = set()
    for record in evidence.records:
        key = (record.who, record.conversation, record.stream)
        if record.op not in (Op.RENDERED, Op.SHOWN) or key in told:
            continue
        told.add(key)
        kind, _, name = record.who.partition(":")
        if kind == "citizen":
            party = name == record.conversation and not record.stream.startswith("desk")
        else:
            agent = evidence.archive.agents.get(name)
            own = agent.departments if agent else frozenset()
            party = name in people[record.conversation] or bool(
                own & departments[record.conversation]
            )
        if not party:
            yield f"{record.who} was shown {record.conversation} {record.stream}"
