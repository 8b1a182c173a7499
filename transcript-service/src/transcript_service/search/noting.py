"""What the audit keeps of a search: that it was made, how it was narrowed, and whom it showed.

Not the words. They may be a citizen's name, and the audit is never erased; a digest of them stays,
by a key that the database does not have. So who knows a name can show that somebody looked for it,
and the name can neither be read nor guessed out of the audit.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from services.database import Connection
from services.ids import NAMESPACE, new_id

from transcript_service.audit.table import Note, note_on

SEARCHED: Final = "searched"
SHOWN: Final = "search_shown"
_LETTERS: Final = 32

_ADD: Final = (
    "INSERT INTO ledger.audit (tenant, id, who, action, conversation, about)"
    " SELECT $1, s.id, $2, $3, s.conversation, '{}'"
    " FROM unnest($4::uuid[], $5::uuid[]) AS s (id, conversation)"
    " ON CONFLICT (tenant, id) DO NOTHING"
)


class Digests:
    """Digests of what was looked for."""

    def __init__(self, key: str) -> None:
        """Take the key of the service's tokens; digests are by one derived from it."""
        self._key = hmac.digest(key.encode(), b"prek search audit v1", "sha256")

    def of(self, tenant: str, words: Sequence[str]) -> str:
        """Return the digest of words as they are compared, in any order."""
        said = json.dumps([tenant, sorted(set(words))], ensure_ascii=False)
        return hmac.new(self._key, said.encode(), hashlib.sha256).hexdigest()[:_LETTERS]


async def note_search(
    connection: Connection, tenant: str, who: str, about: Mapping[str, Any]
) -> None:
    """Note that somebody searches: before anything is found, or nothing is."""
    await note_on(connection, Note(tenant, new_id(), who, SEARCHED, None, about))


async def note_shown(
    connection: Connection, tenant: str, who: str, conversations: Iterable[UUID], hour: str
) -> None:
    """Note whose words are shown: one row an agent, conversation and hour.

    Args:
        connection: as above.
        tenant: whose audit.
        who: is shown them.
        conversations: that are no business of theirs at the moment.
        hour: by the database's clock, in UTC.
    """
    shown = list(conversations)
    if not shown:
        return
    ids = [uuid5(NAMESPACE, f"audit search {tenant} {who} {one} {hour}") for one in shown]
    await connection.execute(_ADD, tenant, who, SHOWN, ids, shown)
