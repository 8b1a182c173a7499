"""Where packages lie on their way: the keeper's own spool, and what is dropped for the archive.

A package is written beside, made last and only then given its name. It moves from the spool to the
archive's side by one rename: whoever is killed finds it on one side or on the other, never on both.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from services.database import Connection
from services.errors import Transient

from transcript_service.archive.receipts import MOST_BYTES, RECEIPT_FILE

R = TypeVar("R")

_SPOOL: Final = ".paa-vei"
"""The keeper's own. A tenant's id begins with a letter or a digit, so none is called so."""
_OUT: Final = "ut"
_RECEIPTS: Final = "kvittering"
_FOLDERS: Final = 0o750
Key = tuple[UUID, int]
"""Conversation and version."""


class Spool:
    """The folder `archive_dir`.

    Raises:
        Transient: by every method, while the folder cannot be read or written.
    """

    def __init__(self, root: Path) -> None:
        """Take the folder; what is in it is made when it is needed."""
        self._root = root

    async def keep(self, tenant: str, key: str, content: bytes) -> None:
        """Keep a package. When this returns, it survives a power cut."""
        await _in_thread(self._keep, tenant, key, content)

    async def read(self, tenant: str, key: str) -> bytes | None:
        """Return a package, or None when it does not lie here."""
        return await _in_thread(_read, self._package(tenant, key), None)

    async def drop(self, tenant: str, key: str) -> None:
        """Move a package to where the archive takes it from. Moved before: nothing happens."""
        await _in_thread(self._drop, tenant, key)

    async def receipt(self, tenant: str, key: str) -> bytes | None:
        """Return the receipt that the archive put back, or None."""
        for path in self._receipt_paths(tenant, key):
            found = await _in_thread(_read, path, MOST_BYTES + 1)
            if found is not None:
                return found
        return None

    async def keys(self, tenant: str) -> list[Key]:
        """Return of which exports anything lies here."""
        return await _in_thread(self._keys, tenant)

    async def clear(self, tenant: str, key: str) -> None:
        """Delete all that lies here of an export."""
        await _in_thread(self._clear, tenant, key)

    # What follows waits for the disk, in threads

    def _package(self, tenant: str, key: str) -> Path:
        return self._root / _SPOOL / tenant / f"{key}.zip"

    def _dropped(self, tenant: str, key: str) -> Path:
        return self._root / tenant / _OUT / f"{key}.zip"

    def _receipt_paths(self, tenant: str, key: str) -> Sequence[Path]:
        folder = self._root / tenant / _RECEIPTS
        return folder / f"{key}.xml", folder / key / RECEIPT_FILE

    def _keep(self, tenant: str, key: str, content: bytes) -> None:
        target = self._package(tenant, key)
        _make(target.parent)
        half = target.with_suffix(".half")
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
        _sync(target.parent)

    def _drop(self, tenant: str, key: str) -> None:
        target = self._dropped(tenant, key)
        _make(target.parent)
        _make(self._root / tenant / _RECEIPTS)
        with contextlib.suppress(FileNotFoundError):
            self._package(tenant, key).rename(target)
        _sync(target.parent)
        _sync(self._package(tenant, key).parent)

    def _keys(self, tenant: str) -> list[Key]:
        folders = (
            self._root / _SPOOL / tenant,
            self._root / tenant / _OUT,
            self._root / tenant / _RECEIPTS,
        )
        names = {path.name.partition(".")[0] for folder in folders for path in _entries(folder)}
        return [key for name in sorted(names) if (key := key_of(name)) is not None]

    def _clear(self, tenant: str, key: str) -> None:
        package = self._package(tenant, key)
        receipts = self._receipt_paths(tenant, key)
        for path in (package, package.with_suffix(".half"), self._dropped(tenant, key)):
            path.unlink(missing_ok=True)
        receipts[0].unlink(missing_ok=True)
        if receipts[1].parent.is_dir():
            shutil.rmtree(receipts[1].parent)


class Spooled:
    """What retention deletes of an enquiry here, when it goes. See `retention.carrying.Outside`."""

    name = "packages"

    def __init__(self, spool: Spool) -> None:
        """Take the folder."""
        self._spool = spool

    async def take(self, connection: Connection, tenant: str, conversation: UUID) -> Sequence[Any]:
        """Return what may lie here. The rows stay: no word and no name is in them."""
        found = await connection.fetch(
            "SELECT x.version FROM ledger.export AS x WHERE x.tenant = $1 AND x.conversation = $2",
            tenant,
            conversation,
        )
        return [[tenant, f"{conversation}-{row['version']}"] for row in found]

    async def delete(self, leftover: Any) -> None:
        """Delete one, if it is there."""
        tenant, key = leftover
        await self._spool.clear(tenant, key)


def key_of(name: str) -> Key | None:
    """Return which export a file's name speaks of; None: none of ours."""
    conversation, _, version = name.rpartition("-")
    try:
        return UUID(conversation), int(version)
    except ValueError:
        return None


def _read(path: Path, most: int | None) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read() if most is None else file.read(most)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _make(folder: Path) -> None:
    folder.mkdir(mode=_FOLDERS, parents=True, exist_ok=True)


def _sync(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


async def _in_thread(work: Callable[..., R], *given: Any) -> R:
    try:
        return await asyncio.to_thread(work, *given)
    except OSError as error:
        raise Transient("archive_dir") from error
