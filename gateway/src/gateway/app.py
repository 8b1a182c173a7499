"""The composition root: builds the parts of the door, and says how they start and stop."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from services.bus import Bus, OnPush
from services.clock import utc_now
from services.contracts.leases import AGENTS, CITIZENS
from services.file_store import files_client
from services.health import add_health
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.tasks import Tasks
from services.tokens import Signer
from services.topology import directory_topic
from starlette.routing import WebSocketRoute

from gateway.api.copy import Copies, copy_routes
from gateway.api.demo import demo_routes
from gateway.api.embedding import embedding_routes
from gateway.api.files import Files, file_routes
from gateway.api.protocol import protocol_routes
from gateway.api.receipt import Receipts, receipt_routes
from gateway.api.widget import widget_routes
from gateway.attendance import Attendance
from gateway.availability import Availabilities
from gateway.directories import Directories
from gateway.limits import limits_of
from gateway.settings import GatewaySettings
from gateway.staffing import Staffing
from gateway.ws.actions import Actions
from gateway.ws.door import Door
from gateway.ws.greeting import Greeting
from gateway.ws.ledger import Ledger
from gateway.ws.room import Keys
from gateway.ws.rooms import Rooms

_TRANSCRIPT_TIMEOUT_S = 20
"""Patience with a transcript; a file has its own."""


class LiveBus(Bus, Protocol):
    """The bus as its owner sees it: it can also be listened to, started and stopped."""

    def on_push(self, listener: OnPush) -> None:
        """Call `listener` with each push."""

    def on_reconnect(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Await `callback` after each connect."""

    def missing(self) -> str | None:
        """Return what is missing."""

    async def start(self) -> None:
        """Begin to connect."""

    async def cancel_consumers(self) -> None:
        """Take no more deliveries."""

    async def stop(self) -> None:
        """Close the connections."""


async def build(settings: GatewaySettings) -> Service:
    """Return the gateway on its real parts. Nothing is waited for: they may all be away."""
    bus = RabbitBus(settings.amqp_url, source="gateway", instance=settings.instance)
    return assemble(
        settings,
        bus=bus,
        redis=connect_redis(settings.redis_url),
        client=httpx.AsyncClient(timeout=_TRANSCRIPT_TIMEOUT_S, trust_env=False),
        store=files_client(),
    )


def assemble(
    settings: GatewaySettings,
    *,
    bus: LiveBus,
    redis: Redis,
    client: httpx.AsyncClient,
    store: httpx.AsyncClient,
) -> Service:
    """Wire the parts. `client` fetches copies and `store` moves files, both at the archive."""
    signer = Signer(settings.signing_key)
    limits = limits_of(settings)
    copies = Copies(settings, signer, client, limits)
    ledger = Ledger(bus, utc_now)
    directories = Directories(ledger)
    receipts = Receipts(settings, signer=signer, ledger=ledger, limits=limits)
    files = Files(
        settings,
        signer=signer,
        ledger=ledger,
        directories=directories,
        client=store,
        limits=limits,
    )
    rooms = Rooms(bus, ledger, Keys(copy=copies.token, receipt=receipts.secret))
    attendance = Attendance(LeaseTable(redis, CITIZENS), settings.instance, rooms.attending)
    rooms.on_attendance = attendance.stir
    availabilities = Availabilities(directories, Staffing(LeaseTable(redis, AGENTS)), utc_now)
    greeting = Greeting(
        ledger=ledger,
        rooms=rooms,
        directories=directories,
        availabilities=availabilities,
        signer=signer,
    )
    actions = Actions(bus=bus, ledger=ledger, rooms=rooms, directories=directories, limits=limits)
    door = Door(
        settings,
        rooms=rooms,
        greeting=greeting,
        actions=actions,
        availabilities=availabilities,
        limits=limits,
    )

    bus.on_push(directories.on_push)
    bus.on_push(availabilities.on_push)
    bus.on_push(rooms.on_push)
    bus.on_reconnect(directories.read_all)
    bus.on_reconnect(rooms.read_all)
    tasks = Tasks()

    async def start_keeping() -> None:
        tasks.keep("attendance", attendance.run)
        tasks.keep("availability", availabilities.run)
        tasks.keep("tails", lambda: rooms.keep_tails(settings.tail_s))

    app = FastAPI(
        title="Prek med oss: gateway",
        description="The citizens' door. The dialogue itself goes over `/ws/citizen`.",
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    service = Service(
        app,
        start=(lambda: bus.subscribe(directory_topic()), bus.start, start_keeping),
        stop=(
            door.close_all,
            actions.stop,
            rooms.stop,
            tasks.cancel,
            attendance.release,
            bus.cancel_consumers,
            bus.stop,
            client.aclose,
            store.aclose,
            redis.aclose,
        ),
    )
    add_health(app, {"bus": bus.missing, "leaving": service.leaving_probe})
    app.include_router(widget_routes(settings, directories))
    app.include_router(copy_routes(copies))
    app.include_router(receipt_routes(receipts))
    app.include_router(file_routes(files))
    app.include_router(demo_routes(settings))
    app.include_router(embedding_routes(settings, directories))
    app.include_router(protocol_routes(settings.docs_dir))

    # Starlette's own route: what FastAPI's adds for each socket is 5 KiB, and nothing here uses it.
    app.router.routes.append(WebSocketRoute("/ws/citizen", door.serve))
    return service
