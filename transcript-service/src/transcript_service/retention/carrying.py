"""Carries runs out: each conversation in one transaction, and what ends half-way is taken up again.

In the transaction the conversation is locked and decided once more. What is to be kept by now is
left. Else everything of it goes out of the database, and the step says so together with what lies
outside: files, packages for the archive. These are deleted after the commit, and the step says
until then that they are still to go. So whenever this is killed, either nothing has happened, or
what is left to do is written down; and nothing is deleted that is kept after all.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from services.contracts import Privacy, TenantDirectory
from services.database import Connection, is_away
from services.errors import Transient
from services.ids import new_id

from transcript_service.audit.table import Note, note_on
from transcript_service.retention.cases import Found, directory_of, look
from transcript_service.retention.rules import Decision, decide

log = structlog.get_logger()

CARRIED_OUT: Final = "retention_done"

_UNENDED: Final = (
    "SELECT r.tenant, r.id, r.kind, r.as_of, r.approved_by FROM ledger.retention_run AS r"
    " WHERE r.approved_at IS NOT NULL AND r.ended_at IS NULL ORDER BY r.approved_at, r.id"
)
_UNSETTLED: Final = (
    "SELECT s.conversation, s.archive, s.topic, s.result, s.leftovers::text AS leftovers"
    " FROM ledger.retention_step AS s WHERE s.tenant = $1 AND s.run = $2"
    " AND (s.result IS NULL OR s.leftovers IS NOT NULL) ORDER BY s.conversation"
)
_LOCK: Final = "SELECT ledger.lock_for_retention($1, $2)"
_DROP_HOLDS: Final = "DELETE FROM ledger.hold WHERE tenant = $1 AND conversation = $2"
_SETTLE: Final = (
    "UPDATE ledger.retention_step SET result = $4, left_why = $5, settled_at = clock_timestamp(),"
    " leftovers = $6::jsonb WHERE tenant = $1 AND run = $2 AND conversation = $3"
)
_TIDIED: Final = (
    "UPDATE ledger.retention_step SET leftovers = NULL"
    " WHERE tenant = $1 AND run = $2 AND conversation = $3"
)
_END: Final = (
    "UPDATE ledger.retention_run SET ended_at = clock_timestamp() WHERE tenant = $1 AND id = $2"
)
_COUNTED: Final = (
    "SELECT count(*) FILTER (WHERE s.result IN ('erased', 'gone')) AS erased,"
    " count(*) FILTER (WHERE s.result = 'left') AS left"
    " FROM ledger.retention_step AS s WHERE s.tenant = $1 AND s.run = $2"
)
Leftovers = Mapping[str, Sequence[Any]]
"""What lies outside the database and is to go, by the name of what knows how to delete it."""


class Outside(Protocol):
    """A place outside the database where something of a conversation lies."""

    @property
    def name(self) -> str:
        """Under which its leftovers are noted."""

    async def take(self, connection: Connection, tenant: str, conversation: UUID) -> Sequence[Any]:
        """Take the rows out, in the caller's transaction. Return, as JSON, what lies outside."""

    async def delete(self, leftover: Any) -> None:
        """Delete one thing, if it is there.

        Raises:
            Transient: it cannot be reached.
        """


class NotRemoved(Exception):
    """The ledger would not take out what was locked and is over. Nothing was done."""


class Remove(Protocol):
    """Takes a conversation out: `seals.erasing.remove_conversation` with its key."""

    async def __call__(
        self,
        connection: Connection,
        tenant: str,
        conversation: UUID,
        *,
        reason: str,
        basis: str,
        by: str,
    ) -> bool:
        """Return whether there was one."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was approved and is not ended."""

    tenant: str
    id: UUID
    as_of: datetime
    by: str
    """Who approved it."""


async def unended(connection: Connection) -> list[Run]:
    """Return the runs that are to be carried out, in the order in which they were approved."""
    return [
        Run(row["tenant"], row["id"], row["as_of"], row["approved_by"])
        for row in await connection.fetch(_UNENDED)
    ]


