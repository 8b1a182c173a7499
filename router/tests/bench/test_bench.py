"""The benchmark measures what it says. How long anything took is nobody's test."""

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from router.bench import __main__ as command
from router.bench import country, decisions
from router.bench.growth import growth
from router.bench.office import NOW, Office
from router.core import decide
from router.simulate.nation import read_nation
from services.contracts import MakeOffer

SIZES = (10, 100, 1_000, 10_000)
SMALL = Office(agents=60, departments=3, skills=12, skills_each=3, waiting=40)


@given(st.floats(-1, 2), st.floats(0.001, 10))
def test_a_power_is_found_again(exponent, factor):
    found = growth(SIZES, [factor * size**exponent for size in SIZES])

    assert found.exponent == pytest.approx(exponent, abs=1e-6)
    assert found.times == pytest.approx(1000**exponent, rel=1e-6)


@given(st.floats(0.001, 10), st.floats(1.05, 2))
def test_a_logarithm_is_no_faster_than_one_and_what_is_steeper_is(factor, steeper):
    below = growth(SIZES, [factor * (1 + math.log(size)) for size in SIZES])
    above = growth(SIZES, [factor * math.log(size) ** steeper for size in SIZES])

    assert below.no_faster_than_log
    assert not above.no_faster_than_log


def test_what_is_timed_is_what_the_engine_decides():
    """As many decisions are timed as a whole round makes offers."""
    view = SMALL.view()
    offers = [d for d in decide(view, NOW).decisions if isinstance(d.command, MakeOffer)]

    assert decisions.cost(view, rounds=2).decisions == 2 * len(offers) > 0


def test_an_office_is_the_same_from_the_same_seed_and_full_when_it_says_so():
    full = Office(**{**decisions.asdict(SMALL), "full": True}).view()

    assert SMALL.view().line == SMALL.view().line
    assert SMALL.view(1).line != SMALL.view(2).line
    assert len(SMALL.view().line.conversations) == 40
    assert all(one.load < one.capacity for one in SMALL.view().line.loads)
    assert decide(full, NOW).decisions == ()


def test_a_round_of_one_has_one():
    one = decisions.of_one(SMALL.view())

    assert len(one.line.conversations) == 1
    assert len(decide(one, NOW).decisions) == 1


def test_a_town_has_a_round_each_second_and_one_at_each_change():
    """Half past ten of the largest town of a small country: people come, so there is more."""
    town = read_nation().towns()[-1]
    moments = [now for _, now in country.rounds_of(town, 1, 20_000_000)]
    apart = [(after - before).total_seconds() for before, after in pairwise(moments)]

    assert len(moments) > 20
    assert all(0 < gap <= 1 for gap in apart)
    assert {gap for gap in apart if gap < 1}


def test_a_tick_does_not_see_what_has_not_happened():
    town = read_nation().towns()[-1]
    for view, now in country.rounds_of(town, 1, 20_000_000):
        assert all(one.opened_at <= now for one in view.line.conversations)
        assert view.attendance.agents


def test_everything_is_told_on_both_channels_and_kept_when_asked(tmp_path, capsys):
    file = tmp_path / "folder" / "bench.json"
    command.main(["--quick", "--write", str(file)])

    out, err = capsys.readouterr()
    told = json.loads(out)
    assert file.read_text("utf-8") == out
    assert told["large"]["decision"]["median_ms"] > 0
    assert [point["agents"] for point in told["growth"]["points"]] == [50, 100, 200]
    assert told["country"]["tenants"] == 5
    assert "one decision, median" in err
