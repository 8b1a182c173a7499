"""Where the bytes of files lie: one interface, and the shared folder that is behind it natively.

Replicas share it. A place is used once and never written again, so nothing can be read half
written, and what was found to be nobody's stays so.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol, TypeVar
from uuid import UUID, uuid4

from services.errors import Transient

R = TypeVar("R")

_PIECE: Final = 256 * 1024
_INCOMING: Final = ".incoming"
"""Half-written files. A tenant's id begins with a letter or a digit, so none is called so."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bytes of one upload lie. Made of ids alone: no name is ever part of a path."""

    tenant: str
    conversation: UUID
    file: UUID
    copy: UUID
    """Made anew for each upload, also for one that is repeated."""


class Missing(Exception):
    """There are no bytes at that place."""


class FileStore(Protocol):
    """Keeps bytes at places.

    Raises:
        Transient: by every method, while it cannot be reached, written or has no room.
    """

    async def put(self, place: Place, source: Path) -> None:
        """Keep the content of a file. When this returns, it survives a power cut."""

    async def open(self, place: Place) -> AsyncIterator[bytes]:
        """Return the bytes, piece by piece.

        Raises:
            Missing: there are none.
        """

    async def delete(self, place: Place) -> None:
        """Delete them, if they are there."""

    def older_than(self, moment: datetime) -> AsyncIterator[Place]:
        """Yield every place written before a moment; half-written ones are deleted on the way."""


class FolderStore:
    """Keeps bytes in a folder that all replicas share."""

    def __init__(self, root: Path) -> None:
        """Take the folder; it is made when something is put there."""
        self._root = root

    async def put(self, place: Place, source: Path) -> None:
        """Write beside, make it last, and only then give it its name."""
        await _in_thread(self._put, place, source)

    async def open(self, place: Place) -> AsyncIterator[bytes]:
        """Open now, so that what is missing is known before the first byte; read as it is asked."""
        try:
            file = await _in_thread(_opened, self._path(place))
        except FileNotFoundError:
            raise Missing from None
        return _pieces(file)

    async def delete(self, place: Place) -> None:
        """Delete the file, and its folder when that was the last."""
        await _in_thread(self._delete, place)

    async def older_than(self, moment: datetime) -> AsyncIterator[Place]:
        """Look through all folders, one conversation's at a time."""
        before = moment.timestamp()
        await _in_thread(self._clear_incoming, before)
        for folder in await _in_thread(lambda: list(self._folders())):
            for place in await _in_thread(_places, folder, before):
                yield place

    # What follows waits for the disk, in threads

    def _path(self, place: Place) -> Path:
        conversation = str(place.conversation)
        # An id begins with the time it was made; its end is what spreads.
        folder = self._root / place.tenant / conversation[-2:] / conversation
        return folder / f"{place.file}.{place.copy}"

    def _put(self, place: Place, source: Path) -> None:
        incoming = self._root / _INCOMING
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming.mkdir(mode=0o700, exist_ok=True)
        half = incoming / uuid4().hex
        target = self._path(place)
        try:
            with source.open("rb") as given, half.open("xb") as file:
                while piece := given.read(_PIECE):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            _move(half, target)
        finally:
            half.unlink(missing_ok=True)
        for folder in target.parents[:4]:  # down from the root, which may be new too
            _sync(folder)

    def _delete(self, place: Place) -> None:
        path = self._path(place)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def _clear_incoming(self, before: float) -> None:
        for half in _entries(self._root / _INCOMING):
            with contextlib.suppress(FileNotFoundError):
                if half.stat().st_mtime < before:
                    Path(half).unlink()

    def _folders(self) -> Iterator[Path]:
        for tenant in _entries(self._root):
            if tenant.name != _INCOMING and tenant.is_dir():
                for spread in _entries(Path(tenant.path)):
                    yield from (Path(found.path) for found in _entries(Path(spread.path)))


def _move(half: Path, target: Path) -> None:
    """Give a file its name. Its folder may be deleted as empty in the same moment: once more."""
    while True:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            half.rename(target)
        except FileNotFoundError:
            if not half.exists():
                raise
        else:
            return


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _places(folder: Path, before: float) -> list[Place]:
    """Return the places of a conversation that were written before; what is not ours is let be."""
    found = []
    for entry in _entries(folder):
        file, _, copy = entry.name.partition(".")
        with contextlib.suppress(ValueError, FileNotFoundError):
            tenant, conversation = folder.parent.parent.name, UUID(folder.name)
            place = Place(tenant, conversation, UUID(file), UUID(copy))
            if entry.stat().st_mtime < before:
                found.append(place)
    return found


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await _in_thread(file.read, _PIECE):
            yield piece


async def _in_thread(work: Callable[..., R], *given: Any) -> R:
    try:
        return await asyncio.to_thread(work, *given)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Transient("files") from error
