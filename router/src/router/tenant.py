"""One tenant's rounds: wake up, read, decide, send."""

import asyncio
import time
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from services.bus import Bus
from services.clock import Clock
from services.contracts import (
    Body,
    Envelope,
    LineRead,
    MakeOffer,
    ReadLine,
    ReadWaits,
    TenantDirectory,
    Why,
)
from services.errors import ServiceError, Transient
from services.ids import new_id
from services.tasks import Tasks

from router import metrics
from router.core import (
    Attendance,
    Decision,
    Plan,
    Reasons,
    Roster,
    View,
    due_s,
    positions,
)
from router.core import decide as decide_round
from router.core.memory import Memory
from router.findings import Findings
from router.presence import Presence, Seen
from router.settings import Settings
from router.telling import Telling
from router.waits import Waits

log = structlog.get_logger()

ASK_TIMEOUT_S = 3.0
PACE = 3.0
"""A round that took long is followed by a rest: a busy ledger is asked less often, not more."""


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
        tasks: Tasks,
    ) -> None:
        """Prepare; `run` is the loop. `tasks` run what a round does not wait for."""
        self.answered_at: float | None = None
        """When the ledger last answered, on the monotonic clock."""
        self._reasons: Reasons | None = None
        """Those of the last round."""
        self._offered: dict[UUID, Why] = {}
        """Why the last offer of each conversation was made, kept while it is in the snapshot."""
        self._bus = bus
        self._presence = presence
        self._clock = clock
        self._settings = settings
        self._wake = asyncio.Event()
        self._tasks = tasks
        self._memory = Memory()
        self._waits = Waits(bus)
        self._findings = Findings(directory.tenant)
        self._telling = Telling(
            bus, directory.tenant, memory=self._memory, waits=self._waits, wrap=self._envelope
        )
        self._failing = False
        self.take(directory)

    def take(self, directory: TenantDirectory) -> None:
        """Go on under this set-up."""
        self.directory = directory
        self._roster = Roster(directory)
        self._findings.take(directory)

    def explain(self, conversation: UUID) -> Why | None:
        """Return why a conversation waits, or to whom it was offered last, as of the last round."""
        now = self._reasons.of(conversation) if self._reasons else None
        offered = self._offered.get(conversation)
        # The reasons of an offer are those of the moment it was made in.
        same = offered is not None and (now is None or now.agent == offered.agent)
        return offered if same else now

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
        roster, attendance = self._roster, self._attendance(line, seen, at)
        view = View(roster.directory, line, attendance, self._memory.recent(at), roster)
        # The database's clock, carried on by ours: no host's wall clock takes part.
        now = line.now + timedelta(seconds=time.monotonic() - at)
        with metrics.DECIDING_S.time():
            plan = decide_round(view, now)
        self._remember(line, plan)
        self._measure(view)
        self._look_around(view, now, at)
        await self._send(plan)
        await self._telling.positions(positions(line, roster, now), at)
        await self._telling.notices(plan.notices)
        return due_s(
            view, now, tick_s=self._settings.tick_s, idle_tick_s=self._settings.idle_tick_s
        )

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
        self._offered = {c: why for c, why in self._offered.items() if c in there}
        for decision in plan.decisions:
            if isinstance(decision.command, MakeOffer) and decision.command.why:
                self._offered[decision.conversation] = decision.command.why
        self._reasons = plan.reasons

    def _look_around(self, view: View, now: datetime, at: float) -> None:
        """Do what need not be done every round."""
        if view.attendance and view.attendance.settled:
            here = view.attendance.agents.items()
            present = {name for name, lease in here if lease.presence in ("available", "busy")}
            self._findings.look(view.directory, present, now, at)
        waiting = any(one.state in ("waiting", "offered") for one in view.line.conversations)
        if waiting and self._waits.due(at):
            question = self._envelope(new_id(), ReadWaits())
            self._tasks.spawn(f"waits-{self.directory.tenant}", self._waits.read(question))

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
        if isinstance(decision.command, MakeOffer) and (why := decision.command.why):
            about = {
                "agent": why.agent,
                "reason": why.reason,
                "plan": why.plan,
                "step": why.step,
                "counts": dict(why.counts),
            }
        log.info(
            "decided",
            type=decision.command.type,
            tenant=self.directory.tenant,
            conversation=str(decision.conversation),
            version=decision.version,
            **about,
        )

    def _measure(self, view: View) -> None:
        tenant = self.directory.tenant
        leases = view.attendance.agents.values() if view.attendance else ()
        line = view.line.conversations
        waiting = [s for s in line if s.state in ("waiting", "offered", "written")]
        written = sum(s.due_at is not None for s in waiting)
        metrics.WAITING.labels(tenant).set(len(waiting) - written)
        metrics.WRITTEN.labels(tenant).set(written)
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
