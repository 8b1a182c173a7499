"""The package itself: a zip in a file that has no name and goes when it is closed."""

import asyncio
import json
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import IO, Final

from services.contracts import TenantDirectory

from transcript_service.callers import Caller
from transcript_service.copies.document import document_of
from transcript_service.copies.exact import as_json
from transcript_service.copies.press import Press
from transcript_service.files.store import FileStore, Missing
from transcript_service.retention.access.choosing import Request
from transcript_service.retention.access.contents import Given, Sent
from transcript_service.retention.access.page import folder_of, names_of, page

INDEX: Final = "innhold"


class Packer:
    """Makes packages, each conversation at a time: citizens wait for the same typesetter."""

    def __init__(self, press: Press, store: FileStore | None) -> None:
        """Take what sets pages, and where files lie."""
        self._press = press
        self._store = store

    async def pack(
        self, caller: Caller, request: Request, all_given: Sequence[Given], at: datetime
    ) -> IO[bytes]:
        """Return the package, from its first byte on; the caller closes it.

        Raises:
            Transient: a page could not be set in time, or the store is away.
        """
        target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's
        try:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
                package.writestr(f"{INDEX}.html", page(caller, request, all_given, at))
                told = [given.told() for given in all_given]
                package.writestr(f"{INDEX}.json", json.dumps({"conversations": told}, indent=1))
                for given in all_given:
                    await self._add(package, given, caller.directory, request.language)
        except BaseException:
            target.close()
            raise
        target.seek(0)
        return target

    async def _add(
        self, package: zipfile.ZipFile, given: Given, directory: TenantDirectory, language: str
    ) -> None:
        folder = folder_of(given)
        for name, _, index in names_of(given):
            transcript = given.streams[index][1]
            pdf = await self._press.pdf(document_of(transcript, directory, language))
            package.writestr(f"{folder}/{name}.pdf", pdf)
            package.writestr(f"{folder}/{name}.json", as_json(transcript, directory))
        for sent in given.files:
            if sent.included and self._store is not None:
                await _copy(package, f"{folder}/filer/{sent.name}", self._store, sent)


async def _copy(package: zipfile.ZipFile, name: str, store: FileStore, sent: Sent) -> None:
    try:
        pieces = await store.open(sent.shown.place)
    except Missing:
        # It is being erased at this moment.
        return
    with package.open(name, "w") as target:
        async for piece in pieces:
            await asyncio.to_thread(target.write, piece)
