"""Infrastructure and supervisor on real parts, with tiny stand-ins for the services."""

import asyncio
import dataclasses
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import psutil
import pytest
from native import control, proxy
from native.errors import StartError
from native.furniture import Furniture, Options
from native.infrastructure import NAMES, Infrastructure, Name
from native.part import Recipe
from native.supervisor import Supervisor

pytestmark = pytest.mark.integration

STAND_IN = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Ready(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("127.0.0.1", int(os.environ["PREK_HTTP_PORT"])), Ready).serve_forever()
"""


class StandIns(Furniture):
    """Starts a process that is always ready instead of each service."""

    def replica(self, service: str, replica: int) -> Recipe:
        recipe = super().replica(service, replica)
        return dataclasses.replace(recipe, argv=[sys.executable, "-c", STAND_IN])


@pytest.fixture(scope="module")
def infrastructure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Infrastructure]:
    infrastructure = Infrastructure(tmp_path_factory.mktemp("run"))
    infrastructure.start()
    yield infrastructure
    infrastructure.remove()


@pytest.fixture
async def supervisor(infrastructure: Infrastructure) -> AsyncIterator[Supervisor]:
    options = Options(replicas=1)
    furniture = StandIns(infrastructure, options)
    supervisor = Supervisor(infrastructure, furniture, options, lambda _: None)
    async with supervisor.running():
        yield supervisor


def read(infrastructure: Infrastructure) -> Any:
    return json.loads(infrastructure.layout.addresses.read_text())


async def until(condition: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is awaited is a file or another process
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("name", NAMES)
def test_each_part_comes_back_after_it_was_killed(
    infrastructure: Infrastructure, name: Name
) -> None:
    infrastructure.kill(name)

    assert not infrastructure.is_ready(name)
    infrastructure.start_part(name)
    assert infrastructure.is_ready(name)


def test_a_frozen_part_does_not_answer_until_it_is_thawed(infrastructure: Infrastructure) -> None:
    infrastructure.freeze("redis")

    assert not infrastructure.is_ready("redis")
    infrastructure.thaw("redis")
    assert infrastructure.is_ready("redis")


def test_each_service_has_its_own_way_in(infrastructure: Infrastructure) -> None:
    settings = {service: infrastructure.settings(service) for service in ("router", "gateway")}

    assert "PREK_DATABASE_URL" not in settings["gateway"]
    assert "//router:" in settings["router"]["PREK_AMQP_URL"]
    assert settings["router"]["PREK_AMQP_URL"] != settings["gateway"]["PREK_AMQP_URL"]


async def test_the_door_lets_the_first_visitor_in(
    supervisor: Supervisor, infrastructure: Infrastructure
) -> None:
    async with httpx.AsyncClient() as client:
        ways = [
            f"http://127.0.0.1:{infrastructure.ports[listener]}/" for listener in proxy.LISTENERS
        ]
        answers = [await client.get(way) for way in ways]

    assert [answer.status_code for answer in answers] == [200] * len(ways)


async def test_a_visitor_whose_replica_has_just_died_is_let_in_elsewhere(
    supervisor: Supervisor, infrastructure: Infrastructure
) -> None:
    await supervisor.scale("gateway", 2)
    page = f"http://127.0.0.1:{infrastructure.ports['page']}/"

    os.kill(read(infrastructure)["processes"][0]["pid"], signal.SIGKILL)
    async with httpx.AsyncClient(headers={"Connection": "close"}) as client:
        answers = await asyncio.gather(*(client.get(page) for _ in range(12)))

    assert [answer.status_code for answer in answers] == [200] * 12


async def test_a_killed_service_is_back_within_two_seconds(
    supervisor: Supervisor, infrastructure: Infrastructure
) -> None:
    before = read(infrastructure)["processes"][0]
    os.kill(before["pid"], signal.SIGKILL)

    await until(lambda: read(infrastructure)["processes"][0]["pid"] not in {None, before["pid"]}, 2)


async def test_a_killed_redis_is_back_within_two_seconds(
    supervisor: Supervisor, infrastructure: Infrastructure
) -> None:
    pid = infrastructure.part("redis").pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)

    await until(lambda: infrastructure.part("redis").pid not in {None, pid}, 2)
    await until(lambda: infrastructure.is_ready("redis"), 5)


async def test_replicas_are_changed_from_another_terminal(
    supervisor: Supervisor, infrastructure: Infrastructure
) -> None:
    folder = infrastructure.layout.folder

    async def scale(replicas: int) -> list[int]:
        request = {"do": "scale", "service": "router", "replicas": replicas}
        answer = await asyncio.to_thread(control.ask, folder, request)
        assert answer["ok"], answer
        return [p["replica"] for p in answer["processes"] if p["service"] == "router"]

    assert await scale(3) == [1, 2, 3]
    assert await scale(1) == [1]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"do": "scale", "service": "rooter", "replicas": 1}, "choose one of"),
        ({"do": "scale", "service": "router", "replicas": 9}, "from 0 to 8"),
        ({"do": "dance"}, "cannot"),
        ({}, "not a request"),
    ],
)
async def test_what_cannot_be_done_is_said(
    supervisor: Supervisor, infrastructure: Infrastructure, request_: Any, says: str
) -> None:
    answer = await asyncio.to_thread(control.ask, infrastructure.layout.folder, request_)

    assert not answer["ok"]
    assert says in answer["error"]


async def test_nothing_runs_after_the_end(infrastructure: Infrastructure) -> None:
    options = Options(replicas=1)
    supervisor = Supervisor(
        infrastructure, StandIns(infrastructure, options), options, lambda _: None
    )
    async with supervisor.running():
        pids = [process["pid"] for process in read(infrastructure)["processes"]]

    assert not infrastructure.layout.addresses.exists()
    assert not any(map(psutil.pid_exists, pids))
    with pytest.raises(StartError, match="does not run"):
        control.ask(infrastructure.layout.folder, {"do": "status"})
