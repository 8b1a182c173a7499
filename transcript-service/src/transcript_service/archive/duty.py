"""The keeper's duty `archive`: what is over and worth keeping is made, sent and asked after.

Each step is one row's change of state (`life`), made after the thing itself. A keeper that is
killed anywhere leaves a row whose step is done again: the package in the spool is the same one, and
its key too, so that the archive has one record of it.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import httpx
import structlog
from services.contracts import TenantDirectory
from services.database import Database, is_away
from services.errors import Transient

from transcript_service.archive import table
from transcript_service.archive.making import CannotMake, Maker
from transcript_service.archive.package import sha256
from transcript_service.archive.schemas import Schemas
from transcript_service.archive.spool import Spool
from transcript_service.archive.table import Order
from transcript_service.archive.ways import (
    Answer,
    ArchiveAccess,
    Refused,
    Unreachable,
    Way,
    way_of,
)
from transcript_service.copies.press import CannotPrintError, Press
from transcript_service.files.store import FileStore
from transcript_service.keeper.pace import Pace

log = structlog.get_logger()

AT_ONCE: Final = 100
"""Exports of one tenant in one round; the next one goes on."""
SETTING_S: Final = 120.0
"""Longest that a page may take: nobody waits for it."""
_FIRST_S, _LONGEST_S = 5.0, 3600.0
_DIRECTORIES: Final = "SELECT d.document::text FROM ledger.directory AS d ORDER BY d.tenant"


class Archive:
    """See the module."""

    name = "archive"
    pace = Pace(20.0)

    def __init__(
        self,
        database: Database,
        maker: Maker,
        spool: Spool,
        ways: Callable[[TenantDirectory], Way | None],
    ) -> None:
        """Take the keeper's database, what makes packages, where they lie, and the ways out."""
        self._database = database
        self._maker = maker
        self._spool = spool
        self._ways = ways

    async def once(self) -> None:
        """Do what is to be done now. See `Duty.once`."""
        async with self._database.connection() as connection:
            documents = await connection.fetch(_DIRECTORIES)
        for row in documents:
            await self.hand_over(TenantDirectory.read(row[0]))

    async def hand_over(self, directory: TenantDirectory) -> None:
        """Do what is to be done for one tenant.

        Raises:
            Transient: something is away. What was done stays done.
        """
        tenant = directory.tenant
        if directory.archive.way != "none":
            async with self._database.connection() as connection:
                await table.open_orders(connection, tenant)
                orders = await table.due(connection, tenant, AT_ONCE)
            if orders:
                await self._carry_all(directory, orders)
        await self._tidy(tenant)

    async def _carry_all(self, directory: TenantDirectory, orders: list[Order]) -> None:
        try:
            way = self._ways(directory)
        except Refused as error:
            # A matter of the operator's, for every one of them: as soon as it is put right they go.
            for order in orders:
                await self._put_off(order, error.code)
            return
        for order in orders:
            try:
                await self._carry(directory, way, order)
            except Unreachable as error:
                await self._put_off(order, str(error) or "unreachable")
                if not str(error):
                    return  # the others would wait for nothing
            except (Refused, CannotMake) as error:
                log.warning("not_archived", tenant=order.tenant, code=error.code.partition(":")[0])
                async with self._database.connection() as connection:
                    await table.note_failed(connection, order, error.code)
            except CannotPrintError:
                await self._put_off(order, "not_set")
            except Exception as error:
                if isinstance(error, Transient) or is_away(error):
                    raise
                # One that nobody foresaw must not keep the others; it is tried again.
                log.exception("export_not_foreseen", error=type(error).__name__)
                await self._put_off(order, "not_foreseen")

    async def _carry(self, directory: TenantDirectory, way: Way | None, order: Order) -> None:
        """Take one step with one export."""
        if way is None:
            return
        match order.state:
            case "waiting":
                await self._make(directory, order)
            case "made":
                await self._settle(way, order, await self._send(way, order))
            case "sent":
                await self._settle(way, order, await way.ask(order))

    async def _make(self, directory: TenantDirectory, order: Order) -> None:
        package = await self._maker.make(order, directory)
        content = package.zipped
        await self._spool.keep(order.tenant, order.key, content)
        async with self._database.connection() as connection:
            await table.note_made(
                connection,
                order,
                sha256=sha256(content),
                size=len(content),
                files=package.listed(),
            )

    async def _send(self, way: Way, order: Order) -> Answer:
        kept = await self._spool.read(order.tenant, order.key)
        if kept is not None and sha256(kept) != order.sha256:
            raise Refused("package_damaged")
        return await way.send(order)

    async def _settle(self, way: Way, order: Order, answer: Answer) -> None:
        """Note what came of sending or asking."""
        async with self._database.connection() as connection:
            if answer.receipt is not None:
                await table.note_received(connection, order, way.name, answer.receipt)
            elif order.state == "made":
                ask_in = table.backoff(0, first_s=_FIRST_S, longest_s=_LONGEST_S)
                await table.note_sent(connection, order, way.name, answer.answer_at, ask_in)
            else:
                later = table.backoff(order.attempts, first_s=_FIRST_S, longest_s=_LONGEST_S)
                await table.put_off(connection, order, later, None)

    async def _put_off(self, order: Order, error: str) -> None:
        later = table.backoff(order.attempts, first_s=_FIRST_S, longest_s=_LONGEST_S)
        async with self._database.connection() as connection:
            await table.put_off(connection, order, later, error)

    async def _tidy(self, tenant: str) -> None:
        """Delete what lies about of exports that are received, or no longer wanted."""
        keys = await self._spool.keys(tenant)
        if not keys:
            return
        async with self._database.connection() as connection:
            over = await table.settled(connection, tenant, keys)
        for conversation, version in over:
            await self._spool.clear(tenant, f"{conversation}-{version}")


def archive_duty(
    database: Database,
    *,
    archive_dir: Path,
    store: FileStore | None,
    schemas_dir: Path | None,
    access: Mapping[str, ArchiveAccess],
    http: httpx.AsyncClient,
) -> Archive:
    """Return the duty with what it needs.

    Args:
        database: as the role `transcript_keeper`.
        archive_dir: where packages lie.
        store: of files, if there is one.
        schemas_dir: KS' schemas and code lists, if the operator has put them there.
        access: by tenant, how the operator lets packages out over HTTP.
        http: asks.

    Raises:
        SchemasUnreadable: a folder of schemas is named and does not hold them.
    """
    schemas = Schemas(schemas_dir) if schemas_dir else None
    maker = Maker(database, Press(at_once=1, longest_s=SETTING_S), store, schemas)
    spool = Spool(archive_dir)

    def ways(directory: TenantDirectory) -> Way | None:
        return way_of(directory.archive, spool, http, access.get(directory.tenant))

    return Archive(database, maker, spool, ways)


__all__ = ["Archive", "archive_duty"]
