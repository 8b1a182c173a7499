"""What a provider's groups allow, and whether that is all an agent has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.contracts import AgentProfile


@dataclass(frozen=True, slots=True)
class Grant:
    """The most a session may have."""

    roles: frozenset[str]
    departments: frozenset[str] | None
    """None: any."""

    def covers(self, profile: AgentProfile) -> bool:
        """Return whether the agent has nothing that is not granted.

        The ledger and the routers judge by the set-up and know no sessions. So an agent is not cut
        down at the door, behind which they would have it all, but kept out (docs/adr/0023).
        """
        return self.roles.issuperset(profile.roles) and (
            self.departments is None or self.departments.issuperset(profile.departments)
        )


def granted(groups: Iterable[str], allowed: Mapping[str, Grant]) -> Grant | None:
    """Return what all of someone's groups allow together; None when none of them allows a thing."""
    grants = [allowed[group] for group in groups if group in allowed]
    if not grants:
        return None
    anywhere = any(grant.departments is None for grant in grants)
    named = frozenset[str]().union(*(grant.departments or () for grant in grants))
    return Grant(
        roles=frozenset[str]().union(*(grant.roles for grant in grants)),
        departments=None if anywhere else named,
    )
