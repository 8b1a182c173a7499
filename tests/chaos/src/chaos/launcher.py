"""`python -m chaos.launcher MODULE`: patch classes in this process, then run a service's own main.

Production code holds no hook: what a run adds to it is all here and in the modules named below.
"""

import os
import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from chaos import board, clocks, deliveries, mutants, points
from chaos.board import Board

PATCHES: Final = "CHAOS_PATCHES"
"""Variable with the names of the patches to apply, parted by commas."""

Patch = Callable[[str, Board], None]
"""Given the service's module name and the switches, changes classes of this process."""

KNOWN: Final[Mapping[str, Patch]] = {
    "points": points.apply,
    "deliveries": deliveries.apply,
    **mutants.PATCHES,
}


def main() -> None:
    """Patch, then be the service."""
    module, *arguments = sys.argv[1:]
    switches = Board(Path(os.environ[board.ENVIRONMENT]))
    clocks.start_wrong(module, switches)
    for name in filter(None, os.environ[PATCHES].split(",")):
        KNOWN[name](module, switches)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
