"""All municipalities on one day: a town each, drawn up from a distribution of sizes."""

import math
from importlib import resources
from statistics import NormalDist

from pydantic import Field
from services.contracts import Contract

from router.simulate.scenario import HOURS_OF_DAY, Scenario, Staff, TopicShare

NAME = "municipalities"


class Nation(Contract):
    """The numbers of a country, and a small and a large town to make every other after."""

    name: str
    about: str = ""
    municipalities: int = Field(gt=0)
    median_inhabitants: float
    mean_inhabitants: float
    chats_a_month_per_1000: float
    working_days: int
    peak: float
    """How many times an average day's chats come on this day."""
    weights: dict[int, float]
    """Hour of the day to its share of the day's chats."""
    large_from: int
    """Inhabitants from which a town is made after `large`."""
    small: Scenario
    large: Scenario

    @property
    def hours(self) -> float:
        """How long a run is: one day."""
        return HOURS_OF_DAY

    def inhabitants(self) -> list[float]:
        """Return how many live in each: middle quantiles of a log-normal, smallest first.

        The few largest of a true draw would be of any size; quantiles are the same for everyone.
        """
        sigma = math.sqrt(2 * math.log(self.mean_inhabitants / self.median_inhabitants))
        sizes = NormalDist(math.log(self.median_inhabitants), sigma)
        count = self.municipalities
        return [math.exp(sizes.inv_cdf((n + 0.5) / count)) for n in range(count)]

    def towns(self) -> list[Scenario]:
        """Return a town for each size."""
        return [self._town(number, size) for number, size in enumerate(self.inhabitants(), start=1)]

    def _town(self, number: int, size: float) -> Scenario:
        like = self.large if size >= self.large_from else self.small
        a_day = size / 1000 * self.chats_a_month_per_1000 / self.working_days * self.peak
        busiest = a_day * max(self.weights.values())
        topics = [(one, busiest * one.share / _shares(like)) for one in like.topics]
        return like.evolve(
            name=f"{self.name}-{number}",
            arrivals_per_hour=a_day,
            weights=self.weights,
            staff=tuple(self._group(group, like, topics) for group in like.staff),
        )

    @staticmethod
    def _group(group: Staff, like: Scenario, topics: list[tuple[TopicShare, float]]) -> Staff:
        """Return the group as large as the busiest hour asks of its home department.

        Enough for the conversations that go on at once and the root of that many besides, shared
        out as in the town it is made after; never fewer than there.
        """
        home = group.departments[0]
        at_once = sum(
            per_hour * (topic.handle_minutes or like.handle_minutes) / 60
            for topic, per_hour in topics
            if like.department_of(topic) == home
        )
        slots = sum(one.agents * one.capacity for one in like.staff if one.departments[0] == home)
        wanted = (at_once + math.sqrt(at_once)) / slots
        return group.evolve(agents=max(math.ceil(group.agents * wanted), group.agents))


def _shares(town: Scenario) -> float:
    return sum(topic.share for topic in town.topics)


def read_nation() -> Nation:
    """Return the country that comes along."""
    text = (resources.files("router.simulate") / "nation.json").read_text("utf-8")
    return Nation.model_validate_json(text)
