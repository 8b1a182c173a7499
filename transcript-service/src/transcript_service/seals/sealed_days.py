"""Compares the seals with each other and with the ledger: what a rebuilt chain cannot hide.

One seal after the other, and of the ledger what is of its time.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from services.database import Connection

from transcript_service.seals.document import DAY, BadSeal, Line, Seal, chain_faults
from transcript_service.seals.folder import Folder, read
from transcript_service.seals.key import Keys
from transcript_service.seals.sealing import MARGIN, lines_of

LATE: Final = DAY + MARGIN + timedelta(hours=6)
"""So long after the last sealed day something is wrong with the sealing."""

_NOTED: Final = "SELECT number, name, encode(hash, 'hex') AS hash FROM ledger.seal ORDER BY number"
_LAST: Final = "SELECT clock_timestamp() AS now, (SELECT min(time) FROM ledger.event) AS first"
_STONES: Final = """
SELECT t.tenant, t.conversation::text, s.key AS stream, (s.value ->> 'seq')::integer AS seq,
    s.value ->> 'hash' AS hash
FROM ledger.tombstone AS t
JOIN unnest($1::text[], $2::uuid[]) AS q (tenant, conversation) USING (tenant, conversation)
LEFT JOIN jsonb_each(t.heads) AS s ON true
"""
_AT: Final = """
SELECT e.tenant, e.conversation::text, e.stream, e.seq, encode(e.hash, 'hex') AS hash
FROM ledger.event AS e
JOIN unnest($1::text[], $2::uuid[], $3::text[], $4::integer[])
    AS q (tenant, conversation, stream, seq) USING (tenant, conversation, stream, seq)
"""
_SOME: Final = 5_000
"""Conversations asked for in one statement."""
Stones = Mapping[tuple[str, str], Mapping[str, tuple[int, str]]]
"""Per conversation that was taken out, the last seq and hash of each stream."""


async def seal_faults(
    connection: Connection, folder: Folder, keys: Keys, conversation: UUID | None
) -> AsyncIterator[str]:
    """Yield a line for each fault.

    Args:
        connection: in a transaction.
        folder: where the seals lie.
        keys: those that are believed.
        conversation: the one that the ledger is looked at for; None: all.
    """
    noted = {row["number"]: row for row in await connection.fetch(_NOTED)}
    before, sealed_until = None, None
    for file in folder.files():
        try:
            seal = read(file)
        except BadSeal:
            yield f"seal {file.stem}: cannot be read as a seal"
            continue
        own = [*seal.faults(keys), *chain_faults(before, seal)]
        known = noted.pop(seal.number, None)
        if known is not None and known["hash"] != seal.hash:
            own.append("is not the one that the ledger noted")
        for fault in own:
            yield f"seal {seal.period.name}: {fault}"
        before = seal
        if seal.period.complete:
            sealed_until = seal.period.until
        if not any(seal.faults(keys)):
            async for fault in _against_ledger(connection, seal, conversation):
                yield fault
    for row in noted.values():
        yield f"seal {row['name']}: is noted in the ledger, and not in the folder"
    row = await connection.fetchrow(_LAST)
    since = sealed_until or row["first"]
    if since is not None and row["now"] - since > LATE:
        yield f"seals: nothing is sealed since {since:%Y-%m-%d}"


async def _against_ledger(
    connection: Connection, seal: Seal, conversation: UUID | None
) -> AsyncIterator[str]:
    sealed = [line for line in seal.lines if conversation is None or line[2] == str(conversation)]
    if seal.period.complete:
        there = await lines_of(connection, seal.period, conversation)
    else:
        there = await _still_there(connection, seal, sealed, conversation)
    missing = set(_named(sealed)) - set(_named(there))
    stones = await _stones(connection, {(name[1], name[2]) for name in missing})
    for fault in compare(seal, sealed, there, stones):
        yield fault


async def _still_there(
    connection: Connection, seal: Seal, sealed: Iterable[Line], conversation: UUID | None
) -> list[Line]:
    """Return what is there of what was sealed; more may have come to it since."""
    heads = [line for line in sealed if line[0] == "head"]
    found: list[Line] = []
    for start in range(0, len(heads), _SOME):
        columns = list(zip(*heads[start : start + _SOME], strict=True))[1:5]
        found += [("head", *row) for row in await connection.fetch(_AT, *map(list, columns))]
    names = set(_named(sealed))
    others = await lines_of(connection, seal.period, conversation)
    return found + [one for one in others if one[0] != "head" and _name(one) in names]


async def _stones(connection: Connection, which: set[tuple[str, str]]) -> Stones:
    found: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
    asked = sorted(which)
    for start in range(0, len(asked), _SOME):
        some = asked[start : start + _SOME]
        rows = await connection.fetch(_STONES, [t for t, _ in some], [c for _, c in some])
        for row in rows:
            heads = found.setdefault((row["tenant"], row["conversation"]), {})
            if row["stream"] is not None:
                heads[row["stream"]] = (row["seq"], row["hash"])
    return found


def compare(
    seal: Seal, sealed: Iterable[Line], there: Iterable[Line], stones: Stones
) -> Iterator[str]:
    """Yield how the ledger differs from a seal. Pure.

    Args:
        seal: the seal.
        sealed: its lines.
        there: what the ledger has of the same time.
        stones: of conversations that were taken out, as far as something is missing in them.
    """
    was, now = _named(sealed), _named(there)
    for name in sorted({**was, **now}, key=str):
        if name not in was:
            yield f"{_place(name, now[name])}: was added to {seal.period.name}, which is sealed"
        elif name not in now:
            yield from _missing(seal, name, was[name], stones.get((name[1], name[2])))
        elif was[name] != now[name]:
            yield from _other(seal, name, was[name], now[name])


def _missing(
    seal: Seal, name: Line, was: Line, stone: Mapping[str, tuple[int, str]] | None
) -> Iterator[str]:
    if stone is None or name[0] == "tombstone":
        yield f"{_place(name, was)}: was sealed on {seal.period.name}, and is not there"
    elif name[0] == "head":
        seq, hash_ = stone.get(name[3], (0, ""))
        if seq < was[0] or (seq == was[0] and hash_ != was[1]):
            place, day = _place(name, was), seal.period.name
            yield f"{place}: its tombstone is at odds with the seal of {day}"


def _other(seal: Seal, name: Line, was: Line, now: Line) -> Iterator[str]:
    if name[0] == "head" and was[0] != now[0]:
        yield f"{_place(name, now)}: the last one sealed on {seal.period.name} was {was[0]}"
    else:
        yield f"{_place(name, now)}: is not the one that was sealed on {seal.period.name}"


_NAME: Final = {"head": 4, "mark": 6, "tombstone": 3}
"""So many parts of a line say which it is; the rest says what it is."""


def _named(lines: Iterable[Line]) -> dict[Line, Line]:
    return {_name(line): line[_NAME[line[0]] :] for line in lines}


def _name(line: Line) -> Line:
    return line[: _NAME[line[0]]]


def _place(name: Line, what: Any) -> str:
    kind, tenant, conversation, *rest = name
    match kind:
        case "head":
            return f"{tenant} {conversation} {rest[0]} {what[0]}"
        case "mark":
            return f"{tenant} {conversation} {rest[0]} {rest[1]}: the mark {rest[2]}"
        case _:
            return f"{tenant} {conversation}: the tombstone"
