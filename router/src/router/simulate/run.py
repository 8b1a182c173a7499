"""One run: a town or a country, a policy, a seed, some hours."""

from router.simulate.draws import arrivals
from router.simulate.figures import Tally
from router.simulate.nation import NAME, Nation, read_nation
from router.simulate.policies import POLICIES
from router.simulate.scenario import Scenario, names, read
from router.simulate.world import World


def run(scenario: Scenario, *, policy: str = "ours", seed: int, hours: float) -> Tally:
    """Return what came of it. Arrivals end after `hours`; who is in line then is still served."""
    world = World(scenario, POLICIES[policy], seed, hours, arrivals(scenario, seed, hours))
    while world.step():
        pass
    return world.tally


def run_all(nation: Nation, *, policy: str = "ours", seed: int, hours: float) -> Tally:
    """Return the same of every municipality, counted as one. Each has chances of its own."""
    whole = Tally()
    towns = nation.towns()
    for number, town in enumerate(towns):
        whole.add(run(town, policy=policy, seed=seed * len(towns) + number, hours=hours))
    return whole


def story(place: Scenario | Nation, *, policy: str = "ours", seed: int, hours: float) -> Tally:
    """Return what came of either."""
    if isinstance(place, Nation):
        return run_all(place, policy=policy, seed=seed, hours=hours)
    return run(place, policy=policy, seed=seed, hours=hours)


def place_of(name: str) -> Scenario | Nation:
    """Return the town of a name or file, or the country.

    Raises:
        OSError: there is no such file.
        pydantic.ValidationError: it is no scenario.
    """
    return read_nation() if name == NAME else read(name)


def place_names() -> list[str]:
    """Return the names of all that come along."""
    return sorted([*names(), NAME])
