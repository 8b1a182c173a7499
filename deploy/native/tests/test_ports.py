"""Ports are chosen free once, and remembered."""

import socket
from pathlib import Path

import pytest
from native import ports
from native.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "run")
    layout.create()
    return layout


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
