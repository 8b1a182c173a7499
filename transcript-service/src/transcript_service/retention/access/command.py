"""`python -m transcript_service innsyn`: a package by hand, of any size, on the ledger's machine.

It is made for an archivist of the set-up, under the same rights as in the console, and is in the
audit as theirs.
"""

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from services.tokens import Signer

from transcript_service.callers import Caller, NotAnswered
from transcript_service.copies.press import Press
from transcript_service.files.store import FolderStore
from transcript_service.files.table import FileTable
from transcript_service.postgres import ledger_database
from transcript_service.reads import Reads
from transcript_service.retention.access.choosing import Request
from transcript_service.retention.access.contents import Contents
from transcript_service.retention.access.package import Packer
from transcript_service.retention.access.routes import TRIED, Desk
from transcript_service.retention.asking import check_archivist
from transcript_service.settings import Settings

_LONGEST_S: Final = 60.0
"""For setting one conversation: nobody waits at a screen."""


def main(arguments: Sequence[str]) -> int:
    """Make a package, or say what it would hold. Return the exit code."""
    parser = argparse.ArgumentParser(prog="transcript_service innsyn", description=__doc__)
    parser.add_argument("--tenant", required=True)
    parser.add_argument("--by", required=True, help="the archivist's id in the set-up")
    parser.add_argument("--reason", required=True, help="the case; it is in the audit")
    parser.add_argument("--conversation", type=UUID, action="append", default=[])
    parser.add_argument("--receipt", action="append", default=[])
    parser.add_argument("--own", action="append", default=[], help="may stand, of the asker")
    parser.add_argument("--word", action="append", default=[], help="is masked")
    parser.add_argument("--notes", action="store_true", help="with internal notes")
    parser.add_argument("--files", choices=("own", "all", "none"), default="own")
    parser.add_argument("--language", choices=("nb", "nn", "en"), default="nb")
    parser.add_argument("--out", type=Path, help="a zip file; without it, what it would hold")
    asked = parser.parse_args(arguments)
    request = Request(
        conversations=tuple(asked.conversation),
        receipts=tuple(asked.receipt),
        own=tuple(asked.own),
        words=tuple(asked.word),
        notes=asked.notes,
        files=asked.files,
        language=asked.language,
        reason=asked.reason,
    )
    try:
        said = asyncio.run(_made(Settings(), asked.tenant, asked.by, request, asked.out))
    except NotAnswered as refused:
        print(refused.code, file=sys.stderr)  # noqa: T201 - a command's answer
        return 1
    print(said)  # noqa: T201 - a command's answer
    return 0


async def _made(
    settings: Settings, tenant: str, by: str, request: Request, out: Path | None
) -> str:
    database = ledger_database(settings.database_url, size=2)
    try:
        reads, table = Reads(database), FileTable(database)
        directory = await reads.directory(tenant)
        profile = directory.agent(by) if directory else None
        if directory is None or profile is None:
            raise NotAnswered("not_found")
        caller = Caller(tenant, by, directory, profile, None)
        check_archivist(caller)
        store = FolderStore(settings.files_dir) if settings.files_dir else None
        packer = Packer(Press(at_once=1, longest_s=_LONGEST_S), store)
        desk = Desk(database, Signer(settings.signing_key), Contents(reads, table), packer)
        if out is not None:
            with await desk.package(caller, request, None) as package, out.open("xb") as target:
                await asyncio.to_thread(_copy, package, target)
            return str(out)
        async with database.connection() as connection:
            found, missing = await desk.given(connection, caller, request, TRIED)
        told = {"conversations": [given.told() for given in found], "not_found": missing}
        return json.dumps(told, indent=1)
    finally:
        await database.stop()


def _copy(package: IO[bytes], target: IO[bytes]) -> None:
    shutil.copyfileobj(package, target)
