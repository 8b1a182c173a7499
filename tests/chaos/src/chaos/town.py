"""The whole system under test: real parts, two replicas of each service, every link breakable."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
from native import journal, lock
from native.distribution import Distribution
from native.errors import StartError
from native.furniture import MIGRATED, Options
from native.infrastructure import Infrastructure
from native.layout import Layout
from native.part import Part
from native.ports import REPLICATED
from native.prepared import Prepared
from native.rabbitmq import Definitions, topology_definitions
from native.supervisor import Supervisor, ready, run_once

from chaos.board import Board
from chaos.broker import Broker
from chaos.furniture import BrokenFurniture
from chaos.links import Links

REPLICAS = 2
LOOK_S = 0.2
READY_S = 90.0
"""A replica must be ready again so many seconds after the last fault, or the run has failed."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """How the system differs from one that is well."""

    patches: Sequence[str] = ("points", "deliveries")
    """Patches that do nothing until a switch is on."""
    sql: Sequence[str] = ()
    """Statements run as the superuser once the tables are there: guards that a mutant lacks."""
    definitions: Definitions = field(default=topology_definitions)
    distribution: Distribution | None = None
    """Whose RabbitMQ is run. None: the one `PREK_BROKER` asks for."""


class Town:
    """One running system. Use `running` to have one."""

    def __init__(self, infrastructure: Infrastructure, links: Links, board: Board) -> None:
        """Know the parts; `running` starts them."""
        self.infrastructure = infrastructure
        self.links = links
        self.board = board
        admin = infrastructure.admin_settings()
        self.broker = Broker(infrastructure, admin["PREK_AMQP_URL"])
        self.database_url = admin["PREK_DATABASE_URL"]
        self.redis_url = admin["PREK_REDIS_URL"]

    @property
    def chat(self) -> str:
        """Return the citizens' socket, at the far end of a link."""
        return f"ws://localhost:{self.links.port('citizens', 'chat')}/ws/citizen"

    @property
    def console(self) -> str:
        """Return the console's address as the service itself knows it."""
        return f"http://localhost:{self.infrastructure.ports['console']}"

    @property
    def _published(self) -> dict[str, Any]:
        path = self.infrastructure.layout.addresses
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    @property
    def users(self) -> list[dict[str, Any]]:
        """Return the demonstration's agents."""
        return [user for user in self._published["users"] if user["role"] == "agent"]

    def processes(self, service: str) -> list[psutil.Process]:
        """Return the replicas of a service that run."""
        found = []
        for state in self._published["processes"]:
            if state["service"] == service and state["pid"] is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    found.append(psutil.Process(state["pid"]))
        return found

    def health(self, service: str) -> list[str]:
        """Return the readiness addresses of a service's replicas."""
        processes = self._published["processes"]
        return [state["health"] for state in processes if state["service"] == service]

    async def wait_ready(self, services: Sequence[str] = REPLICATED) -> None:
        """Return when every replica says it is ready.

        Raises:
            StartError: one does not in time.
        """
        missing: list[str] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(READY_S), httpx.AsyncClient(timeout=2) as client:
                while missing := await self._unready(client, services):  # noqa: ASYNC110 - only asking tells
                    await asyncio.sleep(LOOK_S)
        if missing:
            raise StartError(f"not ready in time: {', '.join(missing)}")

    async def _unready(self, client: httpx.AsyncClient, services: Sequence[str]) -> list[str]:
        missing = []
        for service in services:
            for address in self.health(service):
                try:
                    answer = await client.get(address)
                    if answer.status_code != httpx.codes.OK:
                        missing.append(f"{service} {answer.text[:80]}")
                except httpx.HTTPError as error:
                    missing.append(f"{service} {type(error).__name__}")
        return missing

    async def open_files(self, service: str) -> int:
        """Return the most files that a replica of a service has open."""
        counts = [0]
        for process in self.processes(service):
            with contextlib.suppress(psutil.NoSuchProcess):
                counts.append(process.num_fds())
        return max(counts)


@contextlib.asynccontextmanager
async def running(folder: Path, setup: Setup, dice: random.Random, say: Say) -> AsyncIterator[Town]:
    """Start a system in a folder; inside the block it runs; then stop it, the data stays.

    Raises:
        StartError: it cannot be started.
        AlreadyRunningError: another run uses the folder.
    """
    with lock.held(folder):
        journal.sweep(Layout(folder).journal)
        async with _running(folder, setup, dice, say) as town:
            yield town


@contextlib.asynccontextmanager
async def _running(
    folder: Path, setup: Setup, dice: random.Random, say: Say
) -> AsyncIterator[Town]:
    infrastructure = Infrastructure(folder, setup.definitions, setup.distribution)
    with infrastructure.stopped_on_error():
        say("starting RabbitMQ, PostgreSQL and Redis")
        infrastructure.spawn_all(say)
    try:
        async with Links(infrastructure, dice) as links:
            board = Board(folder / "board")
            board.clear()
            options = Options(replicas=REPLICAS, profile="load")
            furniture = BrokenFurniture(
                infrastructure,
                options,
                links=links,
                patches=setup.patches,
                switches=folder / "board",
            )
            await _prepare(infrastructure, furniture, setup, say)
            await ready(infrastructure, "broker")
            say("starting the services")
            supervisor = Supervisor(infrastructure, furniture, options, lambda _: None)
            async with supervisor.running():
                town = Town(infrastructure, links, board)
                _, left = await town.broker.dead_letters(lambda _: False)
                if left:
                    say(f"took out {left} dead letters of a run that was broken off")
                yield town
    finally:
        say("stopping")
        infrastructure.stop()


async def _prepare(
    infrastructure: Infrastructure, furniture: BrokenFurniture, setup: Setup, say: Say
) -> None:
    prepared = Prepared(infrastructure.layout, infrastructure.postgresql.identity)
    if not prepared or not furniture.users.exists():
        say("bringing the tables up to date")
        await run_once([Part(furniture.migration(service)) for service in MIGRATED])
        await run_once([Part(furniture.seeding())])
        prepared.remember()
    if setup.sql:
        connection = await asyncpg.connect(infrastructure.admin_settings()["PREK_DATABASE_URL"])
        try:
            for statement in setup.sql:
                await connection.execute(statement)
        finally:
            await connection.close()
