"""The shell round a handler: decode, handle, publish what follows, settle, one line in the log.

A handler takes a batch and returns, per message, the messages that follow or the error that
stopped it. It neither publishes, acknowledges, logs nor retries. What waits for a dependency is
held here, unacknowledged, and tried again: a broker requeue would be a hot loop.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from services.bus import Bus, Delivery, Outgoing, Push, Send, Subscription, decode
from services.contracts import Envelope
from services.errors import DeadLetter, Permanent, disposition
from services.metrics import DEAD_LETTERS, HANDLED, HANDLING_S, IN_HAND, OLDEST_S
from services.tasks import Tasks

log = structlog.get_logger()

Result = Sequence[Outgoing] | Exception
Handler = Callable[[Sequence[Envelope]], Awaitable[Sequence[Result]]]


@dataclass(slots=True)
class _Held:
    delivery: Delivery
    since: float
    attempt: int = 1
    envelope: Envelope | None = field(default=None)

    @property
    def type(self) -> str:
        return self.envelope.body.type if self.envelope else "unknown"


class Inbox:
    """Feeds one handler from some queues, in batches of what is waiting."""

    def __init__(
        self,
        bus: Bus,
        handler: Handler,
        *,
        queues: Sequence[str],
        max_batch: int = 1,
        workers: int = 1,
        prefetch: int = 64,
    ) -> None:
        """Prepare. Register `subscription` with the bus, then `start`.

        Args:
            bus: publishes what follows.
            handler: see the module's docstring.
            queues: durable queues to read.
            max_batch: most messages the handler is given at once.
            workers: batches handled at the same time.
            prefetch: most unsettled messages per queue.
        """
        self._bus = bus
        self._handler = handler
        self._max_batch = max_batch
        self._workers = workers
        self._arrived: asyncio.Queue[_Held] = asyncio.Queue()
        self._held: set[int] = set()
        self._oldest: dict[int, float] = {}
        self._tasks = Tasks()
        self._idle = asyncio.Event()
        self._idle.set()
        self.subscription = Subscription(queues, prefetch, self.deliver)
        OLDEST_S.set_function(self._oldest_s)
        IN_HAND.set_function(lambda: len(self._oldest))

    def _oldest_s(self) -> float:
        since = min(self._oldest.values(), default=None)
        return 0 if since is None else time.monotonic() - since

    def deliver(self, delivery: Delivery) -> None:
        """Take a delivery from the bus."""
        held = _Held(delivery, time.monotonic())
        self._oldest[id(held)] = held.since
        self._idle.clear()
        self._arrived.put_nowait(held)

    async def start(self) -> None:
        """Begin to handle."""
        for n in range(self._workers):
            self._tasks.spawn(f"inbox-{n}", self._work())

    async def drain(self, timeout_s: float) -> None:
        """Wait until everything taken is settled, or the time is up; then end the workers."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            log.warning("drain_incomplete", left=len(self._oldest))
        await self._tasks.cancel()

    async def _work(self) -> None:
        while True:
            batch = [await self._arrived.get()]
            while len(batch) < self._max_batch and not self._arrived.empty():
                batch.append(self._arrived.get_nowait())
            await self._handle(batch)

    async def _handle(self, batch: list[_Held]) -> None:
        ready: list[tuple[_Held, Envelope]] = []
        for held in batch:
            if held.delivery.stale:
                self._forget(held)
                continue
            try:
                held.envelope = held.envelope or decode(held.delivery.body, held.delivery.vouched)
                ready.append((held, held.envelope))
            except Permanent as error:
                await self._settle(held, error)
        if not ready:
            return
        results = await self._call([envelope for _, envelope in ready])
        for (held, _), result in zip(ready, results, strict=True):
            await self._settle(held, result)

    async def _call(self, envelopes: Sequence[Envelope]) -> Sequence[Result]:
        try:
            return await self._handler(envelopes)
        except Exception as error:
            if len(envelopes) == 1:
                return [error]
        # One of them is poison: find out which, so that the others go on.
        return [(await self._call([envelope]))[0] for envelope in envelopes]

    async def _settle(self, held: _Held, result: Result) -> None:
        try:
            if isinstance(result, Exception):
                raise result
            await self._publish(result)
            await held.delivery.ack()
            self._done(held, "ok")
        except Exception as error:
            await self._react(held, error)

    async def _publish(self, outgoing: Sequence[Outgoing]) -> None:
        for message in outgoing:
            match message:
                case Push():
                    await self._bus.push(message)
                case Send(envelope):
                    await self._bus.send(envelope)

    async def _react(self, held: _Held, error: Exception) -> None:
        match disposition(error, held.attempt):
            case DeadLetter(reason):
                try:
                    await self._bus.bury(held.delivery.body, reason)
                    await held.delivery.ack()
                except Exception as away:
                    self._retry(held, 1.0, away)
                    return
                DEAD_LETTERS.labels(reason).inc()
                self._done(held, "dead_letter", reason)
            case retry:
                self._retry(held, retry.delay_s, error)

    def _retry(self, held: _Held, delay_s: float, error: Exception) -> None:
        if held.attempt in (1, 3) or held.attempt % 20 == 0:
            log.warning(
                "message_held",
                type=held.type,
                attempt=held.attempt,
                error=type(error).__name__,
                where=_where(error),
            )
        held.attempt += 1
        asyncio.get_running_loop().call_later(delay_s, self._arrived.put_nowait, held)

    def _done(self, held: _Held, outcome: str, reason: str = "") -> None:
        took_s = time.monotonic() - held.since
        self._forget(held)
        HANDLED.labels(held.type, outcome).inc()
        HANDLING_S.labels(held.type).observe(took_s)
        envelope = held.envelope
        log.info(
            "message_handled",
            type=held.type,
            outcome=outcome,
            attempt=held.attempt,
            duration_ms=round(took_s * 1000, 1),
            **({"reason": reason} if reason else {}),
            **(
                {
                    "id": str(envelope.id),
                    "tenant": envelope.tenant,
                    "conversation": str(getattr(envelope.body, "conversation", "")),
                }
                if envelope
                else {}
            ),
        )

    def _forget(self, held: _Held) -> None:
        self._oldest.pop(id(held), None)
        if not self._oldest:
            self._idle.set()


def _where(error: BaseException) -> str:
    """Name the place of an error. Its text stays out of the log: it may quote a citizen."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
