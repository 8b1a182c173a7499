"""`python -m transcript_service`: run one replica; `keep` runs the keeper; the rest are tools."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from services import lifecycle
from transcript_service.app import build
from transcript_service.archive import by_hand
from transcript_service.keeper import app as keeper
from transcript_service.keeper.settings import KeeperSettings
from transcript_service.migrate import migrate
from transcript_service.retention.access import command as innsyn
from transcript_service.seals import command as seals
from transcript_service.settings import Settings

_TOOLS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    **seals.VERBS,
    "export": by_hand.main,
    "innsyn": innsyn.main,
}
"""Each has arguments of its own: `--help` after it tells them."""
_VERBS: Final = ("serve", "keep", "migrate")


def main() -> int:
    """Carry out the verb and return the exit code."""
    tool = _TOOLS.get("".join(sys.argv[1:2]))
    if tool is not None:
        return tool(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="transcript_service", description=__doc__)
    verbs = (*_VERBS, *_TOOLS)
    parser.add_argument("verb", nargs="?", default="serve", choices=verbs)
    asked = parser.parse_args()
    match asked.verb:
        case "migrate":
            migrate()
        case "keep":
            lifecycle.run("ledger", KeeperSettings(), keeper.build)
        case _:
            lifecycle.run("ledger", Settings(), build)
    return 0


if __name__ == "__main__":
    sys.exit(main())
