"""Fetches a municipality's page for the self-check, and can be made to fetch nothing else.

The caller names only origins that an administrator has allowed. Beyond that: a name is looked up
once and that very address is connected to, which has to be of the public internet unless the
operator vouches for the origin; the answer may not lead to another origin; nothing of ours is sent
along; and time, bytes and redirects are bounded.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

FETCH_S: Final = 5.0
MAX_BYTES: Final = 1_000_000
_MAX_REDIRECTS: Final = 3
_MAX_HEADERS: Final = 64_000


class FetchError(Exception):
    """The page was not had. `code` is the finding that says so."""

    def __init__(self, code: str, **values: str) -> None:
        """Say why, with what the finding's words need."""
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer that may be read."""

    address: str
    headers: tuple[tuple[str, str], ...]
    """Names in small letters."""
    body: bytes
    cut: bool

    def header(self, name: str) -> str:
        """Return the first value of a header, or nothing."""
        return next((value for each, value in self.headers if each == name), "")


class _InsideError(OSError):
    """The name leads into a network that is not the public internet."""


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, and to the one that was looked at: no second lookup."""

    def __init__(self, trusted: bool) -> None:
        self._trusted = trusted
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not (self._trusted or all(map(is_public, addresses))):
            raise _InsideError
        return await self._inner.connect_tcp(
            addresses[0], port, timeout, local_address, socket_options
        )

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def is_public(address: str) -> bool:
    """Return whether an address is of the public internet, also behind a form that wraps it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if wrapped:
            return is_public(str(wrapped))
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


async def fetch(address: str, *, agent: str, trusted: bool) -> Fetched:
    """Return a page.

    Args:
        address: an http(s) address whose origin is allowed.
        agent: what the request calls itself.
        trusted: the operator vouches for the origin: it may be inside.

    Raises:
        FetchError: it was not had.
    """
    context = httpx.create_ssl_context(trust_env=False)
    pool = httpcore.AsyncConnectionPool(ssl_context=context, network_backend=_Guarded(trusted))
    try:
        async with asyncio.timeout(FETCH_S), pool:
            for _ in range(_MAX_REDIRECTS + 1):
                answer = await _get(pool, address, agent)
                if isinstance(answer, Fetched):
                    return answer
                address = _same_origin(address, answer)
    except TimeoutError:
        raise FetchError("page_slow") from None
    except _InsideError:
        raise FetchError("page_inside") from None
    except (OSError, UnicodeError, httpcore.UnsupportedProtocol) as error:
        raise FetchError("page_unreachable") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
        raise FetchError("page_unreachable") from error
    raise FetchError("page_unreachable")


async def _get(pool: httpcore.AsyncConnectionPool, address: str, agent: str) -> Fetched | str:
    """Return the page, or where it sends us."""
    asked = [
        ("Host", urlsplit(address).netloc),
        ("User-Agent", agent),
        ("Accept", "text/html"),
        ("Accept-Language", "nb, nn, en"),
        ("Accept-Encoding", "identity"),
    ]
    async with pool.stream("GET", address, headers=asked) as answer:
        told = _told(answer.headers)
        status = answer.status
        if location := _redirect(status, told):
            return location
        if status != httpx.codes.OK:
            raise FetchError("page_status", status=str(status))
        _check_kind(told)
        body = bytearray()
        async for chunk in answer.aiter_stream():
            body += chunk
            if len(body) > MAX_BYTES:
                break
        return Fetched(address, told, bytes(body[:MAX_BYTES]), cut=len(body) > MAX_BYTES)


def _told(raw: Sequence[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    told = tuple((n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in raw)
    if sum(len(name) + len(value) for name, value in told) > _MAX_HEADERS:
        raise FetchError("page_unreachable")
    return told


def _redirect(status: int, told: Sequence[tuple[str, str]]) -> str | None:
    """Return the target of a redirect."""
    if status not in {301, 302, 303, 307, 308}:
        return None
    return next((value for name, value in told if name == "location"), None)


def _check_kind(told: Sequence[tuple[str, str]]) -> None:
    of = dict(reversed(told))
    if of.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise FetchError("page_packed")
    kind = of.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind not in {"text/html", "application/xhtml+xml"}:
        raise FetchError("page_no_html")


def _same_origin(address: str, location: str) -> str:
    """Return where a redirect leads.

    Raises:
        FetchError: off the origin that was allowed.
    """
    target = urljoin(address, location)
    here, there = urlsplit(address), urlsplit(target)
    if (here.scheme, here.netloc.lower()) != (there.scheme, there.netloc.lower()):
        raise FetchError("page_elsewhere", to=target[:300])
    return target
