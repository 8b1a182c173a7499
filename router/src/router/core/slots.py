"""Who has room."""

from collections import Counter

from router.core.view import View


class Slots:
    """Loads and capacities, with what this very round has decided counted in."""

    def __init__(self, view: View) -> None:
        """Begin with the snapshot and what is on its way."""
        self._capacity = {load.agent: load.capacity for load in view.line.loads}
        self._load = Counter({load.agent: load.load for load in view.line.loads})
        self._load.update(view.recent.in_flight.values())

    def take(self, agent: str) -> None:
        """Count an offer."""
        self._load[agent] += 1

    def free(self, agent: str) -> bool:
        """Return whether there is room. An agent the ledger does not know has none."""
        return self._load[agent] < self._capacity.get(agent, 0)

    def load(self, agent: str) -> int:
        """Return the load now."""
        return self._load[agent]

    def capacity(self, agent: str) -> int:
        """Return the capacity."""
        return self._capacity.get(agent, 0)
