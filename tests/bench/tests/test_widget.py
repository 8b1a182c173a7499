"""The figures of the widget, as they are told."""

import pytest
from bench.widget import PEERS, Weight, _document, _times


def test_times_are_told_by_their_middle_and_their_end():
    told = _times([100.0, 80.0, 90.0, 400.0])

    assert told["times"] == 4
    assert told["p50_ms"] == pytest.approx(95)
    assert told["p50_ms"] < told["p95_ms"] < told["slowest_ms"] == 400


def test_weights_are_told_in_kilobytes_as_those_of_others_are():
    told = _document(Weight(requests=3, bytes_sent=58_712, bytes_gzip=56_449))

    assert told == {"requests": 3, "kilobytes_sent": 58.7, "kilobytes_gzip": 56.4}
    assert all(each.keys() == {"requests", "kilobytes"} for each in PEERS.values())
