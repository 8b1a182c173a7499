"""Builds and wires the keeper."""

import httpx
from fastapi import FastAPI
from services.health import add_health
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.settings import KitSettings

from transcript_service.archive.duty import archive_duty
from transcript_service.archive.reminders import Reminders
from transcript_service.archive.spool import Spool, Spooled
from transcript_service.counting.keeping import Numbers
from transcript_service.files.store import FolderStore
from transcript_service.keeper.duties import Duties, Duty
from transcript_service.keeper.settings import KeeperSettings
from transcript_service.postgres import keeper_database
from transcript_service.retention.carrying import Outside
from transcript_service.retention.duty import retention_duty
from transcript_service.retention.outside import SentFiles
from transcript_service.seals.folder import Folder
from transcript_service.seals.key import SealKey
from transcript_service.seals.mask_duty import Masks
from transcript_service.seals.removals import ListRemovals, Removals
from transcript_service.seals.sealing import Seals
from transcript_service.search.indexing import Searchable


async def build(settings: KitSettings) -> Service:
    """Return the keeper, ready to start."""
    assert isinstance(settings, KeeperSettings)  # noqa: S101 - for the type checker
    database = keeper_database(settings.database_url, size=settings.pool_size)
    key = SealKey.read(settings.seal_key)
    files = FolderStore(settings.files_dir) if settings.files_dir else None
    outside: list[Outside] = [Spooled(Spool(settings.archive_dir))]
    if files is not None:
        outside.append(SentFiles(files))
    bus = RabbitBus(settings.amqp_url, source="ledger", instance=settings.instance)
    http = httpx.AsyncClient(follow_redirects=False)
    duties: list[Duty] = [
        Seals(database, key, Folder(settings.seals_dir)),
        Masks(database, key, files),
        ListRemovals(database, Removals(settings.seals_dir)),
        Numbers(database),
        Searchable(database),
        retention_duty(database, key, outside),
        archive_duty(
            database,
            archive_dir=settings.archive_dir,
            store=files,
            schemas_dir=settings.archive_schemas_dir,
            access=settings.archive_access,
            http=http,
        ),
        Reminders(database, bus),
    ]
    # Each duty holds a lock's connection while it works: from the same pool, eight that begin
    # together would wait for each other's.
    locks = keeper_database(settings.database_url, size=len(duties))
    keeping = Duties(locks, duties)
    app = FastAPI(title="Prek med oss: keeper", docs_url=None, redoc_url=None)
    service = Service(
        app,
        start=(database.start, bus.start, keeping.start),
        stop=(keeping.stop, http.aclose, bus.stop, locks.stop, database.stop),
    )
    add_health(app, {"database": database.missing, "leaving": service.leaving_probe})
    return service
