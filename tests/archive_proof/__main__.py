"""`make archive-proof SCHEMAS=…`: the whole proof, a summary on standard output, 1 for a fault."""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from native.infrastructure import Infrastructure
from transcript_service.archive.schemas import Schemas

from archive_proof.proof import Proof


def main() -> int:
    """Start a database of its own, prove, and take it down again."""
    parser = argparse.ArgumentParser(prog="archive_proof", description=__doc__)
    parser.add_argument("--schemas", type=Path, help="KS' schemas and code lists (V1)")
    parser.add_argument("--naughty", type=Path, help="a list of odd strings, as JSON")
    parser.add_argument("-n", type=int, default=500, help="conversations (500)")
    asked = parser.parse_args()
    schemas = Schemas(asked.schemas) if asked.schemas else None
    naughty = []
    if asked.naughty and asked.naughty.exists():
        # Blank ones are no message, and no lone surrogate gets past a door.
        odd = json.loads(asked.naughty.read_text("utf-8"))
        naughty = [text for text in odd if text.strip() and "\x00" not in text]
    with tempfile.TemporaryDirectory(prefix="archive-proof-") as folder:
        parts = Infrastructure(Path(folder) / "run")
        parts.postgresql.prepare()
        try:
            parts.start_part("database")
            parts.postgresql.furnish()
            subprocess.run(
                [sys.executable, "-m", "transcript_service", "migrate"],
                env={**os.environ, **parts.migration_settings("transcript-service")},
                check=True,
                stdout=subprocess.DEVNULL,
            )
            proof = Proof(parts, Path(folder) / "proof", schemas, naughty)
            report = asyncio.run(proof.run(asked.n))
        finally:
            parts.remove()
    print(report.said())  # noqa: T201 - a command's answer
    whole = report.made == report.handed_over == report.received == asked.n
    return 0 if whole and not report.faults else 1


if __name__ == "__main__":
    sys.exit(main())
