"""Patches: each takes one guard out of the system, so that the checker can be seen to notice.

M5, M6 and M10 are faults of a client: switches of `chaos.clients`, not patches.
"""

import asyncio
import importlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import aio_pika

from chaos.board import Board

DROP_UNIQUE: Final = """
DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conname FROM pg_constraint
        WHERE conrelid = 'ledger.event'::regclass AND contype = 'u' LOOP
        EXECUTE 'ALTER TABLE ledger.event DROP CONSTRAINT ' || quote_ident(c.conname);
    END LOOP;
END $$
"""
DROP_CAPACITY: Final = "DROP TRIGGER IF EXISTS guard_capacity ON ledger.agent"
"""The last line of the table itself; without it, what a mutant decides is what is kept."""
WRITTEN_S: Final = 0.2
"""For an acknowledgement to be on the wire before its sender dies."""
EARLY_DEATHS: Final = tuple(f"early-ack-dies-{n}" for n in range(3))
"""Switches: under M3, who has acknowledged a citizen's words takes one and dies."""


def _of(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _replace(owner: Any, name: str, new: Any) -> Any:
    """Put something in the place of what is there, and return that.

    Raises:
        AttributeError: there is no such thing any more, so the mutant would be none.
    """
    former = getattr(owner, name)
    setattr(owner, name, new)
    return former


def no_dedupe(module: str, _board: Board) -> None:
    """M1: a repeated action is carried out again."""
    if module != "transcript_service":
        return
    books = _of("transcript_service.core.books", "Books")
    original = books.carry_out

    def carry_out(self: Any, envelope: Any, salt: Any) -> Any:
        self.known.clear()
        return original(self, envelope, salt)

    _replace(books, "carry_out", carry_out)


def no_capacity(module: str, _board: Board) -> None:
    """M2: neither router nor ledger looks at the load."""
    if module == "transcript_service":
        change = _of("transcript_service.core.change", "Change")
        _replace(change, "fits", lambda _self, _agent: True)
    if module == "router":
        slots = _of("router.core.choice", "Slots")
        _replace(slots, "free", lambda _self, _agent: True)
        _replace(slots, "load", lambda _self, _agent: 0)


def early_ack(module: str, board: Board) -> None:
    """M3: acknowledge first, then handle; now and then it comes to no handling."""
    if module != "transcript_service":
        return
    inbox = _of("services.inbox", "Inbox")
    original = inbox._handle

    async def handle(self: Any, batch: Sequence[Any]) -> None:
        for held in batch:
            await held.delivery.ack()
        if any(_words(held.delivery) for held in batch) and any(map(board.take, EARLY_DEATHS)):
            await asyncio.sleep(WRITTEN_S)
            os.kill(os.getpid(), signal.SIGKILL)
        await original(self, batch)

    _replace(inbox, "_handle", handle)


def _words(delivery: Any) -> bool:
    return delivery.vouched == "gateway" and b"message.post.v1" in delivery.body


def no_fence(module: str, _board: Board) -> None:
    """M4: an owner's action under an old epoch counts."""
    if module == "transcript_service":
        decide = importlib.import_module("transcript_service.core.decide")
        _replace(decide, "_stale", lambda _change, _command: None)


def requeue(module: str, _board: Board) -> None:
    """M7: what cannot be handled now goes back to the queue, which forgets (with limit -1)."""
    if module != "transcript_service":
        return
    inbox = _of("services.inbox", "Inbox")

    async def react(self: Any, held: Any, _error: Exception) -> None:
        message = held.delivery._message
        await message.channel.basic_nack(message.delivery_tag, requeue=True)
        self._forget(held)

    _replace(inbox, "_react", react)


def no_returns(_module: str, _board: Board) -> None:
    """M8: a publish that no queue took counts as taken."""
    original = aio_pika.Connection.channel

    def channel(self: Any, *args: Any, **options: Any) -> Any:
        return original(self, *args, **{**options, "on_return_raises": False})

    _replace(aio_pika.Connection, "channel", channel)


def no_watermark(module: str, _board: Board) -> None:
    """M9: no gateway looks whether the last push was lost."""
    if module == "gateway":
        rooms = _of("gateway.ws.rooms", "Rooms")
        _replace(rooms, "keep_tails", _never)
        _replace(rooms, "read_all", _nothing)
        room = _of("gateway.ws.room", "Room")
        room.watermark = property(lambda _self: 0, lambda _self, _value: None)


async def _never(*_: object) -> None:
    await asyncio.Event().wait()


async def _nothing(*_: object) -> None:
    return


PATCHES: Final[Mapping[str, Callable[[str, Board], None]]] = {
    "M1": no_dedupe,
    "M2": no_capacity,
    "M3": early_ack,
    "M4": no_fence,
    "M7": requeue,
    "M8": no_returns,
    "M9": no_watermark,
}
