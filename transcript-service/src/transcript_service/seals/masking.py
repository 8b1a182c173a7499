"""Words are masked afterwards: asked for here, read as masked at once, erased by the keeper."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

from services.contracts import Refusal
from services.database import Database
from services.errors import Transient

from transcript_service import rows
from transcript_service.audit.table import Audit, Note
from transcript_service.callers import Caller, NotAnswered
from transcript_service.copies.words import texts
from transcript_service.core.masking import Edit, MaskReason, NothingToMask, apply, edit_of
from transcript_service.core.rights import agent_may_read, may_mask

MASKED: Final = "masked"
"""In the audit."""
_TRIES: Final = 3

_LOOK: Final = """
SELECT ledger.conversation_document(c)::text AS document, clock_timestamp() AS now, (
    SELECT b.body FROM ledger.shown_body AS b
    WHERE b.tenant = c.tenant AND b.conversation = c.id AND b.stream = $3 AND b.seq = $4
) AS body
FROM ledger.conversation AS c
WHERE c.tenant = $1 AND c.id = $2 AND c.removed_at IS NULL
"""
_MASK: Final = "SELECT ledger.mask($1, $2)"
_SAME: Final = """
SELECT m.edit::text AS edit, (m.conversation, m.stream, m.seq, m.by, m.reason)
    IS NOT DISTINCT FROM ($3::uuid, $4::text, $5::integer, $6::text, $7::text) AS same
FROM ledger.masking AS m WHERE m.tenant = $1 AND m.id = $2
"""
_LIST: Final = """
SELECT m.id, m.stream, m.seq, m.at, m.by, m.reason, m.done_at IS NOT NULL AS done
FROM ledger.masking AS m WHERE m.tenant = $1 AND m.conversation = $2 ORDER BY m.n
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an agent asks to have masked."""

    id: UUID
    """Made by who asks; the same one is carried out once."""
    conversation: UUID
    stream: str
    seq: int
    reason: MaskReason
    text: str | None
    place: tuple[int, int] | None


class Maskings:
    """Has words masked, for those who may.

    Raises:
        Transient: by every method, while the database is away.
    """

    def __init__(self, database: Database, audit: Audit) -> None:
        """Take the pool, and where it is noted first."""
        self._database = database
        self._audit = audit

    async def mask(self, caller: Caller, wanted: Wanted) -> int:
        """Have words masked. Return at how many places; of what was done before, as it was.

        Raises:
            NotAnswered: `not_found`, `not_allowed` or `id_reused`.
        """
        for _ in range(_TRIES):
            look = (wanted.conversation, wanted.stream, wanted.seq)
            found = await self._readable(caller, *look)
            document = json.loads(found["document"])
            if not may_mask(rows.conversation(document), caller.profile, caller.directory):
                raise NotAnswered(Refusal.NOT_ALLOWED)
            known = await self._known(caller, wanted)
            if known is not None:
                return known
            edit = _edit(found["body"], wanted, document["language"])
            # What cannot be noted is not masked.
            await self._note(caller, wanted)
            if await self._ask(caller, wanted, edit, found["body"]):
                return len(edit.places)
        raise Transient("others mask the same words")

    async def of(self, caller: Caller, conversation: UUID) -> list[dict[str, Any]]:
        """Return what was asked to be masked in a conversation, in order; no word of it.

        Raises:
            NotAnswered: `not_found`.
        """
        await self._readable(caller, conversation, "", 0)
        async with self._database.connection() as connection:
            found = await connection.fetch(_LIST, caller.tenant, conversation)
        return [{**row, "id": str(row["id"]), "at": row["at"].isoformat()} for row in found]

    async def _readable(
        self, caller: Caller, conversation: UUID, stream: str, seq: int
    ) -> Mapping[str, Any]:
        async with self._database.connection() as connection:
            found: Mapping[str, Any] | None = await connection.fetchrow(
                _LOOK, caller.tenant, conversation, stream, seq
            )
        if found is None or not agent_may_read(
            rows.conversation(json.loads(found["document"])),
            caller.profile,
            caller.directory,
            found["now"],
        ):
            raise NotAnswered(Refusal.NOT_FOUND)
        return found

    async def _known(self, caller: Caller, wanted: Wanted) -> int | None:
        where = (wanted.conversation, wanted.stream, wanted.seq, caller.agent, wanted.reason)
        async with self._database.connection() as connection:
            found = await connection.fetchrow(_SAME, caller.tenant, wanted.id, *where)
        if found is None:
            return None
        if not found["same"]:
            raise NotAnswered(Refusal.ID_REUSED)
        return len(Edit.read(json.loads(found["edit"])).places)

    async def _note(self, caller: Caller, wanted: Wanted) -> None:
        about = {"stream": wanted.stream, "seq": wanted.seq, "reason": wanted.reason}
        note = uuid5(wanted.id, MASKED)
        row = Note(caller.tenant, note, caller.agent, MASKED, wanted.conversation, about)
        if not await self._audit.note(row):
            raise NotAnswered(Refusal.ID_REUSED)

    async def _ask(self, caller: Caller, wanted: Wanted, edit: Edit, body: str) -> bool:
        document = {
            "tenant": caller.tenant,
            "id": str(wanted.id),
            "conversation": str(wanted.conversation),
            "stream": wanted.stream,
            "seq": wanted.seq,
            "by": caller.agent,
            "reason": wanted.reason,
            "edit": edit.document(),
            "shown": apply(body, edit),
        }
        async with self._database.connection() as connection:
            answer = await connection.fetchval(_MASK, json.dumps(document), body)
        return bool(answer == MASKED)


def _edit(body: str | None, wanted: Wanted, language: str) -> Edit:
    if body is None:
        raise NotAnswered(Refusal.NOT_FOUND)
    try:
        return edit_of(body, mark_in(language, wanted.reason), text=wanted.text, place=wanted.place)
    except NothingToMask:
        raise NotAnswered(Refusal.NOT_FOUND) from None


def mark_in(language: str, reason: MaskReason) -> str:
    """Return what stands instead of masked words, in a language."""
    words = texts(language)
    return words["removed"].format(why=words[f"removed_{reason}"])
