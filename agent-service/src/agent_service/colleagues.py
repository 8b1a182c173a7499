"""A leader changes a colleague's presence: written in the audit before it happens."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.clock import Clock
from services.contracts import AgentProfile, Refusal, TenantDirectory
from services.contracts.wire_agent import ASetPresence
from services.masking import mask
from services.tasks import Tasks

from agent_service.core import presence
from agent_service.core.board import leads_colleague
from agent_service.core.presence import State
from agent_service.people import People, Person, state_of
from agent_service.records import Noted, Records
from agent_service.sessions import Denied

NOT_AVAILABLE: Final = "not_available"
"""The colleague has no device at a desk, so there is no presence to change."""
PRESENCE_SET: Final = "presence_set"
_SEEN_WITHIN_S: Final = 3.0
"""How long to wait until the colleague's lease says so: then it has happened."""
_LOOK_S: Final = 0.1
_CLOCKS_DIFFER: Final = timedelta(seconds=2)
"""At most: ours, by which a presence changes, and the database's, by which it is noted."""

Answer = Callable[[str | None], None]
"""Takes the code of a refusal, or None when it was done."""


class Colleagues:
    """Changes the presence of those one leads."""

    def __init__(self, people: People, records: Records, clock: Clock) -> None:
        """Reach them through `people`, and the audit through `records`."""
        self._people = people
        self._records = records
        self._clock = clock
        self._tasks = Tasks()

    def set_presence(
        self, directory: TenantDirectory, leader: AgentProfile, frame: ASetPresence, answer: Answer
    ) -> None:
        """Carry a leader's frame out in the background, and `answer` what became of it."""
        self._tasks.spawn("set_presence", self._carry_out(directory, leader, frame, answer))

    async def _carry_out(
        self, directory: TenantDirectory, leader: AgentProfile, frame: ASetPresence, answer: Answer
    ) -> None:
        colleague = directory.agent(frame.agent)
        if colleague is None or not leads_colleague(leader, colleague):
            answer(Refusal.UNKNOWN_AGENT)
            return
        answer(await self._set((directory.tenant, colleague.id), leader.id, frame))

    async def _set(self, person: Person, leader: str, frame: ASetPresence) -> str | None:
        """Return the code of a refusal, or None once the colleague's lease says so."""
        leases = await self._people.leases(person[0])
        if leases is None:
            return Refusal.BUSY
        if (lease := leases.get(person[1])) is None:
            return NOT_AVAILABLE
        about = {
            "agent": person[1],
            "presence": frame.presence,
            "reason": mask(frame.reason).text,
        }
        noted = await self._noted((person[0], leader), frame.id, about)
        if not isinstance(noted, Noted):
            return noted
        if noted.again and await self._newer(person, noted.at):
            return None
        state = presence.command(state_of(lease), frame.presence, self._clock())
        await self._people.tell(person, state, by=leader)
        return None if await self._seen(person, state) else Refusal.BUSY

    async def _noted(self, leader: Person, note: UUID, about: dict[str, str]) -> Noted | str:
        """Return the line of the audit, or the code of a refusal."""
        try:
            return await self._records.note(leader, note, PRESENCE_SET, about)
        except Denied as denied:
            return Refusal.ID_REUSED if denied.code == Refusal.ID_REUSED else Refusal.BUSY

    async def _newer(self, person: Person, noted_at: datetime) -> bool:
        """Return whether the presence was changed since the note: by it, or by what came after.

        Then `done` was lost, and what the colleague has chosen since stands. What was noted by a
        replica that died before it did so is newer than the presence, and carried out.
        """
        leases = await self._people.leases(person[0])
        lease = leases.get(person[1]) if leases else None
        return lease is not None and lease.changed_at >= noted_at - _CLOCKS_DIFFER

    async def _seen(self, person: Person, state: State) -> bool:
        """Return whether the replica that has the colleague's devices has taken the state over.

        A push may be lost, or meet nobody: then the leader is told to try again.
        """
        try:
            async with asyncio.timeout(_SEEN_WITHIN_S):
                while True:
                    leases = await self._people.leases(person[0])
                    lease = leases.get(person[1]) if leases else None
                    if lease is not None and lease.changed_at >= state.changed_at:
                        return True
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            return False

    async def stop(self) -> None:
        """End what runs in the background."""
        await self._tasks.cancel()
