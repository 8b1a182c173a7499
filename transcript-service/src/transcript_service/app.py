"""Builds and wires the transcript-service."""

from fastapi import FastAPI
from services.clock import utc_now
from services.database import Database
from services.health import add_health
from services.inbox import Inbox
from services.lifecycle import Service
from services.rabbit import RabbitBus
from services.settings import KitSettings
from services.tasks import Tasks
from services.tokens import Signer

from services import topology
from transcript_service.api import add_routes
from transcript_service.archive.making import Maker
from transcript_service.archive.routes import add_archive_routes
from transcript_service.audit.routes import add_audit_routes
from transcript_service.audit.table import Audit
from transcript_service.callers import Callers
from transcript_service.closed import Closed, add_closed_routes
from transcript_service.copies.press import Press
from transcript_service.counting.channel_table import ChannelTable
from transcript_service.counting.figures import Statistics
from transcript_service.counting.numbers_routes import add_numbers_routes
from transcript_service.counting.report import Report
from transcript_service.counting.routes import add_statistics_routes
from transcript_service.earlier import Earlier, add_earlier_routes
from transcript_service.files.intake import Intake
from transcript_service.files.routes import Files, add_file_routes
from transcript_service.files.scanner import scanner_at
from transcript_service.files.store import FolderStore
from transcript_service.files.sweep import Sweep
from transcript_service.files.table import FileTable
from transcript_service.handlers import Commands, Queries
from transcript_service.postgres import ledger_database, search_database
from transcript_service.reads import Reads
from transcript_service.retention.access.contents import Contents
from transcript_service.retention.access.package import Packer
from transcript_service.retention.access.routes import Desk, add_access_routes
from transcript_service.retention.hold_routes import add_hold_routes
from transcript_service.retention.routes import add_retention_routes
from transcript_service.retention.wishes import Answers
from transcript_service.seals.masking import Maskings
from transcript_service.seals.masking_routes import add_masking_routes
from transcript_service.search.finding import Finding
from transcript_service.search.noting import Digests
from transcript_service.search.routes import add_search_routes
from transcript_service.settings import Settings
from transcript_service.store import Store


async def build(settings: KitSettings) -> Service:
    """Return the transcript-service, ready to start."""
    assert isinstance(settings, Settings)  # noqa: S101 - for the type checker
    bus = RabbitBus(settings.amqp_url, source="ledger", instance=settings.instance)
    database = ledger_database(settings.database_url, size=settings.pool_size)
    searches = search_database(settings.database_url)
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

    files = files_of(settings, database)
    tasks = Tasks()

    async def sweep_files() -> None:
        if files is not None:
            tasks.keep("sweep files", Sweep(files.table, files.store, utc_now).for_ever)

    async def drain() -> None:
        await commands.drain(settings.drain_timeout_s)
        await queries.drain(1)

    service = Service(
        app,
        start=(
            # Of the searches' connections nothing is told: it is the same database that is away.
            database.start,
            commands.start,
            queries.start,
            bus.start,
            sweep_files,
        ),
        stop=(bus.cancel_consumers, tasks.cancel, drain, bus.stop, searches.stop, database.stop),
    )
    add_health(
        app, {"bus": bus.missing, "database": database.missing, "leaving": service.leaving_probe}
    )
    signer = Signer(settings.signing_key)
    audit, callers, press = Audit(database), Callers(reads, signer), Press()
    add_routes(app, reads, signer, press, audit, answers=Answers(database))
    add_earlier_routes(app, Earlier(database), callers)
    add_statistics_routes(app, Statistics(database), callers)
    add_numbers_routes(app, Report(database), ChannelTable(database, audit), callers)
    add_audit_routes(app, audit, callers)
    add_masking_routes(app, Maskings(database, audit), callers)
    add_retention_routes(app, database, callers)
    add_hold_routes(app, database, callers)
    packer = Packer(Press(at_once=1), files.store if files else None)
    contents = Contents(reads, files.table if files else FileTable(database))
    add_access_routes(app, Desk(database, signer, contents, packer), callers)
    add_search_routes(app, Finding(searches, Digests(settings.signing_key)), callers)
    add_closed_routes(app, Closed(database), callers)
    maker = Maker(database, press, files.store if files else None)
    add_archive_routes(app, database, maker, callers)
    add_file_routes(app, files, reads, signer)
    return service


def files_of(settings: Settings, database: Database) -> Files | None:
    """Return the store of files, if there is a folder for it."""
    if settings.files_dir is None:
        return None
    table, store = FileTable(database), FolderStore(settings.files_dir)
    return Files(Intake(table, store, scanner_at(settings.clamd)), table, store)
