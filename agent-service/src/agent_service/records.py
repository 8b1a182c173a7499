"""What the transcript-service is asked over HTTP: copies, figures, the audit.

Each time with a token that says who asks for what. The ledger judges by its own copy of the set-up
once more; what is refused here is refused sooner, and no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import httpx
from services.contracts import Refusal
from services.tokens import Signer

from agent_service.sessions import Denied, Seat

Format = Literal["txt", "json", "html", "pdf"]
Language = Literal["nb", "nn", "en"]
Scope = Literal[
    "dialogue",
    "earlier",
    "statistics",
    "audit",
    "audit_note",
    "retention",
    "archive",
    "mask",
    "numbers",
    "numbers_channels",
    "search",
]
Asked = Mapping[str, str | int]
"""Parameters of a question, as they stand in its address."""

PERIOD_INVALID: Final = "period_invalid"
_TOKEN_S: Final = 30
_ANSWERED: Final = (200, 204)
_SAID: Final = {
    403: Refusal.NOT_ALLOWED,
    404: Refusal.NOT_FOUND,
    409: Refusal.ID_REUSED,
    422: PERIOD_INVALID,
}
"""What it says to an agent. All else is between it and us, and `busy` to an agent."""
_TOLD: Final = frozenset(
    {"frame_invalid", "preview_old", "held_already", "too_much", "not_failed", "not_waiting"}
)
"""Codes that say more than the status does, and are told as they are."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A line that stands in the audit."""

    at: datetime
    """Since when, by the database's clock."""
    again: bool
    """It stood there before."""


class Records:
    """Asks the transcript-service, for those who may ask."""

    def __init__(self, signer: Signer, http: httpx.AsyncClient, url: str) -> None:
        """Ask at `url`."""
        self._signer = signer
        self._http = http
        self._url = f"{url.rstrip('/')}/internal/v1"

    async def transcript(
        self, seat: Seat, conversation: UUID, kind: Format, language: Language
    ) -> httpx.Response:
        """Return a copy of a dialogue.

        Raises:
            Denied: the ledger does not let the agent read it, or there is no copy to be had.
        """
        return await self._asked(
            seat,
            "dialogue",
            f"/conversations/{conversation}/transcript",
            {"format": kind, "language": language},
            conversation=conversation,
        )

    async def earlier(self, seat: Seat, conversation: UUID) -> bytes:
        """Return the citizen's enquiries before this one that the agent may read, as JSON.

        Raises:
            Denied: the ledger does not let the agent read this one; or there is no answer.
        """
        path = f"/conversations/{conversation}/earlier"
        return (await self._asked(seat, "earlier", path, conversation=conversation)).content

    async def statistics(self, seat: Seat, asked: Asked, department: str | None) -> bytes:
        """Return figures of the departments that are led, as JSON.

        Raises:
            Denied: the agent leads nothing, or not this department; no such period; no answer.
        """
        if not seat.profile.leads:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        if department is not None:
            known = seat.directory.department(department) is not None
            if not (known and seat.profile.leads_in(department)):
                raise Denied(Refusal.NOT_FOUND, 404)
            asked = {**asked, "department": department}
        return (await self._asked(seat, "statistics", "/statistics", asked)).content

    async def audit(self, seat: Seat, asked: Asked) -> bytes:
        """Return lines of the audit, as JSON. That somebody looked is a line of it too.

        Raises:
            Denied: not for this agent; no such period; or there is no answer.
        """
        if "archivist" not in seat.profile.roles:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        return (await self._asked(seat, "audit", "/audit", asked)).content

    async def ask(
        self, seat: Seat, scope: Scope, method: str, path: str, **request: Any
    ) -> httpx.Response:
        """Return what the ledger answers to a question that it judges by itself.

        Args:
            seat: who asks.
            scope: what for.
            method: of HTTP.
            path: after `/internal/v1`.
            request: `params`, `json`, `timeout` in seconds: see httpx.

        Raises:
            Denied: with the ledger's own code; or there is no answer.
        """
        person = (seat.session.tenant, seat.session.agent)
        return await self._sent(method, person, scope, path, **request)

    async def note(
        self,
        person: tuple[str, str],
        note: UUID,
        action: str,
        about: Mapping[str, str],
        conversation: UUID | None = None,
    ) -> Noted:
        """Write a line of the audit, about a conversation or none. The same `note` is written once.

        Raises:
            Denied: it was not written.
        """
        of = None if conversation is None else str(conversation)
        line = {"id": str(note), "action": action, "conversation": of, "about": dict(about)}
        answer = await self._sent("POST", person, "audit_note", "/audit", json=line)
        said = answer.json()
        return Noted(datetime.fromisoformat(said["at"]), again=said["again"])

    async def _asked(
        self,
        seat: Seat,
        scope: Scope,
        path: str,
        params: Asked | None = None,
        *,
        conversation: UUID | None = None,
    ) -> httpx.Response:
        claims = {} if conversation is None else {"conversation": str(conversation)}
        person = (seat.session.tenant, seat.session.agent)
        return await self._sent("GET", person, scope, path, claims, params=params or {})

    async def _sent(
        self,
        method: str,
        person: tuple[str, str],
        scope: Scope,
        path: str,
        claims: Mapping[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """Return what the transcript-service answers.

        Raises:
            Denied: with what an agent is to know of it.
        """
        said = {"tenant": person[0], "agent": person[1], "scope": scope, **(claims or {})}
        token = self._signer.sign("transcript", said, ttl_s=_TOKEN_S)
        try:
            answer = await self._http.request(
                method,
                f"{self._url}{path}",
                headers={"Authorization": f"Bearer {token}"},
                **request,
            )
        except httpx.HTTPError:
            raise Denied(Refusal.BUSY, 503) from None
        status = answer.status_code
        if status not in _ANSWERED:
            code = _code(answer)
            raise Denied(code, status) if code else Denied(Refusal.BUSY, 503)
        return answer


def _code(answer: httpx.Response) -> str | None:
    """Return why it was not answered, as far as an agent is to know."""
    fallback = _SAID.get(answer.status_code)
    try:
        said = answer.json()["code"]
    except (ValueError, KeyError, TypeError):
        return fallback
    return said if fallback and said in _TOLD else fallback
