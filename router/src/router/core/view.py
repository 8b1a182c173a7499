"""What a decision looks at: one tenant at one moment, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.contracts import Summary, TenantDirectory
from services.contracts.leases import AgentLease


@dataclass(frozen=True, slots=True)
class View:
    """One tenant as the router sees it."""

    directory: TenantDirectory
    conversations: tuple[Summary, ...]
    """Everything that is not closed, or holds a slot."""
    loads: Mapping[str, int]
    """Pending offers + active + wrap-up, per agent."""
    capacities: Mapping[str, int]
    agents: Mapping[str, AgentLease] | None
    """The lease that speaks for each agent; None when Redis cannot be believed."""
    citizens: frozenset[UUID] | None
    """Conversations whose citizen has a socket; None when Redis cannot be believed."""
    now: datetime
    """By the database's clock, as are all times in `conversations`."""
    absent_since: Mapping[str, datetime] = field(default_factory=dict)
    """Owners without a lease, and since when this router has seen that."""

    def waited(self, summary: Summary) -> timedelta:
        """Return how long a conversation has been in line."""
        return self.now - summary.entered_at
