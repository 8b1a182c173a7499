"""Whether what a provider says of somebody is to be believed, once its signature has been checked.

OpenID Connect Core 3.1.3.7 (ID token), Back-Channel Logout 2.4 and 2.6, RFC 9207 (`iss`).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LEEWAY_S: Final = 60
"""How far a provider's clock may be from ours."""
OLDEST_S: Final = 600
"""An ID token straight from the token endpoint, and a logout token, are not older than this."""
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_HASHES: Final = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}

Claims = Mapping[str, Any]


class Fault(Exception):
    """What is wrong with an answer of a provider. Its code may be logged; it holds no claim."""

    def __init__(self, code: str) -> None:
        """Take the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose word counts, for whom, and how sure they must be."""

    issuer: str
    client_id: str
    acr: tuple[str, ...] = ()
    """Levels of assurance that are enough. Empty: any."""


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """Whose sessions a provider has ended: all of a person's, or one."""

    subject: str | None
    sid: str | None
    jti: str


def check_id_token(
    claims: Claims,
    expected: Expected,
    *,
    now: float,
    algorithm: str,
    nonce: str | None,
    access_token: str | None = None,
    subject: str | None = None,
) -> str:
    """Return the subject of an ID token.

    Args:
        claims: of a token whose signature is right.
        expected: by whom and for whom it must be.
        now: seconds since 1970.
        algorithm: it was signed by.
        nonce: of the request. None: it comes with a refreshed session and need not have one.
        access_token: it came with.
        subject: whose it must be. None: anybody's.

    Raises:
        Fault: it is not to be believed.
    """
    _check_origin(claims, expected)
    _check_times(claims, now)
    found = claims.get("sub")
    if not isinstance(found, str) or not found or (subject is not None and found != subject):
        raise Fault("wrong_subject")
    if nonce is not None and not _same(claims.get("nonce"), nonce):
        raise Fault("wrong_nonce")
    if access_token is not None and "at_hash" in claims:
        half = _half_hash(access_token, algorithm)
        if half is None or not _same(claims["at_hash"], half):
            raise Fault("wrong_at_hash")
    if expected.acr and claims.get("acr") not in expected.acr:
        raise Fault("wrong_acr")
    return found


def check_logout_token(claims: Claims, expected: Expected, *, now: float) -> LoggedOut:
    """Return who is signed out.

    Raises:
        Fault: it is not to be believed.
    """
    _check_origin(claims, expected)
    _check_times(claims, now)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise Fault("no_logout")
    if "nonce" in claims:
        # It would be an ID token that somebody tries to pass for a logout token.
        raise Fault("has_nonce")
    jti, subject, sid = (_text(claims.get(name)) for name in ("jti", "sub", "sid"))
    if jti is None:
        raise Fault("no_jti")
    if subject is None and sid is None:
        raise Fault("wrong_subject")
    return LoggedOut(subject, sid, jti)


def check_response_issuer(said: str | None, issuer: str, *, promised: bool) -> None:
    """Check the `iss` of an authorization response, which must be there when it was promised.

    Raises:
        Fault: another provider answers than was asked.
    """
    if (said is None and promised) or (said is not None and said != issuer):
        raise Fault("wrong_issuer")


def groups_of(claims: Claims, name: str) -> tuple[str, ...]:
    """Return the groups a claim names; a single one may stand without its list."""
    found = claims.get(name)
    if isinstance(found, str):
        return (found,)
    return tuple(g for g in found if isinstance(g, str)) if isinstance(found, list) else ()


def _check_origin(claims: Claims, expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Fault("wrong_issuer")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client_id not in audiences:
        raise Fault("wrong_audience")
    party = claims.get("azp")
    if party is None and len(audiences) > 1:
        raise Fault("wrong_party")
    if party is not None and party != expected.client_id:
        raise Fault("wrong_party")


def _check_times(claims: Claims, now: float) -> None:
    expires, issued, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or expires <= now - LEEWAY_S:
        raise Fault("expired")
    if issued is None or not now - OLDEST_S <= issued <= now + LEEWAY_S:
        raise Fault("wrong_time")
    if begins is not None and begins > now + LEEWAY_S:
        raise Fault("wrong_time")


def _seconds(claims: Claims, name: str) -> float | None:
    found = claims.get(name)
    ours = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if ours else None  # type: ignore[arg-type]


def _text(found: object) -> str | None:
    return found if isinstance(found, str) and found else None


def _same(found: object, wanted: str) -> bool:
    return isinstance(found, str) and hmac.compare_digest(found.encode(), wanted.encode())


def _half_hash(access_token: str, algorithm: str) -> str | None:
    made = _HASHES.get(algorithm[-3:])
    if made is None:
        return None
    whole = made(access_token.encode()).digest()
    return base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode()
