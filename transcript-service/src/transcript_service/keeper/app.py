"""Builds and wires the keeper."""

from fastapi import FastAPI
from services.health import add_health
from services.lifecycle import Service
from services.settings import KitSettings

from transcript_service.keeper.duties import Duties, Duty
from transcript_service.keeper.settings import KeeperSettings
from transcript_service.postgres import keeper_database


async def build(settings: KitSettings) -> Service:
    """Return the keeper, ready to start."""
    assert isinstance(settings, KeeperSettings)  # noqa: S101 - for the type checker
    database = keeper_database(settings.database_url, size=settings.pool_size)
    duties: list[Duty] = []
    keeping = Duties(database, duties)
    app = FastAPI(title="Prek med oss: keeper", docs_url=None, redoc_url=None)
    service = Service(
        app,
        start=(database.start, keeping.start),
        stop=(keeping.stop, database.stop),
    )
    add_health(app, {"database": database.missing, "leaving": service.leaving_probe})
    return service
