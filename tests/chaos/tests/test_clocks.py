"""Wrong clocks: who is started with one, and what of a log tells."""

from datetime import UTC, datetime

import pytest
from chaos import clocks
from chaos.board import Board
from chaos.faults.clocks import newest_s


class Started(BaseException):
    """The process became another one."""


@pytest.fixture
def started(monkeypatch, tmp_path):
    """What the process was replaced by; the library is a file that is there."""
    environments = []

    def execve(_path, _argv, environment):
        environments.append(environment)
        raise Started

    monkeypatch.setattr(clocks, "library", lambda: tmp_path / "library.so")
    monkeypatch.setattr("os.execve", execve)
    return environments


def test_one_start_gets_the_wrong_clock_that_was_asked_for(tmp_path, started):
    board = Board(tmp_path / "board")
    board.on(clocks.switch("gateway", "behind"))
    with pytest.raises(Started):
        clocks.start_wrong("gateway", board)
    clocks.start_wrong("gateway", board)

    assert [environment["FAKETIME"] for environment in started] == ["-3600"]
    assert started[0]["LD_PRELOAD"] == str(tmp_path / "library.so")
    assert started[0]["FAKETIME_DONT_FAKE_MONOTONIC"] == "1"


def test_another_service_starts_as_it_is(tmp_path, started):
    board = Board(tmp_path / "board")
    board.on(clocks.switch("gateway", "ahead"))
    clocks.start_wrong("router", board)

    assert started == []


@pytest.mark.parametrize(
    ("there", "left"),
    [(True, {"kill-broker", "wrong-clocks"}), (False, {"kill-broker"})],
)
def test_without_the_library_all_other_faults_are_possible(monkeypatch, tmp_path, there, left):
    monkeypatch.setattr(clocks, "library", lambda: tmp_path if there else None)

    assert clocks.possible(["kill-broker", clocks.FAULT]) == left


def test_the_newest_time_of_a_log_is_that_of_its_last_line_with_one(tmp_path):
    log = tmp_path / "gateway-1.log"
    log.write_text(
        '{"event": "a", "timestamp": "2026-11-26T12:00:00.000000Z"}\n'
        '{"event": "b", "timestamp": "2026-11-26T13:00:00.000000Z"}\n'
        "Traceback of something\n",
        encoding="utf-8",
    )

    assert newest_s(log) == datetime(2026, 11, 26, 13, tzinfo=UTC).timestamp()


def test_a_log_without_a_time_tells_none(tmp_path):
    log = tmp_path / "gateway-1.log"
    log.write_text("starting\n", encoding="utf-8")

    assert newest_s(log) == 0.0
