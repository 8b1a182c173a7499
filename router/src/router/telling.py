"""What a round tells people: their place in line, a nudge, an alert."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from services.bus import Bus, Push
from services.contracts import AgentNudged, Body, Envelope, PositionChanged
from services.ids import new_id
from services.topology import agent_topic, line_topic, stream_topic

from router import metrics
from router.core import Notice, Standing
from router.core.memory import Memory
from router.waits import Waits

SAY_AGAIN_S = 5.0
"""Positions are pushed when they change, and so often besides, for sockets that came in between."""

Wrap = Callable[[UUID, Body], Envelope]
"""Puts a body of this tenant in an envelope under an id."""


class Telling:
    """Says things once, or now and then. What it remembers is comfort."""

    def __init__(self, bus: Bus, tenant: str, *, memory: Memory, waits: Waits, wrap: Wrap) -> None:
        """Have said nothing."""
        self._bus, self._tenant = bus, tenant
        self._memory, self._waits, self._wrap = memory, waits, wrap
        self._said: Mapping[UUID, PositionChanged] = {}
        self._said_at = float("-inf")

    async def positions(self, standing: Mapping[UUID, Standing], at: float) -> None:
        """Push each one's place, and how long it may take. `at` is the monotonic clock."""
        everyone = at - self._said_at >= SAY_AGAIN_S
        if everyone:
            self._said_at = at
        now = {c: self._position(c, one) for c, one in standing.items()}
        for conversation, body in now.items():
            if everyone or self._said.get(conversation) != body:
                topic = stream_topic(conversation, "dialogue")
                await self._bus.push(Push("gateway", topic, self._wrap(new_id(), body)))
        self._said = now

    def _position(self, conversation: UUID, one: Standing) -> PositionChanged:
        expected = self._waits.expected(one.department, one.position)
        from_s, to_s = expected or (None, None)
        return PositionChanged(
            conversation=conversation,
            position=one.position,
            wait_from_s=from_s,
            wait_to_s=to_s,
            offer_written=one.offer_written,
        )

    async def notices(self, notices: Iterable[Notice]) -> None:
        """Say each notice once, for as long as it holds.

        Raises:
            Transient: an alert was not confirmed; the next round says it again under its id.
        """
        fresh = self._memory.untold(notices)
        results = await asyncio.gather(*map(self._notice, fresh), return_exceptions=True)
        errors = [result for result in results if result is not None]
        if errors:
            raise errors[0]

    async def _notice(self, notice: Notice) -> None:
        body, envelope = notice.body, self._wrap(notice.id, notice.body)
        if isinstance(body, AgentNudged):
            owner = agent_topic(self._tenant, body.agent)
            topic = owner if body.stage == "nudge" else line_topic(self._tenant)
            await self._bus.push(Push("agent", topic, envelope))
        else:
            await self._bus.send(envelope)
        self._memory.told(notice)
        metrics.NOTICES.labels(self._tenant, body.type, body.stage).inc()