class Carrier:
    """Carries runs out, as the role `transcript_keeper`."""

    def __init__(self, remove: Remove, outside: Sequence[Outside]) -> None:
        """Take what removes a conversation, and the places outside the database."""
        self._remove = remove
        self._outside = {place.name: place for place in outside}
        self._directories: dict[str, TenantDirectory] = {}
        """The newest set-up of each tenant read so far."""

    async def carry_out(self, connection: Connection, run: Run) -> bool:
        """Settle every step that is not, and end the run. Return False when one could not be.

        Raises:
            Transient: database or a place is away. What was settled stays settled.
        """
        done = True
        for row in await connection.fetch(_UNSETTLED, run.tenant, run.id):
            try:
                await self._step(connection, run, row)
            except Exception as error:
                if isinstance(error, Transient) or is_away(error):
                    raise
                # One that nobody foresaw must not keep the others; it is tried again.
                log.exception("conversation_not_erased", error=type(error).__name__)
                done = False
        if done:
            await self._end(connection, run)
        return done

    async def _step(self, connection: Connection, run: Run, row: Mapping[str, Any]) -> None:
        if row["result"] is None:
            left = await self._settle(connection, run, row)
        else:
            left = json.loads(row["leftovers"])
        for name, things in left.items():
            for thing in things:
                await self._outside[name].delete(thing)
        if left:
            await connection.execute(_TIDIED, run.tenant, run.id, row["conversation"])

    async def _settle(self, connection: Connection, run: Run, step: Mapping[str, Any]) -> Leftovers:
        """Erase a conversation, or leave it. Return what is to be deleted outside the database."""
        conversation = step["conversation"]
        async with connection.transaction():
            await connection.execute(_LOCK, run.tenant, conversation)
            found = await look(connection, run.tenant, conversation)
            if found is None:
                await self._note(connection, run, conversation, "gone")
                return {}
            decision = await self._decide(connection, run, found)
            if not decision.erases or _changed(step, found):
                why = "changed" if decision.erases else decision.why
                await self._note(connection, run, conversation, "left", why)
                return {}
            left = {
                name: taken
                for name, place in self._outside.items()
                if (taken := await place.take(connection, run.tenant, conversation))
            }
            await connection.execute(_DROP_HOLDS, run.tenant, conversation)
            removed = await self._remove(
                connection,
                run.tenant,
                conversation,
                reason=decision.why,
                basis=decision.legal_basis,
                by=run.by,
            )
            if not removed:
                raise NotRemoved
            await self._note(connection, run, conversation, "erased", left=left)
        return left

    async def _decide(self, connection: Connection, run: Run, found: Found) -> Decision:
        """Decide by the set-up as it is now; without any, nothing is over its time."""
        known = self._directories.get(run.tenant)
        newer = await directory_of(connection, run.tenant, after=known.version if known else -1)
        if newer is not None:
            self._directories[run.tenant] = known = newer
        return decide(found.case, known.privacy if known else Privacy(), run.as_of)

    async def _note(
        self,
        connection: Connection,
        run: Run,
        conversation: UUID,
        result: str,
        left_why: str | None = None,
        left: Leftovers | None = None,
    ) -> None:
        leftovers = json.dumps(left) if left else None
        await connection.execute(
            _SETTLE, run.tenant, run.id, conversation, result, left_why, leftovers
        )

    async def _end(self, connection: Connection, run: Run) -> None:
        async with connection.transaction():
            counted = dict(await connection.fetchrow(_COUNTED, run.tenant, run.id))
            await connection.execute(_END, run.tenant, run.id)
            # That a conversation was removed is noted with its removal.
            about = {"run": str(run.id), **counted}
            note = Note(run.tenant, new_id(), run.by, CARRIED_OUT, None, about)
            await note_on(connection, note)


def _changed(step: Mapping[str, Any], found: Found) -> bool:
    """Return whether another rule is meant than the one that was looked at and approved."""
    return (step["archive"], step["topic"]) != (found.case.archive, found.case.topic)
