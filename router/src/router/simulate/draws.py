"""What chance decides: who comes when, with what, for how long. All from one seed.

Each quantity has a stream of its own, so that another policy, or one more agent, meets the very
same citizens. Times are whole microseconds: those of a `datetime`, so nothing is rounded twice.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from router.simulate.scenario import Scenario, TopicShare

US = 1_000_000
"""Microseconds in a second."""
HOUR_US = 3_600 * US


@dataclass(frozen=True, slots=True)
class Arrival:
    """One citizen, as chance made them."""

    number: int
    """From 1, in order of arrival."""
    at_us: int
    topic: TopicShare
    handle_us: int
    patience_us: int | None
    """None waits for ever."""


def stream(seed: int, name: str) -> Random:
    """Return the random numbers of one quantity."""
    return Random(f"{seed}:{name}")  # noqa: S311  (chance in a simulation guards nothing)


def arrivals(scenario: Scenario, seed: int, hours: float) -> Iterator[Arrival]:
    """Yield everyone who comes within so many hours, in order."""
    patience, kind = stream(seed, "patience"), stream(seed, "topic")
    handle = handle_times(scenario, stream(seed, "handle"))
    weights = list(accumulate(topic.share for topic in scenario.topics))
    for number, at_us in enumerate(_moments(scenario, stream(seed, "arrivals"), hours), start=1):
        topic = kind.choices(scenario.topics, cum_weights=weights)[0]
        patience_us = (
            round(patience.expovariate(1 / (scenario.patience_minutes * 60)) * US)
            if scenario.patience_minutes
            else None
        )
        yield Arrival(number, at_us, topic, round(handle(topic) * US), patience_us)


def _moments(scenario: Scenario, random: Random, hours: float) -> Iterator[int]:
    """Yield the moments of a Poisson stream: drawn at the highest rate, then thinned."""
    highest = scenario.highest_per_hour()
    at_us, end_us = 0, hours * HOUR_US
    while highest > 0:
        at_us += round(random.expovariate(highest) * HOUR_US)
        if at_us >= end_us:
            return
        rate = scenario.per_hour(at_us // HOUR_US)
        if rate == highest or random.uniform(0, highest) < rate:
            yield at_us


def handle_times(scenario: Scenario, random: Random) -> Callable[[TopicShare], float]:
    """Return what draws the handle time, in seconds, of a conversation about a topic."""

    def mean_s(topic: TopicShare) -> float:
        return (topic.handle_minutes or scenario.handle_minutes) * 60

    if scenario.handle == "constant":
        return mean_s
    if scenario.handle == "exponential":
        return lambda topic: random.expovariate(1 / mean_s(topic))
    # A lognormal of which the mean, and the spread over the mean, are given.
    sigma = math.sqrt(math.log(1 + scenario.handle_spread**2))
    return lambda topic: random.lognormvariate(math.log(mean_s(topic)) - sigma**2 / 2, sigma)


def accept_us(scenario: Scenario, seed: int, number: int, offer: int) -> int:
    """Return how long an agent takes to accept the n-th offer of a conversation."""
    if not scenario.accept_s:
        return 0
    # By conversation and offer: what one policy does must not shift the luck of the next.
    return round(stream(seed, f"accept:{number}:{offer}").expovariate(1 / scenario.accept_s) * US)
