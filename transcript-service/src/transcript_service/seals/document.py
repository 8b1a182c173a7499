"""A seal: what stood in the ledger at the end of a day, under one signed hash. Pure.

Its lines are canonical JSON: `["head", tenant, conversation, stream, seq, hash]` for the last event
of each stream in which something happened, `["mark", tenant, conversation, stream, seq, n, digest]`
and `["tombstone", tenant, conversation, digest]` for what was erased and taken out. They are
sorted, and their Merkle root is in the signed part, with the hash of the seal before. Ids and
hashes: no name and no word of anybody.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Self

from transcript_service.core.chain import canonical, instant
from transcript_service.seals.key import Keys, SealKey
from transcript_service.seals.tree import root

FORMAT: Final = 1
DAY: Final = timedelta(days=1)
Line = tuple[Any, ...]
"""First which kind it is, then whose, then what."""


class BadSeal(ValueError):
    """The file is no seal that can be read."""


@dataclass(frozen=True, slots=True)
class Period:
    """What is sealed: from a moment on, until another."""

    name: str
    """The day, `2026-11-27`; of one that was made by hand, day and time of day."""
    since: datetime
    until: datetime
    complete: bool
    """Whether nothing can come to it any more: nothing else may be found in this time."""


def day_period(day: date) -> Period:
    """Return a whole day, UTC."""
    since = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Period(day.isoformat(), since, since + DAY, complete=True)


def until_now(since: datetime, now: datetime) -> Period:
    """Return what is there at a moment; more may still come to it."""
    return Period(now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S.%fZ"), since, now, complete=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """One file of the folder of seals."""

    number: int
    """They are counted from 1, so that one that is missing is missed."""
    period: Period
    made_at: datetime
    previous: str
    """Hash of the seal before, in hex; empty for the first."""
    key: str
    lines: tuple[Line, ...]
    stated: str
    """The root that the signed part states, in hex."""
    signature: bytes

    def head(self) -> dict[str, Any]:
        """Return the signed part."""
        return {
            "complete": self.period.complete,
            "format": FORMAT,
            "from": instant(self.period.since),
            "key": self.key,
            "lines": len(self.lines),
            "made_at": instant(self.made_at),
            "name": self.period.name,
            "number": self.number,
            "previous": self.previous,
            "root": self.stated,
            "until": instant(self.period.until),
        }

    @property
    def hash(self) -> str:
        """Return what the next seal names this one by, in hex."""
        return hashlib.sha256(canonical(self.head()).encode()).hexdigest()

    def text(self) -> str:
        """Return the file: JSON, one line of it a line of the seal."""
        lines = ",\n".join(_json(line) for line in self.lines)
        head = canonical(self.head())
        return f'{{"seal":{head},\n"signature":"{self.signature.hex()}",\n"lines":[\n{lines}\n]}}\n'

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the seal in a file. Nothing of it is believed yet.

        Raises:
            BadSeal: it cannot be read, or is not written as seals are.
        """
        try:
            document = json.loads(text)
            head = document["seal"]
            seal = cls(
                number=int(head["number"]),
                period=Period(
                    str(head["name"]),
                    datetime.fromisoformat(head["from"]),
                    datetime.fromisoformat(head["until"]),
                    complete=bool(head["complete"]),
                ),
                made_at=datetime.fromisoformat(head["made_at"]),
                previous=str(head["previous"]),
                key=str(head["key"]),
                lines=tuple(tuple(line) for line in document["lines"]),
                stated=str(head["root"]),
                signature=bytes.fromhex(document["signature"]),
            )
            same = seal.text() == text
        except (ValueError, KeyError, TypeError, OverflowError):
            raise BadSeal from None
        if not same:
            # What is not said in the one way there is could be said to hide something.
            raise BadSeal
        return seal

    def faults(self, keys: Keys) -> Iterator[str]:
        """Yield what is wrong with the seal itself."""
        key = keys.get(self.key)
        if key is None:
            yield f"is signed by the key {self.key}, which nobody named"
        elif not key.signed(canonical(self.head()).encode(), self.signature):
            yield "is not the one that was signed"
        if root_of(self.lines) != self.stated:
            yield "its lines are not the ones that were signed"


def make_seal(
    key: SealKey,
    number: int,
    period: Period,
    made_at: datetime,
    previous: str,
    lines: Iterable[Line],
) -> Seal:
    """Sort the lines, hash and sign."""
    ordered = tuple(sorted(lines))
    stated = root_of(ordered)
    unsigned = Seal(number, period, made_at, previous, key.public.id, ordered, stated, b"")
    signature = key.sign(canonical(unsigned.head()).encode())
    return Seal(number, period, made_at, previous, key.public.id, ordered, stated, signature)


def root_of(lines: Sequence[Line]) -> str:
    """Return the root of a seal's lines, in hex."""
    return root([_json(line).encode() for line in lines]).hex()


def chain_faults(before: Seal | None, seal: Seal) -> Iterator[str]:
    """Yield why a seal does not follow the one before it."""
    number, previous = (before.number, before.hash) if before else (0, "")
    if seal.number != number + 1:
        yield f"is number {seal.number} and follows number {number}"
    elif seal.previous != previous:
        yield "does not follow the one before it"


def _json(line: Line) -> str:
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False)
