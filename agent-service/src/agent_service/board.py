"""A leader's board: the ledger's lines and loads, with how each agent is by their leases."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Final

from services.bus import Bus
from services.clock import Clock
from services.contracts import RETRYABLE, BoardRead, Envelope, ReadBoard, Refusal, Refused
from services.contracts.leases import AgentLease
from services.errors import Transient
from services.ids import new_id

from agent_service.core.board import agents_on_board
from agent_service.people import People
from agent_service.sessions import Denied, Seat

KEPT_S: Final = 1.0
"""A board that many screens show is read once in so many seconds."""

_Key = tuple[str, str, int]
"""Tenant, agent, and version of the set-up: rights that became others are others at once."""


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    reading: asyncio.Task[bytes]


class Boards:
    """The boards of those who lead."""

    def __init__(self, bus: Bus, people: People, clock: Clock) -> None:
        """Read none yet."""
        self._bus = bus
        self._people = people
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}

    async def of(self, seat: Seat) -> bytes:
        """Return an agent's board, as JSON.

        Raises:
            Denied: the agent leads nothing.
            Transient: the ledger did not answer.
        """
        if not seat.profile.leads:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        loop = asyncio.get_running_loop()
        self._kept = {key: kept for key, kept in self._kept.items() if kept.until > loop.time()}
        key = (seat.session.tenant, seat.session.agent, seat.directory.version)
        kept = self._kept.get(key)
        if kept is None or _failed(kept.reading):
            reading = loop.create_task(self._read(seat), name="board")
            # Looked at here, for everybody may have left by the time it fails.
            reading.add_done_callback(_failed)
            kept = self._kept[key] = _Kept(loop.time() + KEPT_S, reading)
        # One screen that goes away must not take the board from the others.
        return await asyncio.shield(kept.reading)

    async def _read(self, seat: Seat) -> bytes:
        read, leases = await asyncio.gather(
            self._ask(seat), self._people.leases(seat.session.tenant)
        )
        return json.dumps(_document(seat, read, leases), ensure_ascii=False).encode()

    async def _ask(self, seat: Seat) -> BoardRead:
        query = Envelope(
            id=new_id(),
            source="agent",
            tenant=seat.session.tenant,
            time=self._clock(),
            sender=f"agent:{seat.session.agent}",
            body=ReadBoard(),
        )
        answer = await self._bus.ask(query)
        if isinstance(answer, BoardRead):
            return answer
        if isinstance(answer, Refused) and answer.code not in RETRYABLE:
            raise Denied(Refusal.NOT_ALLOWED, 403)
        raise Transient("board")


def _failed(reading: asyncio.Task[bytes]) -> bool:
    return reading.done() and (reading.cancelled() or reading.exception() is not None)


def _document(seat: Seat, read: BoardRead, leases: dict[str, AgentLease] | None) -> dict[str, Any]:
    told = read.model_dump(mode="json")
    return {
        "now": told["now"],
        "target_s": seat.directory.timing.target_s,
        "lines": told["lines"],
        "agents": agents_on_board(seat.directory, seat.profile, read.loads, leases),
    }
