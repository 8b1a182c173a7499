"""The list of what was erased, outside the database: what a restore must not bring back.

`removals/YYYY-MM-DD.jsonl` in the folder of seals, a line for each tombstone and each mark, as the
ledger took it: signed, with no word of anybody. It says where words were masked, so that they can
be masked again. Only added to. The keeper's duty `removals` writes it, moments after the removal.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from services.database import Connection, Database

from transcript_service.keeper.pace import Pace
from transcript_service.seals.document import DAY, day_period

_FOLDER: Final = "removals"
_NOW: Final = "SELECT clock_timestamp()"
_FIRST: Final = """
SELECT least((SELECT min(at) FROM ledger.tombstone), (SELECT min(at) FROM ledger.erasure))
"""
_STONES: Final = "SELECT to_jsonb(t)::text FROM ledger.tombstone AS t WHERE at >= $1 AND at < $2"
_MARKS: Final = """
SELECT (to_jsonb(m) || jsonb_build_object('event', encode(e.hash, 'hex'), 'edit', k.edit))::text
FROM ledger.erasure AS m
JOIN ledger.event AS e USING (tenant, conversation, stream, seq)
LEFT JOIN ledger.masking AS k
ON k.tenant = m.tenant AND k.conversation = m.conversation
AND k.stream = m.stream AND k.seq = m.seq AND k.mark = m.n AND m.instead IS NOT NULL
WHERE m.at >= $1 AND m.at < $2 AND m.signature IS NOT NULL
"""
Kind = Literal["tombstone", "mark"]


@dataclass(frozen=True, slots=True)
class Removal:
    """One line."""

    kind: Kind
    row: dict[str, Any]
    """As it stands in the ledger; a mark also has its event's hash and where words were masked."""

    @property
    def id(self) -> str:
        """Return what it is known by: its signature."""
        return str(self.row["signature"])

    def line(self) -> str:
        """Return the line."""
        document = {"kind": self.kind, "row": self.row}
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Removals:
    """The files."""

    def __init__(self, seals: Path) -> None:
        """Take the folder of seals."""
        self._folder = seals / _FOLDER

    def days(self) -> list[date]:
        """Return the days that have a file."""
        return sorted(date.fromisoformat(file.stem) for file in self._folder.glob("*-*-*.jsonl"))

    def of(self, day: date) -> Iterator[Removal]:
        """Yield a day's removals; a line that was cut off by a crash is none."""
        path = self._path(day)
        if not path.exists():
            return
        with path.open(encoding="utf-8") as file:
            for line in file:
                try:
                    document = json.loads(line)
                except ValueError:
                    continue
                yield Removal(document["kind"], document["row"])

    def since(self, day: date | None = None) -> Iterator[Removal]:
        """Yield the removals from a day on; None: all."""
        for one in self.days():
            if day is None or one >= day:
                yield from self.of(one)

    def add(self, day: date, removals: list[Removal]) -> None:
        """Write lines, and make them last."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(day)
        # What a crash cut off ends here.
        written = path.read_bytes() if path.exists() else b""
        cut = written != b"" and not written.endswith(b"\n")
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n" * cut + "".join(removal.line() + "\n" for removal in removals))
            file.flush()
            os.fsync(file.fileno())
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.jsonl"


class ListRemovals:
    """The keeper's duty: writes down what was erased since it last did.

    Raises:
        Transient: the database is away.
    """

    name = "removals"
    pace = Pace(20.0)

    def __init__(self, database: Database, removals: Removals) -> None:
        """Take the ledger and the files."""
        self._database = database
        self._removals = removals

    async def once(self) -> None:
        """Write down what is not written down yet.

        The last day that has a file is looked at once more, for what was being committed then.
        """
        async with self._database.connection() as connection:
            now: datetime = await connection.fetchval(_NOW)
            known = self._removals.days()
            day = known[-1] if known else await self._first(connection)
            while day is not None and day_period(day).since <= now:
                written = {removal.id for removal in self._removals.of(day)}
                made = [r for r in await _made(connection, day) if r.id not in written]
                if made:
                    self._removals.add(day, made)
                day += DAY

    async def _first(self, connection: Connection) -> date | None:
        first: datetime | None = await connection.fetchval(_FIRST)
        return first.astimezone(UTC).date() if first else None


async def _made(connection: Connection, day: date) -> list[Removal]:
    period = day_period(day)
    between = (period.since, period.until)
    stones = [json.loads(row[0]) for row in await connection.fetch(_STONES, *between)]
    marks = [json.loads(row[0]) for row in await connection.fetch(_MARKS, *between)]
    return [
        *(Removal("mark", row) for row in marks),
        *(Removal("tombstone", row) for row in stones),
    ]
