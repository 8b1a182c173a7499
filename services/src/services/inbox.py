"""The shell round a handler: decode, handle, publish what follows, settle, one line in the log.

A handler takes a batch and returns, per message, the messages that follow or the error that
stopped it. It neither publishes, acknowledges, logs nor retries. What waits for a dependency is
held here, unacknowledged, and tried again: a broker requeue would be a hot loop.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from services.bus import Bus, Delivery, Outgoing, Push, Send, Subscription, decode
from services.clock import Clock, utc_now
from services.contracts import Envelope
from services.errors import DeadLetter, Permanent, Transient, disposition
from services.log import place
from services.metrics import DEAD_LETTERS, HANDLED, HANDLING_S, IN_HAND, OLDEST_S
from services.tasks import Tasks

log = structlog.get_logger()

Result = Sequence[Outgoing] | Exception
Handler = Callable[[Sequence[Envelope]], Awaitable[Sequence[Result]]]


@dataclass(slots=True, eq=False)
class _Held:
    delivery: Delivery
    since: float
    """When it was delivered, in monotonic seconds."""
    waited_s: float = 0
    """How long it had waited by then; known once it is decoded."""
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
        clock: Clock = utc_now,
    ) -> None:
        """Prepare. Register `subscription` with the bus, then `start`.

        Args:
            bus: publishes what follows.
            handler: see the module's docstring.
            queues: durable queues to read; one inbox of a process reads a queue.
            max_batch: most messages the handler is given at once.
            workers: batches handled at the same time.
            prefetch: most unsettled messages per queue.
            clock: tells how long ago a message was said.
        """
        self._bus = bus
        self._handler = handler
        self._max_batch = max_batch
        self._workers = workers
        self._clock = clock
        self._arrived: asyncio.Queue[_Held] = asyncio.Queue()
        self._in_hand: set[_Held] = set()
        self._tasks = Tasks()
        self._idle = asyncio.Event()
        self._idle.set()
        self.subscription = Subscription(queues, prefetch, self.deliver)
        for queue in queues:
            OLDEST_S.labels(queue).set_function(partial(self._oldest_s, queue))
            IN_HAND.labels(queue).set_function(partial(self._count, queue))

    def _oldest_s(self, queue: str) -> float:
        now = time.monotonic()
        ages = [h.waited_s + now - h.since for h in self._in_hand if h.delivery.queue == queue]
        return max(ages, default=0)

    def _count(self, queue: str) -> int:
        return sum(held.delivery.queue == queue for held in self._in_hand)

    def deliver(self, delivery: Delivery) -> None:
        """Take a delivery from the bus."""
        held = _Held(delivery, time.monotonic())
        self._in_hand.add(held)
        self._idle.clear()
        self._arrived.put_nowait(held)

    async def start(self) -> None:
        """Begin to handle."""
        for n in range(self._workers):
            self._tasks.keep(f"inbox-{n}", self._work)

    async def drain(self, timeout_s: float) -> None:
        """Wait until everything taken is settled, or the time is up; then end the workers."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            log.warning("drain_incomplete", left=len(self._in_hand))
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
                ready.append((held, self._decoded(held)))
            except Permanent as error:
                await self._settle(held, error)
        if not ready:
            return
        results = await self._call([envelope for _, envelope in ready])
        if len(ready) == 1:
            await self._settle(ready[0][0], results[0])
            return
        # Together: a confirm that one of them waits for must not hold the others up. Each begins
        # in the order of the batch, so that pushes leave in it too.
        await asyncio.gather(
            *(self._settle(held, result) for (held, _), result in zip(ready, results, strict=True))
        )

    def _decoded(self, held: _Held) -> Envelope:
        if held.envelope is None:
            held.envelope = decode(held.delivery.body, held.delivery.vouched)
            said_s_ago = (self._clock() - held.envelope.time).total_seconds()
            # Clocks differ a little: nothing was said after it was delivered.
            held.waited_s = max(0.0, said_s_ago - (time.monotonic() - held.since))
        return held.envelope

    async def _call(self, envelopes: Sequence[Envelope]) -> Sequence[Result]:
        try:
            results = await self._handler(envelopes)
            if len(results) != len(envelopes):
                raise ValueError("a handler must return one result per message")
            return results
        except Transient as error:
            return [error] * len(envelopes)  # a dependency is away, for each of them
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
            # What was published leaves when others get their turn: let it go before the books are
            # kept, for somebody waits for it.
            await asyncio.sleep(0)
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
                    await self._bus.bury(held.delivery, reason)
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
                where=place(error),
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
        self._in_hand.discard(held)
        if not self._in_hand:
            self._idle.set()
