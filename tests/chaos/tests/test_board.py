"""Switches and counters between processes."""

from concurrent.futures import ThreadPoolExecutor

from chaos.board import Board


def test_a_switch_is_on_until_it_is_off(tmp_path):
    board = Board(tmp_path / "board")
    board.on("redeliver")
    there = board.is_on("redeliver")
    board.off("redeliver")

    assert (there, board.is_on("redeliver")) == (True, False)


def test_only_one_of_many_takes_a_switch(tmp_path):
    board = Board(tmp_path / "board")
    board.on("kill")
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: board.take("kill"), range(64)))

    assert told.count(True) == 1


def test_counts_of_many_add_up(tmp_path):
    board = Board(tmp_path / "board")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: board.note("lost"), range(100)))

    assert (board.noted("lost"), board.noted("never")) == (100, 0)
