"""Passwords by argon2id, checked off the event loop, with the same work for unknown names."""

import asyncio
import secrets
import string
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

# OWASP's Password Storage Cheat Sheet: m=19 MiB, t=2, p=1. The library's own choice (64 MiB, three
# passes) takes six times the CPU, and a morning's sign-ins share it with everybody's messages.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))
_LETTERS = "".join(c for c in string.ascii_lowercase + string.digits if c not in "l1o0i")

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
"""A crowd at the door waits in line here, instead of taking every core and 19 MiB each."""


def new_password() -> str:
    """Return a password people can read aloud: three groups of five characters (~74 bits)."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def hash_password(password: str) -> str:
    """Return the argon2id hash."""
    return _hasher.hash(password)


async def check(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right; None is an account that does not exist."""
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(_threads, _matches, password_hash or _NOBODY, password)
    return right and password_hash is not None


async def renewed(password_hash: str, password: str) -> str | None:
    """Return a new hash of a right password when the old one was made by other parameters."""
    if not _hasher.check_needs_rehash(password_hash):
        return None
    return await asyncio.get_running_loop().run_in_executor(_threads, hash_password, password)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
