"""What becomes of a push on arrival: the answer somebody waits for, or news for the listeners."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast
from uuid import UUID

import structlog

from services.bus import OnPush, decode
from services.contracts import Answer, Envelope, Refused
from services.errors import Permanent, Transient
from services.metrics import BUS_DROPPED

log = structlog.get_logger()


class Arrivals:
    """The receiving end of one instance's pushes, whatever bus they come by."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self._listeners: list[OnPush] = []
        self._asked: dict[UUID, asyncio.Future[Answer]] = {}

    def listen(self, listener: OnPush) -> None:
        """Call `listener` with each push that answers no question."""
        self._listeners.append(listener)

    async def ask(
        self, query: Envelope, send: Callable[[Envelope], Awaitable[None]], timeout_s: float
    ) -> Answer:
        """Send a query, which names who waits in `reply_to`, and return its answer.

        Raises:
            Transient: the query could not be sent, or no answer came in time.
        """
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[query.id] = future
        try:
            async with asyncio.timeout(timeout_s):
                await send(query)
                return await future
        except TimeoutError as error:
            raise Transient("no answer") from error
        finally:
            self._asked.pop(query.id, None)

    def take(self, topic: str, body: bytes, vouched: str) -> None:
        """Take one push. Nothing is raised: what is not ours is dropped and counted."""
        try:
            envelope = decode(body, vouched)
        except Permanent as error:
            BUS_DROPPED.labels(type(error).__name__).inc()
            return
        future = self._asked.get(_about(envelope))
        if future is not None and not future.done():
            future.set_result(cast("Answer", envelope.body))
            return
        for listener in self._listeners:
            try:
                listener(topic, envelope)
            except Exception:
                # One listener's mistake must not cost the others their news.
                log.exception("listener_failed", type=envelope.body.type)


def _about(envelope: Envelope) -> UUID:
    body = envelope.body
    return body.about if isinstance(body, Refused) else envelope.causation_id or envelope.id
