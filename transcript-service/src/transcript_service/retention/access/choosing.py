"""Which conversations a package is made of: by their ids, receipts, or the citizen's own links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field
from services.contracts import Contract
from services.contracts.model import Text
from services.database import Connection
from services.tokens import Signer, TokenError

from transcript_service.callers import Caller
from transcript_service.core import Conversation
from transcript_service.retention.asking import Reason
from transcript_service.retention.readable import readable

MOST: Final = 20
"""Conversations in one package over HTTP: more would take longer than anybody waits."""
_LINK_AUDIENCE: Final = "copy"
_RECEIPTS: Final = (
    "SELECT c.receipt, c.id FROM ledger.conversation AS c"
    " WHERE c.tenant = $1 AND c.receipt = ANY ($2::text[])"
)

Line = Annotated[Text, Field(max_length=200)]


class Request(Contract):
    """What an archivist asks for."""

    conversations: tuple[UUID, ...] = ()
    receipts: tuple[Line, ...] = ()
    links: Annotated[tuple[Annotated[str, Field(max_length=2_000)], ...], Field(max_length=20)] = ()
    """To the page of the copy, as the citizen has it; its token is read, and checked."""
    own: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    """What may stand: the asker's own name, address, number."""
    words: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    """What is masked besides what the rules find."""
    notes: bool = False
    """With the desk's own notes."""
    files: Literal["own", "all", "none"] = "own"
    """Which files: those of the citizen, all, or none. In files nothing is masked."""
    language: Literal["nb", "nn", "en"] = "nb"
    reason: Reason
    """The case it is asked for in. It is in the audit."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was found of what was named."""

    conversations: tuple[Conversation, ...]
    """The oldest first, each once."""
    not_found: tuple[str, ...]
    """What is not there, or not the archivist's to read: the ids and receipts as they were named,
    and links by their place in the list, for a link opens something."""


async def choose(
    connection: Connection, caller: Caller, signer: Signer, request: Request
) -> Chosen:
    """Return the conversations that are named and that the caller may read."""
    named: dict[str, UUID | None] = {str(id_): id_ for id_ in request.conversations}
    receipts = {_tidy(text): text for text in request.receipts}
    rows = await connection.fetch(_RECEIPTS, caller.tenant, list(receipts))
    known = {row["receipt"]: row["id"] for row in rows}
    named |= {text: known.get(tidy) for tidy, text in receipts.items()}
    named |= {
        f"link {n}": _of_link(link, caller.tenant, signer)
        for n, link in enumerate(request.links, 1)
    }
    found = await readable(connection, caller, [id_ for id_ in named.values() if id_])
    order = sorted(found.values(), key=lambda c: (c.summary.opened_at, c.key))
    return Chosen(tuple(order), tuple(_missing(named, found)))


def _missing(named: dict[str, UUID | None], found: dict[UUID, Conversation]) -> Iterator[str]:
    return (name for name, id_ in named.items() if id_ not in found)


def _tidy(receipt: str) -> str:
    return re.sub(r"[\s\-]+", "-", receipt.strip().upper())


def _of_link(link: str, tenant: str, signer: Signer) -> UUID | None:
    """Return what a link to a copy opens. None: it is none, is too old, or another tenant's."""
    try:
        claims = signer.verify(_LINK_AUDIENCE, urlsplit(link.strip()).fragment)
        return UUID(claims["conversation"]) if claims.get("tenant") == tenant else None
    except (TokenError, ValueError, KeyError, TypeError):
        return None
