"""A service starts and stops in a told order. Tried on a real process, with real signals."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys

import httpx
import pytest

pytestmark = pytest.mark.integration

PROGRAM = """
import asyncio, sys
from fastapi import FastAPI
from services.health import add_health
from services.lifecycle import Service, run
from services.settings import KitSettings

def step(name, doing=None):
    async def act():
        print(name, flush=True)
        if doing:
            await doing()
    return act

async def build(settings):
    app, go = FastAPI(), asyncio.Event()

    @app.post("/go")
    async def let_go():
        go.set()

    async def wait():
        await go.wait()

    async def fail():
        raise OSError("words")

    async def hang():
        await asyncio.Event().wait()

    service = Service(
        app,
        start=(step("start 1"), step("start 2", fail if "fail" in sys.argv else None)),
        stop=(
            step("stop consuming", None if "hang" in sys.argv else wait),
            step("drain", hang if "hang" in sys.argv else fail),
            step("close"),
        ),
    )
    add_health(app, {"leaving": service.leaving_probe})
    return service

run("router", KitSettings(), build)
"""


class Process:
    """A service in a process of its own, and what it says."""

    def __init__(self, process, port):
        self._process = process
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)
        self.said = []

    async def until(self, line):
        """Wait until it says something; a JSON line is known by its event."""
        async with asyncio.timeout(30):
            while line not in self.said:
                raw = (await self._process.stdout.readline()).decode()

                assert raw, f"ended, having said {self.said}"

                self.said.append(self._event(raw.strip()))

    @staticmethod
    def _event(line):
        with contextlib.suppress(ValueError):
            return json.loads(line)["event"]
        return line

    async def until_it_answers(self):
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    return await self.client.get("/readyz")
                await asyncio.sleep(0.01)

    def signal(self, number):
        self._process.send_signal(number)

    async def end(self):
        """Return the exit code, as soon as it ended, and keep what else was said."""
        out, err = await asyncio.wait_for(self._process.communicate(), 30)
        self.said += [self._event(line) for line in out.decode().splitlines()]
        self.errors = err.decode()
        return self._process.returncode

    async def kill(self):
        await self.client.aclose()
        if self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()


@pytest.fixture
async def start():
    started = []

    async def begin(*arguments, drain_timeout_s=10.0):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "PREK_AMQP_URL": "amqp://nowhere",
            "PREK_HTTP_PORT": str(port),
            "PREK_DRAIN_TIMEOUT_S": str(drain_timeout_s),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM,
            *arguments,
            env={**os.environ, **settings},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(Process(process, port))
        return started[-1]

    yield begin
    for process in started:
        await process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
async def test_a_signal_stops_a_service_in_the_told_order(start, number):
    process = await start()
    await process.until("service_started")
    ready = await process.until_it_answers()
    process.signal(number)
    await process.until("stop consuming")
    leaving = await process.client.get("/readyz")
    with contextlib.suppress(httpx.TransportError):
        await process.client.post("/go")
    code = await process.end()

    assert code == 0
    assert ready.status_code == 200
    assert leaving.json() == {"ready": False, "missing": {"leaving": "leaving"}}
    assert process.said == [
        "start 1",
        "start 2",
        "service_started",
        "service_stopping",
        "stop consuming",
        "drain",
        "stop_step_failed",
        "close",
        "service_stopped",
    ]
    assert "words" not in process.errors


async def test_a_step_that_hangs_does_not_keep_the_service_from_ending(start):
    process = await start("hang", drain_timeout_s=-1.9)  # a step has 2 s more than that
    await process.until("service_started")
    process.signal(signal.SIGTERM)
    code = await process.end()

    assert code == 0
    assert process.said[-3:] == ["stop_step_failed", "close", "service_stopped"]


async def test_a_service_that_cannot_start_says_so_and_ends(start):
    process = await start("fail")
    code = await process.end()

    assert code != 0
    assert "service_started" not in process.said
