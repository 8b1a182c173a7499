"""What a run came to: the exit code, the last line, and rounds that are kept for a resumed run."""

import json
from dataclasses import asdict, replace

import pytest
from chaos.report import exit_code, line, total
from chaos.round import Result, Window
from chaos.runs import _kept

GOOD = Result(
    messages=900,
    calm_rate=30.0,
    bites={"kill-gateway": 1, "poison": 5},
    violations={"I1": [], "I2": []},
    windows=[Window("kill-gateway", 1, 2)],
    latencies_s={"calm": [0.01, 0.02, 0.03]},
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


def test_a_round_that_was_kept_is_read_back(tmp_path):
    kept = tmp_path / "rounds-7.jsonl"
    kept.write_text(json.dumps(asdict(GOOD)) + "\n", encoding="utf-8")

    assert _kept(kept) == [GOOD]
    assert _kept(tmp_path / "rounds-8.jsonl") == []
