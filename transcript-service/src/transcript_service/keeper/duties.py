"""What the keeper does again and again, each duty by itself, and by one keeper at a time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol

import structlog
from prometheus_client import Counter
from services.database import Database
from services.errors import Transient
from services.tasks import Tasks

from transcript_service.keeper.pace import Pace

log = structlog.get_logger()

SOON_S: Final = 5.0
"""So soon it is tried again when something was away."""

DONE: Final = Counter("prek_duties_total", "Rounds of the keeper, by duty and end", ["duty", "end"])

_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('keeper ' || $1, 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended('keeper ' || $1, 0))"


class Duty(Protocol):
    """One thing to do. Whatever ends half-way is done by the next round."""

    @property
    def name(self) -> str:
        """Of the metric, the log and the lock."""

    @property
    def pace(self) -> Pace:
        """Rest between two rounds."""

    async def once(self) -> None:
        """Do what is to be done now.

        Raises:
            Transient: something is away. What was done stays done.
        """


class Duties:
    """Runs the duties of one keeper."""

    def __init__(
        self,
        database: Database,
        duties: Sequence[Duty],
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is to be done, and the database that knows which keeper does it."""
        self._database = database
        self._duties = duties
        self._rest = rest
        self._now_s = now_s
        self._tasks = Tasks()

    async def start(self) -> None:
        """Begin."""
        for duty in self._duties:
            self._tasks.keep(duty.name, partial(self._for_ever, duty))

    async def stop(self) -> None:
        """End, in the middle of a round if need be: the next one goes on from there."""
        await self._tasks.cancel()

    async def round(self, duty: Duty) -> float:
        """Do a duty once, unless another keeper is at it. Return the seconds until the next."""
        began_s = self._now_s()
        try:
            async with self._alone(duty.name) as alone:
                if not alone:
                    return duty.pace.every_s
                await duty.once()
        except Transient as error:
            DONE.labels(duty.name, "away").inc()
            log.warning("duty_put_off", duty=duty.name, away=str(error))
            return min(SOON_S, duty.pace.every_s)
        except Exception as error:
            # What nobody foresaw must not end the other duties, and is tried again.
            DONE.labels(duty.name, "failed").inc()
            log.exception("duty_failed", duty=duty.name, error=type(error).__name__)
        else:
            DONE.labels(duty.name, "done").inc()
        return duty.pace.after(self._now_s() - began_s)

    async def _for_ever(self, duty: Duty) -> None:
        while True:
            await self._rest(await self.round(duty))

    @contextlib.asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[bool]:
        """Hold the lock of a duty for as long as it takes; it goes with the connection."""
        async with self._database.connection() as connection:
            alone = await connection.fetchval(_LOCK, name)
            try:
                yield alone
            finally:
                if alone and not connection.is_closed():
                    await connection.fetchval(_UNLOCK, name)
