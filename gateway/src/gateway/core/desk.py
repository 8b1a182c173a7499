"""Whether somebody is at the desk, judged from one look at the agents' leases after another.

Redis may be wiped, and is whole again when every holder of a lease has asserted it anew. An agent
who says to be away is away at once; one whose lease is merely gone may have been forgotten by
Redis, and is believed to be there until the rebuilding is over.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from services.contracts.leases import AgentLease, speaking

REBUILT_S: Final = 6.0
"""A wiped Redis is whole again within so long."""
OLD_S: Final = 10.0
"""A look so long ago says nothing of who was there just now."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found."""

    at: float = float("-inf")
    """Monotonic seconds."""
    staffed: bool | None = None
    """None: not known."""
    missing: Mapping[str, float | None] = field(default_factory=dict)
    """Agents taken to be available, and since when each one's lease is gone (None: it is not)."""


def look(
    before: Look,
    leases: Iterable[AgentLease],
    *,
    now: float,
    settled: bool,
    answering: Collection[str] | None = None,
) -> Look:
    """Return what a look finds.

    Args:
        before: the last one, by which it is known who was there.
        leases: those of all agents and devices. The highest `changed_at` speaks for the agent.
        now: monotonic seconds.
        settled: whether Redis has answered for so long that it must be whole.
        answering: departments whose agents answer whoever asks; None: all of them.
    """
    latest = speaking(leases)
    missing: dict[str, float | None] = {
        agent: None for agent, lease in latest.items() if _answers(lease, answering)
    }
    staffed = bool(missing)
    if now - before.at <= OLD_S:
        for agent, since in before.missing.items():
            gone_at = now if since is None else since
            if agent not in latest and now - gone_at < REBUILT_S:
                missing[agent] = gone_at
    return Look(now, staffed or bool(missing) or (False if settled else None), missing)


def _answers(lease: AgentLease, answering: Collection[str] | None) -> bool:
    if lease.presence != "available":
        return False
    if answering is None or lease.departments is None:
        return True
    return not set(lease.departments).isdisjoint(answering)
