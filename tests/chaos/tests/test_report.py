"""What a run came to: the exit code, the last line, and rounds that are kept for a resumed run."""

import json
from dataclasses import replace

import pytest
from chaos.checker.evidence import Rebuilt, Window
from chaos.report import broker, exit_code, line, total
from chaos.result import Result
from chaos.runs import _kept

GOOD = Result(
    messages=900,
    calm_rate=30.0,
    bites={"kill-gateway": 1, "poison": 5},
    violations={"I1": [], "I2": []},
    windows=[Window("kill-gateway", 1, 2)],
    latencies_s={"calm": [0.01, 0.02, 0.03]},
    rebuilt=[Rebuilt("wipe-redis", 1, 0.0, 4.2, 18)],
    versions={"Redis": "7.0.15"},
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"violations": {"I1": ["lost"]}}, 1),
        ({"violations": {"I1": ["lost"]}, "harmless": ["poison"]}, 1),
        ({"harmless": ["poison"]}, 2),
        ({"calm_rate": 19.9}, 2),
    ],
)
def test_the_exit_code_says_what_was_wrong(change, code):
    assert exit_code(total([GOOD, replace(GOOD, **change)])) == code


def test_the_last_line_sums_the_rounds_up():
    found = json.loads(line(total([GOOD, GOOD]), 7))

    assert found["violations"] == 0
    assert found["messages"] == 1800
    assert found["faults"] == {"kill-gateway": 2, "poison": 10}
    assert found["seed"] == 7
    assert found["p50_ms_calm"] == 20.0
    assert found["presence_whole_s"] == {"wipe-redis": [4.2, 4.2]}
    assert "p99_is_noise" not in found


def test_the_broker_s_version_is_what_it_told_of_itself():
    told = replace(GOOD, versions={"RabbitMQ": "4.0.5, Erlang/OTP 27.3.4"})

    assert broker(total([GOOD, told])) == "4.0.5"
    assert broker(GOOD) is None


def test_a_comparison_is_told_in_the_last_line():
    result = replace(GOOD, compared_s={"hurt": [0.02], "calm": [0.01]})
    found = json.loads(line(result, 7, compare="redis"))

    assert (found["redis_p99_over_calm"], found["p99_is_noise"]) == (2.0, True)


def test_a_round_that_was_kept_is_read_back(tmp_path):
    kept = tmp_path / "rounds-7.jsonl"
    kept.write_text(GOOD.line() + "\n", encoding="utf-8")

    assert _kept(kept) == [GOOD]
    assert _kept(tmp_path / "rounds-8.jsonl") == []
