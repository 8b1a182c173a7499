"""Builds and wires the transcript-service."""

from fastapi import FastAPI
from services.clock import utc_now
from services.health import add_health
from services.inbox import Inbox
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.settings import KitSettings
from services.tokens import Signer

from services import topology
from transcript_service.api import add_routes
from transcript_service.handlers import Commands, Queries
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads
from transcript_service.settings import Settings
from transcript_service.store import Store


async def build(settings: KitSettings) -> Service:
    """Return the transcript-service, ready to start."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    bus = RabbitBus(settings.amqp_url, source="ledger", instance=settings.instance)
    database = ledger_database(settings.database_url, size=settings.pool_size)
    reads = Reads(database)
    commands = Inbox(
        bus,
        Commands(Store(database), utc_now),
        queues=topology.COMMANDS,
        max_batch=settings.max_batch,
        workers=settings.workers,
    )
    queries = Inbox(bus, Queries(reads, utc_now), queues=topology.QUERIES, workers=4)
    bus.consume(commands.subscription)
    bus.consume(queries.subscription)
    app = FastAPI(title="Prek med oss: transcript-service", docs_url=None, redoc_url=None)

    async def drain() -> None:
        await commands.drain(settings.drain_timeout_s)
        await queries.drain(1)

    service = Service(
        app,
        start=(database.start, commands.start, queries.start, bus.start),
        stop=(bus.cancel_consumers, drain, bus.stop, database.stop),
    )
    add_health(
        app, {"bus": bus.missing, "database": database.missing, "leaving": service.leaving_probe}
    )
    add_routes(app, reads, Signer(settings.signing_key))
    return service
