"""Who gets a core first, where everything that is measured and all round it shares one machine.

The kernel weighs sessions against each other (autogroups), and the threads of one session against
each other by their nice value. Every service is a session of its own, and so is a browser.
"""

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psutil

FIRST: Final = -20
SECOND: Final = -5
"""Before everything that has no part in what is measured."""
LAST: Final = 19
"""Gets a core when nobody else wants it."""
_AGAIN_S: Final = 0.1
"""The kernel takes ten changes of sessions a second from who may not do everything."""


def put_first(browser: Iterable[psutil.Process], others: Iterable[psutil.Process]) -> bool:
    """Have a browser get a core before everybody else that takes part in a measurement.

    Who may do everything on this machine also puts all of them before what takes no part in it;
    who may not has the others go last. Between its own threads a browser knows best.

    Returns:
        Whether what takes no part goes last.
    """
    try:
        _weigh(browser, FIRST)
    except PermissionError:
        _weigh(others, LAST)
        return False
    _weigh(others, SECOND)
    return True


def _weigh(processes: Iterable[psutil.Process], nice: int) -> None:
    for process in processes:
        # What has ended meanwhile needs no core.
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            _weigh_session(process.pid, nice)


def _weigh_session(pid: int, nice: int) -> None:
    session = Path(f"/proc/{pid}/autogroup")
    while session.exists():
        try:
            session.write_text(str(nice), encoding="ascii")
        except BlockingIOError:
            time.sleep(_AGAIN_S)
        else:
            return
