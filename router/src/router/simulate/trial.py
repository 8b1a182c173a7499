"""A day by the set-up in force and by another: what came of it for the same citizens.

`python -m router.simulate.trial` takes `{"now": set-up, "wanted": set-up}` on standard input and
prints `{"scenarios": [{"name", "now": Outcome, "wanted": Outcome}]}`.

Nobody's real day is in it. The load is made of the set-up in force: 20 citizens an hour for each 8
agents who are in a department, from eight to four on one Monday, with all topics of either set-up
equally likely; a conversation takes 12 minutes, patience is 6, and an agent takes 8 s to accept.
Who comes when, with what and for how long is drawn once and meets both set-ups; where a topic is
not in one of them, it is an enquiry without a topic there. Everybody is at work all day, whatever
the opening hours say. Where many work, the day is shorter, so that about 800 citizens come.
"""

import os
import resource
import sys
from typing import Final

from pydantic import ValidationError
from services.contracts import Contract, TenantDirectory

from router.core.routes import Roster
from router.simulate.draws import US, arrivals
from router.simulate.figures import Tally, percentile
from router.simulate.policies import POLICIES
from router.simulate.scenario import HOURS_OF_DAY, Burst, Scenario, TopicShare
from router.simulate.world import World

SEED: Final = 1
SHORT_STAFFED: Final = "short_staffed"
"""The ordinary day, with every third agent away."""
PER_HOUR_AND_AGENT: Final = 20 / 8
OPENS, CLOSES = 8, 16
ENOUGH: Final = 800
"""Citizens of one day; more would say the same, later."""
CPU_S: Final = 20
UNREADABLE: Final = 2
"""How the program ends when it is given no two set-ups."""
_MEMORY_BYTES: Final = 1 << 30


class Outcome(Contract):
    """How one day went. Shares are of all who came, times in seconds."""

    within_target_share: float
    mean_wait_s: float
    p90_wait_s: float
    gave_up_share: float
    occupancy: float
    """Slots in use over slots of agents at work."""


class Told(Contract):
    """One day by two set-ups."""

    name: str
    now: Outcome
    wanted: Outcome


class Trial(Contract):
    """What the program prints."""

    scenarios: tuple[Told, ...]


class Asked(Contract):
    """What the program takes."""

    now: TenantDirectory
    wanted: TenantDirectory


class Town(Scenario):
    """A scenario whose staff, topics and plans are those of a real set-up."""

    set_up: TenantDirectory

    def directory(self) -> TenantDirectory:
        """Return the set-up, as the router has it."""
        return self.set_up

    def rarest(self) -> TopicShare | None:
        """Return nobody's topic: the figure is not told."""
        return None


def town(set_up: TenantDirectory, like: Scenario, topics: tuple[str, ...]) -> Town:
    """Return a town by a set-up, where citizens come as in a scenario and with these topics."""
    roster = Roster(set_up)
    fields = {name: getattr(like, name) for name in Scenario.model_fields}
    return Town.model_construct(
        **fields
        | {
            "set_up": set_up,
            "first_line": set_up.first_line,
            "topics": tuple(_share(set_up, roster, topic) for topic in topics),
            "timing": set_up.timing,
        }
    )


def _share(set_up: TenantDirectory, roster: Roster, topic_id: str) -> TopicShare:
    topic = set_up.topic(topic_id)
    if topic is None:
        return TopicShare(department=set_up.first_line)
    straight = set_up.leads_straight(topic)
    line = topic.department if straight else set_up.first_line
    band = roster.route(topic.id, line).band
    return TopicShare(
        id=topic.id,
        department=topic.department,
        direct=straight,
        level=topic.level,
        priority=5 if band is None else band,
    )


def days(now: TenantDirectory) -> tuple[Scenario, ...]:
    """Return the days that are tried: an ordinary one, one with a rush, and one with few there."""
    working = sum(bool(agent.departments) for agent in now.agents)
    per_hour = PER_HOUR_AND_AGENT * max(working, 1)
    hours = min(max(round(ENOUGH / per_hour), 1), CLOSES - OPENS)
    ordinary = Scenario(
        name="ordinary",
        arrivals_per_hour=per_hour,
        weights=dict.fromkeys(range(OPENS, OPENS + hours), 1.0),
        handle="lognormal",
        handle_minutes=12,
        handle_spread=0.8,
        patience_minutes=6,
        accept_s=8,
        staff=(),
    )
    rush = Burst(from_hour=OPENS + hours // 4, hours=max(hours // 4, 1), factor=3)
    return (
        ordinary,
        ordinary.evolve(name="rush", bursts=(rush,)),
        ordinary.evolve(name=SHORT_STAFFED),
    )


def short_staffed(asked: Asked) -> Asked:
    """Return both set-ups without every third of those who are in either, the same ones in both."""
    ids = sorted({agent.id for agent in (*asked.now.agents, *asked.wanted.agents)})
    away = frozenset(ids[::3])

    def here(set_up: TenantDirectory) -> TenantDirectory:
        return set_up.evolve(agents=tuple(a for a in set_up.agents if a.id not in away))

    return Asked(now=here(asked.now), wanted=here(asked.wanted))


def trial(asked: Asked) -> Trial:
    """Return how each day went by both set-ups."""
    named = {topic.id for topic in (*asked.now.topics, *asked.wanted.topics)}
    # Nobody's topic is one of them, so that a set-up without any has citizens too.
    topics = (*sorted(named), "")
    return Trial(scenarios=tuple(_told(asked, day, topics) for day in days(asked.now)))


def _told(asked: Asked, day: Scenario, topics: tuple[str, ...]) -> Told:
    both = short_staffed(asked) if day.name == SHORT_STAFFED else asked
    return Told(
        name=day.name,
        now=_outcome(town(both.now, day, topics)),
        wanted=_outcome(town(both.wanted, day, topics)),
    )


def _outcome(place: Town) -> Outcome:
    who = arrivals(place, SEED, HOURS_OF_DAY)
    world = World(place, POLICIES["ours"], SEED, HOURS_OF_DAY, who)
    while world.step():
        pass
    return outcome(world.tally)


def outcome(tally: Tally) -> Outcome:
    """Return what is told of a day."""
    waits, ended = sorted(tally.waits), max(len(tally.waits), 1)
    return Outcome(
        within_target_share=tally.within_target / ended,
        mean_wait_s=sum(waits) / ended / US,
        p90_wait_s=percentile(waits, 0.9) / US,
        gave_up_share=tally.abandoned / ended,
        occupancy=tally.busy / tally.staffed if tally.staffed else 0.0,
    )


def main() -> None:
    """Try what is asked, with less right to the processor than the rounds have."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    try:
        asked = Asked.read(sys.stdin.buffer.read())
    except ValidationError:
        sys.exit(UNREADABLE)
    told = trial(asked)
    sys.stdout.write(told.model_dump_json())


if __name__ == "__main__":
    main()
