"""What lies in Redis for 15 s at a time: who is there. Lost, it is whole again within 6 s."""

from typing import Literal

from pydantic import AwareDatetime

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
