r"""The chain: every event carries a hash over the one before it, itself, and its (erasable) body.

    hash = SHA-256(previous ‖ metadata ‖ SHA-256(salt ‖ body))

`previous` is 32 bytes, zero for the first event of a stream. `body` is the canonical JSON stored
as it was hashed. `metadata` is canonical JSON of the fields of `metadata`. Canonical JSON: keys
sorted, no white space, characters as themselves, UTF-8. First and last part have a fixed length,
so no two inputs give the same bytes. With body and salt erased, the chain can still be checked.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.contracts import Event

from transcript_service.core.state import Entry

FORMAT = 1
"""Version of the byte format; part of what is hashed."""
START = bytes(32)
"""What the first event of a stream follows."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry with its place in the chain."""

    entry: Entry
    body: str
    salt: bytes
    body_hash: bytes
    hash: bytes


def canonical(value: Mapping[str, Any]) -> str:
    """Return canonical JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def metadata(tenant: str, event: Event, kind: str, cause: UUID, seen: int) -> bytes:
    """Return the hashed bytes of everything about an event but its body, of which only `kind`."""
    document = {
        "author": event.author.model_dump(mode="json"),
        "cause": str(cause),
        "conversation": str(event.conversation),
        "epoch": event.epoch,
        "format": FORMAT,
        "id": str(event.id),
        "kind": kind,
        "seen": seen,
        "sender": event.sender,
        "seq": event.seq,
        "stream": event.stream,
        "tenant": tenant,
        "time": instant(event.time),
    }
    return canonical(document).encode()


def instant(time: datetime) -> str:
    """Return a time as hashed: UTC with microseconds, as the database keeps it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(previous: bytes, about: bytes, body_hash: bytes) -> bytes:
    """Return an event's hash."""
    return hashlib.sha256(previous + about + body_hash).digest()


def hash_body(salt: bytes, body: str) -> bytes:
    """Return the hash that stands for a body when it is erased; the salt defeats guessing."""
    return hashlib.sha256(salt + body.encode()).digest()


def seal(tenant: str, entry: Entry, previous: bytes, salt: bytes) -> Sealed:
    """Give an entry its place in the chain. `salt`: 16 fresh random bytes."""
    body = canonical(entry.event.body.model_dump(mode="json"))
    body_hash = hash_body(salt, body)
    about = metadata(tenant, entry.event, entry.event.body.kind, entry.cause, entry.seen)
    return Sealed(entry, body, salt, body_hash, link(previous, about, body_hash))
