"""The cost of one decision, and of a whole round, in an office."""

import statistics
import time
from dataclasses import asdict, dataclass, replace

from router.bench.growth import growth
from router.bench.office import NOW, Office
from router.core import View, decide
from router.core.desk import Desk
from router.core.explain import Reasons
from router.core.line import asks
from router.core.offers import Offers

LARGE = Office(agents=10_000, departments=50, skills=500, skills_each=5, waiting=5_000)
"""What is asked of one installation at the most."""
SIZES = (100, 200, 500, 1_000, 2_000, 5_000, 10_000)
ONE_LINE = Office(agents=0, departments=1, skills=50, skills_each=5, waiting=500, capacity=10)
"""For the growth: everybody in one line, which is the hardest, and as many waiting at any size."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds."""

    decisions: int
    """Offers made, each with its explanation."""
    median_ms: float
    p99_ms: float
    mean_ms: float
    """With what a round prepares once, shared out among its decisions."""


def cost(view: View, rounds: int) -> Cost:
    """Return what each decision of a round cost: who it goes to, and why."""
    each: list[float] = []
    whole = 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        each += _one_by_one(view)
        whole += time.perf_counter() - began
    ordered = sorted(each)
    return Cost(
        decisions=len(each),
        median_ms=statistics.median(ordered) * 1000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1000,
        mean_ms=whole / len(each) * 1000,
    )


def _one_by_one(view: View) -> list[float]:
    """Return seconds per offer, of the same steps as `decide`, stopped after each."""
    if view.attendance is None:
        return []
    roster = view.indexed()
    desk = Desk(view, view.attendance, roster)
    live, _ = asks(view, roster, NOW)
    offers = Offers(desk, Reasons(view, desk, NOW), NOW).live(live)
    each, before = [], time.perf_counter()
    for _ in offers:
        after = time.perf_counter()
        each.append(after - before)
        before = time.perf_counter()
    return each


def round_ms(view: View, rounds: int = 3) -> float:
    """Return the median of whole rounds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        decide(view, NOW)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


def of_one(view: View) -> View:
    """Return the same office with the first enquiry alone."""
    line = view.line.model_copy(update={"conversations": view.line.conversations[:1]})
    return replace(view, line=line)


def large(office: Office = LARGE) -> dict[str, object]:
    """Return the costs in a large office with room, and without."""
    view, full = office.view(), replace(office, full=True).view()
    return {
        "office": asdict(office),
        "decision": asdict(cost(view, rounds=3)),
        "round_ms": round_ms(view),
        "round_nobody_free_ms": round_ms(full),
        "round_of_one_ms": round_ms(of_one(view), rounds=11),
    }


def grown(sizes: tuple[int, ...] = SIZES, rounds: int = 6) -> dict[str, object]:
    """Return how the cost of a decision grows with the agents of one line."""
    costs = [cost(replace(ONE_LINE, agents=agents).view(), rounds) for agents in sizes]
    told: dict[str, object] = {
        "waiting": ONE_LINE.waiting,
        "points": [
            {"agents": agents, **asdict(one)} for agents, one in zip(sizes, costs, strict=True)
        ],
    }
    for name in ("median_ms", "mean_ms"):
        found = growth(sizes, [getattr(one, name) for one in costs])
        told[name] = {**asdict(found), "no_faster_than_log": found.no_faster_than_log}
    return told
