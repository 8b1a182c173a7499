"""Whether somebody is at a tenant's desk, from the agents' leases."""

import asyncio

from pydantic import ValidationError
from services.contracts.leases import AgentLease
from services.errors import Transient
from services.leases import LeaseTable

_FRESH_S = 2.0


class Staffing:
    """Asks Redis at most once in two seconds per tenant."""

    def __init__(self, leases: LeaseTable) -> None:
        """Read this table of agents' leases."""
        self._leases = leases
        self._seen: dict[str, tuple[float, bool | None]] = {}

    async def staffed(self, tenant: str) -> bool | None:
        """Return whether an agent is available; None when Redis does not say."""
        now = asyncio.get_running_loop().time()
        at, answer = self._seen.get(tenant, (float("-inf"), None))
        if now - at < _FRESH_S:
            return answer
        try:
            answer = any(_available(lease) for lease in (await self._leases.live(tenant)).values())
        except Transient:
            answer = None
        self._seen[tenant] = (now, answer)
        return answer


def _available(payload: str) -> bool:
    try:
        return AgentLease.read(payload).presence == "available"
    except ValidationError:
        return False
