"""What a key reads of the ledger: asked with a token that says which key, and what it may."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import httpx
from services.contracts import Refusal
from services.contracts.directory import Role
from services.tokens import Signer

from agent_service.outside.keys import Key
from agent_service.records import Format, Language
from agent_service.sessions import Denied

_TOKEN_S: Final = 30
_ROLES: Final[Mapping[str, tuple[Role, ...]]] = {
    "closed": ("archivist",),
    "dialogue": ("archivist",),
    "statistics": ("supervisor",),
}
"""What the ledger takes a key for, by what is asked; it is of no department in any of them."""
_TOLD: Final = {
    404: Refusal.NOT_FOUND,
    422: Refusal.FRAME_INVALID,
}


class Reading:
    """Asks the transcript-service for keys.

    Raises:
        Denied: by every method, when the ledger does not answer this.
    """

    def __init__(self, signer: Signer, http: httpx.AsyncClient, url: str) -> None:
        """Ask at `url`."""
        self._signer = signer
        self._http = http
        self._url = f"{url.rstrip('/')}/internal/v1"

    async def closed(self, key: Key, asked: Mapping[str, str | int | None]) -> bytes:
        """Return a page of closed conversations, as JSON."""
        params = {name: value for name, value in asked.items() if value is not None}
        return (await self._ask(key, "closed", "/closed", params)).content

    async def copy(
        self, key: Key, conversation: UUID, form: Format, language: Language
    ) -> tuple[str, bytes]:
        """Return a dialogue and its media type."""
        answer = await self._ask(
            key,
            "dialogue",
            f"/conversations/{conversation}/transcript",
            {"format": form, "language": language},
            {"conversation": str(conversation)},
        )
        return answer.headers["content-type"], answer.content

    async def statistics(
        self, key: Key, first: date, last: date, department: str | None
    ) -> dict[str, Any]:
        """Return the figures of some days."""
        params = {"from": first.isoformat(), "to": last.isoformat()}
        if department is not None:
            params["department"] = department
        found: dict[str, Any] = json.loads(
            (await self._ask(key, "statistics", "/statistics", params)).content
        )
        return found

    async def _ask(
        self,
        key: Key,
        scope: str,
        path: str,
        params: Mapping[str, str | int],
        claims: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        said = {"tenant": key.tenant, "key": key.reader, "roles": _ROLES[scope], "scope": scope}
        token = self._signer.sign("transcript", {**said, **(claims or {})}, ttl_s=_TOKEN_S)
        try:
            answer = await self._http.get(
                f"{self._url}{path}",
                params=params,
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError:
            raise Denied(Refusal.BUSY, 503) from None
        if answer.status_code != httpx.codes.OK:
            code = _TOLD.get(answer.status_code)
            raise Denied(code, answer.status_code) if code else Denied(Refusal.BUSY, 503)
        return answer
