"""Presence that was rebuilt while something else was broken too is not judged."""

import pytest
from chaos.checker.evidence import Rebuilt, Window
from chaos.faults.presence import AFTER_S, marked

S = 1_000_000_000
WIPED = Rebuilt("wipe-redis", began_ns=10 * S, away_s=0.0, whole_s=4.0, agents=18)
OWN = Window("wipe-redis", 10 * S - 1, 15 * S)


@pytest.mark.parametrize(
    ("window", "alone"),
    [
        (Window("kill-gateway", 2 * S, 10 * S - int(AFTER_S * S)), True),
        (Window("kill-gateway", 2 * S, 9 * S), False),
        (Window("kill-gateway", 12 * S, 30 * S), False),
        (Window("kill-gateway", 14 * S, 30 * S), True),
        (Window("wipe-redis", 12 * S, 30 * S), False),
    ],
)
def test_another_fault_over_the_rebuilding_makes_it_none_to_judge(window, alone):
    (found,) = marked([WIPED], [OWN, window])

    assert found.alone is alone
