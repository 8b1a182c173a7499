"""Origins: who may embed the frame, and which pages may open a socket. Compared exactly."""

import re
from collections.abc import Iterable

_ORIGIN = re.compile(r"https?://[a-z0-9.\-]{1,253}(:[0-9]{1,5})?")


def check_origin(origin: str) -> str:
    """Return an origin without a trailing slash.

    Raises:
        ValueError: it is no origin. What is in a header must not be able to break out of it.
    """
    bare = origin.removesuffix("/")
    if not _ORIGIN.fullmatch(bare):
        raise ValueError("not an origin: scheme://host[:port], in small letters")
    return bare


def ancestors(own: str, *origins: Iterable[str]) -> str:
    """Return the sources of a `frame-ancestors`: our own pages and those that may embed us."""
    valid = [o.removesuffix("/") for group in origins for o in group]
    return " ".join(dict.fromkeys([own, *(o for o in valid if _ORIGIN.fullmatch(o))]))


def socket_origin(origin: str) -> str:
    """Return the origin of a WebSocket address on the same host."""
    return "ws" + origin.removeprefix("http")


def may_connect(origin: str | None, own: str, *, no_origin_allowed: bool) -> bool:
    """Return whether a handshake may go on. A browser's socket comes from our own frame."""
    return no_origin_allowed if origin is None else origin == own
