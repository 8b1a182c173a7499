"""What is done to the system: one coroutine a fault, which returns how often it bit."""

from collections.abc import Mapping
from typing import Final

from chaos.faults import brokers, clients, clocks, databases, links, replicas
from chaos.faults.stage import Fault, Stage

FAULTS: Final[Mapping[str, Fault]] = {
    **replicas.FAULTS,
    **brokers.FAULTS,
    **databases.FAULTS,
    **links.FAULTS,
    **clients.FAULTS,
    **clocks.FAULTS,
}
"""Every fault by name."""

__all__ = ["FAULTS", "Fault", "Stage"]
