"""Where something of a conversation lies outside the database: the files people sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.database import Connection

from transcript_service.files.store import FileStore, Place
from transcript_service.files.table import erase_rows


class SentFiles:
    """The bytes of files, shown or not."""

    name = "files"

    def __init__(self, store: FileStore) -> None:
        """Take the store."""
        self._store = store

    async def take(self, connection: Connection, tenant: str, conversation: UUID) -> Sequence[Any]:
        """Take the rows out. Return where the bytes lie."""
        return [
            [place.tenant, *(str(id_) for id_ in (place.conversation, place.file, place.copy))]
            for place in await erase_rows(connection, tenant, conversation)
        ]

    async def delete(self, leftover: Any) -> None:
        """See `Outside.delete`."""
        tenant, *ids = leftover
        await self._store.delete(Place(tenant, *map(UUID, ids)))
