"""Broker, database or Redis absent at the start, or lost later: said once, and got over."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from chat import Chat
from native import proxy
from native.furniture import MIGRATED, Furniture, Options
from native.infrastructure import NAMES, Infrastructure, Name
from native.part import Part
from native.ports import REPLICATED
from native.supervisor import run_once
from native.system import wait_until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]

NEEDS = {
    "broker": set(REPLICATED),
    "database": {"agent-service", "transcript-service", "router"},
    "redis": {"router"},
}
"""Services that cannot do their work without a part (the router asks the ledger for the line)."""

SAYS = {
    "broker": ("broker_unavailable", "broker_lost"),
    "database": ("database_unavailable",),
    "redis": ("redis_unavailable",),
}
"""The events by which a service tells that a part is away."""

SAYS_SO = {
    "broker": set(REPLICATED),
    "database": {"agent-service", "transcript-service"},
    "redis": {"gateway", "agent-service", "router"},
}
"""Services that use the part themselves."""

RETURN_S = 10.0
"""Within so long of a part's return a message is served again."""


class Bare:
    """The services without anybody who starts them again, on parts that come and go."""

    def __init__(self, folder: Path) -> None:
        self.infrastructure = Infrastructure(folder)
        furniture = Furniture(self.infrastructure, Options(replicas=1))
        self.furniture = furniture
        self.services = {name: Part(furniture.replica(name, 1)) for name in REPLICATED}
        self.proxy = Part(proxy.recipe(self.infrastructure.layout, self.infrastructure.ports))

    async def prepare(self) -> None:
        """Make tables and demonstration, and leave everything stopped."""
        self.infrastructure.start()
        await run_once([Part(self.furniture.migration(service)) for service in MIGRATED])
        await run_once([Part(self.furniture.seeding())])
        self.infrastructure.stop()

    def start_services(self) -> None:
        for part in (*self.services.values(), self.proxy):
            part.start()

    def remove(self) -> None:
        for part in (self.proxy, *self.services.values()):
            part.stop()
        self.infrastructure.remove()

    def missing(self, service: str) -> dict[str, str] | None:
        """Return what a service says it lacks; None while it does not answer at all."""
        port = self.furniture.port(service, 1)
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).json()["missing"]
        except httpx.HTTPError:
            return None

    def ready(self) -> bool:
        return all(self.missing(service) == {} for service in REPLICATED)

    def not_ready(self, services: set[str]) -> bool:
        return all(self.missing(service) for service in services)

    def pids(self) -> dict[str, int | None]:
        return {name: part.pid for name, part in self.services.items()}

    def said(self, service: str, events: tuple[str, ...]) -> int:
        """Count the log lines by which a service told of something."""
        log = self.services[service].recipe.log
        lines = log.read_text().splitlines() if log.exists() else []
        return sum(json.loads(line)["event"] in events for line in lines if line.startswith("{"))

    def all_said(self, name: Name) -> dict[str, int]:
        return {service: self.said(service, SAYS[name]) for service in sorted(SAYS_SO[name])}

    @property
    def addresses(self) -> dict[str, str]:
        return {"gateway": self.furniture.origins.chat, "console": self.furniture.origins.console}

    def users(self) -> list[dict[str, str]]:
        users = json.loads(self.furniture.users.read_text())
        return [user for user in users if "servicetorget" in user["departments"]]


@pytest.fixture(scope="module")
async def bare(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bare]:
    bare = Bare(tmp_path_factory.mktemp("bare") / "run")
    await bare.prepare()
    yield bare
    bare.remove()


async def patiently(seen: Callable[[], bool], seconds: float = 60) -> float | None:
    return await asyncio.to_thread(wait_until, seen, seconds)


@contextmanager
def clocked(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    sys.stderr.write(f"\n{what}: {time.monotonic() - began:.1f} s\n")


async def test_services_started_before_their_parts_say_so_and_then_serve(bare: Bare) -> None:
    bare.start_services()
    alone = await patiently(lambda: bare.not_ready(set(REPLICATED)))
    told = await patiently(lambda: all(bare.all_said("broker").values()))
    pids = bare.pids()
    for name in NAMES:
        bare.infrastructure.spawn(name)
    await asyncio.to_thread(bare.infrastructure.wait_ready)
    with clocked("ready after the parts were"):
        back = await patiently(bare.ready)

    assert None not in (alone, told, back)
    assert bare.all_said("broker") == dict.fromkeys(sorted(REPLICATED), 1)
    assert bare.all_said("database") == {"agent-service": 1, "transcript-service": 1}
    assert bare.said("router", SAYS["redis"]) == 1
    async with Chat(bare.addresses, bare.users()[:1]) as chat:
        await chat.exchange("Hei?", "Hei!")
    assert bare.pids() == pids


@pytest.mark.parametrize("name", NAMES)
async def test_a_part_that_is_lost_and_returns_costs_a_delay_and_no_word(
    bare: Bare, name: Name
) -> None:
    assert await patiently(bare.ready) is not None
    async with Chat(bare.addresses, bare.users()[1:2]) as chat:
        await chat.exchange("Er dere der?", "Ja.")
        pids, before = bare.pids(), bare.all_said(name)
        bare.infrastructure.kill(name)
        gone = await patiently(lambda: bare.not_ready(NEEDS[name]))
        told = await patiently(lambda: all(n > before[s] for s, n in bare.all_said(name).items()))
        asked = asyncio.create_task(chat.exchange("Er dere der ennå?", "Ja da."))
        bare.infrastructure.start_part(name)
        began = time.monotonic()
        await asked
        took_s = time.monotonic() - began
        back = await patiently(bare.ready)
        sys.stderr.write(f"\n{name}: a message {took_s:.1f} s after its return\n")

        assert None not in (gone, told, back)
        assert took_s < RETURN_S
        assert bare.pids() == pids
        assert {s: n - before[s] for s, n in bare.all_said(name).items()} == dict.fromkeys(
            sorted(SAYS_SO[name]), 1
        )
        assert chat.shown == ["Er dere der?", "Ja.", "Er dere der ennå?", "Ja da."]
