"""What is signed of an erasure: a mark at an event, or a tombstone for a conversation.

Signed is canonical JSON (`core.chain`) of every field below, with the version of the format and
which of the two it is. A mark holds hashes of bodies and none of their words.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from transcript_service.core.chain import canonical, instant
from transcript_service.seals.key import Keys, SealKey

FORMAT: Final = 1
"""Version of what is signed; part of it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A body is gone from an event; perhaps another stands instead."""

    tenant: str
    conversation: UUID
    stream: str
    seq: int
    n: int
    """The first mark at an event is 1; each later one takes away what the one before left."""
    event: bytes
    """The event's hash in the chain."""
    gone: bytes
    """Salted hash of the body that went: the one that was sealed, or what stood instead of it."""
    instead: bytes | None
    """Salted hash of what stands there now; None: nothing does."""
    at: datetime
    by: str
    reason: str
    basis: str
    key: str

    def signed(self) -> bytes:
        """Return the bytes that are signed."""
        return _bytes("mark", {name: _plain(getattr(self, name)) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A conversation was taken out. Its heads stay, so that former seals can be checked."""

    tenant: str
    conversation: UUID
    heads: Mapping[str, Mapping[str, Any]]
    """Per stream, `{"seq": ..., "hash": ...}` of its last event, the hash in hex."""
    at: datetime
    by: str
    reason: str
    basis: str
    key: str

    def signed(self) -> bytes:
        """Return the bytes that are signed."""
        return _bytes("tombstone", {name: _plain(getattr(self, name)) for name in self.__slots__})


def mark_of(row: Mapping[str, Any], event: bytes) -> Mark:
    """Build a mark from its row and its event's hash; it may be one that nobody signed."""
    return Mark(
        tenant=row["tenant"],
        conversation=row["conversation"],
        stream=row["stream"],
        seq=row["seq"],
        n=row["n"],
        event=event,
        gone=row["gone"],
        instead=row["instead"],
        at=row["at"],
        by=row["by"],
        reason=row["reason"] or "",
        basis=row["basis"] or "",
        key=row["key"] or "",
    )


def mark_row(mark: Mark, key: SealKey) -> dict[str, Any]:
    """Sign a mark. Return it as `ledger.erase_bodies` takes it."""
    document = {name: _plain(getattr(mark, name)) for name in mark.__slots__}
    return {
        **document,
        "gone": _hex(mark.gone),
        "instead": _hex(mark.instead) if mark.instead else None,
        "signature": _hex(key.sign(mark.signed())),
    }


def stone_row(stone: Tombstone, key: SealKey) -> dict[str, Any]:
    """Sign a tombstone. Return it as `ledger.remove_conversation` takes it."""
    document = {name: _plain(getattr(stone, name)) for name in stone.__slots__}
    return {**document, "signature": _hex(key.sign(stone.signed()))}


def vouched_for(signed: Mark | Tombstone, signature: bytes | None, keys: Keys) -> str | None:
    """Return None when a key that is believed signed it, else why it is not believed."""
    if signature is None:
        return "is not signed"
    key = keys.get(signed.key)
    if key is None:
        return f"is signed by the key {signed.key}, which nobody named"
    return None if key.signed(signed.signed(), signature) else "is not the one that was signed"


def digest(signature: bytes) -> str:
    """Return what a seal holds of a mark or a tombstone, in hex.

    A signature is made of what is signed, and guesses could be tried on it; on its hash not,
    without the private key.
    """
    return hashlib.sha256(signature).hexdigest()


def _bytes(what: str, fields: Mapping[str, Any]) -> bytes:
    return canonical({"format": FORMAT, "what": what, **fields}).encode()


def _plain(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return instant(value)
        case UUID():
            return str(value)
        case _:
            return value


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()
