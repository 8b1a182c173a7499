"""Erases again what was erased after a backup was made: after every restore, before anybody reads.

Each line of the list is believed only if a key that is known signed it. What is gone already is let
be, so it can be begun again wherever it ended.
"""

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.database import Connection

from transcript_service.core.chain import hash_body
from transcript_service.core.masking import Edit, NothingToMask, apply
from transcript_service.files.store import FileStore
from transcript_service.files.sweep import erase_files
from transcript_service.seals.key import Keys, SealKey
from transcript_service.seals.marks import Mark, Tombstone, mark_of, mark_row, vouched_for
from transcript_service.seals.removals import Removal

_THERE: Final = """
SELECT b.body, b.salt, e.hash, (
    SELECT coalesce(max(m.n), 0) FROM ledger.erasure AS m
    WHERE m.tenant = b.tenant AND m.conversation = b.conversation
    AND m.stream = b.stream AND m.seq = b.seq
) AS marks
FROM ledger.event_body AS b
JOIN ledger.event AS e USING (tenant, conversation, stream, seq)
WHERE b.tenant = $1 AND b.conversation = $2 AND b.stream = $3 AND b.seq = $4
"""
_IS_THERE: Final = """
SELECT EXISTS (
    SELECT FROM ledger.conversation AS c
    WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL
)
"""
_ERASE: Final = "SELECT ledger.erase_bodies($1, true)"
_REMOVE: Final = "SELECT ledger.remove_conversation($1, true)"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one line."""

    where: str
    what: str
    wrong: bool = False


class Replay:
    """Goes through a list of removals.

    Raises:
        Transient: the store of files cannot be reached.
    """

    def __init__(
        self, connection: Connection, key: SealKey, keys: Keys, files: FileStore | None
    ) -> None:
        """Take the ledger as role `transcript_keeper`, our key, those believed, and the files."""
        self._connection = connection
        self._key = key
        self._keys = keys
        self._files = files

    async def all(self, removals: Iterable[Removal]) -> AsyncIterator[Replayed]:
        """Do each again that is not done. Yield what was done, and what could not be."""
        for removal in removals:
            where = "{tenant} {conversation}".format(**removal.row)
            done = await (
                self._take_out(removal, where)
                if removal.kind == "tombstone"
                else self._erase(removal, f"{where} {removal.row['stream']} {removal.row['seq']}")
            )
            if done is not None:
                yield done

    async def _take_out(self, removal: Removal, where: str) -> Replayed | None:
        row, connection = removal.row, self._connection
        fields = {name: row[name] for name in Tombstone.__slots__}
        at, conversation = datetime.fromisoformat(row["at"]), UUID(row["conversation"])
        stone = Tombstone(**{**fields, "at": at, "conversation": conversation})
        why = vouched_for(stone, _bytes(row["signature"]), self._keys)
        if why:
            return Replayed(where, f"the tombstone {why}", wrong=True)
        if not await connection.fetchval(_IS_THERE, row["tenant"], conversation):
            return None
        if self._files is not None:
            await erase_files(connection, self._files, row["tenant"], conversation)
        removed = await connection.fetchval(_REMOVE, json.dumps(row))
        return Replayed(where, "taken out") if removed else None

    async def _erase(self, removal: Removal, where: str) -> Replayed | None:
        mark = _mark(removal.row)
        why = vouched_for(mark, _bytes(removal.row["signature"]), self._keys)
        if why:
            return Replayed(where, f"the mark {mark.n} {why}", wrong=True)
        place = (mark.tenant, mark.conversation, mark.stream, mark.seq)
        there = await self._connection.fetchrow(_THERE, *place)
        if there is None or there["marks"] >= mark.n:
            return None
        if hash_body(there["salt"], there["body"]) != mark.gone:
            return Replayed(where, "another body stands there", wrong=True)
        row = self._row(removal.row, mark, there["body"])
        await self._connection.fetchval(_ERASE, json.dumps([row]))
        return Replayed(where, "masked" if row["instead"] else "erased")

    def _row(self, row: dict[str, Any], mark: Mark, body: str) -> dict[str, Any]:
        """Return what `ledger.erase_bodies` takes: the mark of then, if it can be made good."""
        if mark.instead is None:
            return row
        salt = self._key.salt(mark.gone)
        try:
            instead = apply(body, Edit.read(row["edit"])) if row["edit"] else ""
        except NothingToMask:
            instead = ""
        if hash_body(salt, instead) == mark.instead:
            return {**row, "body": instead, "salt": "\\x" + salt.hex()}
        # Another key made the salt of then. Better all of it is gone than what must not be read.
        anew = replace(mark, instead=None, key=self._key.public.id)
        return mark_row(anew, self._key)


def _mark(row: dict[str, Any]) -> Mark:
    read = {
        **row,
        "conversation": UUID(row["conversation"]),
        "at": datetime.fromisoformat(row["at"]),
        "gone": _bytes(row["gone"]),
        "instead": _bytes(row["instead"]) if row["instead"] else None,
    }
    return mark_of(read, bytes.fromhex(row["event"]))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))
