"""What the processes cost: processor time and memory, per process, from the kernel's books."""

import os
from collections import defaultdict
from collections.abc import Iterator

import psutil
from native.system import WholeSystem

from bench.figures import GENERATOR, OTHERS


def processor_s(system: WholeSystem) -> dict[str, float]:
    """Return the processor seconds used so far: per process of ours, by ourselves, by others.

    What the kernel does for no process, such as for the network, counts as done for others.
    """
    used: defaultdict[str, float] = defaultdict(float)
    for name, process in processes(system):
        times = process.cpu_times()
        used[name] += times.user + times.system
    times_of_ours = os.times()
    used[GENERATOR] = times_of_ours.user + times_of_ours.system
    machine = psutil.cpu_times()
    busy = sum(machine) - machine.idle - machine.iowait - machine.guest - machine.guest_nice
    used[OTHERS] = busy - sum(used.values())
    return dict(used)


def memory_bytes(system: WholeSystem) -> dict[str, int]:
    """Return the resident memory per process of ours and part.

    A part of several processes has their proportional shares, where we may read them: the
    database's share their buffers.
    """
    held: defaultdict[str, int] = defaultdict(int)
    for name, process in processes(system):
        try:
            held[name] += process.memory_full_info().pss
        except psutil.AccessDenied:
            held[name] += process.memory_info().rss
    return dict(held)


def processes(system: WholeSystem) -> Iterator[tuple[str, psutil.Process]]:
    """Return every process with the name of the replica or the part it belongs to."""
    addresses = system.addresses
    heads = [(f"{p['service']}-{p['replica']}", p["pid"]) for p in addresses["processes"]]
    heads += [(part["name"], part["pid"]) for part in addresses["infrastructure"]]
    for name, pid in heads:
        if pid is not None:
            head = psutil.Process(pid)
            for process in (head, *head.children(recursive=True)):
                yield name, process
