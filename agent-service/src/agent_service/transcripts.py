"""An agent's copy of a dialogue, made by the transcript-service."""

from typing import Literal
from uuid import UUID

import httpx
from services.contracts import Refusal
from services.tokens import Signer

from agent_service.sessions import Denied, Seat
from agent_service.streams import NotReadable, Streams

Format = Literal["txt", "json", "html", "pdf"]
Language = Literal["nb", "nn", "en"]

INTERNAL_TOKEN_S = 30


class Transcripts:
    """Asks for copies with a token that says what the agent may read."""

    def __init__(self, streams: Streams, signer: Signer, http: httpx.AsyncClient, url: str) -> None:
        """Ask the transcript-service at `url`."""
        self._streams = streams
        self._signer = signer
        self._http = http
        self._url = url

    async def fetch(
        self, seat: Seat, conversation: UUID, kind: Format, language: Language
    ) -> httpx.Response:
        """Return the transcript-service's answer.

        Raises:
            Denied: the ledger does not let the agent read it, or there is no copy to be had.
            Transient: the ledger did not answer.
        """
        session = seat.session
        try:
            key = (conversation, "dialogue")
            await self._streams.range((session.tenant, session.agent), key, 0)
        except NotReadable:
            raise Denied(Refusal.NOT_FOUND, 404) from None
        claims = {
            "tenant": session.tenant,
            "conversation": str(conversation),
            "scope": "dialogue",
        }
        token = self._signer.sign("transcript", claims, ttl_s=INTERNAL_TOKEN_S)
        try:
            answer = await self._http.get(
                f"{self._url}/internal/v1/conversations/{conversation}/transcript",
                params={"format": kind, "language": language},
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError:
            raise Denied(Refusal.BUSY, 503) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Denied(Refusal.NOT_FOUND, 404)
        if answer.status_code != httpx.codes.OK:
            raise Denied(Refusal.BUSY, 503)
        return answer
