"""Who stands on a leader's board, and how."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.contracts import AgentLoad, AgentProfile, TenantDirectory
from services.contracts.leases import AgentLease


def leads_colleague(leader: AgentProfile, colleague: AgentProfile) -> bool:
    """Return whether somebody leads one of the departments that a colleague works in."""
    return any(leader.leads_in(department) for department in colleague.departments)


def agents_on_board(
    directory: TenantDirectory,
    leader: AgentProfile,
    loads: Iterable[AgentLoad],
    leases: Mapping[str, AgentLease] | None,
) -> list[dict[str, Any]]:
    """Return those who work in a department that is led, as JSON has them.

    `leases` has one for each who is there; None: nobody knows, and every presence is null.
    """
    load_of = {one.agent: one.load for one in loads}
    return [
        {
            "agent": colleague.id,
            **_presence(colleague.id, leases),
            "load": load_of.get(colleague.id, 0),
            "capacity": colleague.capacity,
            "departments": list(colleague.departments),
        }
        for colleague in directory.agents
        if leads_colleague(leader, colleague)
    ]


def _presence(agent: str, leases: Mapping[str, AgentLease] | None) -> dict[str, Any]:
    unknown = {"reason": "", "misses": 0, "changed_at": None}
    if leases is None:
        return {"presence": None, **unknown}
    lease = leases.get(agent)
    if lease is None:
        return {"presence": "offline", **unknown}
    told = lease.model_dump(mode="json")
    return {name: told[name] for name in ("presence", "reason", "misses", "changed_at")}
