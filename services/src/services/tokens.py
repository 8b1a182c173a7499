"""Short signed tokens (JWT, HS256) between our own services and for citizens' sessions."""

from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.clock import Clock, utc_now

MIN_KEY_LENGTH = 32
"""Characters of the shared key."""


class TokenError(Exception):
    """The token is not ours, not for this, or too old."""


class Signer:
    """Signs and checks tokens for named audiences with one shared key."""

    def __init__(self, key: str, clock: Clock = utc_now) -> None:
        """Take the key, at least 32 characters.

        Raises:
            ValueError: the key is too short to be safe.
        """
        if len(key) < MIN_KEY_LENGTH:
            raise ValueError("PREK_SIGNING_KEY must have at least 32 characters")
        self._key = OctKey.import_key(key)
        self._clock = clock

    def sign(self, audience: str, claims: dict[str, Any], *, ttl_s: float) -> str:
        """Return a token for `audience` that lives `ttl_s` seconds."""
        expires = self._clock() + timedelta(seconds=ttl_s)
        payload = {**claims, "aud": audience, "exp": int(expires.timestamp())}
        return jwt.encode({"alg": "HS256"}, payload, self._key)

    def verify(self, audience: str, token: str) -> dict[str, Any]:
        """Return the claims.

        Raises:
            TokenError: forged, expired, or meant for another audience.
        """
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"]).claims
        except (JoseError, ValueError) as error:
            raise TokenError from error
        if claims.get("aud") != audience or claims.get("exp", 0) <= self._clock().timestamp():
            raise TokenError
        return dict(claims)
