"""What the router says of its decisions, for those who may see what they are about."""

import json
from typing import Any, Final
from uuid import UUID

import httpx
from services.contracts import Refusal, TenantDirectory

from agent_service.desk import Desk
from agent_service.sessions import Denied, Seat
from agent_service.streams import NotReadable

_ANSWER_S: Final = 15.0
_SIMULATE_S: Final = 55.0
"""The router gives up after 50 s of simulating, and has to begin and to end."""


class Routing:
    """Asks any replica of the router; each has looked at all that waits within a second."""

    def __init__(self, desk: Desk, http: httpx.AsyncClient, url: str) -> None:
        """Ask the router at `url`."""
        self._desk = desk
        self._http = http
        self._url = url.rstrip("/")

    async def explain(self, seat: Seat, conversation: UUID) -> bytes:
        """Return why a conversation waits or was offered to whom, as the router's JSON.

        Raises:
            Denied: the agent's desk does not show it, or there is nothing to tell.
            Transient: the ledger did not answer.
        """
        if not await self._may_see(seat, conversation):
            raise Denied(Refusal.NOT_FOUND, 404)
        tenant = seat.session.tenant
        return await self._asked("GET", f"/routing/explain/{tenant}/{conversation}")

    async def lint(self, seat: Seat, directory: TenantDirectory) -> bytes:
        """Return what is wrong with a set-up, as the router's JSON.

        Raises:
            Denied: not for this agent, or there is no answer.
        """
        if not (seat.profile.leads or "admin" in seat.profile.roles):
            raise Denied(Refusal.NOT_ALLOWED, 403)
        return await self._asked("POST", "/routing/lint", directory.model_dump_json())

    async def simulate(self, now: TenantDirectory, wanted: TenantDirectory) -> bytes:
        """Return how a day would go by each of two set-ups, as the router's JSON.

        Raises:
            Denied: there is no answer, or another simulation is running.
        """
        body = json.dumps({"now": _document(now), "wanted": _document(wanted)})
        return await self._asked("POST", "/routing/simulate", body, timeout_s=_SIMULATE_S)

    async def _may_see(self, seat: Seat, conversation: UUID) -> bool:
        """Return whether the desk shows it, or the ledger lets the agent read it."""
        person = (seat.session.tenant, seat.session.agent)
        snapshot = await self._desk.snapshot(person)
        if any(s.conversation == conversation for s in (*snapshot.conversations, *snapshot.line)):
            return True
        try:
            await self._desk.streams.range(person, (conversation, "dialogue"), 0)
        except NotReadable:
            return False
        return True

    async def _asked(
        self, method: str, path: str, body: str | None = None, *, timeout_s: float = _ANSWER_S
    ) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        try:
            answer = await self._http.request(
                method, f"{self._url}{path}", content=body, headers=headers, timeout=timeout_s
            )
        except httpx.HTTPError:
            raise Denied(Refusal.BUSY, 503) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Denied(Refusal.NOT_FOUND, 404)
        if answer.status_code != httpx.codes.OK:
            raise Denied(Refusal.BUSY, 503)
        return answer.content


def _document(directory: TenantDirectory) -> dict[str, Any]:
    return directory.model_dump(mode="json")
