"""What the processes cost: processor time and memory, per service, from the kernel's books."""

import os
from collections import defaultdict
from collections.abc import Mapping

import psutil
from native.system import WholeSystem

GENERATOR = "load generator"


def processor_s(system: WholeSystem) -> dict[str, float]:
    """Return the processor seconds used so far, per service and part, and by ourselves."""
    spent: defaultdict[str, float] = defaultdict(float)
    for name, pid in _pids(system):
        for process in _tree(pid):
            times = process.cpu_times()
            spent[name] += times.user + times.system
    spent[GENERATOR] = os.times().user + os.times().system
    return dict(spent)


def resident_bytes(system: WholeSystem, service: str) -> int:
    """Return the memory of a service's replicas together."""
    return sum(
        psutil.Process(pid).memory_info().rss for name, pid in _pids(system) if name == service
    )


def per_message_ms(
    before: Mapping[str, float], after: Mapping[str, float], messages: int
) -> dict[str, float]:
    """Return processor milliseconds a message, per service."""
    return {name: 1000 * (after[name] - before.get(name, 0.0)) / messages for name in after}


def _pids(system: WholeSystem) -> list[tuple[str, int]]:
    addresses = system.addresses
    found = [(process["service"], process["pid"]) for process in addresses["processes"]]
    found += [(part["name"], part["pid"]) for part in addresses["infrastructure"]]
    return [(name, pid) for name, pid in found if pid is not None]


def _tree(pid: int) -> list[psutil.Process]:
    head = psutil.Process(pid)
    return [head, *head.children(recursive=True)]
