"""The fault proxy against a server that echoes."""

import asyncio
import random
from contextlib import asynccontextmanager

import pytest
from chaos.faults.stage import until
from chaos.proxy import CALM, Link, Weather


@asynccontextmanager
async def linked():
    async def echo(reader, writer):
        while data := await reader.read(1024):
            writer.write(data)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    link = Link("a:b", server.sockets[0].getsockname(), random.Random(1))
    port = await link.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield link, port, reader, writer
    finally:
        writer.close()
        await link.close()
        server.close()


async def echoed(reader, writer, data: bytes) -> bytes:
    writer.write(data)
    return await asyncio.wait_for(reader.readexactly(len(data)), 10)


@pytest.mark.parametrize(
    "weather", [CALM, Weather(delay_s=0.01, jitter_s=0.01), Weather(slices=True)]
)
async def test_everything_arrives_in_order_whatever_the_weather(weather):
    data = bytes(range(256)) * 600
    async with linked() as (link, _, reader, writer):
        await link.turn(weather)

        assert await echoed(reader, writer, data) == data


async def test_a_cut_is_felt_at_once_and_a_refused_link_lets_nobody_in():
    async with linked() as (link, port, reader, writer):
        await echoed(reader, writer, b"hei")
        await link.turn(Weather(refuse=True))
        torn = link.cut()
        with pytest.raises(ConnectionError):
            await reader.readexactly(1)
        other, more = await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await other.readexactly(1)
        more.close()

        assert torn == 2
        assert link.bites["refused"] == 1


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_what_is_swallowed_arrives_when_the_line_is_back(direction):
    async with linked() as (link, _, reader, writer):
        await link.turn(Weather(swallow=frozenset({direction})))
        writer.write(b"hei")
        reading = asyncio.get_running_loop().create_task(reader.readexactly(3))
        swallowed = await until(lambda: link.bites["swallowed"] > 0, 10)
        silent = not reading.done()
        await link.turn(CALM)

        assert swallowed
        assert silent
        assert await asyncio.wait_for(reading, 10) == b"hei"


async def test_a_half_closed_connection_ends_for_one_side():
    async with linked() as (link, _, reader, writer):
        await echoed(reader, writer, b"hei")
        closed = await until(lambda: link.half_close() > 0, 10)

        assert closed
        assert await asyncio.wait_for(reader.read(), 10) == b""
