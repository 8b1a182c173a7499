"""Passwords by argon2, checked off the event loop, with the same work for unknown names."""

import asyncio
import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
_LETTERS = "".join(c for c in string.ascii_lowercase + string.digits if c not in "l1o0i")


def new_password() -> str:
    """Return a password people can read aloud: three groups of five characters (~74 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def hash_password(password: str) -> str:
    """Return the argon2id hash."""
    return _hasher.hash(password)


async def check(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right; None is an account that does not exist."""
    return await asyncio.to_thread(_check, password_hash or _NOBODY, password) and bool(
        password_hash
    )


def _check(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
