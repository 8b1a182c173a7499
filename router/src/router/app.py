"""Builds and wires the router."""

from uuid import UUID

from fastapi import FastAPI, HTTPException
from services.bus import RabbitBus
from services.clock import utc_now
from services.contracts.leases import AGENTS, CITIZENS
from services.health import add_health
from services.inbox import Inbox
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.settings import KitSettings

from router.rounds import Rounds
from router.settings import Settings
from services import topology


async def build(settings: KitSettings) -> Service:
    """Return the router, ready to start."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    bus = RabbitBus(settings.amqp_url, source="router", instance=settings.instance)
    redis = connect_redis(settings.redis_url)
    rounds = Rounds(
        bus,
        clock=utc_now,
        agents=LeaseTable(redis, AGENTS),
        citizens=LeaseTable(redis, CITIZENS),
        settings=settings,
    )
    inbox = Inbox(bus, rounds.on_hints, queues=topology.ROUTER_INBOX, max_batch=64)
    bus.consume(inbox.subscription)
    bus.on_push(rounds.on_push)
    bus.on_reconnect(rounds.on_reconnect)
    await bus.subscribe(topology.directory_topic())
    app = FastAPI(title="Prek med oss: router", docs_url=None, redoc_url=None)

    async def drain() -> None:
        await inbox.drain(settings.drain_timeout_s)

    service = Service(
        app,
        start=(inbox.start, bus.start, rounds.start),
        stop=(bus.cancel_consumers, rounds.stop, drain, bus.stop, redis.aclose),
    )
    add_health(
        app, {"bus": bus.missing, "ledger": rounds.missing, "leaving": service.leaving_probe}
    )

    @app.get("/routing/explain/{tenant}/{conversation}")
    async def explain(tenant: str, conversation: UUID) -> dict[str, object]:
        """Why a conversation waits, or to whom it was offered, as of the last round."""
        if (why := rounds.explain(tenant, conversation)) is None:
            raise HTTPException(404)
        return why

    return service
