"""The shim between aiormq and a consumer: quiet while off; twice, shuffled and lossy while on."""

import asyncio

from chaos.board import Board
from chaos.deliveries import LOSE_PUSHES, REDELIVER, WINDOW, _Shuffle


class Message:
    """A delivery that is its own channel."""

    def __init__(self, n: int) -> None:
        self.body = str(n).encode()
        self.channel = self
        self.acks = 0

    async def basic_ack(self, _delivery_tag: int) -> None:
        self.acks += 1


async def delivered(board: Board, many: int, *, pushes: bool = False) -> list:
    got = []

    async def callback(message) -> None:
        got.append(message)
        await message.channel.basic_ack(1)

    shuffle = _Shuffle(callback, board, pushes=pushes)
    messages = [Message(n) for n in range(many)]
    for message in messages:
        await shuffle(message)
    while shuffle._tasks:
        await asyncio.gather(*shuffle._tasks)
    assert all(message.acks <= 1 for message in messages), "settled once on the wire"
    return [int(message.body) for message in got]


async def test_while_off_everything_passes_once_and_in_order(tmp_path):
    assert await delivered(Board(tmp_path), 100) == list(range(100))


async def test_while_on_some_come_twice_and_out_of_order_and_none_is_lost(tmp_path):
    board = Board(tmp_path)
    board.on(REDELIVER)
    got = await delivered(board, 400)

    assert set(got) == set(range(400))
    assert len(got) > 400
    assert got != sorted(got)
    assert board.noted("twice") == len(got) - 400
    assert board.noted("shuffled") >= len(got) // (WINDOW + 1)


async def test_pushes_may_be_lost(tmp_path):
    board = Board(tmp_path)
    board.on(LOSE_PUSHES)
    got = await delivered(board, 400, pushes=True)

    assert len(got) == 400 - board.noted("lost") < 400
