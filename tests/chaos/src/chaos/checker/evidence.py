"""All that a verdict is based on, and its indexes: each is built once, in one pass."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chaos.archive import Archive, Row
from chaos.history import Op, Record

Screen = tuple[str, str, str]
"""(who, conversation, stream)."""

FINAL = frozenset({Op.COMMITTED, Op.DONE, Op.REFUSED})


@dataclass(frozen=True, slots=True)
class Growth:
    """How a process' memory grew after its warm-up."""

    process: str
    lived_s: float
    mib_per_h: float


@dataclass(frozen=True, slots=True)
class Window:
    """When something was broken, on the run's monotonic clock."""

    name: str
    began_ns: int
    ended_ns: int


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How presence came back after Redis had lost it."""

    fault: str
    began_ns: int
    away_s: float
    """From the fault until Redis answered, empty."""
    whole_s: float
    """From then on until every agent with a socket had a lease."""
    agents: int
    alone: bool = False
    """Nothing else was broken meanwhile. Only then is a bound promised."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured once everything was still."""

    queues: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Durable queue to messages (ready, unacknowledged); dead letters are apart."""
    strange_dead_letters: int = 0
    """Dead letters that nobody planted."""
    instance_queues: int = 0
    instances: int = 0
    """Processes that own such a queue."""
    descriptors: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Service to the most open files of a replica: (before, after)."""
    growth: Sequence[Growth] = ()
    rebuilt: Sequence[Rebuilt] = ()


@dataclass(frozen=True)
class Evidence:
    """A round, complete."""

    records: Sequence[Record]
    archive: Archive
    healed_ns: int = 0
    """When the last fault was healed."""
    live_agents: frozenset[str] = frozenset()
    facts: Facts = field(default_factory=Facts)

    @cached_property
    def streams(self) -> dict[tuple[str, str], list[Row]]:
        """Rows by (conversation, stream), in the order of seq."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.archive.rows:
            found[row.conversation, row.stream].append(row)
        return dict(found)

    @cached_property
    def places(self) -> dict[tuple[str, str, int], Row]:
        """Rows by (conversation, stream, seq)."""
        return {(row.conversation, row.stream, row.seq): row for row in self.archive.rows}

    @cached_property
    def by_id(self) -> dict[tuple[str, str], list[Row]]:
        """Rows by (conversation, id)."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.archive.rows:
            found[row.conversation, row.id].append(row)
        return dict(found)

    @cached_property
    def screens(self) -> dict[Screen, list[Record]]:
        """What each screen showed, in order."""
        found: dict[Screen, list[Record]] = defaultdict(list)
        for record in self.records:
            if record.op is Op.RENDERED:
                found[record.who, record.conversation, record.stream].append(record)
        return dict(found)

    @cached_property
    def sent(self) -> dict[str, Record]:
        """Every action, by its id."""
        return {record.id: record for record in self.records if record.op is Op.SENT}

    @cached_property
    def accepted(self) -> dict[str, Record]:
        """The first tick of every action that got one, by id."""
        return {record.id: record for record in self.records if record.op is Op.ACCEPTED}

    @cached_property
    def answered(self) -> dict[str, Record]:
        """The final answer of every action that got one, by id."""
        return {record.id: record for record in self.records if record.op in FINAL}

    @cached_property
    def gone(self) -> frozenset[str]:
        """Clients that went away for ever."""
        return frozenset(record.who for record in self.records if record.op is Op.LEFT)

    @cached_property
    def walled(self) -> frozenset[tuple[str, str]]:
        """(who, conversation) that were refused."""
        return frozenset(
            (record.who, record.conversation) for record in self.records if record.op is Op.WALLED
        )


def is_of(row: Row, who: str) -> bool:
    """Tell whether a row was caused by a client. A citizen is anonymous in the archive."""
    if who.startswith("citizen:"):
        return row.sender.startswith("citizen:")
    return row.sender == who
