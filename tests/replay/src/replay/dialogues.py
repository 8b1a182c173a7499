"""Recorded dialogues: one JSON object a line."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DialogueError(ValueError):
    """A line of the file is not a dialogue."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `sender` is `citizen` or `agent`."""

    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A recorded conversation."""

    id: str
    topic: str
    turns: tuple[Turn, ...]


def read(path: Path) -> list[Dialogue]:
    """Return the dialogues of a file.

    Raises:
        DialogueError: naming the line that is wrong.
    """
    found = []
    # Not splitlines(): a text may hold U+2028, which is no line end in JSON lines.
    for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(_dialogue(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DialogueError(f"line {number}: {type(error).__name__}: {error}") from error
    return found


def _dialogue(data: dict[str, Any]) -> Dialogue:
    turns = []
    for turn in data["turns"]:
        sender, text = turn["from"], turn["text"]
        if sender not in ("citizen", "agent") or not isinstance(text, str):
            raise ValueError("a turn needs `from` (citizen or agent) and `text`")
        turns.append(Turn(sender, text))
    return Dialogue(str(data["id"]), str(data.get("topic") or ""), tuple(turns))
