"""Patch: while a switch is on, the broker seems to deliver twice, out of order, and to lose pushes.

It is put between aiormq and whoever consumes, so it holds for every queue of every service.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiormq
from aiormq.abc import DeliveredMessage

from chaos.board import Board

REDELIVER: Final = "redeliver"
LOSE_PUSHES: Final = "lose-pushes"
TWICE: Final = 0.1
LOST: Final = 0.05
MANY_LOST: Final = 0.3
"""Share of pushes lost under `LOSE_PUSHES`."""
WINDOW: Final = 20
"""Deliveries that are shuffled among each other."""
HELD_S: Final = 0.05

Callback = Callable[[DeliveredMessage], Awaitable[Any]]


class _Copy:
    """A second delivery of a message: the first one's acknowledgement settles both."""

    def __init__(self, message: DeliveredMessage) -> None:
        self._message = message

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)

    @property
    def channel(self) -> Any:
        """Return a channel that settles nothing: on the wire this delivery never was."""
        return _Silent(self._message.channel)


class _Silent:
    """A channel that says nothing about deliveries."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    async def basic_ack(self, delivery_tag: int, **options: Any) -> None:
        """Settle nothing."""


class _Shuffle:
    """Hands deliveries of one consumer on, worse than the broker ever would."""

    def __init__(self, callback: Callback, board: Board, *, pushes: bool) -> None:
        self._callback = callback
        self._board = board
        self._pushes = pushes
        self._held: list[Any] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._dice = random.Random()

    async def __call__(self, message: DeliveredMessage) -> None:
        loses = LOST if self._board.is_on(REDELIVER) else 0.0
        loses = MANY_LOST if self._board.is_on(LOSE_PUSHES) else loses
        if self._pushes and self._dice.random() < loses:
            self._board.note("lost")
            return
        if not self._board.is_on(REDELIVER) and not self._held:
            await self._callback(message)
            return
        self._held.append(message)
        if self._dice.random() < TWICE:
            self._board.note("twice")
            self._held.append(_Copy(message))
        if len(self._held) >= WINDOW:
            await self._flush()
        elif len(self._tasks) == 0:
            task = asyncio.get_running_loop().create_task(self._flush_soon())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _flush_soon(self) -> None:
        await asyncio.sleep(HELD_S)
        await self._flush()

    async def _flush(self) -> None:
        held, self._held = self._held, []
        if len(held) > 1:
            self._dice.shuffle(held)
            self._board.note("shuffled")
        for message in held:
            await self._callback(message)


def apply(_module: str, board: Board) -> None:
    """Put the shuffle in front of every consumer."""
    original = aiormq.Channel.basic_consume

    async def basic_consume(
        self: aiormq.Channel, queue: str, callback: Callback, **options: Any
    ) -> Any:
        shuffle = _Shuffle(callback, board, pushes=bool(options.get("no_ack")))
        return await original(self, queue, shuffle, **options)

    aiormq.Channel.basic_consume = basic_consume  # type: ignore[method-assign,assignment]
