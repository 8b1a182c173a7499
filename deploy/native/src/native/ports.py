"""The ports of one running system: chosen free at the first start, then remembered."""

import contextlib
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from native.layout import REPOSITORY, Layout, write_atomically

FIRST_BLOCK = 27_100
"""Far from the standard ports of the parts, below what Linux hands out to clients (32,768)."""

BLOCK = 100
"""Ports between two blocks. A block that is not wholly free is passed over."""

BLOCKS = 50

MAX_REPLICAS = 8
"""Server slots per service in the proxy's configuration."""

OFFSETS = {
    "page": 0,
    "console": 1,
    "chat": 2,
    "transcript": 3,
    "routing": 4,
    "broker": 10,
    "broker-distribution": 11,
    "epmd": 12,
    "database": 13,
    "redis": 14,
    "gateway": 20,
    "router": 30,
    "agent-service": 40,
    "transcript-service": 50,
    "keeper": 60,
}
"""Place of each port in the block. A service's replica n listens on its base + n."""

REPLICATED = ("gateway", "router", "agent-service", "transcript-service")
KEEPER = "keeper"
"""The transcript-service's other process: seals, archive, retention. Nobody calls it."""
KEPT = (*REPLICATED, KEEPER)
"""All that the launcher starts in replicas and looks after."""

Ports = dict[str, int]

_claims: dict[int, tuple[Path, socket.socket]] = {}
"""First port of a block to the folder of this process that has it, and what shows it to others."""


class NoFreePortsError(Exception):
    """No block of ports is free on 127.0.0.1."""


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a loopback port now."""
    with contextlib.closing(socket.socket()) as probe:
        # As servers do: a connection of a former life must not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def all_ports(ports: Ports) -> Iterator[int]:
    """Yield every port of a block, those of all replicas included."""
    for name, port in ports.items():
        if name in KEPT:
            yield from range(port + 1, port + 1 + MAX_REPLICAS)
        else:
            yield port


def claim(base: int, folder: Path) -> bool:
    """Take a block before anything listens in it; tell whether no other folder has taken it.

    Of two that start in the same moment each finds all of it free. The kernel lets go of an
    abstract address when its holder dies.
    """
    if base in _claims:
        return _claims[base][0] == folder
    shown = socket.socket(socket.AF_UNIX)
    try:
        shown.bind(f"\0prek-ports-{base}")
    except OSError:
        shown.close()
        return False
    _claims[base] = (folder, shown)
    return True


def release(folder: Path) -> None:
    """Let others have what a folder of this process has claimed."""
    for base, (holder, shown) in list(_claims.items()):
        if holder == folder:
            shown.close()
            del _claims[base]


def choose(
    first: int,
    free: Callable[[int], bool] = is_free,
    had: Callable[[int], bool] = lambda _: True,
) -> Ports:
    """Return the first block that is wholly free.

    Args:
        first: Number of the block to try first; the search goes round.
        free: Tells whether a port may be had.
        had: Tells of the first port of a free block whether it could be claimed.

    Raises:
        NoFreePortsError: Every block has a port that is taken.
    """
    for number in range(BLOCKS):
        base = FIRST_BLOCK + BLOCK * ((first + number) % BLOCKS)
        ports = {name: base + offset for name, offset in OFFSETS.items()}
        if all(free(port) for port in all_ports(ports)) and had(base):
            return ports
    raise NoFreePortsError(f"no block of {BLOCK} free ports from {FIRST_BLOCK} up on 127.0.0.1")


def remembered(path: Path) -> Ports | None:
    """Return the ports of the former start, or None if they are not (all) known."""
    try:
        ports: Ports = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return ports if set(OFFSETS) <= set(ports) else None


def settle(layout: Layout) -> tuple[Ports, bool]:
    """Return the ports to use now, and whether they differ from the remembered ones.

    They are claimed until `release`. Call it while nothing of this folder runs: what is taken then
    belongs to someone else.
    """

    def had(base: int) -> bool:
        return claim(base, layout.folder)

    former = remembered(layout.ports)
    if (
        former is not None
        and all(is_free(port) for port in all_ports(former))
        and had(former["page"])
    ):
        return former, False
    # Another folder (a test's) begins elsewhere: the ports of `make run` stay what they are.
    default = layout.folder == REPOSITORY / ".run"
    first = 0 if default else 1 + zlib.crc32(bytes(layout.folder)) % (BLOCKS - 1)
    ports = choose(first, had=had)
    write_atomically(layout.ports, json.dumps(ports, indent=2) + "\n")
    return ports, former is not None
