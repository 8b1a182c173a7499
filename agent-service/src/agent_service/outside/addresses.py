"""Where a municipality may have its webhooks go."""

import ipaddress
from urllib.parse import urlsplit

from services.addresses import is_loopback


def may_hook(url: str, origin: str) -> bool:
    """Return whether milestones may go to an address that an administrator or a key names.

    Over HTTPS, to a host that has a name: not to what only our own network can see. Where we are
    ourselves on this machine alone, to this machine too.

    Args:
        url: what was asked for.
        origin: where browsers reach us.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    if is_loopback(host):
        return parts.scheme in ("http", "https") and is_loopback(urlsplit(origin).hostname or "")
    return parts.scheme == "https" and "." in host and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Resolvers take 2130706433 and 0x7f.1 for addresses too.
        return host.rpartition(".")[2].isdigit() or host.startswith("0x")
    return True
