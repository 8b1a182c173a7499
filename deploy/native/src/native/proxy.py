"""HAProxy in front of everything, with the same configuration as in containers."""

import os
import shutil

from native.errors import StartError
from native.layout import REPOSITORY, Layout
from native.part import Recipe
from native.ports import MAX_REPLICAS, Ports

CONFIGURATION = REPOSITORY / "deploy" / "proxy" / "haproxy.cfg"

LISTENERS = {
    "page": "gateway",
    "chat": "gateway",
    "console": "agent-service",
    "transcript": "transcript-service",
    "routing": "router",
}
"""Which service each listener leads to."""

READY_PATH = "/proxy-ready"
"""Answered by each listener itself: 200 when it knows of a replica that takes visitors."""

BACKENDS = {
    "GATEWAY": "gateway",
    "AGENT": "agent-service",
    "LEDGER": "transcript-service",
    "ROUTER": "router",
}


def environment(ports: Ports) -> dict[str, str]:
    """Return where the proxy listens, and a slot for every replica there may be."""
    found = {f"PREK_PROXY_{name.upper()}": f"127.0.0.1:{ports[name]}" for name in LISTENERS}
    for prefix, service in BACKENDS.items():
        for replica in range(1, MAX_REPLICAS + 1):
            slot = f"PREK_PROXY_{prefix}_{replica}"
            found[slot] = f"127.0.0.1:{ports[service] + replica}"
    # Natively no address is a name, but the configuration wants a resolver.
    found["PREK_PROXY_DNS"] = "127.0.0.1:53"
    return found


def readiness(ports: Ports, service: str) -> list[str]:
    """Return where the listeners of a service tell that visitors come through."""
    return [
        f"http://127.0.0.1:{ports[listener]}{READY_PATH}"
        for listener, behind in LISTENERS.items()
        if behind == service
    ]


def find_program() -> str:
    """Return HAProxy's path.

    Raises:
        StartError: It is not installed.
    """
    program = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise StartError("HAProxy is not installed: run `make setup`")
    return program


def recipe(layout: Layout, ports: Ports) -> Recipe:
    """Return how the proxy is started."""
    return Recipe(
        name="proxy",
        argv=[find_program(), "-db", "-q", "-f", str(CONFIGURATION)],
        log=layout.logs / "proxy.log",
        env=environment(ports),
        stop_s=3,
    )
