"""Background tasks that are named, kept alive by a reference, and never fail in silence."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import structlog

log = structlog.get_logger()

AGAIN_S: Final = 1.0
"""Before a task that must not end is begun again, in seconds."""


class Tasks:
    """The running tasks of one owner."""

    def __init__(self) -> None:
        """Start empty."""
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run `work` in the background; an exception in it becomes a log line."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run what goes on for ever. An exception becomes a log line, and it is begun again.

        What nobody foresaw must cost one turn, not the rest of the process's life.
        """
        self.spawn(name, _for_ever(name, work))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _tell(task.get_name(), error)

    async def cancel(self) -> None:
        """Cancel what still runs and wait for it to end."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _for_ever(name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:
            _tell(name, error)
        await asyncio.sleep(AGAIN_S)


def _tell(name: str, error: BaseException) -> None:
    log.error("task_failed", task=name, error=type(error).__name__, exc_info=error)
