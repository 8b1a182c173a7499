"""All a decision may look at: snapshot, set-up, leases, and what was said a moment ago."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.contracts import LineRead, TenantDirectory
from services.contracts.leases import AgentLease

from router.core.routes import Roster


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there, as the leases say."""

    agents: Mapping[str, AgentLease]
    """Per agent the lease that speaks for them; no lease, not there."""
    citizens: frozenset[UUID]
    """Conversations with at least one citizen's socket."""
    settled: bool
    """Watched long enough to believe that who is not seen is not there."""
    absent_s: Mapping[str, float] = field(default_factory=dict)
    """For owners without a lease: seconds since that was first seen."""


@dataclass(frozen=True, slots=True)
class Recent:
    """What was sent or answered a moment ago and may not show in the snapshot yet.

    It spares refusals and repeats; no promise rests on it, for the ledger refuses them.
    """

    in_flight: Mapping[UUID, str] = field(default_factory=dict)
    """Conversation to the agent it was just offered to."""
    left_alone: frozenset[tuple[UUID, str]] = frozenset()
    """(conversation, agent) not to try for a while: just turned down, or just refused."""


@dataclass(frozen=True, slots=True)
class View:
    """One tenant at one moment."""

    directory: TenantDirectory
    line: LineRead
    attendance: Attendance | None
    """None while Redis is away: then nothing is assigned and nobody is taken for absent."""
    recent: Recent = field(default_factory=Recent)
    roster: Roster | None = None
    """The directory's index, kept between rounds. None: built anew, with the same outcome."""

    def indexed(self) -> Roster:
        """Return the index of this directory."""
        if self.roster is not None and self.roster.directory is self.directory:
            return self.roster
        return Roster(self.directory)
