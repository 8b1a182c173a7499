"""`python -m transcript_service`: run one replica; `keep` runs the keeper; the rest are tools."""

import argparse
import asyncio
import sys
from uuid import UUID

from services import lifecycle
from transcript_service.app import build
from transcript_service.keeper import app as keeper
from transcript_service.keeper.settings import KeeperSettings
from transcript_service.migrate import migrate
from transcript_service.settings import Settings
from transcript_service.verify import verify

_VERBS = ("serve", "keep", "migrate", "verify")


def main() -> int:
    """Carry out the verb and return the exit code."""
    parser = argparse.ArgumentParser(prog="transcript_service", description=__doc__)
    parser.add_argument("verb", nargs="?", default="serve", choices=_VERBS)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--conversation", type=UUID, help="verify one conversation")
    which.add_argument("--all", action="store_true", help="verify everything (the default)")
    asked = parser.parse_args()
    if asked.verb == "migrate":
        migrate()
        return 0
    if asked.verb == "serve":
        lifecycle.run("ledger", Settings(), build)
        return 0
    if asked.verb == "keep":
        lifecycle.run("ledger", KeeperSettings(), keeper.build)
        return 0
    wrong = asyncio.run(verify(Settings().database_url, asked.conversation))
    for line in wrong:
        print(line)  # noqa: T201 - a command's answer
    print("every hash and every load is right" if not wrong else f"{len(wrong)} faults")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
