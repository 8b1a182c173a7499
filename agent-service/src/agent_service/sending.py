"""Sends the alerts that are due, one at a time, until they are delivered or given up."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Protocol

import structlog
from services.errors import Transient
from services.tasks import Tasks

from agent_service.alerts import Alert, Alerts, Outcome, State
from agent_service.metrics import ALERTS, ALERTS_WAITING

log = structlog.get_logger()

_TIDY_EVERY_S = 3600.0
_FINISH_S = 5.0
_ATTEMPT_S = 30.0
"""One attempt in all, however slowly the other end goes."""
_WAITING: tuple[State, ...] = ("due", "held")


class Channel(Protocol):
    """One way out of the house."""

    async def send(self, alert: Alert) -> Outcome:
        """Try to deliver an alert. Never raises for what the other end does."""


class Sender:
    """The loop that sends. Every replica has one; rows are locked, so they share the work."""

    def __init__(self, alerts: Alerts, channels: Mapping[str, Channel], *, check_s: float) -> None:
        """Send over `channels`, by kind; look at least every `check_s` seconds."""
        self._alerts = alerts
        self._channels = channels
        self._check_s = check_s
        self._woken = asyncio.Event()
        self._busy = asyncio.Lock()
        self._tasks = Tasks()

    def can(self, kind: str) -> bool:
        """Return whether there is a way to send alerts of a kind."""
        return kind in self._channels

    def wake(self) -> None:
        """Look at once."""
        self._woken.set()

    async def start(self) -> None:
        """Begin to send."""
        self._tasks.keep("alerts", self._send_for_ever)

    async def stop(self) -> None:
        """End, after what is being sent just now if that does not take long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_S):
                await self._busy.acquire()
        await self._tasks.cancel()

    async def look(self) -> None:
        """Send everything that is due, and count what waits.

        Raises:
            Transient: the database is away.
        """
        while True:
            async with self._busy:
                state = await self._alerts.send_one(self._send)
            if state is None:
                break
        counts = await self._alerts.counts()
        for waiting in _WAITING:
            ALERTS_WAITING.labels(waiting).set(counts.get(waiting, 0))

    async def _send(self, alert: Alert) -> Outcome:
        channel = self._channels.get(alert.kind)
        outcome = Outcome.LATER if channel is None else await _tried(channel, alert)
        ALERTS.labels(alert.kind, outcome).inc()
        log.info(
            "alert_tried", id=str(alert.id), kind=alert.kind, about=alert.matter.about, told=outcome
        )
        return outcome

    async def _send_for_ever(self) -> None:
        prepared_at: float | None = None
        while True:
            self._woken.clear()
            now = asyncio.get_running_loop().time()
            with contextlib.suppress(Transient):  # the store says itself that it is away
                if prepared_at is None or now - prepared_at > _TIDY_EVERY_S:
                    await self._alerts.mail_is(self.can("email"))
                    await self._alerts.tidy()
                    prepared_at = now
                await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._check_s):
                    await self._woken.wait()


async def _tried(channel: Channel, alert: Alert) -> Outcome:
    try:
        async with asyncio.timeout(_ATTEMPT_S):
            return await channel.send(alert)
    except Exception as error:
        # What nobody foresaw must not keep the others waiting. Its text may quote the address.
        log.error("alert_failed", id=str(alert.id), error=type(error).__name__)  # noqa: TRY400
        return Outcome.LATER
