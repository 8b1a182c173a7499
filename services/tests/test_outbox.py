"""A slow reader is cut off by the number of its frames, or by their size, and costs nobody else."""

import asyncio
import json
from uuid import uuid4

import pytest
from services.contracts.wire_citizen import CLOSE_SLOW
from services.contracts.wire_desk import DTyping
from services.outbox import MAX_BYTES, MAX_FRAMES, SocketOutbox


class Socket:
    """A socket whose reader reads only when the test lets it."""

    def __init__(self):
        self.written = []
        self.closed_with = None
        self.reads = asyncio.Event()
        self.fails = None

    async def send(self, text):
        await self.reads.wait()
        if self.fails:
            raise self.fails
        self.written.append(text)

    async def close(self, code):
        self.closed_with = code

    def outbox(self):
        return SocketOutbox(self.send, self.close)

    @property
    def authors(self):
        return [json.loads(text)["author"] for text in self.written]


def frame(author="x"):
    return DTyping(conversation=uuid4(), author=author)


EMPTY_BYTES = len(frame("").model_dump_json())


@pytest.fixture
def socket():
    return Socket()


async def test_frames_are_written_in_the_order_they_were_put(socket):
    outbox = socket.outbox()
    socket.reads.set()
    for n in range(10):
        outbox.put(frame(str(n)))
    outbox.finish(1000)
    await outbox.write()

    assert socket.authors == [str(n) for n in range(10)]
    assert outbox.sent == 10
    assert socket.closed_with == outbox.code == 1000


async def test_as_many_frames_as_there_is_room_for_are_kept(socket):
    outbox = socket.outbox()
    for _ in range(MAX_FRAMES):
        outbox.put(frame())

    assert outbox.code is None

    outbox.put(frame())

    assert outbox.code == CLOSE_SLOW


@pytest.mark.parametrize(
    ("letter", "size"), [("a", 1), ("å", 2), ("‰", 3), ("🫐", 4)], ids=["1", "2", "3", "4"]
)
async def test_as_many_bytes_as_there_is_room_for_are_kept_in_any_script(socket, letter, size):
    """Characters were counted, of which a byte limit holds up to four times too many."""
    outbox = socket.outbox()
    text = letter * ((MAX_BYTES // 2 - EMPTY_BYTES) // size)
    outbox.put(frame(text))
    outbox.put(frame(text))

    assert outbox.code is None

    outbox.put(frame(letter * 64))

    assert outbox.code == CLOSE_SLOW


async def test_a_socket_may_be_given_more_room(socket):
    outbox = SocketOutbox(socket.send, socket.close, max_bytes=2 * MAX_BYTES)
    outbox.put(frame("a" * MAX_BYTES))
    outbox.put(frame())

    assert outbox.code is None

    outbox.put(frame("a" * MAX_BYTES))

    assert outbox.code == CLOSE_SLOW


async def test_a_frame_serialised_before_is_written_as_it_is(socket):
    outbox = socket.outbox()
    socket.reads.set()
    text = frame("x").model_dump_json()
    outbox.put_text(text)
    outbox.finish(1000)
    await outbox.write()

    assert socket.written == [text]


async def test_one_frame_may_be_larger_than_the_room_for_all(socket):
    outbox = socket.outbox()
    socket.reads.set()
    outbox.put(frame("a" * MAX_BYTES))
    outbox.finish(1000)
    await outbox.write()

    assert len(socket.written) == 1


async def test_what_is_written_makes_room_again(socket, eventually):
    outbox = socket.outbox()
    socket.reads.set()
    writing = asyncio.ensure_future(outbox.write())
    for n in range(1, 11):
        for _ in range(100):
            outbox.put(frame("å" * 1_000))
        await eventually(lambda n=n: outbox.sent == 100 * n)
    outbox.finish(1000)
    await writing

    assert outbox.code == 1000
    assert socket.closed_with == 1000


async def test_a_slow_reader_is_cut_off_without_the_rest(socket):
    outbox = socket.outbox()
    writing = asyncio.ensure_future(outbox.write())
    for _ in range(MAX_FRAMES + 2):
        outbox.put(frame())
    await asyncio.wait_for(writing, 10)

    assert socket.closed_with == CLOSE_SLOW
    assert socket.written == []


async def test_nothing_is_taken_after_the_end(socket):
    outbox = socket.outbox()
    socket.reads.set()
    outbox.end(4001)
    outbox.put(frame())
    outbox.finish(1000)
    await outbox.write()

    assert socket.written == []
    assert socket.closed_with == 4001


async def test_nothing_is_taken_after_the_finish_and_the_first_code_counts(socket):
    outbox = socket.outbox()
    socket.reads.set()
    outbox.put(frame("before"))
    outbox.finish(1012)
    outbox.finish(1000)
    outbox.put(frame("after"))
    await outbox.write()

    assert socket.authors == ["before"]
    assert socket.closed_with == 1012


async def test_a_finish_that_is_never_read_can_still_be_ended(socket):
    outbox = socket.outbox()
    outbox.put(frame())
    outbox.finish(1012)
    writing = asyncio.ensure_future(outbox.write())
    await asyncio.sleep(0)
    outbox.end(4008)
    await asyncio.wait_for(writing, 10)

    assert socket.closed_with == 4008


async def test_writing_ends_when_the_socket_is_gone(socket):
    outbox = socket.outbox()
    socket.fails = ConnectionResetError()
    socket.reads.set()
    outbox.put(frame())
    await asyncio.wait_for(outbox.write(), 10)

    assert socket.closed_with is None
