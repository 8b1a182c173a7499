"""Builds and wires the router."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, HTTPException, Request, Response
from pydantic import ValidationError
from services.clock import utc_now
from services.contracts import TenantDirectory
from services.contracts.leases import AGENTS, CITIZENS
from services.errors import Transient
from services.health import add_health
from services.inbox import Inbox
from services.leases import LeaseTable, connect_redis
from services.lifecycle import Service
from services.rabbit import RabbitBus

from router.core.lint import lint
from router.presence import Presence, RedisEpoch
from router.rounds import Rounds
from router.settings import Settings
from router.trials import TrialRefusedError, Trials
from services import topology


async def build(settings: Settings) -> Service:
    """Return the router, ready to start."""
    bus = RabbitBus(settings.amqp_url, source="router", instance=settings.instance)
    redis = connect_redis(settings.redis_url)
    presence = Presence(
        LeaseTable(redis, AGENTS),
        LeaseTable(redis, CITIZENS),
        RedisEpoch(redis),
        settle_s=settings.settle_s,
    )
    rounds = Rounds(bus, presence=presence, clock=utc_now, settings=settings)
    inbox = Inbox(bus, rounds.on_hints, queues=topology.ROUTER_INBOX, max_batch=64)
    bus.consume(inbox.subscription)
    bus.on_push(rounds.on_push)
    bus.on_reconnect(rounds.on_reconnect)
    await bus.subscribe(topology.directory_topic())
    app = FastAPI(title="Prek med oss: router", docs_url=None, redoc_url=None, openapi_url=None)

    async def drain() -> None:
        await inbox.drain(settings.drain_timeout_s)

    service = Service(
        app,
        start=(inbox.start, bus.start, rounds.start),
        stop=(bus.cancel_consumers, rounds.stop, drain, bus.stop, redis.aclose),
    )
    add_health(
        app,
        {
            "bus": bus.missing,
            "redis": presence.missing,
            "ledger": rounds.missing,
            "leaving": service.leaving_probe,
        },
    )
    add_routes(app, rounds, Trials())
    return service


def add_routes(app: FastAPI, rounds: Rounds, trials: Trials) -> None:
    """Serve what other services ask of the routing, inside the network alone."""

    @app.get("/routing/explain/{tenant}/{conversation}")
    async def explain(tenant: str, conversation: UUID) -> dict[str, Any]:
        """Say why a conversation waits, or to whom it was offered, as of the last round."""
        why = rounds.explain(tenant, conversation)
        if why is None:
            raise HTTPException(404)
        return why.model_dump(mode="json")

    @app.post("/routing/lint")
    async def check(request: Request) -> dict[str, Any]:
        """Say what is wrong with a set-up before it goes live."""
        try:
            directory = TenantDirectory.read(await request.body())
        except ValidationError:
            # Its text would quote the set-up.
            raise HTTPException(422, "directory_invalid") from None
        return {"findings": [finding.told() for finding in lint(directory)]}

    @app.post("/routing/simulate")
    async def simulate(request: Request) -> Response:
        """Say how a day would go by the set-up in force and by another. One at a time."""
        try:
            told = await trials.run(await request.body())
        except TrialRefusedError:
            raise HTTPException(422, "directory_invalid") from None
        except Transient:
            raise HTTPException(503, "busy") from None
        return Response(told, media_type="application/json")
