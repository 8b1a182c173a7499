"""Sends the alerts that are due, one of a kind at a time, until they are delivered or given up.

An alert to a department is rather told twice than not at all. A letter to a citizen is handed over
once: when nobody can tell whether it was taken, the department is told instead.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial
from typing import Protocol

import structlog
from services.contracts import derived_id
from services.errors import Transient
from services.tasks import Tasks

from agent_service.alerts import Alert, Alerts, Handing, Outcome, State
from agent_service.core.matters import Kind, unsure
from agent_service.metrics import ALERTS, ALERTS_WAITING

log = structlog.get_logger()

_TIDY_EVERY_S = 3600.0
_FINISH_S = 5.0
_KINDS: tuple[Kind, ...] = ("email", "webhook")
_WAITING: tuple[State, ...] = ("due", "held")


class Channel(Protocol):
    """One way out of the house."""

    @property
    def attempt_s(self) -> float:
        """Seconds that one attempt may take in all, however slowly the other end goes."""

    async def send(self, alert: Alert, handing: Handing) -> Outcome:
        """Try to deliver an alert. Never raises for what the other end does.

        `handing` is awaited before the other end can have taken it; who sends nothing but what may
        be told twice need not.
        """


class Sender:
    """The loop that sends. Every replica has one; rows are locked, so they share the work."""

    def __init__(self, alerts: Alerts, channels: Mapping[str, Channel], *, check_s: float) -> None:
        """Send over `channels`, by kind; look at least every `check_s` seconds."""
        self._alerts = alerts
        self._channels = channels
        self._check_s = check_s
        self._woken = {kind: asyncio.Event() for kind in _KINDS}
        self._busy = {kind: asyncio.Lock() for kind in _KINDS}
        self._tasks = Tasks()

    def can(self, kind: str) -> bool:
        """Return whether there is a way to send alerts of a kind."""
        return kind in self._channels

    def wake(self) -> None:
        """Look at once."""
        for woken in self._woken.values():
            woken.set()

    async def start(self) -> None:
        """Begin to send."""
        for kind in _KINDS:
            # Each by itself: a mail server may take minutes to say yes.
            self._tasks.keep(f"alerts by {kind}", partial(self._send_for_ever, kind))

    async def stop(self) -> None:
        """End, after what is being sent just now if that does not take long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_S):
                for busy in self._busy.values():
                    await busy.acquire()
        await self._tasks.cancel()

    async def look(self, kind: Kind) -> None:
        """Send everything of a kind that is due, and count what waits.

        Raises:
            Transient: the database is away.
        """
        while True:
            async with self._busy[kind]:
                state = await self._alerts.send_one(self._send, kind)
            if state is None:
                break
        counts = await self._alerts.counts()
        for waiting in _WAITING:
            ALERTS_WAITING.labels(waiting).set(counts.get(waiting, 0))

    async def _send(self, alert: Alert) -> Outcome:
        channel = self._channels.get(alert.kind)
        if alert.handed and alert.matter.once:
            outcome = Outcome.UNSURE
        elif channel is None:
            outcome = Outcome.LATER
        else:
            outcome = await _tried(channel, alert, partial(self._alerts.handing, alert.id))
        if outcome is Outcome.UNSURE:
            await self._tell_unsure(alert)
        ALERTS.labels(alert.kind, outcome).inc()
        log.info(
            "alert_tried", id=str(alert.id), kind=alert.kind, about=alert.matter.about, told=outcome
        )
        return outcome

    async def _tell_unsure(self, letter: Alert) -> None:
        """Have the department look after a letter that may not have come."""
        matter = unsure(letter.matter)
        if matter is None:
            return
        for target in await self._alerts.targets(letter.tenant, matter.department, matter.stage):
            told = derived_id(letter.id, f"unsure {target.kind}:{target.address}")
            state: State = "due" if self.can(target.kind) else "held"
            await self._alerts.add(told, letter.tenant, matter, target, state)

    async def _send_for_ever(self, kind: Kind) -> None:
        prepared_at: float | None = None
        while True:
            self._woken[kind].clear()
            now = asyncio.get_running_loop().time()
            with contextlib.suppress(Transient):  # the store says itself that it is away
                if prepared_at is None or now - prepared_at > _TIDY_EVERY_S:
                    if kind == "email":
                        await self._alerts.mail_is(self.can("email"))
                        await self._alerts.tidy()
                    prepared_at = now
                await self.look(kind)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._check_s):
                    await self._woken[kind].wait()


async def _tried(channel: Channel, alert: Alert, handing: Handing) -> Outcome:
    handed = False

    async def noted() -> None:
        nonlocal handed
        await handing()
        handed = True

    try:
        async with asyncio.timeout(channel.attempt_s):
            outcome = await channel.send(alert, noted)
    except Exception as error:
        # What nobody foresaw must not keep the others waiting. Its text may quote the address.
        log.error("alert_failed", id=str(alert.id), error=type(error).__name__)  # noqa: TRY400
        outcome = Outcome.UNSURE if handed else Outcome.LATER
    return Outcome.LATER if outcome is Outcome.UNSURE and not alert.matter.once else outcome
