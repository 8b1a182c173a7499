"""What queueing theory promises of a line with one skill and exponential times.

Rates are per second, times in seconds. `load` is the offered load in servers: arrivals per second
times mean handle time. Sources: Erlang (1917) for C; Palm (1957) for A, here by the balance of
flows between neighbouring states.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A line in the long run."""

    probability_of_wait: float
    mean_wait_s: float
    """Of everyone who came, also of those who did not wait and those who gave up."""
    abandoned: float
    """Share of those who came."""
    service_level_20s: float | None
    """Share answered within 20 s; None where there is no closed form here (Erlang A)."""


def erlang_c(servers: int, arrivals_per_s: float, handle_s: float) -> Promise:
    """Return the promise for citizens who never give up.

    Raises:
        ValueError: the load is not below the number of servers, so that the line grows for ever.
    """
    load = arrivals_per_s * handle_s
    if not 0 < load < servers:
        raise ValueError(f"a load of {load} needs more than {servers} servers")
    wait = _probability_of_wait(servers, load)
    drain = (servers - load) / handle_s
    return Promise(wait, wait / drain, 0.0, 1 - wait * math.exp(-drain * 20))


def _probability_of_wait(servers: int, load: float) -> float:
    """Return Erlang's C from his B, which has a recursion that does not overflow."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - (load / servers) * (1 - blocked))


def erlang_a(servers: int, arrivals_per_s: float, handle_s: float, patience_s: float) -> Promise:
    """Return the promise for citizens who give up after an exponential time while they wait."""
    weights = [1.0]
    while len(weights) <= servers or weights[-1] > max(weights) * 1e-15:
        n = len(weights)
        leaving = min(n, servers) / handle_s + max(n - servers, 0) / patience_s
        weights.append(weights[-1] * arrivals_per_s / leaving)
        # Only ratios matter: keep them within what a float can hold.
        if weights[-1] > 1e200:  # noqa: PLR2004
            weights = [weight * 1e-200 for weight in weights]
    total = math.fsum(weights)
    waiting = math.fsum((n - servers) * w for n, w in enumerate(weights) if n > servers) / total
    wait = math.fsum(weights[servers:]) / total
    # Little's law gives the wait of everyone; each second of it is a chance to give up.
    mean_wait_s = waiting / arrivals_per_s
    return Promise(wait, mean_wait_s, mean_wait_s / patience_s, None)
