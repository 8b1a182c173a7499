"""What a provider's tokens say of a person."""

import json
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from services.contracts import AgentProfile

from agent_service.core import identity
from agent_service.core.grants import Grant, granted
from agent_service.core.identity import Fault
from agent_service.oidc.remote import Remote, Signed, Tokens
from agent_service.oidc.settings import Provider

_KINDS: Final = (None, "jwt")


async def identified(
    remote: Remote, tokens: Tokens, *, now: float, nonce: str | None, subject: str | None = None
) -> tuple[Signed, str]:
    """Return what an ID token says, and of whom. See `check_id_token` for the arguments.

    Raises:
        Fault: it is not to be believed.
        Transient: the provider, whose keys are needed, is away.
    """
    if tokens.id_token is None:
        raise Fault("no_id_token")
    signed = await remote.signed(tokens.id_token, _KINDS)
    found = identity.check_id_token(
        signed.claims,
        remote.provider.expected,
        now=now,
        algorithm=signed.algorithm,
        nonce=nonce,
        access_token=tokens.access_token,
        subject=subject,
    )
    return signed, found


def grant_by(provider: Provider, signed: Signed) -> Grant | None:
    """Return what the groups in a token allow."""
    return granted(identity.groups_of(signed.claims, provider.groups_claim), provider.grants)


def may(grant: Grant | None, profile: AgentProfile) -> bool:
    """Return whether somebody has no more than that."""
    return grant is not None and grant.covers(profile)


def unbelieved(token: str) -> Mapping[str, Any]:
    """Return what a token says, to find out whose signature it must have; {} when it is none."""
    try:
        claims = json.loads(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
