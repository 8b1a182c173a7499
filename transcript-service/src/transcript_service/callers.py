"""Who asks over internal HTTP: what the token says, and who that is in the ledger's own set-up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from services.contracts import AgentProfile, Refusal, TenantDirectory
from services.errors import Transient
from services.tokens import Signer, TokenError

from transcript_service.reads import Reads

AUDIENCE: Final = "transcript"
PERIOD_INVALID: Final = "period_invalid"
PREVIEW_OLD: Final = "preview_old"
HELD_ALREADY: Final = "held_already"
NOT_FAILED: Final = "not_failed"
NOT_WAITING: Final = "not_waiting"
TOO_MUCH: Final = "too_much"

_STATUS: Final[Mapping[str, int]] = {
    Refusal.TOKEN_INVALID: 401,
    Refusal.NOT_ALLOWED: 403,
    Refusal.NOT_FOUND: 404,
    Refusal.ID_REUSED: 409,
    PREVIEW_OLD: 409,
    HELD_ALREADY: 409,
    NOT_FAILED: 409,
    NOT_WAITING: 409,
    TOO_MUCH: 409,
    Refusal.FRAME_INVALID: 422,
    PERIOD_INVALID: 422,
    Refusal.BUSY: 503,
}


class NotAnswered(Exception):
    """What is asked is not answered. The code is told, and nothing of what was asked for."""

    def __init__(self, code: str) -> None:
        """Take one of the codes above."""
        self.code = str(code)
        super().__init__(self.code)


@dataclass(frozen=True, slots=True)
class Caller:
    """The agent for whom one of our services asks."""

    tenant: str
    agent: str
    directory: TenantDirectory
    """The tenant's set-up as the ledger knows it."""
    profile: AgentProfile
    conversation: str | None
    """The conversation that the token names, if it names one."""


Ask = Callable[[Caller], Awaitable[Any]]
"""Takes who asks and returns what is answered as JSON, None for nothing, or a whole response (a
file); or raises `NotAnswered`."""


class Callers:
    """Lets in who has a token for what they ask, and turns errors into codes."""

    def __init__(self, reads: Reads, signer: Signer) -> None:
        """Take what knows the set-ups, and what knows our tokens."""
        self._reads = reads
        self._signer = signer

    async def answer(self, authorization: str, scope: str, ask: Ask) -> Response:
        """Return the answer to one request.

        Args:
            authorization: the header with the token.
            scope: what the token must be for.
            ask: is called for who may ask at all; whether they may ask this, it decides itself.
        """
        try:
            found = await ask(await self._caller(authorization, scope))
        except NotAnswered as refused:
            return JSONResponse({"code": refused.code}, _STATUS[refused.code])
        except Transient:
            return JSONResponse({"code": Refusal.BUSY}, _STATUS[Refusal.BUSY])
        if isinstance(found, Response):
            return found
        return Response(status_code=204) if found is None else JSONResponse(found)

    async def _caller(self, authorization: str, scope: str) -> Caller:
        try:
            claims = self._signer.verify(AUDIENCE, authorization.removeprefix("Bearer "))
        except TokenError:
            raise NotAnswered(Refusal.TOKEN_INVALID) from None
        if claims.get("scope") != scope:
            # It is for something else: a file, perhaps.
            raise NotAnswered(Refusal.NOT_FOUND)
        tenant = str(claims.get("tenant"))
        directory = await self._reads.directory(tenant)
        profile = reader_of(claims, directory) if directory else None
        if directory is None or profile is None:
            raise NotAnswered(Refusal.NOT_FOUND)
        return Caller(tenant, profile.id, directory, profile, claims.get("conversation"))


def reader_of(claims: Mapping[str, Any], directory: TenantDirectory) -> AgentProfile | None:
    """Return who a token speaks for: an agent, or another system by its key; None for nobody.

    A key is of no department, so that it stands before every wall, and has the roles that the door
    which knows its scopes gave it.
    """
    if (key := claims.get("key")) is None:
        return directory.agent(str(claims.get("agent")))
    try:
        return AgentProfile(id=key, name=key, roles=tuple(claims.get("roles", ())))
    except ValidationError:
        return None
