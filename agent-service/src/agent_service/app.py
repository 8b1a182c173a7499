"""Builds and wires the agent-service."""

import httpx
from fastapi import FastAPI
from services.bus import RabbitBus
from services.clock import utc_now
from services.contracts.leases import AGENTS
from services.health import add_health
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.settings import KitSettings
from services.tokens import Signer

from agent_service.api import add_routes
from agent_service.desk import Desk
from agent_service.people import People
from agent_service.settings import Settings
from agent_service.store import Store
from agent_service.ws import add_socket

CLOSE_RESTART = 1012


async def build(settings: KitSettings) -> Service:
    """Return the agent-service, ready to start."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    bus = RabbitBus(settings.amqp_url, source="agent", instance=settings.instance)
    redis = connect_redis(settings.redis_url)
    store = Store(settings.database_url)
    http = httpx.AsyncClient(timeout=15)
    people = People(bus, LeaseTable(redis, AGENTS), utc_now)
    desk = Desk(bus, clock=utc_now, store=store, people=people)
    bus.on_push(desk.on_push)
    bus.on_reconnect(desk.on_reconnect)
    app = FastAPI(title="Prek med oss: agent-service", docs_url=None, redoc_url=None)

    async def close_sockets() -> None:
        desk.close(CLOSE_RESTART)

    service = Service(
        app,
        start=(store.start, bus.start, people.start, desk.start),
        stop=(
            close_sockets,
            bus.cancel_consumers,
            desk.stop,
            people.stop,
            bus.stop,
            store.stop,
            http.aclose,
            redis.aclose,
        ),
    )
    add_health(
        app, {"bus": bus.missing, "database": store.missing, "leaving": service.leaving_probe}
    )
    add_socket(app, desk, settings)
    signer = Signer(settings.signing_key)
    add_routes(app, desk=desk, settings=settings, signer=signer, http=http)
    return service
