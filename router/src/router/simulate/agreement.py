"""`python -m router.simulate.agreement`: the router's line against Erlang's formulas.

In two steps, because near full occupancy the mean of even a million waits is still some per cent
off. First, on the same draws, every wait under the router is that of an ideal line, to the
microsecond. Then the ideal line, which is cheap, is run for as long as the formulas need.
"""

import argparse
import json
import math
import statistics
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from router.simulate import ideal
from router.simulate.draws import US, arrivals
from router.simulate.erlang import Promise, erlang_a, erlang_c
from router.simulate.run import run
from router.simulate.scenario import Scenario, plain

HANDLE_MINUTES = 6.0
BATCHES = 20
"""Batches of an interval."""
TOLERANCE = 0.03
"""Share by which a figure may be off its formula."""
MOST_TIMES = 15
"""How many times longer a run may become: half a minute more."""
HEADING = (
    "agents    load  pat. | formula: wait s, P(wait) | the router: conversations, wait off,"
    " ± 95 %, P(wait) off, waits as on the ideal line | the long ideal line: the same three\n"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A line with one skill and exponential times."""

    agents: int
    capacity: int
    load: float
    """Offered load over servers. For citizens who never give up that is the occupancy."""
    patience_minutes: float | None = None

    @property
    def servers(self) -> int:
        """How many conversations can go on at once."""
        return self.agents * self.capacity

    @property
    def per_hour(self) -> float:
        """Arrivals per hour."""
        return self.load * self.servers * 60 / HANDLE_MINUTES

    def scenario(self) -> Scenario:
        """Return it as a town."""
        return plain(
            arrivals_per_hour=self.per_hour,
            handle_minutes=HANDLE_MINUTES,
            agents=self.agents,
            capacity=self.capacity,
            patience_minutes=self.patience_minutes,
        )

    def promise(self) -> Promise:
        """Return what the formula says."""
        rate, handle_s = self.per_hour / 3600, HANDLE_MINUTES * 60
        if self.patience_minutes is None:
            return erlang_c(self.servers, rate, handle_s)
        return erlang_a(self.servers, rate, handle_s, self.patience_minutes * 60)


ERLANG_C = (
    Setting(1, 1, 0.5),
    Setting(1, 1, 0.8),
    Setting(1, 2, 0.6),
    Setting(2, 1, 0.9),
    Setting(1, 5, 0.7),
    Setting(5, 1, 0.8),
    Setting(5, 2, 0.85),
    Setting(7, 3, 0.9),
    Setting(10, 3, 0.95),
    Setting(50, 1, 0.9),
)
ERLANG_A = (
    Setting(1, 3, 0.8, 5.0),
    Setting(2, 3, 1.2, 3.0),
    Setting(5, 4, 0.95, 10.0),
    Setting(10, 3, 1.1, 2.0),
    Setting(1, 1, 0.7, 5.0),
    Setting(1, 2, 1.0, 4.0),
    Setting(3, 1, 1.5, 2.0),
    Setting(5, 1, 0.9, 6.0),
    Setting(20, 1, 1.05, 3.0),
    Setting(50, 1, 1.0, 5.0),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The same figures as a promise, from a run."""

    mean_wait_s: float
    half_width_s: float
    """Of the mean's 95 % interval, from the means of batches."""
    probability_of_wait: float
    abandoned: float


def measured(waits: Iterable[tuple[int, bool]]) -> Measured:
    """Return the figures of waits in order of arrival."""
    waits_s, answered = array("d"), 0
    for wait_us, how in waits:
        waits_s.append(wait_us / US)
        answered += how
    return Measured(
        statistics.fmean(waits_s),
        half_width_s(waits_s),
        sum(wait_s > 0 for wait_s in waits_s) / len(waits_s),
        1 - answered / len(waits_s),
    )


def half_width_s(values: Sequence[float]) -> float:
    """Return half the 95 % interval of a mean whose values hang together, by batch means."""
    size = len(values) // BATCHES
    means = [statistics.fmean(values[n * size : (n + 1) * size]) for n in range(BATCHES)]
    students_t = 2.093  # 97.5 %, 19 degrees of freedom
    return students_t * statistics.stdev(means) / math.sqrt(BATCHES)


def under_the_router(setting: Setting, *, seed: int, hours: float) -> list[tuple[int, bool]]:
    """Return every wait, in the order in which they ended: the router's own decisions."""
    return run(setting.scenario(), seed=seed, hours=hours).ends()


def on_an_ideal_line(setting: Setting, *, seed: int, hours: float) -> list[tuple[int, bool]]:
    """Return the same of the ideal line, on the very same draws, in order of arrival."""
    who = arrivals(setting.scenario(), seed, hours)
    citizens = ((one.at_us, one.handle_us, one.patience_us) for one in who)
    return list(ideal.waits(citizens, setting.servers))


def in_the_long_run(setting: Setting, *, seed: int, conversations: int) -> Measured:
    """Return the figures of a long ideal line."""
    citizens = ideal.exponential(
        seed,
        conversations,
        per_hour=setting.per_hour,
        handle_minutes=HANDLE_MINUTES,
        patience_minutes=setting.patience_minutes,
    )
    return measured(ideal.waits(citizens, setting.servers))


def long_enough(setting: Setting, *, seed: int, conversations: int) -> Measured:
    """Return the same, of a longer run where the first shows that chance moves its mean too much.

    How long is decided by the spread of the first alone, so nothing is chosen by its result.
    """
    first = in_the_long_run(setting, seed=seed, conversations=conversations)
    relative = first.half_width_s / setting.promise().mean_wait_s
    if relative <= TOLERANCE:
        return first
    times = min(math.ceil((relative / (0.8 * TOLERANCE)) ** 2), MOST_TIMES)
    return in_the_long_run(setting, seed=-seed, conversations=times * conversations)


def off(found: float, promised: float) -> float:
    """Return by how much a figure is off, as a share."""
    return found / promised - 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """One setting, held against its formula in both steps."""

    setting: Setting
    promise: Promise
    same: bool
    """Whether each wait under the router is that of the ideal line."""
    conversations: int
    ours: Measured
    long: Measured

    @property
    def mean_off(self) -> float:
        """By how much the long mean is off, as a share."""
        return off(self.long.mean_wait_s, self.promise.mean_wait_s)

    @property
    def probability_off(self) -> float:
        """The same of the probability of a wait."""
        return off(self.long.probability_of_wait, self.promise.probability_of_wait)

    @property
    def abandoned_off(self) -> float | None:
        """The same of those who give up; None where nobody does."""
        if self.setting.patience_minutes is None:
            return None
        return off(self.long.abandoned, self.promise.abandoned)

    @property
    def holds(self) -> bool:
        """Whether both steps hold."""
        # Where chance still moves the long mean by more than that, no more can be asked of it.
        relative = self.long.half_width_s / self.promise.mean_wait_s
        return (
            self.same
            and abs(self.mean_off) < max(TOLERANCE, relative)
            and abs(self.probability_off) < TOLERANCE
            and abs(self.abandoned_off or 0.0) < TOLERANCE
        )

    def row(self) -> str:
        """Return a line of the report."""
        setting, mean, wait = (
            self.setting,
            self.promise.mean_wait_s,
            self.promise.probability_of_wait,
        )
        patience = setting.patience_minutes or math.inf
        ours, long = self.ours, self.long
        return (
            f"{setting.agents:3} x {setting.capacity:<2} {setting.load:5.2f} {patience:5.0f} |"
            f" {mean:8.2f} {wait:6.4f} |"
            f" {self.conversations:7} {off(ours.mean_wait_s, mean):+7.1%}"
            f" ±{ours.half_width_s / mean:5.1%}"
            f" {off(ours.probability_of_wait, wait):+6.1%} {'same' if self.same else 'DIFFER':>6} |"
            f" {self.mean_off:+6.2%} ±{long.half_width_s / mean:6.2%} {self.probability_off:+6.2%}"
            + ("" if self.holds else "  <-")
        )

    def told(self) -> dict[str, object]:
        """Return it for JSON, with shares to four digits: the rest is chance."""
        offs = {
            "mean_wait_off": self.mean_off,
            "mean_wait_half_width": self.long.half_width_s / self.promise.mean_wait_s,
            "probability_of_wait_off": self.probability_off,
            "abandoned_off": self.abandoned_off,
        }
        return {
            **asdict(self.setting),
            "formula": {
                "mean_wait_s": round(self.promise.mean_wait_s, 3),
                "probability_of_wait": round(self.promise.probability_of_wait, 4),
                "abandoned": round(self.promise.abandoned, 4),
            },
            "conversations_under_the_router": self.conversations,
            "every_wait_as_on_the_ideal_line": self.same,
            **{name: None if by is None else round(by, 4) for name, by in offs.items()},
            "holds": self.holds,
        }


def agreement(setting: Setting, *, seed: int, conversations: int, long: int) -> Agreement:
    """Hold one setting against its formula."""
    hours = conversations / setting.per_hour
    under = under_the_router(setting, seed=seed, hours=hours)
    return Agreement(
        setting,
        setting.promise(),
        same=sorted(under) == sorted(on_an_ideal_line(setting, seed=seed, hours=hours)),
        conversations=len(under),
        ours=measured(under),
        long=long_enough(setting, seed=seed, conversations=long),
    )


def main(arguments: list[str] | None = None) -> None:
    """Print the report.

    Raises:
        SystemExit: a wait differs from the ideal line's, or the ideal line from its formula by
            more than `TOLERANCE`, and the mean by more than its own interval too.
    """
    parser = argparse.ArgumentParser(prog="python -m router.simulate.agreement")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--conversations", type=int, default=5_000, help="under the router")
    parser.add_argument("--long", type=int, default=1_500_000, help="on the ideal line, at least")
    parser.add_argument("--write", type=Path, help="a file to keep the figures in, as JSON")
    options = parser.parse_args(arguments)
    sys.stdout.write(HEADING)
    found = []
    # A seed for each: on the same draws all of them would be off to the same side.
    for seed, setting in enumerate((*ERLANG_C, *ERLANG_A), start=options.seed):
        one = agreement(setting, seed=seed, conversations=options.conversations, long=options.long)
        found.append(one)
        sys.stdout.write(one.row() + "\n")
        sys.stdout.flush()
    if options.write:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([one.told() for one in found], indent=1)
        options.write.write_text(text + "\n", "utf-8")
    if not all(one.holds for one in found):
        raise SystemExit("a line marked <- is off")


if __name__ == "__main__":
    main()
