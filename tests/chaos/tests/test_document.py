"""A report that is kept: Markdown that says what was run, what was broken, and what was found."""

from chaos.checker.evidence import Rebuilt, Window
from chaos.document import markdown, said
from chaos.faults import FAULTS
from chaos.report import total
from chaos.result import Result

RESULT = Result(
    messages=900,
    bites={"kill-gateway": 1, "wipe-redis": 1},
    violations={"I1": ["a|b was lost"]},
    windows=[Window("kill-gateway", 1, 2), Window("wipe-redis", 3, 4)],
    latencies_s={"calm": [0.01, 0.02], "kill-gateway": [1.5]},
    rebuilt=[Rebuilt("wipe-redis", 3, 0.0, 4.2, 18, alone=True)],
    compared_s={"hurt": [0.011] * 300, "calm": [0.01] * 300},
    versions={"RabbitMQ": "3.10.8"},
)


def kept() -> str:
    return markdown(total([RESULT]), title="Chaos", facts={"seed": "7"}, line='{"seed": 7}')


def test_it_says_what_ran_on_what():
    assert "| seed | 7 |" in kept()
    assert "| RabbitMQ | 3.10.8 |" in kept()
    assert '```json\n{"seed": 7}\n```' in kept()


def test_every_fault_that_was_let_loose_is_there_with_what_shows_that_it_bit():
    assert f"| kill-gateway | 1 | 1 | {said(FAULTS['kill-gateway'])} |" in kept()


def test_a_cell_breaks_no_table():
    assert "is invented.<br>a\\|b was lost | 1 |" in kept()


def test_presence_and_comparison_are_judged():
    assert "| wipe-redis | 18 | 0.00 | 4.20 | within |" in kept()
    assert "p99 is 1.10 times the calm one: within the bound of 1.2" in kept()


def test_every_fault_says_what_it_does():
    assert [name for name, fault in FAULTS.items() if not said(fault)] == []
