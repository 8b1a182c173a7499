"""Who gets a core first, where everything that is measured and all round it shares one machine.

The kernel weighs sessions against each other (autogroups), and the threads of one session against
each other by their nice value. Every service is a session of its own, and so is a browser.
"""

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import psutil

FIRST: Final = -20
"""Gets a core before everybody else."""
LAST: Final = 19
"""Gets a core when nobody else wants it."""
AUTOGROUPS: Final = Path("/proc/self/autogroup")
_AGAIN_S: Final = 0.1
"""The kernel takes ten changes of sessions a second from who may not do everything."""


def put_first(browser: Iterable[psutil.Process], others: Iterable[psutil.Process]) -> str:
    """Have a browser get a core before the others that take part in a measurement.

    Who may do everything on this machine puts it before whatever else runs there; who may not, or
    where the kernel weighs no sessions, has the others go last. Between its own threads a browser
    knows best: they stay as they are.

    Returns:
        Whom it goes before: `everybody`, or `services`.
    """
    with contextlib.suppress(PermissionError):
        if all(_weigh_session(process.pid, FIRST) for process in browser):
            return "everybody"
    for process in others:
        _weigh_threads(process.pid, LAST)
        _weigh_session(process.pid, LAST)
    return "services"


def _weigh_threads(pid: int, nice: int) -> None:
    # What has ended meanwhile needs no core.
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), nice)


def _weigh_session(pid: int, nice: int) -> bool:
    """Return whether the kernel weighs sessions at all."""
    session = Path(f"/proc/{pid}/autogroup")
    while AUTOGROUPS.exists():
        try:
            session.write_text(str(nice), encoding="ascii")
        except BlockingIOError:
            time.sleep(_AGAIN_S)
        except (ProcessLookupError, FileNotFoundError):
            return True
        else:
            return True
    return False
