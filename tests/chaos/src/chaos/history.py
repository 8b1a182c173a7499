"""What the clients did and saw: one record a step, kept in memory and as lines of JSON."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Op(StrEnum):
    """What a step was."""

    SENT = "sent"
    """An action was begun; `code` is its kind of frame."""
    ACCEPTED = "accepted"
    COMMITTED = "committed"
    """The action's own event came back."""
    DONE = "done"
    REFUSED = "refused"
    """For good, with `code`."""
    BUSY = "busy"
    """Not now; the action stays in the outbox."""
    RENDERED = "rendered"
    """An event was shown on this screen."""
    RESUMED = "resumed"
    """A new socket asked to go on after `seq`."""
    FIRST = "first"
    """The first event that such a socket was sent."""
    SHOWN = "shown"
    """A desk was shown that a conversation exists; `code` is its department."""
    WALLED = "walled"
    """A desk was refused a stream, or a stranger a conversation."""
    LEFT = "left"
    """The client went away for ever; nothing is expected of its screen any more."""


@dataclass(frozen=True, slots=True)
class Record:
    """One step of one client. Words are kept as a digest only."""

    at_ns: int
    """Monotonic clock of the run."""
    who: str
    """`citizen:<conversation>` or `agent:<id>`."""
    op: Op
    conversation: str = ""
    id: str = ""
    stream: str = "dialogue"
    seq: int = 0
    digest: str = ""
    epoch: int = -1
    """The epoch a sender stated; -1 where none is."""
    seen: int = 0
    code: str = ""


def digest(text: str | None) -> str:
    """Return what stands for a text in histories; empty for an event without words."""
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


class History:
    """Everything the clients of one round did and saw. `close` it."""

    def __init__(self, path: Path) -> None:
        """Write to a new file, one record a line."""
        self.records: list[Record] = []
        self._file = path.open("w", encoding="utf-8")

    def add(self, who: str, op: Op, **fields: Any) -> Record:
        """Append a step that happens now."""
        record = Record(time.monotonic_ns(), who, op, **fields)
        self.records.append(record)
        self._file.write(json.dumps(asdict(record)) + "\n")
        return record

    def close(self) -> None:
        """Write what is buffered."""
        self._file.close()


def read(path: Path) -> list[Record]:
    """Return the records of a file that `History` wrote."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        found.append(Record(**{**fields, "op": Op(fields["op"])}))
    return found
