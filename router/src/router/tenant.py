"""One tenant's rounds: wake up, read, decide, send."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from services.bus import Bus, Push
from services.clock import Clock
from services.contracts import (
    Body,
    Envelope,
    LineRead,
    MakeOffer,
    PositionChanged,
    ReadLine,
    TenantDirectory,
)
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.topology import stream_topic

from router import metrics
from router.core import Attendance, Decision, Explanation, Plan, View, next_deadline, positions
from router.core import decide as decide_round
from router.core.memory import Memory
from router.presence import Presence, Seen
from router.settings import Settings

log = structlog.get_logger()

ASK_TIMEOUT_S = 3.0
PACE = 3.0
"""A round that took long is followed by a rest: a busy ledger is asked less often, not more."""
SAY_AGAIN_S = 5.0
"""Positions are pushed when they change, and so often besides, for sockets that came in between."""


class TenantRounds:
    """The loop of one tenant in this replica."""

    def __init__(
        self,
        directory: TenantDirectory,
        *,
        bus: Bus,
        presence: Presence,
        clock: Clock,
        settings: Settings,
    ) -> None:
        """Prepare; `run` is the loop."""
        self.directory = directory
        self.answered_at: float | None = None
        """When the ledger last answered, on the monotonic clock."""
        self.explanations: dict[UUID, Explanation] = {}
        """The last decision about each conversation, kept while it is in the snapshot."""
        self._bus = bus
        self._presence = presence
        self._clock = clock
        self._settings = settings
        self._wake = asyncio.Event()
        self._memory = Memory()
        self._positions: Mapping[UUID, int] = {}
        self._said_at = 0.0
        self._failing = False

    def wake(self) -> None:
        """Have a round soon. A hint is never taken for state."""
        self._wake.set()

    def refused(self, command_id: UUID, code: str) -> None:
        """Hear that the ledger refused a decision: look again."""
        metrics.REFUSED.labels(code).inc()
        self._memory.refused(command_id, time.monotonic())
        self.wake()

    async def run(self) -> None:
        """Have rounds for ever."""
        while True:
            began = time.monotonic()
            self._wake.clear()
            pause_s = self._settings.tick_s
            try:
                pause_s = await self.round()
                self._failing = False
            except Exception as error:
                self._failed(error)
            await self._rest(began, pause_s)

    def _failed(self, error: Exception) -> None:
        if self._failing:
            return
        self._failing = True
        tenant = self.directory.tenant
        if isinstance(error, ServiceError):
            log.warning("round_failed", tenant=tenant, error=type(error).__name__, why=str(error))
        else:
            log.error("round_failed", tenant=tenant, exc_info=error)

    async def _rest(self, began: float, pause_s: float) -> None:
        took_s = time.monotonic() - began
        try:
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        except TimeoutError:
            pass
        shortest_s = max(self._settings.shortest_round_s, PACE * took_s)
        left_s = began + shortest_s - time.monotonic()
        if left_s > 0:
            await asyncio.sleep(left_s)

    async def round(self) -> float:
        """Have one round; return the seconds until the next is due.

        Raises:
            Transient: the ledger or the broker did not answer.
        """
        line, seen = await asyncio.gather(
            self._read_line(), self._presence.read(self.directory.tenant)
        )
        at = self.answered_at = time.monotonic()
        self._memory.look(line, at)
        view = View(self.directory, line, self._attendance(line, seen, at), self._memory.recent(at))
        # The database's clock, carried on by ours: no host's wall clock takes part.
        now = line.now + timedelta(seconds=time.monotonic() - at)
        with metrics.DECIDING_S.time():
            plan = decide_round(view, now)
        self._remember(line, plan)
        self._measure(view)
        await self._send(plan)
        await self._tell_positions(positions(line.conversations))
        return self._due_s(line, now)

    async def _read_line(self) -> LineRead:
        answer = await self._bus.ask(self._envelope(new_id(), ReadLine()), timeout_s=ASK_TIMEOUT_S)
        if not isinstance(answer, LineRead):
            raise Transient("line")
        return answer

    def _attendance(self, line: LineRead, seen: Seen | None, at: float) -> Attendance | None:
        owners = {s.owner for s in line.conversations if s.state == "active" and s.owner}
        known = seen.agents if seen and seen.settled else None
        absent_s = self._memory.absent_s(owners, known, at)
        return Attendance(seen.agents, seen.citizens, seen.settled, absent_s) if seen else None

    def _remember(self, line: LineRead, plan: Plan) -> None:
        there = {summary.conversation for summary in line.conversations}
        kept = {c: why for c, why in self.explanations.items() if c in there}
        self.explanations = {**kept, **{why.conversation: why for why in plan.explanations}}

    async def _send(self, plan: Plan) -> None:
        fresh = self._memory.unsent(plan.decisions)
        for decision in fresh:
            self._memory.sent(decision, time.monotonic())
        results = await asyncio.gather(*map(self._send_one, fresh), return_exceptions=True)
        errors = [result for result in results if result is not None]
        if errors:
            raise errors[0]

    async def _send_one(self, decision: Decision) -> None:
        envelope = self._envelope(decision.id, decision.command, reply_to=self._bus.instance)
        try:
            await self._bus.send(envelope)
        except BaseException:
            self._memory.not_sent(decision)
            raise
        metrics.DECISIONS.labels(self.directory.tenant, decision.command.type).inc()
        self._log(decision)

    def _log(self, decision: Decision) -> None:
        about: dict[str, object] = {}
        why = self.explanations.get(decision.conversation)
        if isinstance(decision.command, MakeOffer) and why:
            about = {"agent": why.agent, "reason": why.reason, "counts": dict(why.counts)}
        log.info(
            "decided",
            type=decision.command.type,
            tenant=self.directory.tenant,
            conversation=str(decision.conversation),
            version=decision.version,
            **about,
        )

    async def _tell_positions(self, now: Mapping[UUID, int]) -> None:
        everyone = time.monotonic() - self._said_at >= SAY_AGAIN_S
        if everyone:
            self._said_at = time.monotonic()
        for conversation, position in now.items():
            if everyone or self._positions.get(conversation) != position:
                body = PositionChanged(conversation=conversation, position=position)
                topic = stream_topic(conversation, "dialogue")
                await self._bus.push(Push("gateway", topic, self._envelope(new_id(), body)))
        self._positions = now

    def _due_s(self, line: LineRead, now: datetime) -> float:
        if not line.conversations:
            return self._settings.idle_tick_s
        deadline = next_deadline(line, now)
        left_s = (deadline - now).total_seconds() if deadline else self._settings.tick_s
        return min(left_s, self._settings.tick_s)

    def _measure(self, view: View) -> None:
        tenant = self.directory.tenant
        leases = view.attendance.agents.values() if view.attendance else ()
        waiting = sum(s.state in ("waiting", "offered") for s in view.line.conversations)
        metrics.WAITING.labels(tenant).set(waiting)
        metrics.LOAD.labels(tenant).set(sum(load.load for load in view.line.loads))
        metrics.AVAILABLE.labels(tenant).set(sum(a.presence == "available" for a in leases))

    def _envelope(self, message_id: UUID, body: Body, *, reply_to: str = "") -> Envelope:
        return Envelope(
            id=message_id,
            source="router",
            tenant=self.directory.tenant,
            time=self._clock(),
            sender="router:0",
            reply_to=reply_to,
            body=body,
        )
