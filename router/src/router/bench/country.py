"""All municipalities' rounds of one minute of the busiest hour, in one process.

The towns are those of the simulator's peak day. A round is had at every change in a town, as its
hint would call for; besides, as the service does, every second while somebody waits, else every
five, and at the next deadline. Changes within the shortest time between two rounds make one. What
broker and Redis take of the core is not in it: `make bench-country` measures that.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from services.contracts import LineRead
from services.contracts.leases import AgentLease

from router.core import View, decide, due_s, positions
from router.settings import Settings
from router.simulate.desks import moment
from router.simulate.draws import HOUR_US, US, arrivals
from router.simulate.nation import Nation, read_nation
from router.simulate.policies import POLICIES
from router.simulate.scenario import Scenario
from router.simulate.world import World

MINUTE_US = 60 * US
BEGIN_US = 10 * HOUR_US + 30 * MINUTE_US
"""Half past ten: the middle of the busiest hour."""

Round = tuple[View, datetime]
Answers = tuple[str, Sequence[str]]
"""The ledger's and the leases of a round."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a minute of the country takes of one core."""

    tenants: int
    rounds: int
    seconds: float
    """Simulated."""
    deciding_s: float
    """Core time of the decisions and the places in line."""
    reading_s: float
    """Core time of making the ledger's answers and the leases, which come as JSON, into objects."""
    share_deciding: float
    share_of_core: float
    """Both."""


def load(nation: Nation | None = None, *, seed: int = 1, us: int = MINUTE_US) -> Load:
    """Return the load of so many microseconds."""
    towns = (nation or read_nation()).towns()
    rounds = [one for n, town in enumerate(towns) for one in rounds_of(town, seed + n, us)]
    answers = [_answers(view) for view, _ in rounds]
    deciding_s, reading_s = _deciding(rounds), _reading(answers)
    seconds = us / US
    return Load(
        tenants=len(towns),
        rounds=len(rounds),
        seconds=seconds,
        deciding_s=deciding_s,
        reading_s=reading_s,
        share_deciding=deciding_s / seconds,
        share_of_core=(deciding_s + reading_s) / seconds,
    )


def _deciding(rounds: Iterable[Round]) -> float:
    began = time.process_time()
    for view, now in rounds:
        decide(view, now)
        positions(view.line, view.indexed(), now)
    return time.process_time() - began


def _answers(view: View) -> Answers:
    leases = view.attendance.agents.values() if view.attendance else ()
    return view.line.model_dump_json(), [lease.model_dump_json() for lease in leases]


def _reading(answers: Iterable[Answers]) -> float:
    began = time.process_time()
    for line, leases in answers:
        LineRead.model_validate_json(line)
        for lease in leases:
            AgentLease.model_validate_json(lease)
    return time.process_time() - began


def rounds_of(town: Scenario, seed: int, us: int) -> Iterator[Round]:
    """Yield what each round of a town looks at, in order."""
    settings = Settings.model_construct()
    shortest_us = round(settings.shortest_round_s * US)
    world = World(town, POLICIES["ours"], seed, town.hours, arrivals(town, seed, town.hours))
    view, end_us, last_us = world.whole(), BEGIN_US + us, BEGIN_US
    next_us = BEGIN_US
    while next_us < end_us and world.step():
        # What happens next is not seen by the ticks before it.
        while next_us < min(world.now_us, end_us):
            yield view, moment(next_us)
            last_us, next_us = next_us, next_us + _pause_us(view, next_us, settings)
        if world.now_us < BEGIN_US - HOUR_US:
            continue
        view = world.whole()
        if world.now_us >= BEGIN_US:
            next_us = min(next_us, max(world.now_us, last_us + shortest_us))


def _pause_us(view: View, us: int, settings: Settings) -> int:
    """Return how long after a round the next one is due by itself."""
    pause_s = due_s(view, moment(us), tick_s=settings.tick_s, idle_tick_s=settings.idle_tick_s)
    return max(round(pause_s * US), round(settings.shortest_round_s * US))


def told(found: Load) -> dict[str, object]:
    """Return it for JSON."""
    return asdict(found)
