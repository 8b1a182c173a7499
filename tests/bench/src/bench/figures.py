"""What was measured, as plain data, and the arithmetic on it. Pure."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LIMIT_MS = 250.0
"""A rate is sustained while 99 of 100 messages arrive sooner."""
GENERATOR = "load generator"
OTHERS = "others"
"""What the machine did for nobody of ours: high figures mean a disturbed run."""


@dataclass(slots=True)
class Talk:
    """What was seen while people talked."""

    sent: int = 0
    latencies_s: list[float] = field(default_factory=list)
    """From the moment something was to be said until the other side could show it."""
    lateness_s: list[float] = field(default_factory=list)
    """How much later than due the load generator itself was; no part of the latencies."""
    seconds: float = 0.0
    """From the first moment until all was said and had arrived."""
    doubled: int = 0
    """Messages that were stored, and so shown, twice."""
    refused: int = 0
    held_back: int = 0
    """Messages never sent, because the run was given up: too much was waiting to be said."""

    @property
    def arrived(self) -> int:
        """Return how many messages were shown to the other side."""
        return len(self.latencies_s)

    @property
    def lost(self) -> int:
        """Return how many were sent and never shown."""
        return self.sent - self.arrived

    @property
    def per_s(self) -> float:
        """Return messages shown a second."""
        return self.arrived / self.seconds

    @property
    def whole(self) -> bool:
        """Return whether everything arrived exactly once."""
        return not (self.lost or self.doubled or self.refused or self.held_back)

    @property
    def sustained(self) -> bool:
        """Return whether everything arrived exactly once, and soon enough."""
        return self.whole and self.arrived > 0 and percentile_ms(self.latencies_s, 99) < LIMIT_MS


@dataclass(frozen=True, slots=True)
class Run:
    """One way of talking, and what it cost."""

    conversations: int
    offered_per_s: float | None
    """None: each side answers the other at once."""
    talk: Talk
    processor_s: Mapping[str, float]
    """Processor seconds used meanwhile, per process, the load generator and others too."""

    @property
    def p50_ms(self) -> float:
        """Return the median latency in milliseconds."""
        return percentile_ms(self.talk.latencies_s, 50)

    @property
    def p99_ms(self) -> float:
        """Return the latency that 99 of 100 messages keep, in milliseconds."""
        return percentile_ms(self.talk.latencies_s, 99)

    @property
    def cpu_ms_per_message(self) -> float:
        """Return what a message costs all processes of the system."""
        return 1000 * sum(self.system_s.values()) / max(1, self.talk.arrived)

    @property
    def system_s(self) -> dict[str, float]:
        """Return the processor seconds of the system's own processes."""
        strangers = (GENERATOR, OTHERS)
        return {name: s for name, s in self.processor_s.items() if name not in strangers}

    @property
    def generator_share(self) -> float:
        """Return how much of one core the load generator used, as a fraction."""
        return self.processor_s[GENERATOR] / self.talk.seconds

    @property
    def others_share(self) -> float:
        """Return how much of one core others on the machine used, as a fraction."""
        return max(0.0, self.processor_s[OTHERS]) / self.talk.seconds


@dataclass(frozen=True, slots=True)
class Part:
    """Medians of one part of the floor, in milliseconds."""

    tight_ms: float
    """Back to back: caches are warm and the processor never sleeps."""
    paced_ms: float
    """At the pace of the end-to-end runs: like for like."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The parts that no message can do without, each with bare libraries."""

    queue: Part
    """One way through a quorum queue, published with confirms."""
    commit: Part
    """One row of the ledger's event table, committed."""
    push: Part
    """One way through an exclusive queue, without confirms."""
    echo: Part
    """Through a WebSocket and back: the sender's socket and the reader's."""

    @property
    def parts(self) -> dict[str, Part]:
        """Return the parts by name."""
        return {
            "queue": self.queue,
            "commit": self.commit,
            "push": self.push,
            "echo": self.echo,
        }

    @property
    def tight_ms(self) -> float:
        """Return the sum of the parts back to back."""
        return sum(part.tight_ms for part in self.parts.values())

    @property
    def paced_ms(self) -> float:
        """Return the sum of the paced parts."""
        return sum(part.paced_ms for part in self.parts.values())


@dataclass(frozen=True, slots=True)
class Idle:
    """What citizens cost who are connected and say nothing."""

    sockets: int
    grown_bytes: int
    """Memory of all gateway replicas over what they had before."""
    processor_s: float
    """Processor seconds of all gateway replicas while nothing was said."""
    seconds: float

    @property
    def kib_per_socket(self) -> float:
        """Return the memory of one socket in KiB."""
        return self.grown_bytes / 1024 / self.sockets

    @property
    def cpu_percent(self) -> float:
        """Return the share of one core that all of them take together, in percent."""
        return 100 * self.processor_s / self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one run of the bench."""

    machine: Mapping[str, str | int]
    floor: Floor
    end_to_end: Sequence[Run]
    """At one pace, over more and more conversations."""
    trials: Sequence[Run]
    """At more and more messages a second, over as many conversations."""
    sustained: Run | None
    """The largest rate that held for the whole time. None: none did."""
    closed: Run
    crowds: Sequence[Run]
    """The fewest conversations first, all at one rate."""
    memory_bytes: Mapping[str, int]
    """Resident memory per process, after the sustained run."""
    idle: Idle

    @property
    def over_floor(self) -> float:
        """Return how many times the paced floor the middle end-to-end run takes."""
        return self.end_to_end[len(self.end_to_end) // 2].p50_ms / self.floor.paced_ms

    @property
    def many_over_few(self) -> float:
        """Return what a message costs among most conversations, over what it costs among fewest."""
        return self.crowds[-1].cpu_ms_per_message / self.crowds[0].cpu_ms_per_message


def percentile_ms(latencies_s: Sequence[float], percent: int) -> float:
    """Return a percentile in milliseconds; 0 when there is nothing."""
    if len(latencies_s) < 2:
        return 1000 * sum(latencies_s)
    return statistics.quantiles(latencies_s, n=100, method="inclusive")[percent - 1] * 1000


def distribution_ms(latencies_s: Sequence[float], steps: int = 200) -> list[tuple[float, float]]:
    """Return (latency in milliseconds, percent that arrived by then): enough points to draw."""
    cuts = statistics.quantiles(latencies_s, n=steps, method="inclusive")
    return [(cut * 1000, 100 * n / steps) for n, cut in enumerate(cuts, 1)]


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what was used between two looks, by name; a newcomer began at nothing."""
    return {name: value - before.get(name, 0.0) for name, value in after.items()}
