"""One run: a town, a policy, a seed, some hours."""

from router.simulate.draws import arrivals
from router.simulate.figures import Tally
from router.simulate.policies import POLICIES
from router.simulate.scenario import Scenario
from router.simulate.world import World


def run(scenario: Scenario, *, policy: str = "ours", seed: int, hours: float) -> Tally:
    """Return what came of it. Arrivals end after `hours`; who is in line then is still served."""
    world = World(scenario, POLICIES[policy], seed, hours, arrivals(scenario, seed, hours))
    while world.step():
        pass
    return world.tally
