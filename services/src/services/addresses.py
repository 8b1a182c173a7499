"""Whose address is it? `X-Forwarded-For` counts only as far as trusted proxies wrote it."""

import ipaddress
from collections.abc import Sequence

from starlette.requests import HTTPConnection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """Return whose a request or a socket is; see `client_address`."""
    peer = connection.client.host if connection.client else ""
    forwarded = ",".join(connection.headers.getlist("x-forwarded-for"))
    return client_address(peer, forwarded, trusted)


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Return the client's address: the last one in the chain that no trusted proxy vouches for.

    Args:
        peer: address at the other end of the TCP connection.
        forwarded_for: the header's value; each proxy appended whom it saw.
        trusted: networks of our proxies; loopback is always trusted.
    """
    client = peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _trusted(client, trusted):
            break
        client = hop
    return client


def _trusted(address: str, trusted: Sequence[Network]) -> bool:
    if is_loopback(address):
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in trusted)
