"""From a bare machine to one on which the system can be started. Standard library only.

Run as `python3 -m native.bootstrap`, by whichever Python 3 the machine has.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from native import apt, frontends, progress, virtualenv

ROOT = Path(__file__).resolve().parents[4]
LOG = ROOT / ".run" / "logs" / "setup.log"


def bootstrap(*, testing: bool) -> None:
    """Install and build whatever is missing; on a machine that has everything, do nothing.

    Args:
        testing: Also have what only the tests need: a browser.
    """
    wanted = (*apt.RUNNING, *apt.TESTING) if testing else apt.RUNNING
    apt.install(apt.missing(wanted), LOG)
    python = virtualenv.ensure(ROOT, LOG)
    frontends.ensure(ROOT, python, LOG)


def main() -> int:
    """Set up the clone. Return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--testing", action="store_true", help="also what only the tests need")
    asked = parser.parse_args()
    os.umask(0o022)
    began = time.monotonic()
    try:
        bootstrap(testing=asked.testing)
    except (apt.CannotInstallError, virtualenv.NoPythonError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except progress.CommandFailedError as error:
        print(f"\n{error}\nThe whole output is in {LOG}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    took = time.monotonic() - began
    if took > 1:
        progress.say(f"set up in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
