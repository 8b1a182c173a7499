"""Running `replay` against a system of a test's own, and reading its last line."""

import asyncio
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from native.layout import REPOSITORY
from native.system import WholeSystem

Turn = dict[str, str]
Dialogue = dict[str, Any]

ZEROS = {"lost": 0, "duplicated": 0, "reordered": 0, "altered": 0}

_WORDS = [
    *("garasje", "søknad", "barnehage", "plass", "frist", "måke", "snø", "æøå", "ß", "m²", "–"),
    *(
        "🏠",
        "👩‍👩‍👧",
        "שלום",
        "مرحبا",
        "<b>fet</b>",
        "'sitat'",
        '"anførsel"',
        "\\n",
        "a;b",
        "%s",
        "${x}",
    ),
]
TOPICS = ("byggesak", "avfall", "barnehage", "")


def dialogues(many: int, *, seed: int) -> list[Dialogue]:
    """Return made-up dialogues of three to six turns; the same seed makes the same ones."""
    dice = random.Random(seed)

    def turn(n: int) -> Turn:
        text = " ".join(dice.choices(_WORDS, k=dice.randint(1, 20)))
        return {"from": dice.choice(("citizen", "agent")) if n else "citizen", "text": text}

    return [
        {
            "id": f"{seed}-{n}",
            "topic": dice.choice(TOPICS),
            "turns": [turn(k) for k in range(dice.randint(3, 6))],
        }
        for n in range(many)
    ]


def write(path: Path, recorded: Sequence[Dialogue]) -> Path:
    """Write dialogues, one a line."""
    path.write_text("".join(json.dumps(one) + "\n" for one in recorded), encoding="utf-8")
    return path


async def replay(system: WholeSystem, file: Path, *options: str) -> tuple[int, dict[str, Any], str]:
    """Play a file; return the exit code, the last line read, and what was shown to people."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "replay", str(file)),
        *("--addresses", str(system.layout.addresses), *options),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, shown = await process.communicate()
    lines = printed.decode().splitlines()
    return process.returncode or 0, json.loads(lines[-1]) if lines else {}, shown.decode()
