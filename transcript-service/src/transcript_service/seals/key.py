"""The key that vouches for seals and marks. It lies outside the database, with the keeper alone."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_LENGTH: Final = 32
"""Bytes of a key, private or public."""
SALT: Final = 16
"""Bytes of a body's salt."""


class BadKey(ValueError):
    """What was given is no key: 32 bytes, as a text in URL-safe base64."""

    def __init__(self) -> None:
        """Say so; never what was given."""
        super().__init__(self.__doc__)


class PublicKey:
    """What seals and marks are checked with. It is no secret, and is kept in several places."""

    def __init__(self, raw: bytes) -> None:
        """Take the 32 bytes.

        Raises:
            BadKey: there are not as many.
        """
        if len(raw) != _LENGTH:
            raise BadKey
        self.raw = raw
        self.id = hashlib.sha256(raw).hexdigest()[:16]
        """What marks and seals call it."""
        self._key = Ed25519PublicKey.from_public_bytes(raw)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key of a text.

        Raises:
            BadKey: it is none.
        """
        return cls(_bytes(text))

    def __str__(self) -> str:
        """Return it as a text that `read` takes."""
        return _text(self.raw)

    def signed(self, data: bytes, signature: bytes) -> bool:
        """Return whether the signature is this key's, of these bytes."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class SealKey:
    """Ed25519. Signs seals, marks and tombstones."""

    def __init__(self, raw: bytes) -> None:
        """Take the 32 bytes.

        Raises:
            BadKey: there are not as many.
        """
        if len(raw) != _LENGTH:
            raise BadKey
        self._raw = raw
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the key of a text, as `PREK_SEAL_KEY` has it.

        Raises:
            BadKey: it is none. The text is in no error.
        """
        return cls(_bytes(text))

    def sign(self, data: bytes) -> bytes:
        """Return 64 bytes that only this key gives for this data, and always the same."""
        return self._key.sign(data)

    def salt(self, gone: bytes) -> bytes:
        """Return the salt of the body that stands instead of another.

        It is made of the hash of the one that went, so that the same can be put there again after
        a restore, and nobody without the key can guess words by it.
        """
        return hmac.digest(self._raw, b"instead of " + gone, "sha256")[:SALT]


Keys = Mapping[str, PublicKey]
"""By id: the keys that are believed."""


def keys_of(keys: Iterable[PublicKey]) -> Keys:
    """Return keys by their id."""
    return {key.id: key for key in keys}


def _bytes(text: str) -> bytes:
    plain = text.strip()
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise BadKey from None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
