"""Compares the bytes of files with what was sealed of them when they were shown."""

import hashlib
from collections.abc import AsyncIterator

from transcript_service.files.store import FileStore, Missing, Place
from transcript_service.seals.chains import AttachedFile


async def file_faults(file: AttachedFile, store: FileStore | None) -> AsyncIterator[str]:
    """Yield what is wrong with a file that stands in a dialogue.

    Args:
        file: what was sealed of it.
        store: where its bytes lie; None: only its row is looked at.

    Raises:
        Transient: the store cannot be reached.
    """
    if file.copy is None:
        yield f"{file.where}: the file's row is gone"
        return
    if file.noted != file.sealed:
        yield f"{file.where}: the file's row is not what was sealed"
    if store is None:
        return
    found = hashlib.sha256()
    place = Place(file.tenant, file.conversation, file.file, file.copy)
    try:
        async for piece in await store.open(place):
            found.update(piece)
    except Missing:
        yield f"{file.where}: the file is gone"
        return
    if found.hexdigest() != file.sealed:
        yield f"{file.where}: the file is not the one that was sealed"
