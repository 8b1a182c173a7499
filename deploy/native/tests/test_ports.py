"""Ports are chosen free once, and remembered."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from native import ports
from native.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Iterator[Layout]:
    layout = Layout(tmp_path / "run")
    layout.create()
    yield layout
    ports.release(layout.folder)


def test_no_two_listeners_share_a_port() -> None:
    block = list(ports.all_ports(ports.choose(0, free=lambda _: True)))

    assert len(block) == len(set(block))


def test_a_block_with_one_taken_port_is_passed_over() -> None:
    taken = ports.FIRST_BLOCK + ports.OFFSETS["router"] + 3  # the third router's

    chosen = ports.choose(0, free=lambda port: port != taken)

    assert chosen["page"] == ports.FIRST_BLOCK + ports.BLOCK


def test_without_a_free_block_the_error_says_so() -> None:
    with pytest.raises(ports.NoFreePortsError):
        ports.choose(0, free=lambda _: False)


def test_the_second_start_uses_the_ports_of_the_first(layout: Layout) -> None:
    first, moved_first = ports.settle(layout)
    second, moved_second = ports.settle(layout)

    assert first == second
    assert (moved_first, moved_second) == (False, False)


def test_a_port_taken_by_somebody_else_moves_the_block(layout: Layout) -> None:
    first, _ = ports.settle(layout)
    with socket.create_server(("127.0.0.1", first["redis"])):
        second, moved = ports.settle(layout)

    assert moved
    assert second["redis"] != first["redis"]
    assert ports.remembered(layout.ports) == second


def test_a_damaged_file_is_as_good_as_none(layout: Layout) -> None:
    layout.ports.write_text("{")

    assert ports.remembered(layout.ports) is None


SETTLES = """
import sys, zlib
from pathlib import Path
zlib.crc32 = lambda _: 7
from native import layout, ports
print(ports.settle(layout.Layout(Path(sys.argv[1])))[0]["page"], flush=True)
sys.stdin.read()
"""
"""Every folder's search begins at the same block, as the hashes of two names may have it."""


def test_two_that_start_in_the_same_moment_have_different_ports(tmp_path: Path) -> None:
    """Tests of two processes met on one database port: neither listened yet when both looked."""
    folders = [tmp_path / str(n) for n in range(8)]
    for folder in folders:
        Layout(folder).create()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SETTLES, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for folder in folders
    ]
    chosen = [process.stdout.readline() for process in processes if process.stdout]
    for process in processes:
        process.communicate()

    assert len(set(chosen)) == len(folders)


def test_what_is_let_go_of_may_be_had_by_another(tmp_path: Path) -> None:
    base, one, other = ports.FIRST_BLOCK - ports.BLOCK, tmp_path / "one", tmp_path / "other"
    first, again, taken = (ports.claim(base, who) for who in (one, one, other))
    ports.release(one)
    had = ports.claim(base, other)
    ports.release(other)

    assert (first, again, taken, had) == (True, True, False, True)
