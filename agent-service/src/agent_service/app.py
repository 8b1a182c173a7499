"""The composition root: builds the parts of the desk, and says how they start and stop."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import httpx
from fastapi import FastAPI
from services.bus import Bus, OnPush
from services.clock import utc_now
from services.contracts.leases import AGENTS, RENEW_S
from services.health import add_health
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.settings import KitSettings
from services.tokens import Signer
from starlette.routing import WebSocketRoute

from agent_service.api import add_routes
from agent_service.desk import Desk
from agent_service.directories import Directories
from agent_service.handlers import Handlers
from agent_service.people import Leases, People
from agent_service.postgres import PostgresStore
from agent_service.sessions import Sessions
from agent_service.settings import Settings
from agent_service.store import Store
from agent_service.transcripts import Transcripts
from agent_service.ws import Sockets

_TRANSCRIPT_TIMEOUT_S = 15


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


class LiveStore(Store, Protocol):
    """The tables as their owner sees them."""

    def missing(self) -> str | None:
        """Return what is missing."""

    async def start(self) -> None:
        """Begin to connect."""

    async def stop(self) -> None:
        """Close the connections."""


async def build(settings: KitSettings) -> Service:
    """Return the agent-service on its real parts. Nothing is waited for: they may be away."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    redis = connect_redis(settings.redis_url)
    service = assemble(
        settings,
        bus=RabbitBus(settings.amqp_url, source="agent", instance=settings.instance),
        leases=LeaseTable(redis, AGENTS),
        store=PostgresStore(settings.database_url),
        http=httpx.AsyncClient(timeout=_TRANSCRIPT_TIMEOUT_S, trust_env=False),
    )
    service.stop = (*service.stop, redis.aclose)
    return service


def assemble(
    settings: Settings,
    *,
    bus: LiveBus,
    leases: Leases,
    store: LiveStore,
    http: httpx.AsyncClient,
    renew_s: float = RENEW_S,
) -> Service:
    """Wire the parts."""
    people = People(bus, leases, utc_now, renew_s=renew_s)
    directories = Directories(bus, store, utc_now, check_s=settings.directory_check_s)
    desk = Desk(bus, clock=utc_now, people=people, watermark_s=settings.watermark_s)
    sessions = Sessions(
        store,
        directories,
        desk,
        hours=settings.session_hours,
        check_s=settings.session_check_s,
    )
    sockets = Sockets(desk, sessions, store, settings)
    signer = Signer(settings.signing_key)
    transcripts = Transcripts(desk.streams, signer, http, settings.transcript_url)

    bus.on_push(Handlers(desk).on_push)
    bus.on_reconnect(directories.publish_all)
    bus.on_reconnect(desk.on_reconnect)
    directories.on_change(sockets.restart)

    app = FastAPI(title="Prek med oss: agent-service", docs_url=None, redoc_url=None)
    service = Service(
        app,
        start=(
            store.start,
            bus.start,
            directories.start,
            people.start,
            desk.start,
            sessions.start,
        ),
        stop=(
            sockets.close_all,
            sessions.stop,
            directories.stop,
            bus.cancel_consumers,
            desk.stop,
            people.stop,
            bus.stop,
            store.stop,
            http.aclose,
        ),
    )
    add_health(
        app, {"bus": bus.missing, "database": store.missing, "leaving": service.leaving_probe}
    )

    app.router.routes.append(WebSocketRoute("/ws/agent", sockets.serve))
    add_routes(app, store=store, sessions=sessions, transcripts=transcripts, settings=settings)
    return service
