"""What lies in Redis for 15 s at a time: who is there. Lost, it is whole again within 6 s."""

from collections.abc import Iterable, Iterator
from typing import Final, Literal

from pydantic import AwareDatetime, ValidationError

from services.contracts.model import Contract

LEASE_S = 15
"""A lease's life in seconds."""
RENEW_S = 5
"""How often, in seconds, the holder of a socket asserts its leases again, in full."""

AGENTS = "agents"
"""Lease table of agents: field `<agent>:<session>`, value `AgentLease`."""
CITIZENS = "citizens"
"""Lease table of citizens: field `<conversation>:<socket>`, value empty."""


class AgentLease(Contract):
    """One device of an agent. The lease with the highest `changed_at` speaks for the agent."""

    agent: str
    session: str
    instance: str
    presence: Literal["available", "busy", "away", "forced_away", "draining"]
    reason: str = ""
    misses: int = 0
    """Offers missed in a row; the second forces the agent away."""
    idle_since: AwareDatetime
    """When the agent last was given or closed something; the longest idle comes first."""
    changed_at: AwareDatetime
    departments: tuple[str, ...] | None = None
    """Whom the agent answers for. None: the writer did not say."""


AT_DESK: Final = ("available", "busy")
"""Presences of who is there, with room for offers or not."""


def readable(payloads: Iterable[str]) -> Iterator[AgentLease]:
    """Yield the leases that can be read; what another version wrote may not be."""
    for payload in payloads:
        try:
            lease = AgentLease.read(payload)
        except ValidationError:
            continue
        yield lease


def speaking(leases: Iterable[AgentLease]) -> dict[str, AgentLease]:
    """Return per agent the lease that changed last: every device speaks, the latest counts."""
    latest: dict[str, AgentLease] = {}
    for lease in leases:
        known = latest.get(lease.agent)
        if known is None or lease.changed_at > known.changed_at:
            latest[lease.agent] = lease
    return latest
