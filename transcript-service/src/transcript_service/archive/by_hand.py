"""`python -m transcript_service export`: the package of one enquiry, put into a folder by hand."""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from services.database import Connection
from services.errors import Transient

from transcript_service.archive.making import CannotMake, Maker
from transcript_service.archive.routes import order_for
from transcript_service.archive.schemas import Schemas, SchemasUnreadable
from transcript_service.copies.press import Press
from transcript_service.files.store import FolderStore
from transcript_service.postgres import ledger_database
from transcript_service.retention.cases import directory_of
from transcript_service.settings import Settings

SETTING_S: Final = 120.0
_TENANTS: Final = (
    "SELECT c.tenant FROM ledger.conversation AS c WHERE c.id = $1 AND c.removed_at IS NULL"
    " AND ($2::text IS NULL OR c.tenant = $2)"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for on the command line."""

    conversation: UUID
    out: Path
    """Folder in which the package is put, as a folder and as a zip."""
    schemas: Path | None = None
    """KS' schemas and code lists, if it is to be held against them too."""
    tenant: str | None = None
    """Only where two municipalities know the same id."""


async def export(settings: Settings, wanted: Wanted) -> list[Path]:
    """Make the package. Nothing is noted: neither that it was made, nor that the archive has it.

    Raises:
        CannotMake: there is nothing to be handed over, or it is not as it should be.
        SchemasUnreadable: the folder of schemas does not hold them.
        Transient: the database or the store is away.
    """
    schemas = Schemas(wanted.schemas) if wanted.schemas else None
    store = FolderStore(settings.files_dir) if settings.files_dir else None
    database = ledger_database(settings.database_url, size=2)
    maker = Maker(database, Press(at_once=1, longest_s=SETTING_S), store, schemas)
    try:
        async with database.connection() as connection:
            tenant = await _tenant(connection, wanted)
            order = await order_for(connection, tenant, wanted.conversation)
            directory = await directory_of(connection, tenant)
        if order is None or directory is None:
            raise CannotMake("not_classified")
        package = await maker.make(order, directory)
    finally:
        await database.stop()
    return _put(wanted.out, order.key, package.files, package.zipped)


async def _tenant(connection: Connection, wanted: Wanted) -> str:
    found = await connection.fetch(_TENANTS, wanted.conversation, wanted.tenant)
    if len(found) != 1:
        raise CannotMake("several_tenants" if found else "not_found")
    tenant: str = found[0]["tenant"]
    return tenant


def _put(out: Path, key: str, files: Mapping[str, bytes], zipped: bytes) -> list[Path]:
    folder = out / key
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    target = out / f"{key}.zip"
    target.write_bytes(zipped)
    return [folder, target]


def main(arguments: Sequence[str]) -> int:
    """Carry it out as the command line asks, and return the exit code."""
    parser = argparse.ArgumentParser(prog="transcript_service export", description=__doc__)
    parser.add_argument("--conversation", type=UUID, required=True, help="its id")
    parser.add_argument("--out", type=Path, required=True, help="folder for the package")
    parser.add_argument("--schemas", type=Path, help="KS' schemas and code lists (V1)")
    parser.add_argument("--tenant", help="where two municipalities know the same id")
    asked = parser.parse_args(arguments)
    wanted = Wanted(asked.conversation, asked.out, asked.schemas, asked.tenant)
    try:
        put = asyncio.run(export(Settings(), wanted))
    except (CannotMake, SchemasUnreadable, Transient) as error:
        print(f"no package: {error}", file=sys.stderr)  # noqa: T201 - a command's answer
        return 1
    for path in put:
        print(path)  # noqa: T201 - a command's answer
    return 0
